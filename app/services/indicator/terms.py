"""Terms of appointed posts that ended in the calendar year: decided in time, late, or not at all (§10.4)."""

from typing import Any

from sqlalchemy import CTE, ColumnElement, Date, and_, case, column, func, null, or_, select, values
from sqlalchemy.orm import aliased
from sqlmodel import col

from app.models.assignment import AssignmentKind, AssignmentSpan, EndReason
from app.models.title import TermKind, TitleVersion
from app.models.unit import UnitVersion
from app.services.dated import known, live, on_eve
from app.services.indicator.numerators import COUNTS, NOT
from app.services.indicator.populations import BELOW_TITLES, Ask, Source, always, placed_highest


def _terms_ended(ask: Ask) -> CTE:
    """Whose term as holder of an appointed post ended by the day in its year; once, a late term first.

    A term counts where the post was held to its end or a new decision took its place earlier: who was moved
    or retired before had no term to renew. Elected, acting and lent holders have none. Who left the post by
    the end isn't late though the day of signing be unknown; who stayed beyond it without a decision is.
    """
    days = ask.columns
    span, title, unit = aliased(AssignmentSpan), aliased(TitleVersion), aliased(UnitVersion)
    ever = aliased(TitleVersion)
    ends, left = col(span.term_ends_on), col(span.valid_to)
    late = _late(ask, span)
    statement = select(
        *days.columns,
        col(span.row_id).label("key"),
        col(span.assignment_id).label("tie"),
        col(span.cadre_id).label("cadre_id"),
        col(span.unit_id).label("unit_id"),
        col(span.title_id).label("title_id"),
        col(span.valid_from).label("effect_on"),
        col(unit.level).label("level"),
        case((late, col(title.rank)), else_=col(title.rank) + BELOW_TITLES).label("rank"),
        null().label("tier"),
        case((late, COUNTS), else_=NOT).label("late"),
    )
    appointed = select(col(ever.title_id)).where(col(ever.term_kind) == TermKind.APPOINTED_5Y, known(ever))
    rows = (
        days.joined(statement, span, and_(ends >= days.year, ends <= days.day, known(span, ask.known_at)))
        .join(title, and_(col(title.title_id) == col(span.title_id), on_eve(title, ends)))
        .join(unit, and_(col(unit.unit_id) == col(span.unit_id), live(unit, days.day)))
        .where(
            col(span.title_id).in_(appointed),
            col(title.term_kind) == TermKind.APPOINTED_5Y,
            col(span.acting).is_(False),
            col(span.kind).not_in((AssignmentKind.SECONDMENT, AssignmentKind.ROTATION)),
            or_(left.is_(None), left >= ends, col(span.end_reason) == EndReason.TERM_ENDED),
        )
    )
    return placed_highest(ask, rows.subquery("ended"))


def _late(ask: Ask, span: type[AssignmentSpan]) -> ColumnElement[bool]:
    ends, left = col(span.term_ends_on), col(span.valid_to)
    signed = col(span.end_decision_signed_on)
    stayed = or_(left.is_(None), left > ends)
    return case((signed.is_(None), stayed), else_=_after_last_day(ask, signed, ends))


def _after_last_day(ask: Ask, signed: Any, ends: Any) -> ColumnElement[bool]:  # noqa: ANN401 - columns
    """Signed on the day the term ended or later; with a lead, after so many working days before."""
    if not ask.terms.sign_by:
        return signed >= ends  # type: ignore[no-any-return]
    table = values(column("ends_on", Date()), column("sign_by", Date()), name="calendar")
    calendar = table.data(list(ask.terms.sign_by)).cte("calendar")
    last = select(calendar.c.sign_by).where(calendar.c.ends_on == ends).correlate_except(calendar)
    return signed > func.coalesce(last.scalar_subquery(), ends)  # type: ignore[no-any-return]


OF_TERMS: tuple[Source, ...] = (
    Source("terms_ended", _terms_ended, {"terms_ended": always}, codes=frozenset({"late"})),
)
"""What rests on the ends of terms."""
