"""Post changes and rotations of the demo: those under way are played, those of years ago are on record."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlmodel import col

from app.demo.actions.casting import Casting
from app.demo.actions.dossier import Office
from app.demo.actions.numbers import Numbers
from app.demo.actions.stage import Stage
from app.demo.dates import years
from app.demo.ids import recorded
from app.demo.plans.days import working
from app.models.assignment import AssignmentSpan
from app.models.dossier import DecisionGiven, TransitionCreate
from app.models.post_change import ExemptReason, PostChangeCreate, PostChangeOutcome
from app.models.rotation import (
    Rotation,
    RotationCreate,
    RotationItemCreate,
    RotationPlanCreate,
    RotationState,
    RotationUpdate,
)
from app.models.title import TitleVersion
from app.services import bulk, post_change, rotation, rotation_plan
from app.services.dated import live
from app.services.unit.planning import Place

if TYPE_CHECKING:
    from uuid import UUID

PROVINCE = Office("btc.tinh", "btv.tinh")
LAST, GAP = date(2021, 12, 29), timedelta(days=6)
EFFECT = date(2022, 1, 24)
CHANGE = ("propose", "decide", "publish", "close")
PLANNED = ("submit", "approve")
SENT = ("consult", "submit", "decide")
RULINGS = frozenset({"return", "send_back", "approve", "decide"})
DECIDED = frozenset({"approve", "decide"})
TERM = 3
"""Years a rotation is planned for."""

STAYED_BEFORE = date(2021, 9, 1)
"""Whose three years were over by then stayed for good; those since are due, or overdue."""

ENTERED_ON = date(2021, 2, 1)
"""When the rotations of earlier years were entered."""

NOTE = "Bổ sung ý kiến của đơn vị rồi trình lại."


@dataclass(slots=True)
class Moves:
    """Plays the stories of one kind after the other."""

    stage: Stage
    cast: Casting
    numbers: Numbers

    def play(self) -> None:
        """All of them."""
        for until, then in ((None, None), (1, None), (1, "return"), (2, None), (3, None), (4, None)):
            self._change(until or 0, then)
        for until in (1, 2):
            self._exempt(until)
        for within, until in (("02.SXD", 2), ("02.BTC", 1), ("02.BTG", 0)):
            self._rotations(within, until)

        self._served()

    def _served(self) -> None:
        """Rotations of earlier years as they were entered into the system: who serves, who stayed."""
        rows = []
        for now, before in self.cast.rotated():
            ends_on = years(now.valid_from, TERM)
            serving = ends_on > STAYED_BEFORE
            row = Rotation(
                id=self.stage.new_id(ENTERED_ON),
                unit_id=now.unit_id,
                post_id=now.post_id,
                title_id=now.title_id,
                cadre_id=now.cadre_id,
                from_assignment_id=before.assignment_id,
                from_unit_id=before.unit_id,
                from_title_id=before.title_id,
                authority_id=self._authority(now),
                state=RotationState.IN_ROTATION if serving else RotationState.STAYED,
                opened_on=now.decision_signed_on or now.valid_from,
                begins_on=now.valid_from,
                ends_on=ends_on,
                began_on=now.valid_from,
                ended_on=None if serving else ends_on,
                opened_assignment_id=now.assignment_id,
                created_by=self.stage.account(PROVINCE.maker),
                created_at=recorded(ENTERED_ON),
            )
            rows.append(row.model_dump())
        bulk.write(self.stage.house, Rotation, rows)

    def _authority(self, seat: AssignmentSpan) -> "UUID":
        """The body that manages the title of a seat."""
        version = self.stage.house.scalars(
            select(TitleVersion).where(
                col(TitleVersion.title_id) == seat.title_id, live(TitleVersion, seat.valid_from)
            )
        ).one()
        found = Place(self.stage.house, seat.unit_id, LAST).authority(version.managed_by)
        return found if found is not None else seat.unit_id

    def _steps(self, noun: Any, kind: str, key: "UUID", actions: list[str], *, at_once: bool = False) -> None:  # noqa: ANN401 - a service
        days = [working(LAST - GAP * back) for back in range(len(actions) - 1, -1, -1)]
        for action, day in zip(actions, days, strict=True):
            actor = PROVINCE.approver if action in RULINGS else PROVINCE.maker
            with self.stage.on(actor, f"{kind}:act", day) as session:
                row = noun.find(session, key)
                decision = None
                if action in DECIDED:
                    number, signer = self.numbers.next(row.authority_id, day)
                    effect = day if at_once or action == "approve" else EFFECT
                    decision = DecisionGiven(number=number, signed_on=day, effective_on=effect, signer=signer)
                note = NOTE if action in {"return", "send_back"} else None
                data = TransitionCreate(action=action, note=note, decision=decision)
                noun.take(session, key, row.version, data=data, law=self.stage.law, today=day)

    def _change(self, until: int, then: str | None) -> None:
        held = self.cast.held("02", "p.finance_expert")
        seat = self.cast.free("02", "p.expert")
        day = working(LAST - GAP * 6)
        with self.stage.on(PROVINCE.maker, "post_change:write", day) as session:
            data = PostChangeCreate(assignment_id=held.assignment_id, new_post_id=seat.post_id)
            key = post_change.create(session, data=data, today=day)
        self._steps(post_change, "post_change", key, [*CHANGE[:until], *([then] if then else [])])

    def _exempt(self, until: int) -> None:
        held = self.cast.held("02", "p.accountant")
        day = working(LAST - GAP * 6)
        with self.stage.on(PROVINCE.maker, "post_change:write", day) as session:
            data = PostChangeCreate(
                assignment_id=held.assignment_id,
                outcome=PostChangeOutcome.EXEMPT,
                exempt_reason=ExemptReason.MATERNITY if until == 1 else ExemptReason.ILLNESS,
                exempt_ends_on=date(2022, 6, 30),
                reason="Theo hồ sơ của đơn vị.",
            )
            key = post_change.create(session, data=data, today=day)
        self._steps(post_change, "post_change", key, list(CHANGE[:until]), at_once=True)

    def _rotations(self, within: str, until: int) -> None:
        """A department's plan with a seat, and who goes there where the plan is approved."""
        seat = self.cast.vacant(within, "p.division_deputy")
        day = date(2021, 3, 8)
        with self.stage.on(PROVINCE.maker, "rotation:write", day) as session:
            unit = self.cast.department(within)
            made = RotationPlanCreate(unit_id=unit, year=2021, authority_id=unit)
            key = rotation_plan.create(session, data=made, today=day)
        with self.stage.on(PROVINCE.maker, "rotation:write", day) as session:
            item = RotationItemCreate(
                post_id=seat.post_id,
                planned_on=date(2021, 12, 1),
                after="Trở về đơn vị cũ, xem xét chức vụ cấp trưởng.",
            )
            item_id = rotation_plan.add_item(session, key, data=item, today=day)
        self._steps(rotation_plan, "rotation", key, list(PLANNED[:until]))
        if until == len(PLANNED):
            self._send(item_id)

    def _send(self, item_id: "UUID") -> None:
        [person] = self.cast.people("02.SNV", "p.division_deputy", 1)
        day = LAST
        with self.stage.on(PROVINCE.maker, "rotation:write", day) as session:
            data = RotationCreate(
                item_id=item_id, cadre_id=person, begins_on=EFFECT, ends_on=date(2025, 1, 24)
            )
            key = rotation.create(session, data=data, law=self.stage.law, today=day)
        with self.stage.on(PROVINCE.maker, "rotation:write", day) as session:
            heard = RotationUpdate(
                sender_heard_on=day,
                sender_opinion="Đồng ý cử đi.",
                receiver_heard_on=day,
                receiver_opinion="Đồng ý tiếp nhận.",
            )
            rotation.change(session, key, rotation.find(session, key).version, data=heard, today=day)
        for action in SENT:
            self._steps(rotation, "rotation", key, [action])
