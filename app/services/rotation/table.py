"""The transition table of rotations (domain §7): from the idea to what came of it."""

from app.models.dossier import DossierType
from app.models.rotation import RotationState
from app.services.workflow import DECISION, NOTE, Action, Table

S = RotationState

NAMES = {
    S.DRAFT: "Đang soạn",
    S.CONSULTED: "Đã lấy ý kiến",
    S.SUBMITTED: "Đã trình",
    S.DECIDED: "Đã quyết định",
    S.IN_ROTATION: "Đang luân chuyển",
    S.RETURNED: "Đã trở về",
    S.STAYED: "Ở lại nơi luân chuyển",
    S.PROMOTED: "Bố trí chức vụ cao hơn",
    S.ENDED_EARLY: "Kết thúc sớm",
    S.CANCELLED: "Đã dừng",
}

BEFORE = frozenset({S.DRAFT, S.CONSULTED, S.SUBMITTED})
"""States before the decision: the law is asked whether the person may go."""

AWAY = frozenset({S.DECIDED, S.IN_ROTATION})
"""States in which what comes afterwards is prepared."""

EDITABLE = frozenset({S.DRAFT}) | AWAY
"""States in which the dossier takes changes."""


def _from(*states: RotationState) -> frozenset[str]:
    return frozenset(state.value for state in states)


def _deed(
    name: str, label: str, sources: frozenset[str], to: RotationState, *needs: str, judged: bool = False
) -> Action:
    return Action(
        name,
        label,
        sources,
        to.value,
        "rotation:submit",
        makes=True,
        judged=judged,
        keeps=judged,
        needs=frozenset(needs),
    )


def _ruling(
    name: str,
    label: str,
    sources: frozenset[str],
    to: RotationState,
    *needs: str,
    judged: bool = False,
    keeps: bool = True,
) -> Action:
    return Action(
        name,
        label,
        sources,
        to.value,
        "rotation:approve",
        at_authority=True,
        apart_from_makers=True,
        judged=judged,
        keeps=keeps,
        needs=frozenset(needs),
    )


TABLE = Table(
    type=DossierType.ROTATION,
    states={state.value: name for state, name in NAMES.items()},
    actions=(
        _deed("consult", "Ghi đã lấy ý kiến hai nơi", _from(S.DRAFT), S.CONSULTED),
        _deed("submit", "Trình quyết định", _from(S.CONSULTED), S.SUBMITTED, judged=True),
        _ruling("send_back", "Trả lại", _from(S.SUBMITTED), S.DRAFT, NOTE, keeps=False),
        _ruling("decide", "Quyết định luân chuyển", _from(S.SUBMITTED), S.DECIDED, DECISION, judged=True),
        _deed("begin", "Ghi đã đến nhận công tác", _from(S.DECIDED), S.IN_ROTATION),
        _ruling("come_back", "Cho trở về", _from(S.IN_ROTATION), S.RETURNED, DECISION, judged=True),
        _ruling("stay", "Cho ở lại nơi luân chuyển", _from(S.IN_ROTATION), S.STAYED, DECISION),
        _ruling("end_early", "Kết thúc sớm", _from(S.IN_ROTATION), S.ENDED_EARLY, DECISION, NOTE),
        _deed("promote", "Ghi đã bố trí chức vụ cao hơn", _from(S.IN_ROTATION), S.PROMOTED),
        _deed("record_end", "Ghi đã thôi do quyết định khác", _from(S.IN_ROTATION), S.ENDED_EARLY, NOTE),
        _deed("cancel", "Dừng hồ sơ", _from(S.DRAFT, S.CONSULTED), S.CANCELLED, NOTE),
    ),
)

CLOSING = ("come_back", "stay", "end_early", "promote", "record_end")
"""Steps after which somebody is no longer rotated."""
