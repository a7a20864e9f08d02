"""Targets of the resolution: the dashboard, and one target with what it is made of."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fastapi import APIRouter, Response

from app.ui import charts
from app.ui.display import date_vn, number_vn, parse_iso, percent_vn
from app.ui.render import page, see, wants_block
from app.ui.shell import BASELINE, Changes, Page, Shell
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
MILESTONES = (2025, 2030)
QUARTERS = 8
NOT_FOUND = 404
# The resolution's printed share of young cadres counts 40-year-olds in, its target leaves them out.
NO_RING = frozenset({"managed_young", "managed_young_province"})


@dataclass
class Row:
    """An indicator with its target of the milestone and the links to the people behind its numbers."""

    item: dict[str, Any]
    target: dict[str, Any] | None
    numerator_url: str
    denominator_url: str
    missing_url: str
    base: Any = None
    surplus: int | None = None
    fewer: bool = False
    """What is counted must go away: nobody is missing, each of the numerator is to be settled."""


@dataclass
class Cell:
    """One unit under one target."""

    style: str
    title: str
    href: str = ""
    value: str = ""
    gap: str = ""
    met: bool = False
    words: str = ""


@dataclass
class HeatRow:
    """One unit under all targets."""

    name: str
    href: str
    cells: list[Cell]
    total: bool = False


@dataclass
class Board:
    """The dashboard's content."""

    milestone: int
    scope: str
    unit_id: str
    milestones: tuple[int, ...] = MILESTONES
    rows: list[Row] = field(default_factory=list)
    figures: list[Row] = field(default_factory=list)
    columns: list[Row] = field(default_factory=list)
    heat: list[HeatRow] = field(default_factory=list)
    due: date | None = None
    days_left: int | None = None
    nothing: str = ""
    published_on: date | None = None
    """The day to look at instead, where the figures of this one aren't published."""

    @property
    def unit_params(self) -> Changes:
        """The unit as links carry it."""
        return {"don-vi": self.unit_id} if self.unit_id else {}

    @property
    def has_base(self) -> bool:
        """Whether any row draws the ring of the baseline."""
        return any(row.base is not None for row in self.rows)

    def _judged(self) -> list[Row]:
        return [r for r in self.rows if r.target and r.item.get("status") in {"met", "not_met"}]

    @property
    def met(self) -> int:
        """Targets reached."""
        return sum(1 for r in self._judged() if r.target and r.target.get("met"))

    @property
    def known(self) -> int:
        """Targets with figures."""
        return len(self._judged())

    @property
    def unmet(self) -> int:
        """Targets not reached."""
        return self.known - self.met

    @property
    def unknown(self) -> int:
        """Targets without figures."""
        return len(self.rows) - self.known

    def _near(self) -> list[int]:
        return [
            int(r.target["gap_persons"]) for r in self._judged() if r.target and charts.near(r.item, r.target)
        ]

    @property
    def near(self) -> int:
        """Targets missed by few."""
        return len(self._near())

    @property
    def near_persons(self) -> int:
        """Persons missing to those."""
        return sum(self._near())


@pages.get("/")
async def home(shell: Page) -> Response:
    """The first page: the dashboard, or what the caller may see instead."""
    if shell.can("indicator:read"):
        return see(shell.url("/chi-tieu"))
    own = shell.me.get("cadre_id")
    return see(shell.url(f"/can-bo/{own}" if own and shell.can("cadre:read") else "/don-vi"))


@pages.get("/chi-tieu")
async def dashboard(shell: Page) -> Response:
    """Every target of a milestone with the persons still missing, then by unit."""
    asked = shell.request.query_params
    milestone = int(asked["moc"]) if asked.get("moc") in {str(m) for m in MILESTONES} else MILESTONES[0]
    unit_id = asked.get("don-vi", "")
    base: Changes = {"unit_id": unit_id, **shell.as_of}
    answer = await shell.api.get("/indicators", base)
    # Rows by unit and past quarters cost most: asked for what this page draws alone, the quarters apart.
    quarters = QUARTERS if asked.get("quy") else 0
    fragment = bool(quarters) and wants_block(shell.request)
    drawn = [
        i["id"] for i in answer["items"] if i.get("value") is not None and charts.next_target(i, milestone)
    ]
    ids = ",".join(drawn)
    calls = []
    if drawn:
        calls.append(
            shell.api.get(
                "/indicators", {**base, "ids": ids, "by": None if fragment else "unit", "history": quarters}
            )
        )
        if shell.day > BASELINE and not fragment:
            calls.append(shell.api.get("/indicators", {**base, "ids": ids, "as_of": BASELINE.isoformat()}))
    detailed, *begin = (await together(*calls)) if calls else [{"items": []}]
    whole = {i["id"]: i for i in detailed["items"]}
    answer = {**answer, "items": [whole.get(i["id"], i) for i in answer["items"]]}
    board = Board(milestone, _scope(answer, shell), unit_id)
    _board(shell, board, answer, begin[0] if begin else None)
    board.heat = _heat(shell, board)
    board.published_on = parse_iso(answer.get("published_on"))
    return page(shell, "indicators.html", block="quarters", view=board, quarters=quarters)


@pages.get("/chi-tieu/{indicator_id}")
async def one(shell: Page, indicator_id: str) -> Response:
    """A target: clause, numerator and denominator, readings beside the headline, trend, units."""
    unit_id = shell.request.query_params.get("don-vi", "")
    base: Changes = {"unit_id": unit_id, **shell.as_of}
    answer, series = await together(
        shell.api.get(f"/indicators/{indicator_id}", {**base, "by": "unit"}),
        shell.api.get(f"/indicators/{indicator_id}/series", base),
    )
    item = answer["items"][0]
    targets = item.get("targets") or []
    chosen = next((t for t in targets if str(t.get("due", "")) >= shell.day.isoformat()), None)
    target = chosen or (targets[-1] if targets else None)
    row = _row(shell, item, target, unit_id)
    children = [
        (child, _row(shell, child | {"id": indicator_id}, _same(child, target), *_place(child)))
        for child in item.get("children") or []
    ]
    points = series.get("items", []) if isinstance(series, dict) else []
    trend = charts.trend(
        points, target.get("threshold_percent") if target and item.get("denominator") else None
    )
    return page(
        shell,
        "indicator.html",
        item=item,
        row=row,
        target=target,
        children=children,
        trend=trend,
        points=points,
        scope=_scope(answer, shell),
        published_on=parse_iso(answer.get("published_on")),
        unit_id=unit_id,
    )


def people_url(shell: Shell, indicator_id: str, part: str, unit_id: str, *, own: bool = False) -> str:
    """The people behind a number; "" for who may see figures alone. `own`: the unit's own bodies alone."""
    if not shell.can("indicator:people"):
        return ""
    params = {"phan": part, "don-vi": unit_id, "rieng": "1" if own else None}
    return shell.url(f"/chi-tieu/{indicator_id}/ho-so", params)


def _fewer(target: dict[str, Any] | None) -> bool:
    """Whether the target asks for no more than so many."""
    return target is not None and target.get("comparator") == "<="


def _row(
    shell: Shell, item: dict[str, Any], target: dict[str, Any] | None, unit_id: str, own: str = ""
) -> Row:
    def behind(part: str) -> str:
        return people_url(shell, str(item.get("id")), part, unit_id, own=bool(own))

    return Row(
        item,
        target,
        behind("tu-so"),
        behind("mau-so"),
        behind("tu-so" if _fewer(target) else "con-thieu"),
        fewer=_fewer(target),
        surplus=charts.surplus(item, target) if target and target.get("met") else None,
    )


def _board(shell: Shell, board: Board, answer: dict[str, Any], begin: dict[str, Any] | None) -> None:
    items = [i for i in answer.get("items", []) if isinstance(i, dict)]
    at_start = {i.get("id"): i.get("value") for i in (begin or {}).get("items", [])}
    for item in items:
        target = charts.next_target(item, board.milestone)
        if target is not None:
            row = _row(shell, item, dict(target), board.unit_id)
            row.base = None if item.get("id") in NO_RING else at_start.get(item.get("id"))
            board.rows.append(row)
        elif _undated(item) and (item.get("value") is not None or item.get("reason") == "beyond_record"):
            board.figures.append(_row(shell, item, None, board.unit_id))
    dues = [d for r in board.rows if r.target and (d := parse_iso(r.target.get("due"))) is not None]
    board.due = max(dues) if dues else None
    board.days_left = (board.due - shell.day).days if board.due else None
    if items and all(i.get("reason") == "beyond_record" or i.get("value") is None for i in items):
        board.nothing = str(
            next((i["reason"] for i in items if i.get("reason") == "beyond_record"), "no_data")
        )


def _undated(item: dict[str, Any]) -> bool:
    """Whether it falls due on no day: a plain figure, or a requirement that always stands."""
    return all(one.get("due") is None for one in item.get("targets") or [])


def _heat(shell: Shell, board: Board) -> list[HeatRow]:
    board.columns = [r for r in board.rows if r.item.get("value") is not None and r.item.get("children")]
    if not board.columns:
        return []
    units: dict[tuple[str, str], dict[str, Any]] = {}
    for column in board.columns:
        for child in column.item["children"]:
            units.setdefault(_place(child), child.get("unit") or {})
    total = [_cell(shell, c, c.item, (board.unit_id, ""), board.milestone) for c in board.columns]
    rows = [HeatRow(board.scope, "", total, total=True)]
    for place, unit in units.items():
        cells = []
        for column in board.columns:
            figures = next((c for c in column.item["children"] if _place(c) == place), None)
            cells.append(_cell(shell, column, figures, place, board.milestone))
        href = "" if place[1] else shell.here({"don-vi": place[0]})
        rows.append(HeatRow(str(unit.get("name") or _("Cơ quan cấp trên")), href, cells))
    return rows


def _cell(
    shell: Shell, column: Row, own: dict[str, Any] | None, place: tuple[str, str], milestone: int
) -> Cell:
    target = charts.next_target(own, milestone) if own else None
    if own is not None and target is None and column.target:
        target = _same(own, column.target)
    title = str(column.item.get("name"))
    style = charts.heat(own, target)
    if style == "na" or own is None or target is None:
        return Cell("na", title, value=_("không áp dụng"))
    if style == "hx":
        word = _("ẩn") if own.get("suppressed") else _("chưa có")
        return Cell("hx", title, value=word)
    value = percent_vn(own.get("value"), 1) if own.get("denominator") else number_vn(own.get("value"))
    gap = target.get("gap_persons")
    met = bool(target.get("met"))
    gap_words = _("đạt") if met else _("thiếu %s") % number_vn(gap)
    part = "tu-so" if met else "con-thieu"
    return Cell(
        style,
        title,
        people_url(shell, str(column.item["id"]), part, place[0], own=bool(place[1])),
        value,
        gap_words,
        met,
        f"{value}, {gap_words}" + ("" if met else _(" người")),
    )


def _same(child: dict[str, Any], target: dict[str, Any] | None) -> dict[str, Any] | None:
    """The child's own verdict on the same target."""
    if target is None:
        return None
    found = [t for t in child.get("targets") or [] if t.get("due") == target.get("due")]
    return found[0] if found else None


def _place(row: dict[str, Any]) -> tuple[str, str]:
    """The unit of a row, and a mark where the row is its own bodies alone."""
    unit = row.get("unit")
    if not isinstance(unit, dict):
        return "", ""
    return str(unit.get("id") or ""), "1" if unit.get("own") else ""


def _scope(answer: dict[str, Any], shell: Shell) -> str:
    unit = answer.get("unit")
    name = str(unit.get("name") or "") if isinstance(unit, dict) else ""
    name = name or shell.province or _("toàn phạm vi")
    counted_on = parse_iso(answer.get("as_of"))
    if counted_on is None or counted_on == shell.day:
        return name
    # Whoever reads published figures alone is given those of the last quarter that has ended.
    return _("%(u)s, số liệu công bố đến hết ngày %(d)s") % {"u": name, "d": date_vn(counted_on)}
