"""The register of waivers as it is read: by day of signing, and one with the steps that rest on it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlmodel import col

from app.models.dossier import DossierDecision, DossierStep, DossierType
from app.models.waiver import Waiver, WaiverState, WaiverUse
from app.services import workflow
from app.services.audit import instant
from app.services.errors import NotFound
from app.services.law.rules import REGISTRY, UnknownRule
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession
from app.services.unit.naming import Names
from app.services.unit.tree import within
from app.services.waiver.kinds import KINDS

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Filters:
    """What the register may be narrowed by; `unit_id`: dossiers of the unit and all beneath it."""

    rule: str | None = None
    dossier_type: DossierType | None = None
    dossier_id: UUID | None = None
    unit_id: UUID | None = None
    authority_id: UUID | None = None
    state: WaiverState | None = None
    used: bool | None = None


def state_on(row: Waiver, day: date) -> WaiverState:
    """Where a waiver stands on a day."""
    if row.revoked_at is not None:
        return WaiverState.REVOKED
    return WaiverState.IN_FORCE if row.expires_on >= day else WaiverState.EXPIRED


def in_state(state: WaiverState, day: date) -> ColumnElement[bool]:
    """The same as a condition."""
    standing = col(Waiver.revoked_at).is_(None)
    return {
        WaiverState.REVOKED: col(Waiver.revoked_at).is_not(None),
        WaiverState.IN_FORCE: and_(standing, col(Waiver.expires_on) >= day),
        WaiverState.EXPIRED: and_(standing, col(Waiver.expires_on) < day),
    }[state]


def find(session: ScopedSession, waiver_id: UUID) -> Waiver:
    """The waiver, or NotFound, which covers «not in your scope»."""
    row = session.scalars(select(Waiver).where(col(Waiver.id) == waiver_id)).first()
    if row is None:
        raise NotFound("Không có văn bản cho phép này, hoặc văn bản ngoài phạm vi được xem.")
    return row


def list_(session: ScopedSession, *, filters: Filters, page: Page, day: date) -> Slice:
    """One page of the waivers of dossiers in scope, the latest signed first, with how often each was used."""
    used = (
        select(func.count(col(WaiverUse.id)))
        .where(col(WaiverUse.waiver_id) == col(Waiver.id))
        .correlate(Waiver)
        .scalar_subquery()
    )
    statement = _narrowed(select(Waiver, used.label("used")), filters, day)
    order = [col(Waiver.signed_on), col(Waiver.id)]
    found = session.execute(keyset(statement, order, page, descending=page.sort.startswith("-"))).all()
    total = None
    if page.count:
        total = int(session.execute(_narrowed(select(func.count(col(Waiver.id))), filters, day)).scalar_one())
    told = _shaper(session, [row.Waiver for row in found], day)
    rows = [told(row.Waiver, int(row.used)) for row in found]
    return cut(rows, [(row.Waiver.signed_on, row.Waiver.id) for row in found], page, total)


def _narrowed(statement: Select[Any], filters: Filters, day: date) -> Select[Any]:
    for name in ("rule", "dossier_type", "dossier_id", "authority_id"):
        value = getattr(filters, name)
        if value is not None:
            statement = statement.where(getattr(Waiver, name) == value)
    if filters.unit_id is not None:
        statement = statement.where(within(col(Waiver.unit_id), filters.unit_id, day))
    if filters.state is not None:
        statement = statement.where(in_state(filters.state, day))
    if filters.used is not None:
        relied_on = exists().where(col(WaiverUse.waiver_id) == col(Waiver.id)).correlate_except(WaiverUse)
        statement = statement.where(relied_on if filters.used else ~relied_on)
    return statement


def get(session: ScopedSession, waiver_id: UUID, *, day: date) -> Row:
    """One waiver and the steps that were taken on it; NotFound out of scope."""
    row = find(session, waiver_id)
    steps = session.execute(
        select(DossierStep, DossierDecision)
        .join(WaiverUse, col(WaiverUse.step_id) == col(DossierStep.id))
        .outerjoin(DossierDecision, col(DossierDecision.id) == col(DossierStep.decision_id))
        .where(col(WaiverUse.waiver_id) == row.id)
        .order_by(col(DossierStep.version))
    ).all()
    told: Row = _shaper(session, [row], day)(row, len(steps))
    told["uses"] = [
        {
            "step_id": step.id,
            "dossier": told["dossier"],
            "action": step.action,
            "taken_by": step.taken_by_name,
            "taken_on": step.taken_on,
            "decision": workflow.told(decision),
        }
        for step, decision in steps
    ]
    return told


def _shaper(session: ScopedSession, rows: Iterable[Waiver], day: date) -> Any:  # noqa: ANN401 - (row, used) -> Row
    """What shows a waiver of `rows` in the API's shape, the names of units and dossiers looked up at once."""
    units: set[UUID] = set()
    dossiers: dict[DossierType, set[UUID]] = defaultdict(set)
    for row in rows:
        units |= {row.unit_id, row.authority_id}
        dossiers[row.dossier_type].add(row.dossier_id)
    names = Names(session, units)
    called: dict[UUID, str] = {}
    for kind, ids in dossiers.items():
        called |= KINDS[kind].names(session, ids)

    def shape(row: Waiver, used: int) -> Row:
        return {
            "id": row.id,
            "rule": row.rule,
            "clause": _clause(row),
            "dossier": {"type": row.dossier_type, "id": row.dossier_id, "name": called[row.dossier_id]},
            "unit": names.on(row.unit_id, day),
            "authority_id": row.authority_id,
            "authority": names.on(row.authority_id, day),
            "document_number": row.document_number,
            "signed_on": row.signed_on,
            "reason": row.reason,
            "scope": row.scope,
            "cadre_id": row.cadre_id,
            "expires_on": row.expires_on,
            "state": state_on(row, day),
            "used": used,
            "recorded_by": row.recorded_by_name,
            "recorded_at": instant(row.recorded_at),
            "revocation": _revocation(row),
            "version": row.version,
        }

    return shape


def _clause(row: Waiver) -> str | None:
    try:
        return REGISTRY.standing(row.rule, row.signed_on).clause
    except UnknownRule:
        return None


def _revocation(row: Waiver) -> Row | None:
    if row.revoked_at is None:
        return None
    return {
        "on": row.revoked_on,
        "at": instant(row.revoked_at),
        "by": row.revoked_by_name,
        "reason": row.revocation_reason,
    }
