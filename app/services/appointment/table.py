"""The transition tables of personnel actions, one for each way a kind is decided (§7, §10.2, §10.3)."""

from enum import StrEnum

from app.models.appointment import ActionKind, ActionState, Appointment, Source
from app.models.dossier import DossierType
from app.services.workflow import DECISION, NOTE, Action, Table

S = ActionState


class Route(StrEnum):
    """The ways a personnel action is decided."""

    FIVE_STEPS = "five_steps"
    THREE_STEPS = "three_steps"
    HEAD = "head"
    CONSULTED = "consulted"
    ELECTED = "elected"
    TERM = "term"
    ENDING = "ending"


ENDS = frozenset(
    {
        ActionKind.RELIEF,
        ActionKind.RESIGNATION,
        ActionKind.END_OF_POST,
        ActionKind.DISMISSAL,
        ActionKind.SUSPENSION,
    }
)
"""Kinds that end a post, or keep somebody from it."""

VOTED_OUT = frozenset({ActionKind.NOMINATION, ActionKind.RE_ELECTION})
LENT = frozenset({ActionKind.SECONDMENT})
HELD = ENDS | {ActionKind.REAPPOINTMENT, ActionKind.RE_ELECTION}
"""Kinds about a seat that somebody holds: they name the assignment, not a post."""

STEPS: dict[Route, dict[int, str]] = {
    Route.FIVE_STEPS: {
        1: "Hội nghị tập thể lãnh đạo lần 1",
        2: "Hội nghị tập thể lãnh đạo mở rộng",
        3: "Hội nghị tập thể lãnh đạo lần 2",
        4: "Hội nghị cán bộ chủ chốt",
        5: "Hội nghị tập thể lãnh đạo lần 3",
    },
    Route.THREE_STEPS: {
        1: "Tập thể lãnh đạo thống nhất chủ trương về nhân sự",
        2: "Trao đổi với nhân sự và nơi đang công tác, xác minh",
        3: "Hội nghị tập thể lãnh đạo, bỏ phiếu",
    },
    Route.TERM: {1: "Hội nghị cán bộ chủ chốt", 2: "Hội nghị tập thể lãnh đạo"},
}
"""The meetings of each route, by number."""

NAMES = {
    S.DRAFT: "Đang soạn",
    S.POLICY_REQUESTED: "Đã xin chủ trương",
    S.POLICY_REFUSED: "Không đồng ý chủ trương",
    S.IN_PROCESS: "Đang làm quy trình",
    S.PROPOSED: "Đã đề nghị",
    S.HEARD: "Đã lấy ý kiến",
    S.NOMINATED: "Đã giới thiệu",
    S.ELECTED: "Đã bầu",
    S.NOTIFIED: "Đã thông báo",
    S.SELF_REVIEWED: "Đã tự nhận xét",
    S.SUBMITTED: "Đã trình",
    S.RETURNED: "Trả lại",
    S.DECIDED: "Đã quyết định",
    S.NOT_PASSED: "Không đạt",
    S.PUBLISHED: "Đã công khai",
    S.CANCELLED: "Đã dừng",
}

OPEN = frozenset({S.DRAFT, S.IN_PROCESS, S.RETURNED, S.NOTIFIED, S.SELF_REVIEWED})
"""States in which candidates, meetings and what belongs to them come and go."""


def _from(*states: ActionState) -> frozenset[str]:
    return frozenset(state.value for state in states)


def _submit(*sources: ActionState, name: str = "submit", label: str = "Trình quyết định") -> Action:
    to = {"submit": S.SUBMITTED, "nominate": S.NOMINATED}[name]
    return Action(
        name, label, _from(*sources), to.value, "appointment:submit", makes=True, judged=True, keeps=True
    )


def _deed(name: str, label: str, sources: frozenset[str], to: ActionState, *, note: bool = False) -> Action:
    needs = frozenset({NOTE}) if note else frozenset()
    return Action(name, label, sources, to.value, "appointment:submit", makes=True, needs=needs)


def _ruling(name: str, label: str, sources: frozenset[str], to: ActionState, *, note: bool = False) -> Action:
    return Action(
        name,
        label,
        sources,
        to.value,
        "appointment:approve",
        at_authority=True,
        apart_from_makers=True,
        needs=frozenset({NOTE}) if note else frozenset(),
    )


def _decide(*sources: ActionState, name: str = "decide", label: str = "Quyết định") -> Action:
    return Action(
        name,
        label,
        _from(*sources),
        S.DECIDED.value,
        "appointment:approve",
        at_authority=True,
        apart_from_makers=True,
        judged=True,
        keeps=True,
        needs=frozenset({DECISION}),
    )


def _return(*sources: ActionState) -> Action:
    return _ruling("return", "Trả lại", _from(*sources), S.RETURNED, note=True)


def _fail(*sources: ActionState) -> Action:
    return _deed("fail", "Ghi không đạt", _from(*sources), S.NOT_PASSED, note=True)


def _cancel(*sources: ActionState) -> Action:
    return _deed("cancel", "Dừng hồ sơ", _from(*sources), S.CANCELLED, note=True)


_PUBLISH = Action("publish", "Công khai", _from(S.DECIDED), S.PUBLISHED.value, "appointment:submit")


def _table(*actions: Action) -> Table:
    reached = {state for action in actions for state in (*action.sources, action.to)}
    return Table(
        type=DossierType.APPOINTMENT,
        states={state.value: name for state, name in NAMES.items() if state.value in reached},
        actions=actions,
    )


_PROCESS = _table(
    _deed("request_policy", "Xin chủ trương", _from(S.DRAFT), S.POLICY_REQUESTED),
    _ruling("approve_policy", "Đồng ý chủ trương", _from(S.POLICY_REQUESTED), S.IN_PROCESS),
    _ruling(
        "refuse_policy", "Không đồng ý chủ trương", _from(S.POLICY_REQUESTED), S.POLICY_REFUSED, note=True
    ),
    _submit(S.IN_PROCESS, S.RETURNED),
    _return(S.SUBMITTED),
    _decide(S.SUBMITTED),
    _fail(S.IN_PROCESS, S.RETURNED, S.SUBMITTED),
    _PUBLISH,
    _cancel(S.DRAFT, S.POLICY_REQUESTED, S.IN_PROCESS, S.RETURNED),
)

TABLES: dict[Route, Table] = {
    Route.FIVE_STEPS: _PROCESS,
    Route.THREE_STEPS: _PROCESS,
    Route.HEAD: _table(
        _submit(S.DRAFT, S.RETURNED),
        _return(S.SUBMITTED),
        _decide(S.SUBMITTED),
        _PUBLISH,
        _cancel(S.DRAFT, S.RETURNED),
    ),
    Route.CONSULTED: _table(
        _deed("propose", "Đề nghị", _from(S.DRAFT, S.RETURNED), S.PROPOSED),
        _deed("hear", "Ghi ý kiến các đơn vị", _from(S.PROPOSED), S.HEARD, note=True),
        _submit(S.HEARD),
        _return(S.PROPOSED, S.HEARD, S.SUBMITTED),
        _decide(S.SUBMITTED),
        _PUBLISH,
        _cancel(S.DRAFT, S.PROPOSED, S.HEARD, S.RETURNED),
    ),
    Route.ELECTED: _table(
        _submit(S.DRAFT, S.RETURNED, name="nominate", label="Giới thiệu"),
        Action(
            "elect",
            "Ghi kết quả bầu",
            _from(S.NOMINATED),
            S.ELECTED.value,
            "appointment:submit",
            makes=True,
            needs=frozenset({DECISION}),
        ),
        _return(S.NOMINATED, S.ELECTED),
        _decide(S.ELECTED, name="ratify", label="Chuẩn y, phê chuẩn"),
        _fail(S.NOMINATED),
        _PUBLISH,
        _cancel(S.DRAFT, S.RETURNED),
    ),
    Route.TERM: _table(
        _deed("notify", "Thông báo", _from(S.DRAFT), S.NOTIFIED),
        _deed("self_review", "Ghi tự nhận xét", _from(S.NOTIFIED), S.SELF_REVIEWED, note=True),
        _submit(S.SELF_REVIEWED, S.RETURNED),
        _return(S.SUBMITTED),
        _decide(S.SUBMITTED),
        _PUBLISH,
        _cancel(S.DRAFT, S.NOTIFIED, S.SELF_REVIEWED, S.RETURNED),
    ),
    Route.ENDING: _table(
        _submit(S.DRAFT, S.RETURNED),
        _return(S.SUBMITTED),
        _decide(S.SUBMITTED),
        _PUBLISH,
        _cancel(S.DRAFT, S.RETURNED),
    ),
}

EVERY = Table(
    type=DossierType.APPOINTMENT,
    states={state.value: name for state, name in NAMES.items()},
    actions=tuple(dict.fromkeys(action for way in TABLES.values() for action in way.actions)),
)
"""All actions of all routes: for what only asks whether a kind of dossier still decides something."""

DECIDING = frozenset({"decide", "ratify"})
"""Actions whose decision takes effect on the record."""


def route_of(kind: ActionKind, source: Source, *, head_decides: bool) -> Route:
    """The way an action of this kind is decided."""
    if kind in ENDS:
        return Route.ENDING
    if kind == ActionKind.REAPPOINTMENT:
        return Route.TERM
    if kind in VOTED_OUT:
        return Route.ELECTED
    if kind == ActionKind.APPOINTMENT:
        if head_decides:
            return Route.HEAD
        return Route.FIVE_STEPS if source == Source.IN_HOUSE else Route.THREE_STEPS
    return Route.CONSULTED


def route(row: Appointment) -> Route:
    """The way this dossier is decided."""
    return route_of(row.kind, row.source, head_decides=row.head_decides)


def table(row: Appointment) -> Table:
    """The table this dossier walks."""
    return TABLES[route(row)]
