"""What must be there of each person newly planned, and what must not: conclusion, open appointment."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pydantic import JsonValue

from app.services.law.finding import Effect, Group, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.rules.plan.common import listed
from app.services.law.rules.registry import rule

VALIDITY, NO_APPOINTMENT = "plan.political-standard-validity", "plan.no-open-appointment"


class Validity(StrEnum):
    """Which conclusion serves: one drawn for this dossier, or any on record."""

    EACH_DOSSIER = "each_dossier"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class PersonConclusion:
    """A person newly planned in this round, with the latest conclusion on record up to the day.

    `since`: the first meeting of the round or the day of entry, the earlier of the two; what was concluded
    before served another dossier. `on_record`: False where the file isn't kept here, so that nobody can say.
    `label` is what the reader may be shown.
    """

    person_id: str
    label: str
    since: date
    concluded_on: date | None = None
    on_record: bool = True


@dataclass(frozen=True, slots=True)
class PoliticalStandardFacts:
    """Everybody newly planned in this round, once each; who was approved before is not asked again."""

    persons: tuple[PersonConclusion, ...]


@rule(
    "plan.political_standard",
    clause="III.3.8-e",
    group=Group.QUALITY,
    effect=Effect.BLOCKS,
    since=date(2018, 2, 28),
    waivable=False,
    parameters=(VALIDITY,),
    facts=PoliticalStandardFacts,
)
def political_standard(facts: PoliticalStandardFacts, law: LawOn) -> Verdict:
    """Everybody newly planned has a conclusion on political standards, drawn for this dossier.

    Judged is whether a reference is on record, never what it says; the finding tells neither its number nor
    its day.
    """
    norm = law[VALIDITY]
    validity = Validity(norm.choice)
    required: dict[str, JsonValue] = {"validity": validity.value}
    if not facts.persons:
        return not_applicable(
            required=required,
            message=f"Hồ sơ không giới thiệu thêm người nên không cần kết luận mới theo mục {norm.clause}.",
        )
    unclear = [person for person in facts.persons if not person.on_record]
    lacking = [person for person in facts.persons if person.on_record and person.concluded_on is None]
    outdated = [
        person
        for person in facts.persons
        if validity is Validity.EACH_DOSSIER
        and person.on_record
        and person.concluded_on is not None
        and person.concluded_on < person.since
    ]
    wrong = [*lacking, *outdated]
    measured: dict[str, JsonValue] = {
        "persons": len(facts.persons),
        "concluded": len(facts.persons) - len(wrong) - len(unclear),
        "lacking": [_named(person) for person in lacking],
        "outdated": [_named(person) for person in outdated],
        "unknown": [_named(person) for person in unclear],
    }
    if unclear and not wrong:
        return unknown(
            measured=measured,
            required=required,
            message=f"Chưa rõ đã có kết luận về tiêu chuẩn chính trị hay chưa (mục {norm.clause}), hồ sơ giữ "
            f"ở cấp khác: {_people(unclear)}.",
            remedy="Đề nghị nơi quản lý hồ sơ xác nhận, hoặc đưa người này ra khỏi hồ sơ.",
        )
    return met_if(
        not wrong,
        measured=measured,
        required=required,
        message=f"Chưa có kết luận về tiêu chuẩn chính trị cho hồ sơ này (mục {norm.clause}): "
        f"{_people(wrong)}."
        if wrong
        else f"Ai được giới thiệu cũng có kết luận về tiêu chuẩn chính trị (mục {norm.clause}).",
        remedy="Đề nghị ban thường vụ quản lý chức danh kết luận về tiêu chuẩn chính trị và ghi số, ngày kết "
        f"luận vào hồ sơ cán bộ: {_people(wrong)}.",
    )


@dataclass(frozen=True, slots=True)
class EntryAppointment:
    """A newly proposed entry, and whether the same person is about to get the same title of the same unit.

    `open`: an appointment or nomination is under way, or decided and not yet in effect. `on_record`: False
    where the file isn't kept here. `label` is what the reader may be shown: person and title.
    """

    entry_id: str
    label: str
    open: bool
    on_record: bool = True


@dataclass(frozen=True, slots=True)
class NoOpenAppointmentFacts:
    """One per entry newly proposed in this round; who was planned before may well be appointed now."""

    entries: tuple[EntryAppointment, ...]


@rule(
    "plan.no_open_appointment",
    clause="III.3.3-g",
    group=Group.PROCEDURE,
    effect=Effect.BLOCKS,
    since=date(2025, 10, 8),
    waivable=False,
    parameters=(NO_APPOINTMENT,),
    facts=NoOpenAppointmentFacts,
)
def no_open_appointment(facts: NoOpenAppointmentFacts, law: LawOn) -> Verdict:
    """Nobody is planned for a title while the appointment to it is under way: the plan comes first."""
    norm = law[NO_APPOINTMENT]
    required: dict[str, JsonValue] = {"open_appointments": 0}
    if not (norm.flag and facts.entries):
        return not_applicable(
            required=required,
            message=f"Hồ sơ không giới thiệu thêm người nên không vướng việc bổ nhiệm (mục {norm.clause}).",
        )
    open_ = [entry for entry in facts.entries if entry.open]
    unclear = [entry for entry in facts.entries if not entry.open and not entry.on_record]
    measured: dict[str, JsonValue] = {
        "entries": len(facts.entries),
        "open": [{"entry_id": entry.entry_id, "label": entry.label} for entry in open_],
        "unknown": [{"entry_id": entry.entry_id, "label": entry.label} for entry in unclear],
    }
    if unclear and not open_:
        named = listed([entry.label for entry in unclear])
        return unknown(
            measured=measured,
            required=required,
            message=f"Chưa rõ người này có đang được đề nghị bổ nhiệm vào chức danh hay không (mục "
            f"{norm.clause}), hồ sơ giữ ở cấp khác: {named}.",
            remedy="Đề nghị nơi quản lý hồ sơ xác nhận, hoặc đưa người này ra khỏi hồ sơ.",
        )
    named = listed([entry.label for entry in open_])
    return met_if(
        not open_,
        measured=measured,
        required=required,
        message=f"Vừa đưa vào quy hoạch vừa đề nghị bổ nhiệm cùng chức danh (mục {norm.clause}): {named}."
        if open_
        else f"Không ai được giới thiệu vào chức danh đang được đề nghị bổ nhiệm (mục {norm.clause}).",
        remedy=f"Đưa ra khỏi hồ sơ, hoặc dừng việc bổ nhiệm cho đến khi quy hoạch được phê duyệt: {named}.",
    )


def _named(person: PersonConclusion) -> JsonValue:
    return {"person_id": person.person_id, "label": person.label}


def _people(persons: list[PersonConclusion]) -> str:
    return listed([person.label for person in persons])
