"""One person: the record in the groups of form 2C, the course of work, the history of the record."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.audit import AuditEvent, AuditValue, Outcome
from app.models.cadre import Cadre, CadreBase
from app.models.title import TitleVersion
from app.models.unit import UnitVersion
from app.services import record
from app.services.cadre.listing import placed_row, shaper
from app.services.cadre.statement import Filters
from app.services.dated import begun, known, live
from app.services.errors import Denied, NotFound
from app.services.lookup import find
from app.services.paging import Page, Slice, cut, keyset
from app.services.scope import ScopedSession

_HIDDEN_FROM_LIST = frozenset({"full_name", "birth_date", "birth_precision", "sex", "ethnicity"})


def get(
    session: ScopedSession, cadre_id: UUID, *, day: date, known_at: datetime | None = None
) -> tuple[dict[str, Any], int]:
    """The whole record as of `day`, as known at `known_at`, and its version.

    A redacted record holds name, title and unit; a stub never holds more.
    """
    person = find(session, cadre_id)
    if known_at is not None and person.recorded_at > known_at:
        raise NotFound("Vào thời điểm đó hệ thống chưa có hồ sơ này.")
    row = placed_row(session, Filters(id=cadre_id), day=day, known_at=known_at)
    if row is None:
        raise NotFound
    found = shaper(session.scope)(row)
    session.saw("cadre.get", [cadre_id], root=person)
    if found["redacted"]:
        return found, person.version
    tiers = session.scope.tiers(cadre_id)
    found |= {
        name: getattr(person, name)
        for name in CadreBase.model_fields
        if name not in _HIDDEN_FROM_LIST and record.tier_of(f"cadre.{name}") in tiers
    }
    filled = record.filled(session, cadre_id)
    found["groups"] = {
        name: record.rows_of(session, cadre_id, group, tiers, day=day, known_at=known_at)
        if name in filled
        else []
        for name, group in record.GROUPS.items()
        if record.readable(group, tiers)
    }
    found["redacted_groups"] = [name for name in record.GROUPS if name not in found["groups"]]
    found["tiers"] = sorted(tiers)
    found["writable"] = session.scope.may_write_person(person.managed_by, cadre_id)
    return found, person.version


def assignments(
    session: ScopedSession,
    cadre_id: UUID,
    *,
    day: date,
    known_at: datetime | None = None,
    ahead: bool = False,
    superseded: bool = False,
) -> list[dict[str, Any]]:
    """The seats a person held up to `day`, newest first; with `ahead` also what is decided for later.

    With `superseded` also what was recorded and later corrected.
    """
    person = find(session, cadre_id)
    session.saw("cadre.assignments", [cadre_id], root=person)
    if _hidden(session, person):
        return []
    span = AssignmentSpan
    statement: Select[*tuple[Any, ...]] = (
        select(
            span,
            col(TitleVersion.name).label("title_name"),
            col(UnitVersion.name).label("unit_name"),
        )
        .join(
            TitleVersion,
            (col(TitleVersion.title_id) == col(span.title_id)) & live(TitleVersion, col(span.valid_from)),
            isouter=True,
        )
        .join(
            UnitVersion,
            (col(UnitVersion.unit_id) == col(span.unit_id)) & live(UnitVersion, col(span.valid_from)),
            isouter=True,
        )
        .where(col(span.cadre_id) == cadre_id)
    )
    if not superseded:
        statement = statement.where(known(span, known_at))
    if not ahead:
        statement = statement.where(begun(span.valid_from, day))
    rows = session.execute(
        statement.order_by(col(span.valid_from).desc(), col(span.recorded_at).desc())
    ).all()
    return [assignment_row(found, title, unit) for found, title, unit in rows]


def assignment_row(span: AssignmentSpan, title: str | None, unit: str | None) -> dict[str, Any]:
    """A span in the contract's shape."""
    return {
        "id": span.assignment_id,
        "cadre_id": span.cadre_id,
        "post_id": span.post_id,
        "title_id": span.title_id,
        "unit_id": span.unit_id,
        "title_name": title or "",
        "unit_name": unit or "",
        "seat_no": span.seat_no,
        "kind": span.kind,
        "is_main": span.is_main,
        "acting": span.acting,
        "term_ends_on": span.term_ends_on,
        "valid_from": span.valid_from,
        "valid_to": span.valid_to,
        "end_reason": span.end_reason,
        "decision": {
            "number": span.decision_number,
            "signed_on": span.decision_signed_on,
            "effective_on": span.valid_from,
            "issuer": span.decision_issuer,
        },
        "recorded_at": span.recorded_at,
        "superseded_at": span.superseded_at,
    }


def _hidden(session: ScopedSession, person: Cadre) -> bool:
    """True where the caller sees name, title and unit of this person alone."""
    scope = session.scope
    return person.is_stub or not scope.reads_whole(person.managed_by, cadre_id=person.id)


def timeline(
    session: ScopedSession, cadre_id: UUID, *, day: date, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """What happened to a person up to `day`, newest first: seats, degrees, courses, grades, sanctions."""
    person = find(session, cadre_id)
    session.saw("cadre.timeline", [cadre_id], root=person)
    if _hidden(session, person):
        return []
    tiers = session.scope.tiers(cadre_id)
    events = list(_seats(assignments(session, cadre_id, day=day, known_at=known_at), day))
    for name, of in (
        ("qualifications", _qualification),
        ("trainings", _training),
        ("evaluations", _evaluation),
        ("rewards", _reward),
        ("discipline", _discipline),
        ("party_membership", _party),
    ):
        group = record.GROUPS[name]
        if record.readable(group, tiers):
            events += [
                of(row) for row in record.rows_of(session, cadre_id, group, tiers, day=day, known_at=known_at)
            ]
    session.saw("cadre.timeline", [cadre_id], rows=len(events), root=person)
    return sorted(events, key=lambda event: (event["on"], event["kind"]), reverse=True)


def _event(
    on: date,
    kind: str,
    title: str,
    detail: str | None,
    decision: str | None = None,
    *,
    to: date | None = None,
    **more: Any,  # noqa: ANN401 - what only one kind has
) -> dict[str, Any]:
    known = {"on": on, "from": on, "to": to, "kind": kind, "title": title, "detail": detail}
    return known | {"decision": decision} | more


def _seats(rows: list[dict[str, Any]], day: date) -> Iterator[dict[str, Any]]:
    for row in rows:
        name = row["title_name"]
        yield _event(
            row["valid_from"],
            f"assignment.{row['kind']}",
            name,
            row["unit_name"],
            row["decision"]["number"],
            to=row["valid_to"],
            is_main=row["is_main"],
            acting=row["acting"],
        )
        if row["valid_to"] is not None and row["valid_to"] <= day and row["end_reason"] is not None:
            yield _event(row["valid_to"], f"assignment.end.{row['end_reason']}", name, row["unit_name"])


def _qualification(row: dict[str, Any]) -> dict[str, Any]:
    return _event(
        row["valid_from"],
        f"qualification.{row['kind']}",
        row["name"],
        row["institution"],
        row["proof_number"],
    )


def _training(row: dict[str, Any]) -> dict[str, Any]:
    on = row["completed_on"] or row["started_on"]
    return _event(on, f"training.{row['kind']}", row["name"], row["institution"], row["certificate"])


def _evaluation(row: dict[str, Any]) -> dict[str, Any]:
    return _event(
        row["decided_on"],
        f"evaluation.{row['grade']}",
        str(row["year"]),
        row["graded_by"],
        row["decision_number"],
    )


def _reward(row: dict[str, Any]) -> dict[str, Any]:
    return _event(row["awarded_on"], "reward", row["name"], row["issuer"], row["decision_number"])


def _discipline(row: dict[str, Any]) -> dict[str, Any]:
    on = row["decided_on"] or row["opened_on"]
    return _event(
        on,
        f"discipline.{row['form'] or 'review'}",
        row["reason"] or "",
        row["issuer"],
        row["decision_number"],
    )


def _party(row: dict[str, Any]) -> dict[str, Any]:
    return _event(row["valid_from"], "party.admission", row["party_cell"] or "", None)


def history(session: ScopedSession, cadre_id: UUID, *, page: Page, field: str | None = None) -> Slice:
    """The changes of a record, newest first: field, old, new, who, when, why; by the reader's tiers."""
    person = find(session, cadre_id)
    session.saw("cadre.history", [cadre_id], root=person)
    if _hidden(session, person):
        return Slice([])
    tiers = session.scope.tiers(cadre_id)
    if field is not None and record.tier_of(field) not in tiers:
        raise Denied("Trường này không thuộc quyền xem của tài khoản.")
    statement: Select[*tuple[Any, ...]] = (
        select(AuditEvent, AuditValue)
        .join(AuditValue, col(AuditValue.event_id) == col(AuditEvent.id))
        .where(
            col(AuditEvent.object_type) == "cadre",
            col(AuditEvent.object_id) == str(cadre_id),
            col(AuditEvent.outcome) == Outcome.DONE,
        )
    )
    if field is not None:
        # With its colon, so that a value that reads like the name of a field is not taken for one.
        mark = f'"{field}":'
        statement = statement.where(
            col(AuditValue.after).contains(mark, autoescape=True)
            | col(AuditValue.before).contains(mark, autoescape=True)
        )
    order = [col(AuditEvent.at), col(AuditEvent.id)]
    total = None
    if page.count:
        total = sum(1 for _, values in session.execute(statement) if changes_of(values, tiers, field))
    descending = page.sort.startswith("-")
    found = session.execute(keyset(statement, order, page, descending=descending)).all()
    rows = [
        {
            "id": event.id,
            "at": event.at,
            "actor": event.actor,
            "action": event.action,
            "reason": event.reason,
            "changes": changes_of(values, tiers, field),
        }
        for event, values in found
    ]
    slice_ = cut(rows, [(event.at, event.id) for event, _ in found], page, total)
    # An event of which nothing may be read is not told either: its name alone would say that a vote was held.
    return replace(slice_, rows=[row for row in slice_.rows if row["changes"]])


def changes_of(values: AuditValue, tiers: frozenset[str], field: str | None = None) -> list[dict[str, Any]]:
    """The changed fields of an event that these tiers may read, by name; none of one without `field`."""
    before, after = json.loads(values.before), json.loads(values.after)
    told = before | {name: value for name, value in after.items() if value is not None}
    names = sorted(name for name in {*before, *after} if record.tier_of(name, told) in tiers)
    if field is not None and field not in names:
        return []
    return [{"field": name, "before": before.get(name), "after": after.get(name)} for name in names]


def group_rows(
    session: ScopedSession, person: Cadre, group: record.Group, *, day: date, known_at: datetime | None = None
) -> list[dict[str, Any]]:
    """The rows of one group of a person; none of somebody seen by name alone."""
    tiers = session.scope.tiers(person.id)
    if not record.readable(group, tiers):
        raise Denied("Nhóm thông tin này không thuộc quyền xem của tài khoản.")
    rows = (
        []
        if _hidden(session, person)
        else record.rows_of(session, person.id, group, tiers, day=day, known_at=known_at)
    )
    session.saw(f"cadre.{group.name}", [person.id], rows=len(rows), root=person)
    return rows
