"""Who is planned must have a full term of service left, and should have two (III.3.3-b)."""

from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from app.services.law.finding import Effect, Group, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.retirement import AGES, Sex, months_left
from app.services.law.rules.plan.common import FIRST_RULE_SET, listed
from app.services.law.rules.registry import rule

FULL_TERM, TWO_TERMS = "plan.age-full-term", "plan.age-two-terms"


@dataclass(frozen=True, slots=True)
class PersonBirth:
    """A person of the dossier; None: the record doesn't say. `label` is what the reader may be shown."""

    person_id: str
    label: str
    birth_date: date | None = None
    sex: Sex | None = None

    def left(self, since: date, law: LawOn) -> int | None:
        """Months in service from `since` on; None where birth or sex is not known."""
        if self.birth_date is None or self.sex is None:
            return None
        return months_left(self.birth_date, self.sex, since, law)


@dataclass(frozen=True, slots=True)
class PlanAgeFacts:
    """The first day of the plan's period, and everybody with a live entry in the dossier, once each."""

    begins_on: date
    persons: tuple[PersonBirth, ...]


@rule(
    "plan.age",
    clause="III.3.3-b",
    group=Group.QUALITY,
    effect=Effect.BLOCKS,
    since=FIRST_RULE_SET,
    waivable=True,
    parameters=(FULL_TERM, TWO_TERMS, *AGES.values()),
    facts=PlanAgeFacts,
)
def age(facts: PlanAgeFacts, law: LawOn) -> Verdict:
    """Everybody planned can serve 60 months from the period's first day on, and 120 at best.

    Fewer than 60 block, fewer than 120 warn; birth or sex that nobody entered is unknown, which blocks. The
    finding says who, not how many months: those tell the month of birth of persons whose files the reader may
    not open.
    """
    least, fair = law[FULL_TERM], law[TWO_TERMS]
    required: dict[str, JsonValue] = {
        "begins_on": facts.begins_on.isoformat(),
        "months_at_least": least.at_least,
        "months_fair_at_least": fair.at_least,
    }
    if not facts.persons:
        return not_applicable(
            required=required,
            message=f"Hồ sơ chưa có người nào để xét tuổi theo mục {least.clause}.",
        )
    left = [(person, person.left(facts.begins_on, law)) for person in facts.persons]
    short = [person for person, months in left if months is not None and months < least.at_least]
    late = [
        person for person, months in left if months is not None and least.at_least <= months < fair.at_least
    ]
    unclear = [person for person, months in left if months is None]
    measured: dict[str, JsonValue] = {
        "persons": len(left),
        "short": [_named(person) for person in short],
        "late": [_named(person) for person in late],
        "unknown": [_named(person) for person in unclear],
    }
    since = f"{facts.begins_on:%d/%m/%Y}"
    if short:
        return met_if(
            False,  # noqa: FBT003 - reads as the sentence it is
            measured=measured,
            required=required,
            message=f"Không còn đủ {least.at_least} tháng công tác kể từ {since} (mục {least.clause}): "
            f"{_people(short)}.",
            remedy=f"Đưa ra khỏi hồ sơ người không còn đủ tuổi trọn một nhiệm kỳ: {_people(short)}.",
        )
    if unclear:
        return unknown(
            measured=measured,
            required=required,
            message=f"Chưa rõ ngày sinh hoặc giới tính nên chưa xét được tuổi theo mục {least.clause}: "
            f"{_people(unclear)}.",
            remedy=f"Bổ sung ngày sinh, giới tính vào hồ sơ của {_people(unclear)}.",
        )
    found = met_if(
        not late,
        measured=measured,
        required=required,
        message=f"Không còn đủ {fair.at_least} tháng công tác, tức hai nhiệm kỳ, kể từ {since} "
        f"(mục {least.clause}): {_people(late)}."
        if late
        else f"Ai cũng còn đủ {fair.at_least} tháng công tác kể từ {since} (mục {least.clause}).",
        remedy=f"Ghi rõ lý do giới thiệu người chỉ còn đủ một nhiệm kỳ, hoặc chọn người trẻ hơn: "
        f"{_people(late)}.",
    )
    return found.warning() if late else found


def _named(person: PersonBirth) -> JsonValue:
    return {"person_id": person.person_id, "label": person.label}


def _people(persons: list[PersonBirth]) -> str:
    return listed([person.label for person in persons])
