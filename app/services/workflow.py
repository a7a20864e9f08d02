"""Dossiers walk tables: states, actions, who may, what must hold; one function takes every step (design §6).

A noun gives its table as data and, for one dossier, a `Case`: who made it, whom it is about, what the law
says of it. Here it is decided whether a step may be taken, and everything a step leaves behind is written:
the state, the decision with its number, the step itself, the snapshot of what it was judged on.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol
from unicodedata import category
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.models.access import Principal
from app.models.audit import AuditEvent, Outcome
from app.models.base import nfc
from app.models.dossier import (
    DossierDecision,
    DossierSnapshot,
    DossierStep,
    DossierType,
    TransitionCreate,
)
from app.services.audit import instant
from app.services.errors import Conflict, Denied, DomainError, Invalid, RuleBroken
from app.services.law.finding import Finding
from app.services.scope import ScopedSession

Row = dict[str, Any]

DECISION, NOTE = "decision", "note"


@dataclass(frozen=True, slots=True)
class Action:
    """One way out of some states. `label` and the words of `states` are what people read."""

    name: str
    label: str
    sources: frozenset[str]
    to: str
    permission: str
    at_authority: bool = False
    """The permission must hold at the deciding body, not only at the dossier's unit."""
    apart_from_makers: bool = False
    """Whoever made or sent the dossier may not take this step, by none of his accounts."""
    makes: bool = False
    """Whoever takes this step is one of the makers."""
    judged: bool = False
    """The law is asked; a finding that blocks refuses the step."""
    keeps: bool = False
    """What the law said is kept with the step, for good."""
    needs: frozenset[str] = frozenset()
    """What must be sent along: a decision, a note."""


@dataclass(frozen=True, slots=True)
class Table:
    """The transition table of one kind of dossier."""

    type: DossierType
    states: Mapping[str, str]
    actions: tuple[Action, ...]

    def action(self, name: str) -> Action:
        """The action of that name; Invalid names those there are."""
        for action in self.actions:
            if action.name == name:
                return action
        listed = ", ".join(action.name for action in self.actions)
        raise Invalid.at("/action", f"Không có bước này. Các bước: {listed}.")


class Root(Protocol):
    """What every dossier has."""

    id: UUID
    unit_id: UUID
    state: Any
    version: int


@dataclass(frozen=True, slots=True)
class Case:
    """One dossier about to be walked."""

    root: Any
    authority_id: UUID
    makers: frozenset[UUID]
    people: frozenset[UUID]
    judge: Callable[[], Sequence[Finding]]
    content: Callable[[], Any]
    parameter_digest: str
    hurdle: Callable[[Action], str | None] = field(default=lambda _action: None)
    """What stands in the way of an action besides the law, in Vietnamese."""
    effect: Callable[[Action, DossierDecision | None], None] = field(default=lambda _action, _decision: None)
    """What the dossier itself becomes by an action, in the same transaction."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken: its action, the step, and the decision if there was one."""

    action: Action
    step: DossierStep
    decision: DossierDecision | None


def offers(session: ScopedSession, table: Table, case: Case) -> list[Row]:
    """Every action with whether this caller may take it now and why not; the law is asked at most once."""
    findings: Sequence[Finding] | None = None
    rows = []
    for action in table.actions:
        ungranted = _ungranted(session, action, case)
        refusal = ungranted or _refusal(session, table, action, case)
        told: Sequence[Finding] = ()
        if action.judged and case.root.state in action.sources:
            findings = case.judge() if findings is None else findings
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
    that block it, Invalid for what was sent along.
    """
    action = table.action(data.action)
    refusal = _ungranted(session, action, case) or _refusal(session, table, action, case)
    if refusal is not None:
        raise refusal
    _check_sent(action, data, today)
    findings: Sequence[Finding] = case.judge() if action.judged else ()
    blocked = _blocked(findings)
    if blocked is not None:
        raise blocked
    # Before anything is written: the first row of a transaction raises the version, and a decision is one.
    version = case.root.version + 1
    decision = _decided(session, table, case, data) if data.decision is not None else None
    content = case.content() if action.keeps else None
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
    if action.keeps:
        session.add(_snapshot(case, step, findings, content))
    session.note(root, f"{table.type.value}.{action.name}", data.note)
    session.flush()
    return Taken(action, step, decision)


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


def is_maker(session: ScopedSession, makers: frozenset[UUID]) -> bool:
    """Whether the caller is one of the makers, be it by another account of his."""
    actor = session.scope.actor
    if actor is None or actor.id in makers:
        return actor is not None
    if actor.cadre_id is None:
        return False
    same = select(col(Principal.id)).where(
        col(Principal.id).in_(makers), col(Principal.cadre_id) == actor.cadre_id
    )
    return session.execute(same).first() is not None


def hands(session: ScopedSession, table: Table, dossier_id: UUID, *, since: str) -> set[UUID]:
    """Who worked on a dossier after its latest step `since`, out of the log, which nobody rewrites.

    A row of the dossier names its last hand alone.
    """
    begun = session.execute(
        select(col(DossierStep.recorded_at))
        .where(
            col(DossierStep.dossier_type) == table.type,
            col(DossierStep.dossier_id) == dossier_id,
            col(DossierStep.action) == since,
        )
        .order_by(col(DossierStep.version).desc())
        .limit(1)
    ).scalar()
    kind = table.type.value
    others = [f"{kind}.{action.name}" for action in table.actions if not action.makes]
    statement = select(col(AuditEvent.actor_id)).where(
        col(AuditEvent.object_type) == kind,
        col(AuditEvent.object_id) == str(dossier_id),
        col(AuditEvent.outcome) == Outcome.DONE,
        col(AuditEvent.action).not_in(others),
        col(AuditEvent.actor_id).is_not(None),
    )
    if begun is not None:
        statement = statement.where(col(AuditEvent.at) > begun)
    return set(session.scalars(statement.distinct()))


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
    if data.waiver_ids:
        raise Invalid.at("/waiver_ids", "Không có văn bản cho phép trường hợp đặc biệt nào mang mã này.")
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


def number_key(number: str) -> str:
    """What makes two decision numbers the same, whatever their case, their blanks and their kind of dash."""
    signs = (("-" if category(sign) == "Pd" else sign) for sign in nfc(number).upper() if _printed(sign))
    return "".join(signs)


def _printed(sign: str) -> bool:
    """True for what leaves a mark on paper: no blanks, no signs of format."""
    return not sign.isspace() and category(sign) != "Cf"


def _decided(session: ScopedSession, table: Table, case: Case, data: TransitionCreate) -> DossierDecision:
    given = data.decision
    assert given is not None  # noqa: S101 - asked for by _check_sent
    year, key = given.signed_on.year, number_key(given.number)
    taken = select(col(DossierDecision.id)).where(
        col(DossierDecision.issuer_id) == case.authority_id,
        col(DossierDecision.signed_year) == year,
        col(DossierDecision.number_key) == key,
    )
    twice = Conflict(
        f"Số quyết định {given.number} năm {year} của cơ quan này đã dùng cho hồ sơ khác. Hãy xem lại số."
    )
    if session.execute(taken).first() is not None:
        raise twice
    decision = DossierDecision(
        unit_id=case.root.unit_id,
        dossier_type=table.type,
        dossier_id=case.root.id,
        issuer_id=case.authority_id,
        number=nfc(given.number),
        number_key=key,
        signed_on=given.signed_on,
        signed_year=year,
        effective_on=given.effective_on,
        signer=nfc(given.signer) if given.signer else None,
    )
    session.add(decision)
    try:
        session.flush()
    except IntegrityError as error:
        # The number stands on a dossier outside the caller's sight, or was taken this very moment.
        raise twice from error
    return decision


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


def steps(session: ScopedSession, table: Table, dossier_id: UUID) -> list[Row]:
    """The steps a dossier took, the first one first, each with its decision."""
    labels = {action.name: action.label for action in table.actions}
    rows = session.execute(
        select(DossierStep, DossierDecision)
        .outerjoin(DossierDecision, col(DossierDecision.id) == col(DossierStep.decision_id))
        .where(col(DossierStep.dossier_type) == table.type, col(DossierStep.dossier_id) == dossier_id)
        .order_by(col(DossierStep.version))
    )
    return [
        {
            "id": step.id,
            "action": step.action,
            "name": labels[step.action],
            "from_state": step.from_state,
            "to_state": step.to_state,
            "taken_by": step.taken_by_name,
            "taken_on": step.taken_on,
            "recorded_at": instant(step.recorded_at),
            "note": step.note,
            "decision": told(decision),
            "version": step.version,
        }
        for step, decision in rows
    ]


def told(decision: DossierDecision | None) -> Row | None:
    """A decision in the API's shape."""
    if decision is None:
        return None
    return {
        "number": decision.number,
        "signed_on": decision.signed_on,
        "effective_on": decision.effective_on,
        "signer": decision.signer,
    }


def snapshot(session: ScopedSession, table: Table, dossier_id: UUID, *actions: str) -> Row | None:
    """What the latest of these steps was judged on, with its decision; None where none was taken."""
    row = session.execute(
        select(DossierSnapshot, DossierDecision)
        .join(DossierStep, col(DossierStep.id) == col(DossierSnapshot.step_id))
        .outerjoin(DossierDecision, col(DossierDecision.id) == col(DossierStep.decision_id))
        .where(
            col(DossierSnapshot.dossier_type) == table.type,
            col(DossierSnapshot.dossier_id) == dossier_id,
            col(DossierStep.action).in_(actions),
        )
        .order_by(col(DossierStep.version).desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    kept, decision = row
    return {
        "decision": told(decision),
        "as_of": kept.as_of,
        "findings": json.loads(kept.findings),
        "content": json.loads(kept.content),
        "parameter_digest": kept.parameter_digest,
    }
