"""Results as they are confirmed: by a hand that didn't record them, on what the law said that day."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from app.models.cadre import Cadre
from app.models.dossier import TransitionCreate
from app.models.evaluation import Evaluation, EvaluationState
from app.services.errors import Conflict, Denied, DomainError, Invalid
from app.services.evaluation.marking import makers
from app.services.evaluation.reading import find, of_group
from app.services.law.parameter import Law
from app.services.lookup import lock
from app.services.scope import Scope, ScopedSession
from app.services.workflow import Action, is_maker

Row = dict[str, Any]

CONFIRM = Action(
    "confirm",
    "Xác nhận kết quả",
    frozenset({EvaluationState.RECORDED.value}),
    EvaluationState.CONFIRMED.value,
    "evaluation:confirm",
    apart_from_makers=True,
    judged=True,
    keeps=True,
)
"""The one step of a result; the cycle before it comes with the full evaluation."""


def offers(session: ScopedSession, law: Law, evaluation_id: UUID, *, today: date) -> list[Row]:
    """The step of a result: whether this caller may take it now and why not, and what the law says."""
    row, person = find(session, evaluation_id)
    session.saw("evaluation.transitions", [person.id], root=person)
    ungranted = _ungranted(session, person)
    refusal = ungranted or _refusal(session, row, person)
    due = row.state.value in CONFIRM.sources
    return [
        {
            "action": CONFIRM.name,
            "name": CONFIRM.label,
            "to": CONFIRM.to,
            "due": due,
            "granted": ungranted is None,
            "allowed": refusal is None,
            "why_not": refusal.detail if refusal is not None else None,
            "needs": sorted(CONFIRM.needs),
            "findings": of_group(session, law, row, day=today) if due else [],
        }
    ]


def take(
    session: ScopedSession,
    law: Law,
    evaluation_id: UUID,
    version: int,
    *,
    data: TransitionCreate,
    today: date,
) -> None:
    """Confirms a result; the person's record is held meanwhile, Stale if `version` is no longer its own.

    Denied for who recorded it, by whatever account, and for what is his own or his family's; Conflict where
    it is confirmed already; Invalid for another action and for what this one doesn't take.
    """
    _row, person = find(session, evaluation_id)
    lock(session, person.id, version)
    row, person = find(session, evaluation_id)
    if data.action != CONFIRM.name:
        raise Invalid.at("/action", f"Không có bước này. Các bước: {CONFIRM.name}.")
    refusal = _ungranted(session, person) or _refusal(session, row, person)
    if refusal is not None:
        raise refusal
    _check_sent(data)
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    found = of_group(session, law, row, day=today, whole=True)
    row.state = EvaluationState.CONFIRMED
    row.confirmed_by, row.confirmed_on = actor.id, today
    row.confirmed_findings = json.dumps(found, ensure_ascii=False)
    row.parameter_digest = law.digest()
    session.add(row)
    session.note(person, "evaluation.confirm", data.note)
    session.flush()


def _ungranted(session: ScopedSession, person: Cadre) -> Denied | None:
    """Why this account confirms no grade of this person; None where it may."""
    actor = session.scope.actor
    if actor is None or CONFIRM.permission not in actor.permissions:
        return Denied("Tài khoản này không có quyền thực hiện bước này.")
    if not session.units_within(actor.reach(CONFIRM.permission), {person.unit_id}):
        return Denied("Kết quả này do cấp quản lý cán bộ xác nhận.")
    # The reading scope of a page has another permission than the step it offers.
    confirming = Scope.of(actor, CONFIRM.permission, session.scope.today, session.scope.request_id)
    if not confirming.may_write_managed(person.managed_by):
        return Denied("Cán bộ này do cấp trên quản lý; cấp dưới không xác nhận xếp loại.")
    return None


def _refusal(session: ScopedSession, row: Evaluation, person: Cadre) -> DomainError | None:
    """Why an account that confirms can't confirm this result now."""
    if is_maker(session, makers(row)):
        return Denied("Người ghi kết quả không được tự xác nhận kết quả đó.")
    if person.id in session.kin():
        return Denied("Kết quả của chính mình, vợ, chồng, cha, mẹ hoặc con mình: cần người khác xác nhận.")
    if row.state.value not in CONFIRM.sources:
        return Conflict("Kết quả này đã được xác nhận. Muốn đổi, hãy sửa trong hồ sơ rồi xác nhận lại.")
    return None


def _check_sent(data: TransitionCreate) -> None:
    if data.decision is not None:
        raise Invalid.at("/decision", "Quyết định đã ghi cùng kết quả; bước này không kèm quyết định.")
    if data.waiver_ids:
        raise Invalid.at("/waiver_ids", "Không có văn bản cho phép trường hợp đặc biệt nào mang mã này.")
