"""The transition tables of post changes: another post is published, an exemption only closed (domain §7).

Why somebody stays may be his health: an exemption is told to nobody outside.
"""

from app.models.dossier import DossierType
from app.models.post_change import PostChange, PostChangeOutcome, PostChangeState
from app.services.workflow import DECISION, NOTE, Action, Table

S = PostChangeState

NAMES = {
    S.DRAFT: "Đang soạn",
    S.PROPOSED: "Đã đề nghị",
    S.RETURNED: "Trả lại",
    S.DECIDED: "Đã quyết định",
    S.PUBLISHED: "Đã công khai",
    S.CLOSED: "Đã đóng",
    S.CANCELLED: "Đã dừng",
}

OPEN = frozenset({S.DRAFT, S.RETURNED})
"""States in which what is proposed may change."""


def _from(*states: PostChangeState) -> frozenset[str]:
    return frozenset(state.value for state in states)


_PROPOSE = Action(
    "propose",
    "Đề nghị",
    _from(S.DRAFT, S.RETURNED),
    S.PROPOSED.value,
    "post_change:submit",
    makes=True,
    judged=True,
    keeps=True,
)
_RETURN = Action(
    "return",
    "Trả lại",
    _from(S.PROPOSED),
    S.RETURNED.value,
    "post_change:approve",
    at_authority=True,
    apart_from_makers=True,
    needs=frozenset({NOTE}),
)
_DECIDE = Action(
    "decide",
    "Quyết định",
    _from(S.PROPOSED),
    S.DECIDED.value,
    "post_change:approve",
    at_authority=True,
    apart_from_makers=True,
    judged=True,
    keeps=True,
    needs=frozenset({DECISION}),
)
_PUBLISH = Action("publish", "Công khai", _from(S.DECIDED), S.PUBLISHED.value, "post_change:submit")
_CANCEL = Action(
    "cancel",
    "Dừng hồ sơ",
    _from(S.DRAFT, S.RETURNED),
    S.CANCELLED.value,
    "post_change:submit",
    makes=True,
    needs=frozenset({NOTE}),
)


def _close(source: PostChangeState) -> Action:
    return Action("close", "Đóng hồ sơ", _from(source), S.CLOSED.value, "post_change:submit")


def _table(*actions: Action) -> Table:
    reached = {state for action in actions for state in (*action.sources, action.to)}
    return Table(
        type=DossierType.POST_CHANGE,
        states={state.value: name for state, name in NAMES.items() if state.value in reached},
        actions=actions,
    )


TABLES: dict[PostChangeOutcome, Table] = {
    PostChangeOutcome.CHANGE: _table(_PROPOSE, _RETURN, _DECIDE, _PUBLISH, _close(S.PUBLISHED), _CANCEL),
    PostChangeOutcome.EXEMPT: _table(_PROPOSE, _RETURN, _DECIDE, _close(S.DECIDED), _CANCEL),
}

EVERY = Table(
    type=DossierType.POST_CHANGE,
    states={state.value: name for state, name in NAMES.items()},
    actions=tuple(dict.fromkeys(action for way in TABLES.values() for action in way.actions)),
)
"""All actions of both outcomes: for what only asks whether a kind of dossier still decides something."""


def table(row: PostChange) -> Table:
    """The table this dossier walks."""
    return TABLES[row.outcome]
