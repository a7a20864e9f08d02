"""Persons that another record names, as this caller may read each of them."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col

from app.models.base import sort_key
from app.models.cadre import Cadre
from app.services import compliance
from app.services.cadre.listing import shaper
from app.services.cadre.statement import Filters, Shape, statement_of
from app.services.scope import ScopedSession
from app.services.scope.roles import T2

_UNTOLD = (
    "birth_date",
    "birth_precision",
    "sex",
    "ethnicity",
    "unit",
    "title",
    "managed_by",
    "party_member",
    "political_theory",
)


def people_of(session: ScopedSession, people: Iterable[UUID], day: date) -> dict[UUID, dict[str, Any]]:
    """Person to `person` (a list row with `stub`) and `order` (by given name, in Vietnamese order).

    Files in the caller's scope are shown as a list shows them; of others the stub is told: id, code, name.
    """
    wanted = set(people)
    scope = session.scope
    shape = shaper(scope)
    found: dict[UUID, dict[str, Any]] = {}
    for in_post in (True, False):
        missing = wanted - found.keys()
        if not missing:
            break
        asked = Shape(frozenset(), scope.redacts(), T2 in scope.tiers(), in_post=in_post)
        rows = session.execute(
            statement_of(asked).where(col(Cadre.id).in_(missing)), Filters().values(day, None)
        )
        for row in rows.mappings():
            found[row["id"]] = shape(dict(row)) | {"stub": False}
    for key, stub in compliance.stubs(session, wanted - found.keys()).items():
        found[key] = stub | dict.fromkeys(_UNTOLD) | {"redacted": True, "stub": True}
    return {key: {"person": row, "order": sort_key(row["full_name"])} for key, row in found.items()}
