"""Results as they are recorded: by the authority, about somebody else, with what the law says at once."""

from uuid import UUID

from sqlalchemy import select
from sqlmodel import col

from app.models.base import nfc
from app.models.cadre import Cadre
from app.models.evaluation import Evaluation, ResultCreate
from app.services.errors import Denied, Invalid
from app.services.evaluation.marking import write
from app.services.scope import ScopedSession
from app.services.scope.roles import T2


def create(session: ScopedSession, *, data: ResultCreate) -> UUID:
    """Records a result, which waits for another hand to confirm it; gives its id.

    Invalid for somebody out of sight; Denied for who is managed above, for the caller himself and his family,
    and for a Party grade by who doesn't read Party data. Conflict where the year has a grade.
    """
    person = session.scalars(
        select(Cadre)
        .where(col(Cadre.id) == data.cadre_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if person is None:
        raise Invalid.at("/cadre_id", "Không có cán bộ này trong phạm vi được xem.")
    _refuse(session, person)
    if data.party_grade is not None and T2 not in session.scope.tiers(person.id):
        raise Denied("Tài khoản này không ghi được xếp loại đảng viên.")
    row = Evaluation(
        cadre_id=person.id,
        year=data.year,
        peers=data.peers,
        grade=data.grade,
        party_grade=data.party_grade,
        graded_by=nfc(data.graded_by),
        decision_number=nfc(data.decision_number),
        decided_on=data.decided_on,
        graded_unit_id=data.unit_id,
    )
    write(session, person, row, unit="/unit_id")
    session.add(row)
    session.note(person, "evaluation.record")
    session.flush()
    return row.id


def _refuse(session: ScopedSession, person: Cadre) -> None:
    """Before anything is told of the person's grades."""
    scope = session.scope
    seen = scope.reads_whole(person.managed_by, cadre_id=person.id)
    if person.is_stub or not seen or not scope.may_write_managed(person.managed_by):
        raise Denied("Cán bộ này do cấp trên quản lý; cấp dưới không ghi xếp loại.")
    if person.id in session.kin():
        raise Denied("Không ai ghi xếp loại của chính mình, của vợ, chồng, cha, mẹ hoặc con mình.")
