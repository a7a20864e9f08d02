"""Waivers at work: the one place where the findings on a dossier are waived.

A waiver that is in force on the day of a finding, for its dossier and its rule, always waives it: the panel
of findings, the steps that are offered and the step that is taken ask here, so that they never disagree. To
name waivers with a step (`waiver_ids`) adds nothing to that; it says which ones the caller relies on, and
one that doesn't hold refuses the step. A waiver for one person lifts what is found of him, of nobody else.
What a step was judged on is kept with `waived_by` in it: a waiver
that ends later changes nothing of what was decided.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlmodel import col

from app.models.dossier import DossierStep, DossierType
from app.models.waiver import Waiver, WaiverScope, WaiverUse
from app.services.errors import Fault, Invalid
from app.services.law.finding import Finding
from app.services.law.rules import REGISTRY
from app.services.scope import ScopedSession


def waived(
    session: ScopedSession,
    kind: DossierType,
    dossier_id: UUID,
    findings: Iterable[Finding],
    *,
    person: UUID | None = None,
) -> list[Finding]:
    """The findings on a dossier, those that a waiver lifts with its id; nobody is asked where none is open.

    `person`: whom the dossier is decided for, and the only one whose own waivers count. A rule that may not
    be waived on the day of the finding is never lifted, whatever was recorded before.
    """
    return waived_of(session, kind, dossier_id, [(one, person) for one in findings])


def waived_of(
    session: ScopedSession,
    kind: DossierType,
    dossier_id: UUID,
    found: Sequence[tuple[Finding, UUID | None]],
) -> list[Finding]:
    """The same for findings of several persons, each with his: the waivers are read once for all of them."""
    open_rules = {one.rule for one, _ in found if _liftable(one)}
    if not open_rules:
        return [one for one, _ in found]
    people = {person for _, person in found if person is not None}
    rows = session.scalars(
        select(Waiver)
        .where(
            col(Waiver.dossier_type) == kind,
            col(Waiver.dossier_id) == dossier_id,
            col(Waiver.rule).in_(open_rules),
            or_(col(Waiver.scope) == WaiverScope.DOSSIER, col(Waiver.cadre_id).in_(people)),
            col(Waiver.revoked_at).is_(None),
        )
        .order_by(col(Waiver.signed_on).desc(), col(Waiver.id).desc())
        .execution_options(populate_existing=True)
    ).all()
    return [_lifted(one, person, rows) if one.rule in open_rules else one for one, person in found]


def _liftable(finding: Finding) -> bool:
    stands = finding.holds_up or finding.asks_reason
    return stands and REGISTRY.standing(finding.rule, finding.as_of).waivable


def _lifted(finding: Finding, person: UUID | None, rows: Sequence[Waiver]) -> Finding:
    for row in rows:
        reaches = row.scope is WaiverScope.DOSSIER or (person is not None and row.cadre_id == person)
        if reaches and row.rule == finding.rule and row.signed_on <= finding.as_of <= row.expires_on:
            return finding.model_copy(update={"waived_by": str(row.id)})
    return finding


def refuse_unfit(
    session: ScopedSession,
    kind: DossierType,
    dossier_id: UUID,
    named: Sequence[UUID],
    findings: Sequence[Finding],
    *,
    person: UUID | None = None,
) -> None:
    """Invalid where one of the waivers named with a step waives nothing of it, saying of each why."""
    at_work = {one.waived_by for one in findings if one.waived_by is not None}
    unfit = {at: key for at, key in enumerate(named) if str(key) not in at_work or key in named[:at]}
    if not unfit:
        return
    rows = session.scalars(
        select(Waiver).where(
            col(Waiver.id).in_(unfit.values()),
            col(Waiver.dossier_type) == kind,
            col(Waiver.dossier_id) == dossier_id,
        )
    )
    known = {row.id: row for row in rows}
    raise Invalid(
        "Có văn bản cho phép không dùng được cho bước này. Hãy bỏ các văn bản nêu dưới đây.",
        [
            Fault(
                f"/waiver_ids/{at}",
                "Văn bản này đã nêu ở trên."
                if key in named[:at]
                else _why_not(session, known.get(key), person),
            )
            for at, key in unfit.items()
        ],
    )


def _why_not(session: ScopedSession, row: Waiver | None, person: UUID | None) -> str:
    if row is None:
        return "Hồ sơ này không có văn bản cho phép nào mang mã này."
    name = f"Văn bản số {row.document_number}"
    if row.revoked_at is not None:
        return f"{name} đã bị thu hồi."
    if row.expires_on < session.scope.today:
        return f"{name} hết hiệu lực sau ngày {row.expires_on:%d/%m/%Y}."
    if not REGISTRY.standing(row.rule, session.scope.today).waivable:
        return f"{name} cho phép quy định {row.rule}, mà quy định này nay không cho ngoại lệ."
    if row.scope is WaiverScope.PERSON and row.cadre_id != person:
        return f"{name} cho phép riêng một người khác, không phải người được chọn ở hồ sơ này."
    return (
        f"{name} cho phép quy định {row.rule}, mà quy định này không vướng ở hồ sơ hoặc đã có văn bản khác."
    )


def use(session: ScopedSession, step: DossierStep, findings: Iterable[Finding]) -> None:
    """Notes on which waivers a step rests, one row each; flushed with the step."""
    found = {one.waived_by: None for one in findings if one.waived_by is not None}
    rows: list[Any] = [
        WaiverUse(
            unit_id=step.unit_id,
            dossier_type=step.dossier_type,
            dossier_id=step.dossier_id,
            waiver_id=UUID(key),
            step_id=step.id,
        )
        for key in found
    ]
    session.add_all(rows)
