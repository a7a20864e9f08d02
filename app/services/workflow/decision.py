"""Decisions of dossiers: one number is used once a year by one body, however it is written."""

from unicodedata import category

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.models.base import nfc
from app.models.dossier import DossierDecision, TransitionCreate
from app.services.errors import Conflict
from app.services.scope import ScopedSession
from app.services.workflow.table import Action, Case, Table


def number_key(number: str) -> str:
    """What makes two decision numbers the same, whatever their case, their blanks and their kind of dash."""
    signs = (("-" if category(sign) == "Pd" else sign) for sign in nfc(number).upper() if _printed(sign))
    return "".join(signs)


def _printed(sign: str) -> bool:
    """True for what leaves a mark on paper: no blanks, no signs of format."""
    return not sign.isspace() and category(sign) != "Cf"


def decided(
    session: ScopedSession, table: Table, case: Case, action: Action, data: TransitionCreate
) -> DossierDecision:
    """The decision that was sent, written; Conflict where the body used its number that year already.

    The body is the dossier's authority, or the dossier's own unit for a step that is its own.
    """
    given = data.decision
    assert given is not None  # noqa: S101 - asked for by _check_sent
    year, key = given.signed_on.year, number_key(given.number)
    issuer_id = case.authority_id if action.at_authority else case.root.unit_id
    taken = select(col(DossierDecision.id)).where(
        col(DossierDecision.issuer_id) == issuer_id,
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
        issuer_id=issuer_id,
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
