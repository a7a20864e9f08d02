"""Waivers as they are recorded and taken back, by who decides the dossier and has no hand in it."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from app.models.base import nfc, utc_now
from app.models.waiver import RevocationCreate, Waiver, WaiverCreate, WaiverScope, WaiverState
from app.services.errors import Conflict, Denied, Invalid, NotFound, Stale
from app.services.law.finding import Effect
from app.services.law.parameter import Law
from app.services.law.rules import UnknownRule, rule_on
from app.services.scope import ScopedSession
from app.services.unit.naming import Names
from app.services.waiver.kinds import KINDS, Kind
from app.services.waiver.reading import find, in_state
from app.services.workflow import Case, is_maker, number_key

_WRITES = "waiver:write"


def create(session: ScopedSession, law: Law, *, data: WaiverCreate, today: date) -> UUID:
    """Records a waiver; gives its id. The dossier is held meanwhile, its version stays.

    Denied for who doesn't decide the dossier, made it, or stands in it himself or through family; Conflict
    where the dossier is decided, the rule is waived already or the number was used; Invalid for a dossier out
    of scope, a rule that can't be waived today and days that can't be.
    """
    kind = KINDS[data.dossier.type]
    try:
        case = kind.case(session, data.dossier.id, law=law, today=today)
    except NotFound:
        raise Invalid.at(
            "/dossier/id", "Không có hồ sơ này, hoặc hồ sơ ngoài phạm vi được ghi văn bản cho phép."
        ) from None
    _refuse_caller(session, case)
    _refuse_rule(kind, law, data.rule, today)
    _refuse_sent(session, kind, case, data, today)
    if not kind.decides(str(case.root.state.value)):
        raise Conflict("Hồ sơ đã được quyết định hoặc đã kết thúc nên không ghi thêm văn bản cho phép.")
    return _write(session, kind, case, data, today).id


def _refuse_caller(session: ScopedSession, case: Case) -> None:
    """Denied for who may not say what is let through in this dossier."""
    actor = session.scope.actor
    if actor is None or not session.units_within(actor.reach(_WRITES), {case.authority_id}):
        raise Denied("Văn bản cho phép do cơ quan có thẩm quyền quyết định hồ sơ ghi.")
    if is_maker(session, case.makers):
        raise Denied("Người lập hoặc trình hồ sơ không được tự cho phép ngoại lệ ở hồ sơ đó.")
    if session.kin() & case.people:
        raise Denied("Hồ sơ có chính mình, vợ, chồng, cha, mẹ hoặc con mình: cần người khác thực hiện.")


def _refuse_rule(kind: Kind, law: Law, rule_id: str, today: date) -> None:
    try:
        rule = rule_on(rule_id, today, law)
    except UnknownRule:
        raise Invalid.at("/rule", "Không có quy định này.") from None
    if not rule["waivable"]:
        raise Invalid.at("/rule", f"Quy định này (mục {rule['clause']}) không cho phép ngoại lệ.")
    if not rule_id.startswith(kind.rules):
        raise Invalid.at("/rule", "Quy định này không xét loại hồ sơ này.")
    if not rule["in_force"]:
        raise Invalid.at(
            "/rule",
            f"Ngày {today:%d/%m/%Y} quy định này không có hiệu lực nên không cần văn bản cho phép.",
        )
    if rule["effect"] == Effect.MEASURES:
        raise Invalid.at("/rule", "Quy định này chỉ để đo, không ngăn bước nào, nên không cần cho phép.")


def _refuse_sent(session: ScopedSession, kind: Kind, case: Case, data: WaiverCreate, today: date) -> None:
    if data.authority_id is not None and data.authority_id != case.authority_id:
        body = Names(session, [case.authority_id]).on(case.authority_id, today)
        who = f": {body['name']} ({case.authority_id})" if body is not None else ""
        raise Invalid.at("/authority_id", f"Văn bản phải do cơ quan quyết định hồ sơ ban hành{who}.")
    if data.scope is WaiverScope.PERSON and not kind.of_person:
        raise Invalid.at(
            "/scope",
            "Loại hồ sơ này chỉ nhận văn bản cho phép cả hồ sơ (dossier), không cho riêng một người.",
        )
    if (data.cadre_id is None) != (data.scope is WaiverScope.DOSSIER):
        raise Invalid.at("/cadre_id", "Chỉ nêu cán bộ khi văn bản cho phép riêng một người (scope person).")
    if data.scope is WaiverScope.PERSON and data.rule not in kind.of_person:
        raise Invalid.at(
            "/scope", "Quy định này xét cả hồ sơ, không xét riêng từng người: hãy cho phép cả hồ sơ."
        )
    if data.cadre_id is not None and data.cadre_id not in case.people:
        raise Invalid.at("/cadre_id", "Người này không có trong danh sách nhân sự của hồ sơ.")
    if not any(sign.isalnum() for sign in data.document_number):
        raise Invalid.at("/document_number", "Số văn bản cần có chữ hoặc số.")
    if data.signed_on > today:
        raise Invalid.at("/signed_on", f"Ngày ký không thể sau hôm nay ({today:%d/%m/%Y}).")
    if data.expires_on < data.signed_on:
        raise Invalid.at("/expires_on", "Ngày hết hiệu lực không thể trước ngày ký.")
    if data.expires_on < today:
        raise Invalid.at("/expires_on", f"Văn bản đã hết hiệu lực trước hôm nay ({today:%d/%m/%Y}).")


def _write(session: ScopedSession, kind: Kind, case: Case, data: WaiverCreate, today: date) -> Waiver:
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    standing = session.scalars(
        select(Waiver).where(
            col(Waiver.dossier_type) == kind.table.type,
            col(Waiver.dossier_id) == case.root.id,
            col(Waiver.rule) == data.rule,
            col(Waiver.scope) == data.scope,
            col(Waiver.cadre_id).is_not_distinct_from(data.cadre_id),
            in_state(WaiverState.IN_FORCE, today),
        )
    ).first()
    if standing is not None:
        raise Conflict(
            f"Quy định này ở hồ sơ đã được văn bản số {standing.document_number} cho phép đến hết ngày "
            f"{standing.expires_on:%d/%m/%Y}."
        )
    year, key = data.signed_on.year, number_key(data.document_number)
    twice = Conflict(
        f"Số văn bản {data.document_number} năm {year} của cơ quan này đã dùng cho lần cho phép khác. Hãy "
        "xem lại số; nếu lần trước ghi nhầm, hãy ghi theo văn bản đính chính."
    )
    taken = select(col(Waiver.id)).where(
        col(Waiver.authority_id) == case.authority_id,
        col(Waiver.signed_year) == year,
        col(Waiver.number_key) == key,
    )
    if session.execute(taken).first() is not None:
        raise twice
    row = Waiver(
        unit_id=case.root.unit_id,
        dossier_type=kind.table.type,
        dossier_id=case.root.id,
        rule=data.rule,
        authority_id=case.authority_id,
        document_number=nfc(data.document_number),
        number_key=key,
        signed_on=data.signed_on,
        signed_year=year,
        reason=nfc(data.reason),
        scope=data.scope,
        cadre_id=data.cadre_id,
        expires_on=data.expires_on,
        recorded_by=actor.id,
        recorded_by_name=actor.display_name,
    )
    session.add(row)
    session.note(row, "waiver.record", row.reason)
    try:
        session.flush()
    except IntegrityError as error:
        # The number stands on a dossier outside the caller's sight, or was taken this very moment.
        raise twice from error
    return row


def revoke(
    session: ScopedSession, law: Law, waiver_id: UUID, version: int, *, data: RevocationCreate, today: date
) -> None:
    """Takes a waiver back from now on; steps taken on it stay as they were decided.

    NotFound out of scope, Stale where `version` is no longer its own, Denied as for recording, Conflict where
    it was taken back before. The dossier is held, so that no step is judged on what is being taken back.
    """
    named = find(session, waiver_id)
    case = KINDS[named.dossier_type].case(session, named.dossier_id, law=law, today=today)
    row = session.scalars(
        select(Waiver)
        .where(col(Waiver.id) == waiver_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()
    if row.version != version:
        raise Stale
    _refuse_caller(session, case)
    if row.revoked_at is not None:
        raise Conflict("Văn bản này đã bị thu hồi.")
    actor = session.scope.actor
    assert actor is not None  # noqa: S101 - only signed-in callers reach a route
    row.revoked_by, row.revoked_by_name = actor.id, actor.display_name
    row.revoked_on, row.revoked_at = today, utc_now()
    row.revocation_reason = nfc(data.reason)
    session.add(row)
    session.note(row, "waiver.revoke", row.revocation_reason)
    session.flush()
