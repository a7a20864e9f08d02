"""One personnel action of the demo, worked on by its office: opened, met about, sent, decided."""

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.demo.actions.numbers import Numbers
from app.demo.actions.stage import Stage
from app.models.appointment import (
    Appointment,
    AppointmentCreate,
    AppointmentUpdate,
    CandidateCreate,
    StepCreate,
    VotesGiven,
)
from app.models.dossier import DecisionGiven, TransitionCreate
from app.models.qualification import QualificationCreate, QualificationKind, QualificationSpan
from app.models.record import PoliticalConclusionCreate
from app.services import appointment, qualification, record
from app.services.dated import live

if TYPE_CHECKING:
    from collections.abc import Callable

WRITE, ACT, RECORD = "appointment:write", "appointment:act", "cadre:write"
SUMMONED = {1: 7, 2: 15, 3: 7, 4: 32, 5: 7}
"""How many the meetings of five steps summon: the leadership, the wider leadership, the key officials."""

NOTES = {
    "return": "Thiếu bản nhận xét của chi ủy nơi cư trú; bổ sung rồi trình lại.",
    "cancel": "Đơn vị sắp sắp xếp lại bộ máy nên dừng hồ sơ.",
    "fail": "Không ai được trên 50 % số phiếu ở bước cuối.",
    "refuse_policy": "Số cấp phó của đơn vị đã đủ theo đề án vị trí việc làm.",
    "hear": "Nơi đi và nơi đến đều đồng ý.",
    "self_review": "Hoàn thành tốt nhiệm vụ cả nhiệm kỳ.",
}
"""What is written beside a step that asks for a note."""

AWARDED = date(2021, 6, 25)
CERTIFICATES = {
    QualificationKind.POLITICAL_THEORY: (
        "Trung cấp lý luận chính trị, hệ tập trung",
        "intermediate",
        ("intermediate", "advanced"),
    ),
    QualificationKind.STATE_MANAGEMENT: (
        "Quản lý nhà nước ngạch chuyên viên, khóa 2021",
        "specialist",
        ("specialist", "principal_specialist"),
    ),
}
"""What the titles of the stories ask for beside a degree: name, level, levels that will do."""

RULINGS = frozenset({"approve_policy", "refuse_policy", "return", "decide", "ratify"})
"""Steps of the body that decides; all others are the office's that prepares."""

DECIDED = frozenset({"decide", "ratify", "elect"})


@dataclass(frozen=True, slots=True)
class Office:
    """Who prepares and who decides."""

    maker: str
    approver: str


@dataclass(slots=True, eq=False)
class Dossier:
    """A dossier as it goes; every deed is done by the services on the day given."""

    stage: Stage
    office: Office
    numbers: Numbers
    effective_on: date
    id: UUID = field(init=False)
    people: list[UUID] = field(default_factory=list)

    def open(self, day: date, **values: Any) -> None:  # noqa: ANN401 - the fields of AppointmentCreate
        """Opens it; `values` as the API takes them."""
        with self.stage.on(self.office.maker, WRITE, day) as session:
            self.id = appointment.create(session, data=AppointmentCreate(**values), today=day)
        self.people = self.people or self._named(day)

    def do(self, deed: str, day: date) -> None:
        """One deed of a path: a meeting («meet2»), a change, or a step of the transition table."""
        other: dict[str, Callable[[date], None]] = {
            "enter": self._enter,
            "choose": self._choose,
            "qualify": self._qualify,
            "conclude": self._conclude,
            "outcome": partial(self._change, outcome="reappoint"),
            "leave": partial(self._change, outcome="not_reappoint"),
        }
        if deed.startswith("meet"):
            self._meet(int(deed.removeprefix("meet")), day)
        elif deed in other:
            other[deed](day)
        else:
            self._take(deed, day)

    def _named(self, day: date) -> list[UUID]:
        with self.stage.on(self.office.maker, WRITE, day) as session:
            rows = appointment.candidates(session, self.id, law=self.stage.law, day=day)
            return [row["cadre"]["id"] for row in rows]

    def _enter(self, day: date) -> None:
        for person in self.people:
            with self.stage.on(self.office.maker, WRITE, day) as session:
                data = CandidateCreate(cadre_id=person, raised_at_step=2)
                appointment.add_candidate(session, self.id, data=data, today=day)

    def _choose(self, day: date) -> None:
        with self.stage.on(self.office.maker, WRITE, day) as session:
            row = appointment.find(session, self.id)
            first = appointment.candidates(session, self.id, law=self.stage.law, day=day)[0]
            data = AppointmentUpdate(chosen_id=first["id"])
            appointment.change(session, self.id, row.version, data=data, today=day)

    def _qualify(self, day: date) -> None:
        """Certificates that came in time for the dossier, for who doesn't have them yet."""
        for person in self.people:
            for kind, (name, level, levels) in CERTIFICATES.items():
                with self.stage.on(self.office.maker, RECORD, day) as session:
                    has = select(col(QualificationSpan.row_id)).where(
                        col(QualificationSpan.cadre_id) == person,
                        col(QualificationSpan.kind) == kind,
                        col(QualificationSpan.level).in_(levels),
                        live(QualificationSpan, day),
                    )
                    if session.execute(has).first() is None:
                        data = QualificationCreate(kind=kind, name=name, level=level, valid_from=AWARDED)
                        qualification.add(session, person, data=data, today=day)

    def _conclude(self, day: date) -> None:
        """Each has a conclusion on political standards, of the standing committee above (domain §10.9)."""
        for person in self.people:
            with self.stage.on(self.office.maker, RECORD, day) as session:
                number, issuer = self.numbers.conclusion(self.office.approver, day)
                data = PoliticalConclusionCreate(
                    number=number, concluded_on=day, issuer=issuer, purpose="Hồ sơ nhân sự"
                )
                record.add(session, person, record.GROUPS["political_conclusions"], data)

    def _change(self, day: date, **values: Any) -> None:  # noqa: ANN401 - the fields of AppointmentUpdate
        with self.stage.on(self.office.maker, WRITE, day) as session:
            row = appointment.find(session, self.id)
            appointment.change(session, self.id, row.version, data=AppointmentUpdate(**values), today=day)

    def _meet(self, step: int, day: date) -> None:
        with self.stage.on(self.office.maker, WRITE, day) as session:
            row = appointment.find(session, self.id)
            way = appointment.route_of(row.kind, row.source, head_decides=row.head_decides)
            summoned = {1: 24, 2: 9}[step] if way is appointment.Route.TERM else SUMMONED[step]
            data = _minutes(way, step, day, summoned, self.people)
            appointment.record_step(session, self.id, data=data, today=day)

    def _take(self, action: str, day: date) -> None:
        actor = self.office.approver if action in RULINGS else self.office.maker
        with self.stage.on(actor, ACT, day) as session:
            row = appointment.find(session, self.id)
            data = TransitionCreate(
                action=action,
                note=NOTES.get(action),
                decision=self._decision(row, day) if action in DECIDED else None,
            )
            appointment.take(session, self.id, row.version, data=data, law=self.stage.law, today=day)

    def _decision(self, row: Appointment, day: date) -> DecisionGiven:
        number, signer = self.numbers.next(row.authority_id, day)
        return DecisionGiven(number=number, signed_on=day, effective_on=self.effective_on, signer=signer)


def _minutes(way: appointment.Route, step: int, day: date, summoned: int, people: list[UUID]) -> StepCreate:
    """Minutes in which one or two are missing, and the first named gets more votes than half."""
    present = summoned - (2 if summoned > 20 else 0)
    told: dict[str, Any] = {"step": step, "held_on": day, "summoned": summoned, "present": present}
    last = {appointment.Route.FIVE_STEPS: (2, 3, 4, 5), appointment.Route.THREE_STEPS: (3,)}
    if step in last.get(way, (1, 2)):
        first = present - len(people) + 1 if len(people) > 1 else present
        told |= {"ballots_issued": present, "ballots_returned": present, "ballots_valid": present}
        told["in_favour"] = [
            VotesGiven(cadre_id=person, votes=first if place == 0 else 1)
            for place, person in enumerate(people)
        ]
    return StepCreate(document=f"{day:%d%m}-BB", **told)
