"""One function takes every step: whether it may be taken, and all that it leaves behind."""

import json
from collections.abc import Sequence
from datetime import date
from typing import Any

from app.models.base import nfc
from app.models.dossier import DossierSnapshot, DossierStep, TransitionCreate
from app.services.errors import Conflict, Denied, DomainError, Invalid, RuleBroken
from app.services.law.finding import Finding
from app.services.scope import ScopedSession
from app.services.workflow.decision import decided
from app.services.workflow.makers import is_maker
from app.services.workflow.papers import papers
from app.services.workflow.table import DECISION, NOTE, Action, Case, Table, Taken
from app.services.workflow.waiving import refuse_unfit, use, waived

Row = dict[str, Any]


def offers(session: ScopedSession, table: Table, case: Case) -> list[Row]:
    """Every action with whether this caller may take it now and why not; the law is asked at most once."""
    findings: Sequence[Finding] | None = None
    rows = []
    for action in table.actions:
        ungranted = _ungranted(session, action, case)
        refusal = ungranted or _refusal(session, table, action, case)
        told: Sequence[Finding] = ()
        if action.judged and case.root.state in action.sources:
            findings = _judged(session, table, case) if findings is None else findings
            told = findings
            refusal = refusal or _blocked(findings)
        rows.append(
            {
                "action": action.name,
                "name": action.label,
                "to": action.to,
                "due": case.root.state.value in action.sources,
                "granted": ungranted is None,
                "allowed": refusal is None,
                "why_not": refusal.detail if refusal is not None else None,
                "needs": sorted(action.needs),
                "findings": [finding.as_json() for finding in told],
            }
        )
    return rows


def take(
    session: ScopedSession,
    table: Table,
    case: Case,
    data: TransitionCreate,
    *,
    today: date,
) -> Taken:
    """Takes one step and writes all it leaves behind; the caller has locked the dossier and its facts.

    Denied for who may not, Conflict for a state or a hurdle that forbids it, RuleBroken with the findings
    that block it, Invalid for what was sent along; waivers lift findings as `waiving` says.
    """
    action = table.action(data.action)
    refusal = _ungranted(session, action, case) or _refusal(session, table, action, case)
    if refusal is not None:
        raise refusal
    _check_sent(action, data, today)
    findings: Sequence[Finding] = _judged(session, table, case) if action.judged else ()
    refuse_unfit(session, table.type, case.root.id, data.waiver_ids, findings, person=case.person)
    blocked = _blocked(findings)
    if blocked is not None:
        raise blocked
    # Before anything is written: the first row of a transaction raises the version, and a decision is one.
    version = case.root.version + 1
    decision = decided(session, table, case, action, data) if data.decision is not None else None
    content = None
    if action.keeps:
        content = {**case.content(), "files": papers(session, table, case.root.id)}
    root, before = case.root, str(case.root.state.value)
    root.state = type(root.state)(action.to)
    case.effect(action, decision)
    session.add(root)
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    step = DossierStep(
        unit_id=root.unit_id,
        dossier_type=table.type,
        dossier_id=root.id,
        action=action.name,
        from_state=before,
        to_state=action.to,
        taken_by=actor.id,
        taken_by_name=actor.display_name,
        taken_on=today,
        note=nfc(data.note) if data.note else None,
        decision_id=decision.id if decision is not None else None,
        version=version,
    )
    session.add(step)
    session.flush()
    use(session, step, findings)
    if action.keeps:
        session.add(_snapshot(case, step, findings, content))
    session.note(root, f"{table.type.value}.{action.name}", data.note)
    session.flush()
    return Taken(action, step, decision)


def _judged(session: ScopedSession, table: Table, case: Case) -> Sequence[Finding]:
    return waived(session, table.type, case.root.id, case.judge(), person=case.person)


def _ungranted(session: ScopedSession, action: Action, case: Case) -> Denied | None:
    """Why this account takes the action in no state of this dossier; None where it may in some."""
    actor = session.scope.actor
    if actor is None or action.permission not in actor.permissions:
        return Denied("Tài khoản này không có quyền thực hiện bước này.")
    place = case.authority_id if action.at_authority else case.root.unit_id
    if session.units_within(actor.reach(action.permission), {place}):
        return None
    return Denied(
        "Bước này do cấp có thẩm quyền của hồ sơ thực hiện."
        if action.at_authority
        else "Đơn vị của hồ sơ ngoài phạm vi được làm việc này."
    )


def _refusal(session: ScopedSession, table: Table, action: Action, case: Case) -> DomainError | None:
    """Why an account that has the action can't take it now; None where only the law may stand in the way."""
    state = str(case.root.state.value)
    if action.apart_from_makers and is_maker(session, case.makers):
        return Denied("Người lập hoặc trình hồ sơ không được tự quyết định hồ sơ đó.")
    if session.kin() & case.people:
        return Denied("Hồ sơ có chính mình, vợ, chồng, cha, mẹ hoặc con mình: cần người khác thực hiện.")
    if state not in action.sources:
        allowed = ", ".join(f"«{table.states[name]}»" for name in table.states if name in action.sources)
        return Conflict(
            f"Hồ sơ đang ở trạng thái «{table.states[state]}»; bước «{action.label}» chỉ làm được khi hồ sơ "
            f"ở trạng thái {allowed}."
        )
    hurdle = case.hurdle(action)
    return Conflict(hurdle) if hurdle is not None else None


def _blocked(findings: Sequence[Finding]) -> RuleBroken | None:
    blocking = [finding for finding in findings if finding.holds_up]
    if not blocking:
        return None
    clauses = ", ".join(dict.fromkeys(finding.clause for finding in blocking))
    return RuleBroken(
        f"Chưa thực hiện được: {len(blocking)} quy định chưa đạt hoặc chưa đủ dữ liệu (mục {clauses}). "
        "Hãy sửa theo hướng dẫn của từng quy định rồi thực hiện lại.",
        findings,
    )


def _check_sent(action: Action, data: TransitionCreate, today: date) -> None:
    if data.waiver_ids and not action.judged:
        raise Invalid.at(
            "/waiver_ids", f"Bước «{action.label}» không xét quy định nên không kèm văn bản cho phép."
        )
    if NOTE in action.needs and data.note is None:
        raise Invalid.at("/note", f"Bước «{action.label}» cần ghi rõ lý do.")
    if DECISION not in action.needs:
        if data.decision is not None:
            raise Invalid.at("/decision", f"Bước «{action.label}» không kèm quyết định.")
        return
    if data.decision is None:
        raise Invalid.at(
            "/decision", f"Bước «{action.label}» cần số, ngày ký và ngày hiệu lực của quyết định."
        )
    if not any(sign.isalnum() for sign in data.decision.number):
        raise Invalid.at("/decision/number", "Số quyết định cần có chữ hoặc số.")
    if data.decision.signed_on > today:
        raise Invalid.at("/decision/signed_on", f"Ngày ký không thể sau hôm nay ({today:%d/%m/%Y}).")
    if data.decision.effective_on < data.decision.signed_on:
        raise Invalid.at("/decision/effective_on", "Ngày hiệu lực không thể trước ngày ký.")


def _snapshot(case: Case, step: DossierStep, findings: Sequence[Finding], content: Any) -> DossierSnapshot:  # noqa: ANN401 - any JSON value
    return DossierSnapshot(
        unit_id=step.unit_id,
        dossier_type=step.dossier_type,
        dossier_id=step.dossier_id,
        step_id=step.id,
        as_of=step.taken_on,
        findings=json.dumps([finding.as_json() for finding in findings], ensure_ascii=False),
        content=json.dumps(content, ensure_ascii=False, sort_keys=True),
        parameter_digest=case.parameter_digest,
    )
