"""Holders of posts that must change hands whose limit has come: still there, or gone from it (III.3.5-g)."""

from typing import Any

from sqlalchemy import CTE, Date, and_, case, literal, null, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.post_change import PostChange
from app.models.title import TitleVersion
from app.models.unit import UnitVersion
from app.services.dated import begun, known, limit_past, limit_reached, live
from app.services.indicator.numerators import COUNTS, NOT
from app.services.indicator.populations import BELOW_TITLES, Ask, Source, always, placed_highest
from app.services.sensitive import exempting, sensitive


def _sensitive_holders(ask: Ask) -> CTE:
    """Who leads nobody and whose limit was reached by the day: in the post, or gone from it in the year.

    Once each: in the post he holds beyond its limit, else in that of the highest title. Who is exempt on the
    day is due later. Before the law of the clock nobody is due.
    """
    days = ask.columns
    span, title, unit = aliased(AssignmentSpan), aliased(TitleVersion), aliased(UnitVersion)
    ever, stay = aliased(TitleVersion), aliased(PostChange)
    start, months, left = col(span.valid_from), col(title.sensitive_months), col(span.valid_to)
    holding = live(span, days.day, ask.known_at)
    late = and_(holding, limit_past(start, months, days.day))
    stays = select(col(stay.id)).where(exempting(stay, col(span.assignment_id), days.day, ask.known_at))
    exempt = stays.correlate_except(stay).exists()
    statement: Any = select(
        *days.columns,
        col(span.row_id).label("key"),
        col(span.assignment_id).label("tie"),
        col(span.cadre_id).label("cadre_id"),
        col(span.unit_id).label("unit_id"),
        col(span.title_id).label("title_id"),
        start.label("effect_on"),
        col(unit.level).label("level"),
        case((late, col(title.rank)), else_=col(title.rank) + BELOW_TITLES).label("rank"),
        null().label("tier"),
        case((late, COUNTS), else_=NOT).label("overdue"),
    )
    watched = select(col(ever.title_id)).where(sensitive(ever), known(ever))
    gone = and_(known(span, ask.known_at), left >= days.year, left <= days.day)
    rows = (
        days.joined(statement, span, or_(holding, gone))
        .join(title, and_(col(title.title_id) == col(span.title_id), live(title, days.day)))
        .join(unit, and_(col(unit.unit_id) == col(span.unit_id), live(unit, days.day)))
        .where(
            col(span.title_id).in_(watched),
            sensitive(title),
            limit_reached(start, months, days.day),
            ~exempt,
            begun(literal(ask.terms.post_changes_since, Date()), days.day),
        )
    )
    return placed_highest(ask, rows.subquery("limited"))


OF_LIMITS: tuple[Source, ...] = (
    Source(
        "sensitive_holders",
        _sensitive_holders,
        {"sensitive_holders": always},
        codes=frozenset({"overdue"}),
    ),
)
"""What rests on how long posts are held."""
