"""What the nouns with dossiers do alike: find one, hold one, keep one's own family out of it."""

from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel, col

from app.services.errors import Denied, NotFound, Stale
from app.services.scope import ScopedSession

Root = TypeVar("Root", bound=SQLModel)


def find(session: ScopedSession, kind: type[Root], key: UUID, missing: str) -> Root:
    """The dossier, or NotFound with `missing`, which covers «not in your scope»."""
    table: Any = kind
    row: Root | None = session.scalars(select(table).where(col(table.id) == key)).first()
    if row is None:
        raise NotFound(missing)
    return row


def lock(
    session: ScopedSession, kind: type[Root], key: UUID, missing: str, version: int | None = None
) -> Root:
    """The dossier, held against other writers until the commit; Stale if `version` is no longer its own."""
    table: Any = kind
    row: Any = session.scalars(
        select(table).where(col(table.id) == key).with_for_update().execution_options(populate_existing=True)
    ).first()
    if row is None:
        raise NotFound(missing)
    if version is not None and row.version != version:
        raise Stale
    found: Root = row
    return found


def refuse_kin(session: ScopedSession, people: set[UUID]) -> None:
    """Denied where one of `people` is the caller, or his spouse, parent or child."""
    if session.kin() & people:
        raise Denied(
            "Không ai được làm hồ sơ của chính mình, vợ, chồng, cha, mẹ hoặc con mình. "
            "Hãy nhờ người khác làm bước này."
        )
