"""The titles of the test world, which body manages their holders, and the posts of each unit."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.models.base import search_key
from app.models.title import ManagedBy, StandardKind, TermKind, Title, TitleStandard, TitleVersion
from app.models.unit import Level, UnitKind
from tests.world.rows import BEGIN, Book, key
from tests.world.units import PLACES

P, D, C = Level.PROVINCE, Level.DISTRICT, Level.COMMUNE
K = UnitKind
M = ManagedBy
FIVE, ELECTED, NONE = TermKind.APPOINTED_5Y, TermKind.ELECTED_TERM, TermKind.NONE


@dataclass(frozen=True, slots=True)
class Sort:
    """One title: where it stands, who manages its holders, how many seats a unit has, how many are taken."""

    name: str
    level: Level
    kind: UnitKind
    managed_by: ManagedBy
    term: TermKind
    rank: int
    quota: int
    filled: int
    key: bool = False
    secretary: bool = False
    district_key: bool = False
    sensitive: int | None = None
    non_local: bool = False

    @property
    def leads(self) -> bool:
        """Whether its holders are leaders."""
        return self.term != NONE


SORTS: dict[str, Sort] = {
    "p.secretary": Sort(
        "Bí thư Tỉnh ủy", P, K.PARTY_COMMITTEE, M.CENTRAL, ELECTED, 1, 1, 1, key=True, secretary=True
    ),
    "p.deputy": Sort("Phó Bí thư Tỉnh ủy", P, K.PARTY_COMMITTEE, M.CENTRAL, ELECTED, 2, 2, 1, key=True),
    "p.chair": Sort(
        "Chủ tịch Ủy ban nhân dân tỉnh", P, K.PEOPLE_COMMITTEE, M.CENTRAL, ELECTED, 3, 1, 1, key=True
    ),
    "p.vice_chair": Sort(
        "Phó Chủ tịch Ủy ban nhân dân tỉnh",
        P,
        K.PEOPLE_COMMITTEE,
        M.PROVINCE_COMMITTEE,
        ELECTED,
        5,
        3,
        2,
        key=True,
    ),
    "p.council_vice": Sort(
        "Phó Chủ tịch Hội đồng nhân dân tỉnh", P, K.COUNCIL, M.PROVINCE_COMMITTEE, ELECTED, 5, 2, 2, key=True
    ),
    "board.head": Sort("Trưởng ban", P, K.PARTY_BOARD, M.PROVINCE_COMMITTEE, FIVE, 10, 1, 1, key=True),
    "board.deputy": Sort("Phó Trưởng ban", P, K.PARTY_BOARD, M.PROVINCE_COMMITTEE, FIVE, 11, 3, 2, key=True),
    "board.specialist": Sort("Chuyên viên ban Đảng", P, K.PARTY_BOARD, M.DEPARTMENT, NONE, 500, 8, 6),
    "dept.director": Sort("Giám đốc sở", P, K.DEPARTMENT, M.PROVINCE_COMMITTEE, FIVE, 12, 1, 1, key=True),
    "dept.deputy": Sort("Phó Giám đốc sở", P, K.DEPARTMENT, M.PROVINCE_COMMITTEE, FIVE, 13, 3, 2, key=True),
    "dept.specialist": Sort("Chuyên viên sở", P, K.DEPARTMENT, M.UNIT_HEAD, NONE, 510, 10, 8),
    "dept.finance": Sort(
        "Chuyên viên tài chính", P, K.DEPARTMENT, M.UNIT_HEAD, NONE, 511, 1, 1, sensitive=36
    ),
    "division.head": Sort("Trưởng phòng thuộc sở", P, K.DIVISION, M.DEPARTMENT, FIVE, 30, 1, 1),
    "division.deputy": Sort("Phó Trưởng phòng thuộc sở", P, K.DIVISION, M.DEPARTMENT, FIVE, 31, 2, 1),
    "division.specialist": Sort("Chuyên viên phòng", P, K.DIVISION, M.UNIT_HEAD, NONE, 520, 6, 4),
    "front.chair": Sort(
        "Chủ tịch Ủy ban Mặt trận Tổ quốc tỉnh", P, K.FRONT, M.PROVINCE_COMMITTEE, ELECTED, 14, 1, 1, key=True
    ),
    "front.specialist": Sort("Chuyên viên Mặt trận", P, K.FRONT, M.UNIT_HEAD, NONE, 530, 5, 4),
    "attached.secretary": Sort(
        "Bí thư Đảng ủy Khối",
        P,
        K.ATTACHED_COMMITTEE,
        M.PROVINCE_COMMITTEE,
        ELECTED,
        15,
        1,
        1,
        key=True,
        secretary=True,
    ),
    "attached.deputy": Sort(
        "Phó Bí thư Đảng ủy Khối", P, K.ATTACHED_COMMITTEE, M.ATTACHED_COMMITTEE, ELECTED, 16, 1, 1, key=True
    ),
    "d.secretary": Sort(
        "Bí thư Huyện ủy",
        D,
        K.PARTY_COMMITTEE,
        M.PROVINCE_COMMITTEE,
        ELECTED,
        20,
        1,
        1,
        key=True,
        secretary=True,
        district_key=True,
    ),
    "d.deputy": Sort(
        "Phó Bí thư Huyện ủy",
        D,
        K.PARTY_COMMITTEE,
        M.PROVINCE_COMMITTEE,
        ELECTED,
        21,
        2,
        2,
        key=True,
        district_key=True,
    ),
    "d.council_chair": Sort(
        "Chủ tịch Hội đồng nhân dân huyện",
        D,
        K.COUNCIL,
        M.PROVINCE_COMMITTEE,
        ELECTED,
        22,
        1,
        1,
        key=True,
        district_key=True,
    ),
    "d.chair": Sort(
        "Chủ tịch Ủy ban nhân dân huyện",
        D,
        K.PEOPLE_COMMITTEE,
        M.PROVINCE_COMMITTEE,
        ELECTED,
        22,
        1,
        1,
        key=True,
        district_key=True,
    ),
    "d.vice_chair": Sort(
        "Phó Chủ tịch Ủy ban nhân dân huyện",
        D,
        K.PEOPLE_COMMITTEE,
        M.PROVINCE_COMMITTEE,
        ELECTED,
        23,
        2,
        2,
        key=True,
    ),
    "d.board_head": Sort(
        "Trưởng ban Huyện ủy", D, K.PARTY_BOARD, M.DISTRICT_COMMITTEE, FIVE, 40, 1, 1, key=True
    ),
    "d.board_specialist": Sort(
        "Chuyên viên ban Huyện ủy", D, K.PARTY_BOARD, M.DISTRICT_COMMITTEE, NONE, 540, 5, 4
    ),
    "d.division_head": Sort("Trưởng phòng huyện", D, K.DIVISION, M.DISTRICT_COMMITTEE, FIVE, 41, 1, 1),
    "d.division_deputy": Sort("Phó Trưởng phòng huyện", D, K.DIVISION, M.DISTRICT_COMMITTEE, FIVE, 42, 2, 1),
    "d.specialist": Sort("Chuyên viên phòng huyện", D, K.DIVISION, M.UNIT_HEAD, NONE, 550, 6, 5),
    "d.principal": Sort("Hiệu trưởng", D, K.PUBLIC_SERVICE, M.DISTRICT_COMMITTEE, FIVE, 45, 1, 1),
    "d.teacher": Sort("Giáo viên", D, K.PUBLIC_SERVICE, M.UNIT_HEAD, NONE, 560, 40, 36),
    "c.secretary": Sort(
        "Bí thư Đảng ủy xã",
        C,
        K.PARTY_COMMITTEE,
        M.DISTRICT_COMMITTEE,
        ELECTED,
        60,
        1,
        1,
        key=True,
        secretary=True,
        non_local=True,
    ),
    "c.deputy": Sort(
        "Phó Bí thư Đảng ủy xã", C, K.PARTY_COMMITTEE, M.DISTRICT_COMMITTEE, ELECTED, 61, 1, 1, key=True
    ),
    "c.council_chair": Sort(
        "Chủ tịch Hội đồng nhân dân xã", C, K.COUNCIL, M.DISTRICT_COMMITTEE, ELECTED, 62, 1, 1, key=True
    ),
    "c.chair": Sort(
        "Chủ tịch Ủy ban nhân dân xã",
        C,
        K.PEOPLE_COMMITTEE,
        M.DISTRICT_COMMITTEE,
        ELECTED,
        62,
        1,
        1,
        key=True,
    ),
    "c.vice_chair": Sort(
        "Phó Chủ tịch Ủy ban nhân dân xã", C, K.PEOPLE_COMMITTEE, M.COMMUNE_COMMITTEE, ELECTED, 63, 2, 1
    ),
    "c.officer": Sort("Công chức xã", C, K.PEOPLE_COMMITTEE, M.UNIT_HEAD, NONE, 570, 20, 13),
}


def title(slug: str) -> UUID:
    """The id of a title of the test world."""
    if slug not in SORTS:
        raise KeyError(slug)
    return key("title", slug)


def post(unit: str, sort: str) -> UUID:
    """The id of the post of a title in a unit."""
    if unit not in PLACES:
        raise KeyError(unit)
    title(sort)
    return key("post", f"{unit}/{sort}")


def sorts_of(unit: str) -> list[str]:
    """The titles that a unit of this kind and level has posts of."""
    place = PLACES[unit]
    return [slug for slug, sort in SORTS.items() if (sort.level, sort.kind) == (place.level, place.kind)]


def _version(slug: str, sort: Sort) -> dict[str, Any]:
    return {
        "title_id": title(slug),
        "name": sort.name,
        "search_key": search_key(sort.name),
        "level": sort.level,
        "unit_kind": sort.kind,
        "managed_by": sort.managed_by,
        "is_key": sort.key,
        "is_leadership": sort.leads,
        "is_secretary": sort.secretary,
        "is_key_district": sort.district_key,
        "term_kind": sort.term,
        "sensitive_months": sort.sensitive,
        "must_be_non_local": sort.non_local,
        "rank": sort.rank,
        "valid_from": BEGIN,
    }


def write(book: Book) -> None:
    """Titles with their versions and standards."""
    for slug, sort in SORTS.items():
        book.add(Title, id=title(slug), code=slug)
        version = _version(slug, sort)
        if slug == "d.vice_chair":
            # The province took these holders over in 2016.
            cut = date(2016, 7, 1)
            book.fact(
                TitleVersion, f"{slug}/1", **version | {"managed_by": M.DISTRICT_COMMITTEE, "valid_to": cut}
            )
            book.fact(TitleVersion, f"{slug}/2", **version | {"valid_from": cut})
        elif slug == "dept.finance":
            # The sensitive period was entered as five years and set right in 2019.
            book.corrected(TitleVersion, slug, version, {"sensitive_months": 60}, date(2019, 9, 2))
        else:
            book.fact(TitleVersion, slug, **version)
        if sort.leads:
            for kind, minimum in (
                (StandardKind.EDUCATION, "university"),
                (StandardKind.POLITICAL_THEORY, "advanced" if sort.level == P else "intermediate"),
            ):
                book.add(
                    TitleStandard,
                    id=key("standard", f"{slug}/{kind}"),
                    title_id=title(slug),
                    kind=kind,
                    minimum=minimum,
                    clause="II.2.2(3)",
                    valid_from=BEGIN,
                )
