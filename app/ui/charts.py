"""Geometry of the drawn figures: bullet, sparkline, heat cell, career lanes. Numbers in, coordinates out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from app.ui.display import date_vn, parse_iso, span_vn
from app.ui.texts import GRADE, GRADE_SHORT, _, label

# A gap is "near" when at most ten persons and under 8 % of the required number are missing (ui/design §8).
NEAR_PERSONS, NEAR_PERCENT = 10, 8
LIGHT_PERCENT, MIDDLE_PERCENT = 10, 35
HIGH_TARGET = 90
SHORTEST = 4  # letters; fewer with a dot say nothing
LETTER = 6.1  # mean width of a 13 px letter of the vendored font, in SVG units


@dataclass(frozen=True)
class Bullet:
    """A bar in percent of its row's width: done, missing up to the target, target, baseline."""

    done: str
    target: str
    base: str | None
    met: bool


def bullet(value: object, target: object, *, met: bool, base: object = None) -> Bullet | None:
    """Scaled per row, so that the target stands at four fifths (0.93 for targets near 100 %)."""
    if value is None or target is None:
        return None
    done, aim = Decimal(str(value)), Decimal(str(target))
    axis = aim / (Decimal("0.93") if aim >= HIGH_TARGET else Decimal("0.8"))
    axis = max(axis, done / Decimal("0.98"), Decimal(1))
    ring = Decimal(str(base)) if base is not None else None

    def at(number: Decimal) -> str:
        return f"{max(min(number * 100 / axis, Decimal(100)), Decimal(0)):.2f}%"

    return Bullet(at(done), at(aim), at(ring) if ring is not None else None, met)


@dataclass(frozen=True)
class Spark:
    """A line of the last quarters in an 84 × 24 box, and its last point."""

    points: str
    x: str
    y: str
    first: object
    last: object
    count: int


def spark(history: Sequence[Mapping[str, Any]] | None) -> Spark | None:
    """None with fewer than two known values: one point is no trend."""
    known = [(index, point.get("value")) for index, point in enumerate(history or [])]
    values = [(index, Decimal(str(value))) for index, value in known if value is not None]
    if len(values) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    low, high = min(v for _i, v in values), max(v for _i, v in values)
    spread = (high - low) or Decimal(1)
    wide = Decimal(80) / max(len(known) - 1, 1)
    middle = high == low

    def place(index: int, value: Decimal) -> tuple[str, str]:
        height = Decimal(12) if middle else Decimal(20) - (value - low) / spread * 16
        return f"{2 + index * wide:.1f}", f"{height:.1f}"

    dots = [place(index, value) for index, value in values]
    line = " ".join(f"{x},{y}" for x, y in dots)
    return Spark(line, dots[-1][0], dots[-1][1], values[0][1], values[-1][1], len(known))


@dataclass(frozen=True)
class Trend:
    """A line chart of a series in a 360 × 190 box: dots with their day and value, lines of the axes."""

    points: str
    dots: list[tuple[str, str, str, Decimal]]
    grid: list[tuple[str, Decimal]]
    years: list[tuple[str, str]]
    target: str | None


def trend(series: Sequence[Mapping[str, Any]], target: object = None) -> Trend | None:
    """None when fewer than two days have a value."""
    known = [
        (day, Decimal(str(row["value"])))
        for row in series
        if (day := parse_iso(row.get("as_of"))) is not None and row.get("value") is not None
    ]
    if len(known) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    aim = Decimal(str(target)) if target is not None else None
    values = [value for _day, value in known] + ([aim] if aim is not None else [])
    low, high = min(values), max(values)
    pad = max((high - low) / 8, Decimal("0.5"))
    low, high = max(low - pad, Decimal(0)), high + pad
    if max(values) <= 100 and target is not None:  # noqa: PLR2004 - a share never passes 100 %
        high = min(high, Decimal(100))
    first, last = known[0][0].toordinal(), known[-1][0].toordinal()

    def x(day: date) -> str:
        return f"{48 + Decimal(day.toordinal() - first) * 300 / max(last - first, 1):.1f}"

    def y(value: Decimal) -> str:
        return f"{158 - (value - low) * 140 / (high - low):.1f}"

    steps = [low + (high - low) * part / 4 for part in range(5)]
    years = [(x(date(year, 1, 1)), str(year)) for year in range(known[0][0].year + 1, known[-1][0].year + 1)]
    dots = [(x(day), y(value), date_vn(day), value) for day, value in known]
    return Trend(
        " ".join(f"{a},{b}" for a, b, _day, _value in dots),
        dots,
        [(y(step), step) for step in steps],
        years[:: max(len(years) // 5, 1)],
        y(aim) if aim is not None else None,
    )


def next_target(item: Mapping[str, Any], milestone: int | None = None) -> Mapping[str, Any] | None:
    """The target of a milestone year, or the first one; None when the indicator has none."""
    targets = [t for t in item.get("targets") or [] if isinstance(t, Mapping)]
    if milestone is not None:
        targets = [t for t in targets if str(t.get("due", ""))[:4] == str(milestone)]
    return targets[0] if targets else None


def required(numerator: int, gap: int) -> int:
    """Persons the target asks for, the denominator as it stands."""
    return numerator + gap


def surplus(item: Mapping[str, Any], target: Mapping[str, Any]) -> int | None:
    """Persons above what the target needs; integers only. None where there are none."""
    numerator, denominator = item.get("numerator"), item.get("denominator")
    if not isinstance(numerator, int) or not isinstance(denominator, int) or not denominator:
        return None
    threshold = Decimal(str(target.get("threshold_percent") or 0))
    whole, rest = divmod(threshold * denominator, 100)
    need = int(whole) + (1 if rest or target.get("comparator") == ">" else 0)
    return numerator - need if numerator > need else None


def near(item: Mapping[str, Any], target: Mapping[str, Any]) -> bool:
    """Whether few enough persons are missing to say «sắp đạt»."""
    gap, numerator = target.get("gap_persons"), item.get("numerator")
    if target.get("met") or not isinstance(gap, int) or not isinstance(numerator, int):
        return False
    return 0 < gap <= NEAR_PERSONS and gap * 100 < NEAR_PERCENT * required(numerator, gap)


def heat(item: Mapping[str, Any] | None, target: Mapping[str, Any] | None) -> str:
    """The class of a heat cell: h0 met, h1–h3 by the share missing, hx not entered, na not applicable.

    One missing person is always the lightest step: small units jump.
    """
    if item is None or item.get("status") == "not_applicable" or target is None:
        return "na"
    numerator = item.get("numerator")
    gap = target.get("gap_persons")
    if item.get("value") is None or not isinstance(numerator, int):
        return "hx"
    if target.get("met"):
        return "h0"
    if not isinstance(gap, int):
        return "hx"
    need = required(numerator, gap)
    if gap <= 1 or gap * 100 < LIGHT_PERCENT * need:
        return "h1"
    return "h2" if gap * 100 <= MIDDLE_PERCENT * need else "h3"


@dataclass(frozen=True)
class Segment:
    """A bar of a lane, with the text that fits in or beside it."""

    x: str
    width: str
    style: str
    full: str
    text: str
    text_x: str
    text_style: str


@dataclass
class Lane:
    """One row of the career chart."""

    name: str
    y: int
    height: int
    segments: list[Segment] = field(default_factory=list)


@dataclass(frozen=True)
class Lanes:
    """A career from its first known year to the day looked at."""

    lanes: list[Lane]
    years: list[tuple[str, str]]
    now: str
    now_text: str
    height: int
    first: int
    last: int


LEFT, RIGHT = 82, 660


def lanes(items: Iterable[Mapping[str, Any]], day: date) -> Lanes | None:
    """The lanes of a timeline; None when nothing in it has a beginning by that day."""
    known = [i for i in items if (begin := parse_iso(i.get("from"))) is not None and begin <= day]
    if not known:
        return None
    first = min(begin.year for i in known if (begin := parse_iso(i.get("from"))) is not None)
    origin = date(first, 1, 1).toordinal()
    length = max(day.toordinal() - origin, 365)

    def x(when: date) -> float:
        return LEFT + (when.toordinal() - origin) * (RIGHT - LEFT) / length

    rows = [
        (_("Công tác"), ("assignment",), 26),
        (_("Đảng"), ("party", "committee"), 21),
        (_("Đào tạo"), ("training", "qualification"), 21),
        (_("Xếp loại"), ("evaluation",), 20),
    ]
    drawn: list[Lane] = []
    y = 26
    for name, kinds, height in rows:
        own = [i for i in known if i.get("kind") in kinds and i.get("is_main") is not False]
        if not own:
            continue
        lane = Lane(name, y, height)
        own.sort(key=lambda i: str(i.get("from")))
        for index, item in enumerate(own):
            follower = parse_iso(own[index + 1].get("from")) if index + 1 < len(own) else None
            room = x(min(follower, day)) if follower is not None else float(RIGHT)
            lane.segments.append(_segment(item, day, x, room))
        drawn.append(lane)
        y += height + 12
    if not drawn:
        return None
    step = max((day.year - first) // 9, 1)
    years = [(f"{x(date(year, 1, 1)):.1f}", str(year)) for year in range(first, day.year, step)]
    years = [pair for pair in years if float(pair[0]) < RIGHT - 50]
    return Lanes(drawn, years, f"{x(day):.1f}", f"{day:%m/%Y}", y, first, day.year)


def _segment(item: Mapping[str, Any], day: date, x: Callable[[date], float], room: float) -> Segment:
    begin = parse_iso(item.get("from")) or day
    end = parse_iso(item.get("to"))
    kind = str(item.get("kind"))
    closed = min(end, day) if end is not None else None
    point = end is None and kind in {"training", "qualification", "evaluation"}
    left = x(begin)
    right = left + 8 if point else x(closed if closed is not None else day)
    if kind == "evaluation":
        right = min(left + 30, room - 3) if point else right
    width = max(right - left - 2, 3.0)
    text = str(item.get("short") or item.get("title") or "")
    style, text_style = _look(item, kind, current=end is None or end > day)
    if kind == "evaluation":
        text = label(GRADE_SHORT, item.get("grade") or "")
    inside = len(text) * LETTER + 10 <= width
    beside = not inside and len(text) * LETTER + 8 <= room - right
    while not inside and not beside and len(text) > SHORTEST:
        text = text[:-2].rstrip(" ,.…") + "…"
        inside = len(text) * LETTER + 10 <= width
    if not inside and not beside:
        text = ""
    precision = str(item.get("precision") or "day")
    full = f"{item.get('title') or ''}, {span_vn(begin, end, precision)}".strip(", ")
    if kind == "evaluation":
        full = _("Năm %(y)s: %(g)s") % {"y": begin.year, "g": label(GRADE, item.get("grade") or "")}
    return Segment(
        f"{left:.1f}",
        f"{width:.1f}",
        style,
        full,
        text,
        f"{left + 6 if inside else right + 4:.1f}",
        text_style if inside else "st",
    )


def _look(item: Mapping[str, Any], kind: str, *, current: bool) -> tuple[str, str]:
    if kind == "assignment":
        if current:
            return "seg3", "st w"
        return ("seg2", "st") if item.get("is_leadership") else ("seg1", "st")
    if kind in {"party", "committee"}:
        return "pty", "st"
    if kind == "evaluation":
        return ("x", "lt") if item.get("grade") == "excellent" else ("tt", "lt d")
    return "edu", "st"
