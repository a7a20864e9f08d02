"""Where things to do come from: terms that end, and dossiers that wait for a step the caller may take."""

from collections import defaultdict
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import col

from app.models.dossier import DossierStep
from app.services import appointment
from app.services.inbox.kinds import DOSSIERS, RESTING, Kind, Told
from app.services.inbox.todo import Todo
from app.services.law.parameter import Law
from app.services.scope import ScopedSession
from app.services.workflow import Action

OPEN_TERM = ("open_reappointment", "Lập hồ sơ bổ nhiệm lại")


def found(session: ScopedSession, law: Law, day: date) -> list[Todo]:
    """Everything the caller may do now, in no order; so many statements, however many rows there are."""
    todos = _terms(session, law, day)
    for kind in DOSSIERS:
        todos += _waiting(session, kind, law, day)
    return todos


def _within(session: ScopedSession, permission: str, units: set[UUID]) -> set[UUID]:
    """Those of `units` at which the caller holds a permission."""
    actor = session.scope.actor
    return set() if actor is None else session.units_within(actor.reach(permission), units)


def _terms(session: ScopedSession, law: Law, day: date) -> list[Todo]:
    """Terms that end and have no dossier, for who may open one: nobody opens one about his own family."""
    actor = session.scope.actor
    if actor is None or "appointment:write" not in actor.permissions:
        return []
    rows = appointment.undecided(session, law, day=day)
    at, kin = _within(session, "appointment:write", {row["unit_id"] for row in rows}), session.kin()
    return [
        Todo(
            key=row["assignment_id"],
            unit_id=row["unit_id"],
            actions=(OPEN_TERM,),
            cadre_id=row["cadre_id"],
            title_id=row["title_id"],
            due_on=row["term_ends_on"],
            is_term=True,
        )
        for row in rows
        if row["unit_id"] in at and row["cadre_id"] not in kin
    ]


def _waiting(session: ScopedSession, kind: Kind, law: Law, day: date) -> list[Todo]:
    """Dossiers of a kind with the steps that the caller may take, as `workflow` would let him.

    Whether the law lets him too is told where he takes it: a dossier that lacks something waits all the same.
    """
    actor = session.scope.actor
    states = set() if actor is None else kind.states(actor.permissions)
    if actor is None or not states:
        return []
    model = kind.model
    waiting = session.scalars(select(model).where(col(model.state).in_(states)))
    rows = [row for row in waiting if not kind.rests(row, day)]
    steps: dict[UUID, list[Action]] = {}
    asked: dict[str, set[UUID]] = defaultdict(set)
    for row in rows:
        steps[row.id] = [
            action
            for action in kind.table(row).actions
            if row.state.value in action.sources
            and action.name not in RESTING
            and action.permission in actor.permissions
        ]
        for action in steps[row.id]:
            asked[action.permission].add(_place(row, action))
    at = {permission: _within(session, permission, units) for permission, units in sorted(asked.items())}
    placed = {
        row.id: [action for action in steps[row.id] if _place(row, action) in at[action.permission]]
        for row in rows
    }
    rows = [row for row in rows if placed[row.id]]
    judging = [row for row in rows if any(action.apart_from_makers for action in placed[row.id])]
    made = kind.mine(session, judging) if judging else set()
    own = kind.family(session, rows) if rows else set()
    open_to = {
        row.id: [one for one in placed[row.id] if not (one.apart_from_makers and row.id in made)]
        for row in rows
        if row.id not in own
    }
    rows = [row for row in rows if open_to.get(row.id)]
    told = kind.told(session, rows, law.on(day)) if rows else {}
    since = _since(session, kind, {row.id for row in rows}) if rows else {}
    return [
        _todo(kind, row, open_to[row.id], told.get(row.id, Told()), since.get(row.id) or kind.opened(row))
        for row in rows
    ]


def _place(row: Any, action: Action) -> UUID:  # noqa: ANN401 - a dossier
    place: UUID = row.authority_id if action.at_authority else row.unit_id
    return place


def _todo(kind: Kind, row: Any, actions: list[Action], told: Told, since: date) -> Todo:  # noqa: ANN401 - a dossier
    return Todo(
        key=row.id,
        unit_id=row.unit_id,
        actions=tuple((action.name, action.label) for action in actions),
        dossier=kind.type,
        cadre_id=told.cadre_id,
        state=row.state.value,
        state_name=kind.table(row).states[row.state.value],
        since=since,
        due_on=told.due_on,
        is_term=told.is_term,
    )


def _since(session: ScopedSession, kind: Kind, dossiers: set[UUID]) -> dict[UUID, date]:
    """The day of each dossier's last step."""
    rows = session.execute(
        select(col(DossierStep.dossier_id), func.max(col(DossierStep.taken_on)))
        .where(col(DossierStep.dossier_type) == kind.type, col(DossierStep.dossier_id).in_(dossiers))
        .group_by(col(DossierStep.dossier_id))
    )
    return {row[0]: row[1] for row in rows}
