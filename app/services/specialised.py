"""Who belongs to a specialised technical sector: one reading for the indicator and for the rule."""

from collections.abc import Collection
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased
from sqlalchemy.sql.elements import SQLCoreOperations
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.qualification import QualificationKind, QualificationSpan
from app.models.unit import UnitVersion
from app.services.dated import live


def specialised(
    cadre_id: ColumnElement[Any],
    day: date | SQLCoreOperations[date],
    *,
    sectors: Collection[str],
    fields: Collection[str],
    known_at: datetime | None = None,
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Whether a person is of a specialised sector, and whether a fact that decides it is missing.

    By the sector of the unit of the main seat, or by the field of a degree (II.2.2(5)-2025-g). The second
    says something only where the first is false.
    """
    main, unit, degree = aliased(AssignmentSpan), aliased(UnitVersion), aliased(QualificationSpan)
    sector = (
        select(col(unit.sector))
        .join(main, and_(col(main.unit_id) == col(unit.unit_id), live(unit, day)))
        .where(col(main.cadre_id) == cadre_id, col(main.is_main), live(main, day, known_at))
        .limit(1)
        .correlate_except(main, unit)
        .scalar_subquery()
    )

    def has_degree(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return (
            exists()
            .where(
                col(degree.cadre_id) == cadre_id,
                col(degree.kind) == QualificationKind.EDUCATION,
                live(degree, day, known_at),
                *conditions,
            )
            .correlate_except(degree)
        )

    counts = or_(
        func.coalesce(sector, "").in_(sectors),
        has_degree(col(degree.field).in_(fields)),
    )
    missing = or_(sector.is_(None), ~has_degree(col(degree.field).is_not(None)))
    return counts, missing
