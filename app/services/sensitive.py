"""Posts that must change hands, and who stays in one for now: where a clock runs, where it stands still."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_
from sqlmodel import col

from app.models.post_change import IN_EFFECT, PostChangeOutcome
from app.services.dated import begun, lasting


def sensitive(title: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a mapped class or an alias of one
    """True of a title version whose holders have a clock: it bears a limit and leads nobody (III.3.5-g)."""
    return and_(
        col(title.sensitive_months).is_not(None),
        col(title.is_leadership).is_(False),
        col(title.is_key).is_(False),
    )


def exempting(
    change: Any,  # noqa: ANN401 - a mapped class or an alias of one
    assignment_id: Any,  # noqa: ANN401 - a column or an id
    day: Any,  # noqa: ANN401 - a column or a date
    known_at: datetime | None = None,
) -> ColumnElement[bool]:
    """True of a decided dossier that exempts the holder on `day`: from its day of effect to its last day."""
    return and_(
        col(change.assignment_id) == assignment_id,
        col(change.outcome) == PostChangeOutcome.EXEMPT,
        col(change.state).in_(IN_EFFECT),
        begun(col(change.effective_on), day),
        lasting(col(change.exempt_ends_on), day),
        begun(col(change.decided_at), known_at),
    )
