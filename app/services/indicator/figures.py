"""Indicators as figures: for a unit, by the territories beneath it, over time."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from app.services.errors import Denied, Invalid, NotFound
from app.services.indicator import place, shape
from app.services.indicator.basis import Basis
from app.services.indicator.counting import Place, Question, Table, count, readings
from app.services.indicator.shape import Figure
from app.services.indicator.veils import draw, is_published, published_only, veiled
from app.services.law import indicators as law
from app.services.law.indicators import Counts, Indicator
from app.services.scope import ScopedSession

Step = Literal["month", "quarter", "year"]
MONTHS: Mapping[Step, int] = {"month": 1, "quarter": 3, "year": 12}
MOST_POINTS = 40
DEFAULT_POINTS = 20


@dataclass(frozen=True, slots=True)
class Moment:
    """Of which day, as known when (now if None), and which day the business calls today."""

    day: date
    today: date
    known_at: datetime | None = None

    @property
    def projected(self) -> bool:
        """A day to come: what is decided already, and nothing else."""
        return self.day > self.today


def chosen(ids: Iterable[str] | None) -> list[Indicator]:
    """The indicators asked for, in screen order; Invalid names an id that isn't there."""
    if ids is None:
        return list(law.indicators())
    wanted = set(ids)
    found = [one for one in law.indicators() if one.id in wanted]
    missing = wanted - {one.id for one in found}
    if missing:
        raise Invalid.at("/query/ids", f"Không có chỉ tiêu: {', '.join(sorted(missing))}.")
    return found


def one(indicator_id: str) -> Indicator:
    """One indicator by id, or NotFound."""
    try:
        return law.indicator(indicator_id)
    except law.UnknownIndicator:
        raise NotFound("Không có chỉ tiêu này.") from None


def figures(
    session: ScopedSession,
    basis: Basis,
    *,
    indicators: Sequence[Indicator],
    moment: Moment,
    unit_id: UUID | None = None,
    by_unit: bool = False,
    history: int = 0,
) -> dict[str, Any]:
    """The answer of `GET /indicators`: one statement a population, one more where history is asked for."""
    moment = _published(session, moment)
    asked = place.find(session, unit_id, moment.day)
    rewound = moment.known_at is not None
    past = ends("quarter", moment.day - timedelta(days=1), history)
    days = [*past, moment.day]
    under = veiled(session.scope, indicators)
    veils = draw(session, basis, asked=asked, indicators=under, days=days, rewound=rewound)
    wanted = readings(indicators)
    question = Question(asked.id, by_unit, moment.known_at)
    table = count(session, basis, question, wanted=wanted, days=[moment.day])
    whole = replace(question, by_place=False)
    # A line leads to a target: figures without one have their series.
    led = {one.id for one in indicators if basis.law.targets(one.id, moment.day)}
    lines = readings([one for one in indicators if one.id in led], headlines=True)
    before = count(session, basis, whole, wanted=lines, days=past) if past else None
    rows: list[tuple[Place, dict[str, object]]] = []
    if by_unit:
        rows = [(unit.id, unit.ref) for unit in place.beneath(session, asked.id, moment.day)]
        rows.append((None, asked.own_ref))
    items = []
    for indicator in indicators:
        figure = figure_of(basis, indicator, table, moment.day)
        shown = shape.item(figure, veils.total(figure, moment.day))
        if before is not None and indicator.id in led:
            line = [(day, figure_of(basis, indicator, before, day, headline=True)) for day in past]
            line.append((moment.day, figure))
            shown["history"] = [shape.point(day, at, veils.total(at, day)) for day, at in line]
        if by_unit and figure.headline.numerator is not None:
            shown["children"] = [
                {"unit": unit, **shape.figures(part, veils.row(part, moment.day, at))}
                for at, unit in rows
                for part in [figure_of(basis, indicator, table, moment.day, at)]
            ]
        items.append(shown)
    session.saw("indicator.figures", (), rows=len(items))
    answer: dict[str, Any] = {"as_of": moment.day, "unit": asked.ref}
    if moment.projected:
        answer["projected"] = True
    if under and not is_published(moment.day):
        answer["published_on"] = ends("quarter", moment.day, 1)[0]
    return {**answer, "items": items}


def series(
    session: ScopedSession,
    basis: Basis,
    *,
    indicator: Indicator,
    moment: Moment,
    unit_id: UUID | None = None,
    start: date | None = None,
    step: Step = "quarter",
) -> dict[str, Any]:
    """One indicator at the end of each step from `start` to the moment's day, that day included."""
    moment = _published(session, moment)
    asked = place.find(session, unit_id, moment.day)
    rewound = moment.known_at is not None
    days = _points(start, moment.day, step)
    under = veiled(session.scope, [indicator])
    veils = draw(session, basis, asked=asked, indicators=under, days=days, rewound=rewound)
    question = Question(asked.id, known_at=moment.known_at)
    table = count(session, basis, question, wanted=readings([indicator], headlines=True), days=days)
    line = [(day, figure_of(basis, indicator, table, day, headline=True)) for day in days]
    session.saw("indicator.series", (), rows=len(line))
    return {
        "indicator": indicator.id,
        "unit": asked.ref,
        "step": step,
        "items": [shape.point(day, at, veils.total(at, day)) for day, at in line],
    }


def _published(session: ScopedSession, moment: Moment) -> Moment:
    """The moment itself; for who reads published figures alone, the last end of a quarter in place of today.

    Denied with `known_at`: readings around a correction differ by one person.
    """
    if not published_only(session.scope):
        return moment
    if moment.known_at is not None:
        raise Denied("Tài khoản này chỉ xem số liệu công bố, không xem theo thời điểm ghi nhận.")
    return replace(moment, day=ends("quarter", moment.day, 1)[0]) if moment.day == moment.today else moment


def figure_of(
    basis: Basis,
    indicator: Indicator,
    table: Table,
    day: date,
    at: Place | Literal["total"] = "total",
    *,
    headline: bool = False,
) -> Figure:
    """One indicator out of what was counted: for the unit, a territory beneath it, or its own bodies.

    `headline`: without the variants, where they weren't counted.
    """
    reason = law.NOT_BUILT if not indicator.is_built else basis.outside(day)
    if reason is not None:
        return Figure.without(indicator, reason, day, basis.law)
    counted = set(readings([indicator], headlines=headline))
    counts: dict[str | None, Counts] = {
        name: table.total(indicator, (population, numerator), day)
        if at == "total"
        else table.counts(indicator, (population, numerator), day, at)
        for name, population, numerator in indicator.readings()
        if name is None or (population, numerator) in counted
    }
    return Figure.of(indicator, counts, day, basis.law)


def ends(step: Step, last: date, number: int) -> list[date]:
    """The last `number` ends of a step up to and including `last`, oldest first."""
    found: list[date] = []
    year, month = last.year, last.month
    while len(found) < number:
        if month % MONTHS[step] == 0:
            day = _month_end(year, month)
            if day <= last:
                found.append(day)
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return found[::-1]


def _month_end(year: int, month: int) -> date:
    following = date(year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def _points(start: date | None, last: date, step: Step) -> list[date]:
    """Ends of the steps in [start, last], and `last` itself; Invalid for more than can be drawn."""
    if start is None:
        found = ends(step, last, DEFAULT_POINTS)
    elif start > last:
        raise Invalid.at("/query/from", "Ngày đầu phải không sau ngày cuối.")
    else:
        found = [day for day in ends(step, last, MOST_POINTS + 1) if day >= start]
    if found[-1:] != [last]:
        found.append(last)
    if len(found) > MOST_POINTS:
        detail = f"Nhiều nhất {MOST_POINTS} điểm: hãy chọn bước dài hơn hoặc ngày đầu muộn hơn."
        raise Invalid.at("/query/step", detail)
    return found
