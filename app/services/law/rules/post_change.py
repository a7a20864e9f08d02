"""The clock of sensitive posts: chuyển đổi vị trí công tác of who isn't a leader (III.3.5-g).

Leaders in such posts follow rotation and have no clock here.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from app.services.law.finding import Effect, Verdict, met_if, not_applicable, unknown
from app.services.law.months import months_after
from app.services.law.parameter import LawOn
from app.services.law.rules.registry import rule

if TYPE_CHECKING:
    from pydantic import JsonValue

POST_CHANGE = "III.3.5-g"
SOON = "assignments.post-change-soon"
RETIREMENT = "assignments.post-change-retirement"
SHORTEST, LONGEST = "assignments.post-change-from", "assignments.post-change-to"


class PostChangeState(StrEnum):
    """Where the clock of a post stands: the due day itself is `due`, the last day in time."""

    RUNNING = "running"
    DUE_SOON = "due_soon"
    DUE = "due"
    OVERDUE = "overdue"


_STATE_NAMES = {
    PostChangeState.RUNNING: "chưa đến hạn",
    PostChangeState.DUE_SOON: "sắp đến hạn",
    PostChangeState.DUE: "đến hạn",
    PostChangeState.OVERDUE: "quá hạn",
}


def post_change_due_on(since: date, limit_months: int) -> date:
    """The last day in time of who holds a post since that day."""
    return months_after(since, limit_months)


def post_change_state(since: date, limit_months: int, law: LawOn) -> PostChangeState:
    """Where the clock stands on the day of the law. NotInForce before Decree 59/2019."""
    due_on, soon = post_change_due_on(since, limit_months), law[SOON].integer
    if law.day > due_on:
        return PostChangeState.OVERDUE
    if law.day == due_on:
        return PostChangeState.DUE
    return PostChangeState.DUE_SOON if law.day >= months_after(due_on, -soon) else PostChangeState.RUNNING


@dataclass(frozen=True, slots=True)
class PostChangeFacts:
    """Since when somebody holds a sensitive post and its limit in months; None: not on record.

    `exempt_reason`: a shown reason that stops the clock. `leader`: whom rotation concerns instead.
    """

    label: str
    since: date | None
    limit_months: int | None
    exempt_reason: str | None = None
    leader: bool = False


@rule(
    "post_change.overdue",
    clause=POST_CHANGE,
    effect=Effect.MEASURES,
    since=date(2019, 8, 15),
    waivable=False,
    parameters=(SOON, SHORTEST, LONGEST),
    facts=PostChangeFacts,
)
def overdue(facts: PostChangeFacts, law: LawOn) -> Verdict:
    """Nobody stays in a sensitive post beyond its limit; a limit outside the decree's is unknown."""
    low, high = law[SHORTEST].integer, law[LONGEST].integer
    required: dict[str, JsonValue] = {"limit_months_from": low, "limit_months_to": high}
    if facts.leader:
        return not_applicable(
            required=required,
            message=f"{facts.label} là lãnh đạo, theo luân chuyển thay vì chuyển đổi vị trí "
            f"(mục {POST_CHANGE}).",
        )
    if reason := (facts.exempt_reason or "").strip():
        return not_applicable(
            required=required,
            message=f"{facts.label} được miễn chuyển đổi vị trí (mục {POST_CHANGE}): {reason}.",
        )
    limit = facts.limit_months
    if facts.since is None or limit is None or not low <= limit <= high:
        return unknown(
            measured={"state": None, "limit_months": limit},
            required=required,
            message=f"Chưa rõ ngày {facts.label} giữ vị trí hoặc thời hạn của vị trí (mục {POST_CHANGE}).",
            remedy=f"Bổ sung ngày giữ vị trí và thời hạn từ {low} đến {high} tháng.",
        )
    state, due_on = post_change_state(facts.since, limit, law), post_change_due_on(facts.since, limit)
    late = max((law.day - due_on).days, 0)
    return met_if(
        state is not PostChangeState.OVERDUE,
        measured={
            "state": state.value,
            "due_on": due_on.isoformat(),
            "days_late": late,
            "limit_months": limit,
        },
        required=required,
        message=f"{facts.label} {_STATE_NAMES[state]} chuyển đổi vị trí, hạn là {due_on:%d/%m/%Y}"
        f"{f', chậm {late} ngày' if late else ''} (mục {POST_CHANGE}).",
        remedy="Chuyển đổi vị trí ngay, hoặc ghi lý do được miễn theo quy định.",
    )


class Ground(StrEnum):
    """Why somebody stays beyond the limit, as far as the record can tell whether it is so."""

    ONLY_POST = "only_post"
    NEAR_RETIREMENT = "near_retirement"
    ON_PAPER = "on_paper"


@dataclass(frozen=True, slots=True)
class ExemptionFacts:
    """The ground of an exemption and what the record knows of it; None: not on record.

    `months_left`: months in service; `alike`: seats of the same title in the unit, this one among them.
    """

    label: str
    ground: Ground
    months_left: int | None = None
    alike: int | None = None


@rule(
    "post_change.exemption",
    clause=POST_CHANGE,
    effect=Effect.BLOCKS,
    since=date(2019, 8, 15),
    waivable=True,
    parameters=(RETIREMENT,),
    facts=ExemptionFacts,
)
def exemption(facts: ExemptionFacts, law: LawOn) -> Verdict:
    """Who stays as the only one of his kind, or close to retirement, is so by the record."""
    below = law[RETIREMENT].integer
    if facts.ground is Ground.NEAR_RETIREMENT:
        required: dict[str, JsonValue] = {"months_left_below": below}
        left = facts.months_left
        if left is None:
            return unknown(
                measured={"months_left": None},
                required=required,
                message=f"Chưa tính được thời gian công tác còn lại của {facts.label} (mục {POST_CHANGE}).",
                remedy="Bổ sung ngày sinh và giới tính trong hồ sơ cán bộ.",
            )
        return met_if(
            left < below,
            measured={"months_left": left},
            required=required,
            message=f"{facts.label} còn {left} tháng công tác; được miễn khi còn dưới {below} tháng "
            f"(mục {POST_CHANGE}).",
            remedy="Chuyển đổi vị trí, hoặc ghi lý do miễn khác.",
        )
    if facts.ground is Ground.ONLY_POST:
        required = {"alike_at_most": 1}
        if facts.alike is None:
            return unknown(
                measured={"alike": None},
                required=required,
                message=f"Chưa có chỉ tiêu biên chế của vị trí {facts.label} đang giữ (mục {POST_CHANGE}).",
                remedy="Nhập số chỗ của vị trí việc làm.",
            )
        return met_if(
            facts.alike <= 1,
            measured={"alike": facts.alike},
            required=required,
            message=f"Đơn vị có {facts.alike} chỗ cùng chức danh với {facts.label}; chỉ được miễn khi là "
            f"vị trí duy nhất (mục {POST_CHANGE}).",
            remedy="Chuyển đổi giữa các vị trí cùng chức danh, hoặc ghi lý do miễn khác.",
        )
    return not_applicable(
        required={},
        message=f"Lý do miễn của {facts.label} do cấp có thẩm quyền xét theo giấy tờ kèm hồ sơ "
        f"(mục {POST_CHANGE}).",
    )
