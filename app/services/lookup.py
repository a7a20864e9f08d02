"""Finding one person to read or to write."""

from functools import cache
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select
from sqlmodel import col

from app.models.cadre import Cadre
from app.services.errors import NotFound, Stale
from app.services.scope import ScopedSession


@cache
def _one() -> Select[Cadre]:
    """The person of an id; built once, so that its scope and its cache key are too."""
    return select(Cadre).where(col(Cadre.id) == bindparam("one_cadre", type_=Uuid()))


def find(session: ScopedSession, cadre_id: UUID) -> Cadre:
    """The person, or NotFound, which covers «not in your scope»."""
    person = session.scalars(_one(), {"one_cadre": cadre_id}).first()
    if person is None:
        raise NotFound
    return person


def lock(session: ScopedSession, cadre_id: UUID, version: int | None = None) -> Cadre:
    """The person, held against other writers until the commit; Stale if `version` is no longer his."""
    person = session.scalars(
        select(Cadre)
        .where(col(Cadre.id) == cadre_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if person is None:
        raise NotFound
    if version is not None and person.version != version:
        raise Stale
    return person
