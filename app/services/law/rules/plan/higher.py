"""Whom a plan may be for: a title above the one that somebody holds (377-QĐ/TW)."""

from dataclasses import dataclass
from datetime import date

from pydantic import JsonValue

from app.services.law.finding import Effect, Group, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.rules.plan.common import listed
from app.services.law.rules.registry import rule

HIGHER_ONLY = "plan.higher-title-only"


@dataclass(frozen=True, slots=True)
class EntryRank:
    """A newly proposed entry: the rank of its title, and of the highest title the person holds.

    Ranks count from the top: 1 stands above 2. None where there is no rank on record. `label` is what the
    reader may be shown: person and title.
    """

    entry_id: str
    label: str
    planned: int | None
    held: int | None


@dataclass(frozen=True, slots=True)
class HigherTitleFacts:
    """Everything this round newly proposes; nothing for plans of committee seats, which rank nowhere."""

    entries: tuple[EntryRank, ...]


@rule(
    "plan.higher_title",
    clause="III.3.3-g",
    group=Group.QUALITY,
    effect=Effect.BLOCKS,
    since=date(2025, 10, 8),
    waivable=True,
    parameters=(HIGHER_ONLY,),
    facts=HigherTitleFacts,
)
def higher_title(facts: HigherTitleFacts, law: LawOn) -> Verdict:
    """Nobody is newly planned for a title that isn't above the one held."""
    norm = law[HIGHER_ONLY]
    required: dict[str, JsonValue] = {"higher_only": norm.flag}
    if not (facts.entries and norm.flag):
        return not_applicable(
            required=required,
            message=f"Hồ sơ không giới thiệu thêm người vào chức danh nào để xét theo mục {norm.clause}.",
        )
    unclear = [one for one in facts.entries if one.planned is None or one.held is None]
    low = [
        one
        for one in facts.entries
        if one.planned is not None and one.held is not None and one.planned >= one.held
    ]
    measured: dict[str, JsonValue] = {
        "entries": len(facts.entries),
        "not_higher": [_named(one) for one in low],
        "unknown": [_named(one) for one in unclear],
    }
    if unclear and not low:
        return unknown(
            measured=measured,
            required=required,
            message="Chưa rõ chức danh quy hoạch có cao hơn chức danh đang giữ hay không "
            f"(mục {norm.clause}): {listed([one.label for one in unclear])}.",
            remedy="Nhập vị trí công tác chính của người được giới thiệu và thứ bậc của chức danh.",
        )
    return met_if(
        not low,
        measured=measured,
        required=required,
        message=f"Chức danh quy hoạch không cao hơn chức danh đang giữ (mục {norm.clause}): "
        f"{listed([one.label for one in low])}."
        if low
        else f"Ai cũng được giới thiệu vào chức danh cao hơn chức danh đang giữ (mục {norm.clause}).",
        remedy="Chỉ quy hoạch vào chức danh cao hơn. Đưa ra khỏi hồ sơ hoặc đổi chức danh: "
        f"{listed([one.label for one in low])}.",
    )


def _named(one: EntryRank) -> JsonValue:
    return {"entry_id": one.entry_id, "label": one.label}
