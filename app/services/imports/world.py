"""What a file is held against: units, titles, posts with their seats, committee terms, code lists."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.base import nfc, search_key
from app.models.code import CodeItem, Ethnicity
from app.models.committee import CommitteeTerm
from app.models.post import Post, PostQuota
from app.models.title import Title, TitleVersion
from app.models.unit import Level, UnitForm, UnitVersion
from app.services import compliance
from app.services.dated import holds_on, known
from app.services.imports.cells import Codes
from app.services.imports.columns import WORDS
from app.services.scope import ScopedSession

TYPES = {
    "tinh": "tỉnh", "thanh-pho": "thành phố", "huyen": "huyện", "xa": "xã", "phuong": "phường",
    "thi-tran": "thị trấn", "thi-xa": "thị xã",
}  # fmt: skip
"""The word that stands before the name of a territory."""


@dataclass(frozen=True, slots=True)
class Place:
    """A unit as it stands today."""

    id: UUID
    code: str
    name: str
    level: Level
    territory: bool
    type: str
    parent_id: UUID | None
    plans: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One unit, or why there is not one: `column` is the cell to mend."""

    place: Place | None = None
    column: str = ""
    fault: str = ""
    accepted: tuple[str, ...] = ()


@dataclass(slots=True)
class Seats:
    """The seats of a post: until when each is held, from now on."""

    busy_until: dict[int, date] = field(default_factory=dict)

    def take(self, quota: int, day: date, wanted: int | None) -> int | None:
        """A seat that nobody holds from `day` on, held from now on; None if there is none."""
        numbers = (wanted,) if wanted is not None else range(1, quota + 1)
        free = next(
            (seat for seat in numbers if seat <= quota and self.busy_until.get(seat, date.min) <= day), None
        )
        if free is not None:
            self.busy_until[free] = date.max
        return free


def fold(text: str) -> str:
    """What two spellings of one name have in common."""
    return nfc(text).casefold()


def bare(text: str) -> str:
    """A folded name of a territory without the word for what it is."""
    folded = fold(text)
    for word in sorted(TYPES.values(), key=len, reverse=True):
        if folded.startswith(f"{word} "):
            return folded.removeprefix(f"{word} ")
    return folded


class World:
    """Everything that rows are judged by and that no row changes, but for the seats they take."""

    def __init__(self, session: ScopedSession, today: date) -> None:
        self.session = session
        self.today = today
        self.lists = lists(session)
        self.places: dict[UUID, Place] = {}
        self._named: dict[str, list[Place]] = defaultdict(list)
        self._coded: dict[str, list[Place]] = defaultdict(list)
        self._plain: dict[str, list[Place]] = defaultdict(list)
        self._resolved: dict[tuple[str, str, bool], Found] = {}
        self._titles: dict[tuple[UUID, str], tuple[UUID | None, tuple[str, ...]]] = {}
        self._units()
        self.writable = session.units_within(session.scope.writes, set(self.places))
        self.title_spans: dict[UUID, list[Any]] = defaultdict(list)
        self.title_codes: dict[UUID, str] = {}
        self.posts: dict[UUID, dict[UUID, UUID]] = defaultdict(dict)
        self.quotas: dict[UUID, list[Any]] = defaultdict(list)
        self.terms: dict[UUID, list[Any]] = defaultdict(list)
        self._posts()
        self._seats: dict[UUID, Seats] = {}

    def _units(self) -> None:
        rows = self.session.execute(
            columns(
                UnitVersion,
                "unit_id",
                "code",
                "name",
                "level",
                "form",
                "type",
                "parent_id",
                "plans_for_itself",
                "valid_from",
                "valid_to",
            ).where(known(UnitVersion))
        )
        self.unit_spans: dict[UUID, list[Any]] = defaultdict(list)
        for row in rows:
            span: Any = row
            self.unit_spans[row.unit_id].append(span)
            if not holds_on(span, self.today):
                continue
            territory = row.form == UnitForm.TERRITORY
            kind = TYPES.get(row.type or "", "") if territory else ""
            place = Place(
                row.unit_id,
                row.code,
                row.name,
                row.level,
                territory,
                kind,
                row.parent_id,
                row.plans_for_itself,
            )
            self.places[place.id] = place
            self._coded[place.code.casefold()].append(place)
            self._named[fold(place.name)].append(place)
            self._plain[search_key(bare(place.name) if territory else place.name)].append(place)
            if kind:
                self._named[fold(f"{kind} {place.name}")].append(place)

    def _posts(self) -> None:
        titles = self.session.execute(
            columns(
                TitleVersion,
                "title_id",
                "name",
                "managed_by",
                "unit_kind",
                "is_key",
                "is_secretary",
                "valid_from",
                "valid_to",
            )
            .add_columns(col(Title.code))
            .join(Title, col(Title.id) == col(TitleVersion.title_id))
            .where(known(TitleVersion))
        )
        for title in titles:
            self.title_spans[title.title_id].append(title)
            self.title_codes[title.title_id] = title.code
        for post in self.session.execute(columns(Post, "id", "unit_id", "title_id")):
            self.posts[post.unit_id][post.title_id] = post.id
        quotas = columns(PostQuota, "post_id", "quota", "valid_from", "valid_to")
        for quota in self.session.execute(quotas.where(known(PostQuota))):
            self.quotas[quota.post_id].append(quota)
        terms = columns(CommitteeTerm, "id", "unit_id", "valid_from", "valid_to")
        for term in self.session.execute(terms):
            self.terms[term.unit_id].append(term)

    # --- finding -------------------------------------------------------------------------------------

    def place(self, text: str, district: str, *, communes: bool = False) -> Found:
        """The unit a cell names by code or name, in the district beside it; `communes`: only communes."""
        key = (text, district, communes)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolved[key] = self._find(text, district, communes=communes)
        return found

    def _find(self, text: str, district: str, *, communes: bool) -> Found:
        column, beside = ("hometown_commune", "hometown_district") if communes else ("unit", "district")
        every = (
            self._coded.get(text.casefold())
            or self._named.get(fold(text))
            or self._plain.get(search_key(bare(text)))
            or self._plain.get(search_key(text), [])
        )
        candidates = [
            place for place in every if not communes or (place.territory and place.level == Level.COMMUNE)
        ]
        if not candidates:
            what = "xã, phường, thị trấn" if communes else "đơn vị"
            return Found(column=column, fault=f"Không có {what} này vào ngày {self.today:%d/%m/%Y}.")
        if district:
            wanted = bare(district)
            within = [place for place in candidates if wanted in self._around(place)]
            if not within:
                choices = tuple(sorted({self.district(place) for place in candidates} - {""}))
                return Found(column=beside, fault="Đơn vị này không ở huyện đó.", accepted=choices)
            candidates = within
        if len(candidates) > 1:
            choices = tuple(sorted({self.district(place) or place.code for place in candidates}))
            if len(choices) < len(candidates) or district:
                codes = tuple(sorted(place.code for place in candidates))
                return Found(column=column, fault="Có nhiều đơn vị cùng tên: hãy ghi mã.", accepted=codes)
            return Found(
                column=beside,
                fault=f"Có {len(candidates)} đơn vị tên «{candidates[0].name}»: hãy ghi huyện.",
                accepted=choices,
            )
        return Found(candidates[0])

    def _around(self, place: Place) -> set[str]:
        """The names of the territories a unit lies in, the district's among them."""
        names: set[str] = set()
        here: Place | None = place
        while here is not None:
            if here.territory and here.level != Level.COMMUNE:
                names.add(bare(here.name))
            here = self.places.get(here.parent_id) if here.parent_id else None
        return names

    def district(self, place: Place) -> str:
        """The name of the district a unit lies in; empty for units of the province."""
        here: Place | None = place
        while here is not None:
            if here.territory and here.level == Level.DISTRICT:
                return here.name
            here = self.places.get(here.parent_id) if here.parent_id else None
        return ""

    def head(self, unit_id: UUID) -> UUID:
        """The planning unit that `unit_id` lies in, where somebody of it is graded; else the unit itself."""
        here = self.places.get(unit_id)
        while here is not None and not here.plans:
            here = self.places.get(here.parent_id) if here.parent_id else None
        return here.id if here is not None and here.id in self.writable else unit_id

    def title(self, unit_id: UUID, text: str) -> tuple[UUID | None, tuple[str, ...]]:
        """The title a cell names among those that have a post in the unit; else the names there are."""
        found = self._titles.get((unit_id, text))
        if found is None:
            found = self._titles[unit_id, text] = self._title(unit_id, text)
        return found

    def _title(self, unit_id: UUID, text: str) -> tuple[UUID | None, tuple[str, ...]]:
        here = self.posts.get(unit_id, {})
        wanted = fold(text)
        found = []
        names = []
        for title_id in here:
            today = self.title_on(title_id, self.today)
            if today is None:
                continue
            names.append(str(today.name))
            if wanted in {fold(today.name), self.title_codes[title_id].casefold()}:
                found.append(title_id)
        return (found[0], ()) if len(found) == 1 else (None, tuple(sorted(names)[:12]))

    def title_on(self, title_id: UUID, day: date) -> Any:  # noqa: ANN401 - a row of title_version
        """The title as it is on a day; None if it isn't."""
        return next((span for span in self.title_spans[title_id] if holds_on(span, day)), None)

    def stands(self, unit_id: UUID, day: date) -> bool:
        """Whether a unit is there on a day."""
        return any(holds_on(span, day) for span in self.unit_spans[unit_id])

    def quota(self, post_id: UUID, day: date) -> int:
        """How many seats a post has on a day."""
        return next((int(row.quota) for row in self.quotas[post_id] if holds_on(row, day)), 0)

    def term(self, unit_id: UUID, day: date) -> UUID | None:
        """The committee's term that runs on a day."""
        return next((row.id for row in self.terms[unit_id] if holds_on(row, day)), None)

    # --- seats ---------------------------------------------------------------------------------------

    def load_seats(self, posts: Iterable[UUID]) -> None:
        """Looks up who sits where in posts not seen before; whoever keeps their files, and naming nobody."""
        wanted = set(posts) - self._seats.keys()
        if not wanted:
            return
        self._seats |= {post: Seats() for post in wanted}
        rows = compliance.counted(
            self.session,
            columns(AssignmentSpan, "post_id", "seat_no", "valid_to").where(
                col(AssignmentSpan.post_id).in_(wanted), known(AssignmentSpan)
            ),
        )
        for row in rows:
            busy = self._seats[row["post_id"]].busy_until
            busy[row["seat_no"]] = max(busy.get(row["seat_no"], date.min), row["valid_to"] or date.max)

    def seats(self, post_id: UUID) -> Seats:
        """The seats of a post that was looked up."""
        return self._seats[post_id]

    def leave(self, span: Mapping[str, Any], day: date) -> None:
        """Somebody gives up a seat on a day; who comes after finds it free."""
        seats = self._seats.get(span["post_id"])
        if seats is not None and seats.busy_until.get(span["seat_no"]) == date.max:
            seats.busy_until[span["seat_no"]] = day


def columns(model: Any, *names: str) -> Select[Any]:  # noqa: ANN401 - a mapped class
    """A select of these columns of a class."""
    return select(*(col(getattr(model, name)) for name in names))


def lists(session: ScopedSession) -> dict[str, Codes]:
    """Every list a column takes its choices from."""
    found = {name: Codes({str(code): word for code, word in words.items()}) for name, words in WORDS.items()}
    groups = session.execute(columns(Ethnicity, "slug", "name").order_by(col(Ethnicity.code_1979)))
    found["ethnicity"] = Codes({row.slug: row.name for row in groups})
    words: dict[str, dict[str, str]] = defaultdict(dict)
    entries = columns(CodeItem, "list_id", "code", "name").order_by(CodeItem.list_id, col(CodeItem.rank))
    for list_id, code, name in session.execute(entries):
        words[list_id][code] = name
    return found | {name: Codes(entry) for name, entry in words.items()}
