"""Code lists: what a field may hold, with the words people see."""

from typing import Any

from sqlalchemy import func, select
from sqlmodel import col

from app.models.code import CodeItem, Ethnicity
from app.services.errors import NotFound
from app.services.scope import ScopedSession

Row = dict[str, Any]


def lists(session: ScopedSession) -> list[Row]:
    """Every code list with the number of its entries."""
    rows = session.execute(
        select(col(CodeItem.list_id).label("id"), func.count().label("entries"))
        .group_by(col(CodeItem.list_id))
        .order_by(col(CodeItem.list_id))
    )
    return [dict(row) for row in rows.mappings()]


def entries(session: ScopedSession, list_id: str) -> list[Row]:
    """The entries of one list in their order; NotFound if there is no such list."""
    rows = session.execute(
        select(col(CodeItem.list_id), col(CodeItem.code), col(CodeItem.name), col(CodeItem.rank))
        .where(col(CodeItem.list_id) == list_id)
        .order_by(col(CodeItem.rank))
    )
    found = [dict(row) for row in rows.mappings()]
    if not found:
        raise NotFound("Không có danh mục này.")
    return found


def ethnicities(session: ScopedSession) -> list[Row]:
    """The ethnic groups with both official numberings, by the older one, which names each of them."""
    rows = session.execute(
        select(
            col(Ethnicity.slug),
            col(Ethnicity.name),
            col(Ethnicity.code_1979),
            col(Ethnicity.code_2008),
            col(Ethnicity.is_minority),
        ).order_by(col(Ethnicity.code_1979))
    )
    return [dict(row) for row in rows.mappings()]
