"""The units of the test world: a province with two districts of three communes, and their bodies."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.models.base import search_key, text_key
from app.models.unit import (
    ChangeKind,
    CommitteeTier,
    Level,
    Unit,
    UnitChange,
    UnitChangePart,
    UnitClosure,
    UnitForm,
    UnitKind,
    UnitVersion,
)
from app.services import closure
from tests.world.rows import BEGIN, Book, key

MERGED_ON = date(2020, 1, 1)
"""On this day Niêm Tòng ended in Niêm Sơn, with all its bodies."""


@dataclass(frozen=True, slots=True)
class Place:
    """One unit: its name, what it is, where it lies."""

    name: str
    kind: UnitKind
    level: Level
    parent: str | None
    code: str
    type: str | None = None
    tier: CommitteeTier | None = None
    plans: bool = False
    valid_to: date | None = None
    into: str | None = None
    """The unit it ended in."""


P, D, C = Level.PROVINCE, Level.DISTRICT, Level.COMMUNE
K = UnitKind
T = CommitteeTier

PLACES: dict[str, Place] = {
    "tinh": Place("Tỉnh Hà Giang", K.PROVINCE, P, None, "02", "tinh", plans=True),
    "tinh-uy": Place("Tỉnh ủy", K.PARTY_COMMITTEE, P, "tinh", "T01", tier=T.PROVINCE),
    "ban-to-chuc": Place("Ban Tổ chức Tỉnh ủy", K.PARTY_BOARD, P, "tinh", "T02", plans=True),
    "uy-ban-kiem-tra": Place("Ủy ban Kiểm tra Tỉnh ủy", K.PARTY_BOARD, P, "tinh", "T03", plans=True),
    "hdnd-tinh": Place("Hội đồng nhân dân tỉnh", K.COUNCIL, P, "tinh", "T04"),
    "ubnd-tinh": Place("Ủy ban nhân dân tỉnh", K.PEOPLE_COMMITTEE, P, "tinh", "H22"),
    "so-noi-vu": Place("Sở Nội vụ", K.DEPARTMENT, P, "tinh", "H22.01", plans=True),
    "phong-to-chuc-can-bo": Place("Phòng Tổ chức cán bộ", K.DIVISION, P, "so-noi-vu", "H22.01.01"),
    "so-y-te": Place("Sở Y tế", K.DEPARTMENT, P, "tinh", "H22.02", plans=True),
    "so-xay-dung": Place("Sở Xây dựng", K.DEPARTMENT, P, "tinh", "H22.03", plans=True),
    "mat-tran": Place("Ủy ban Mặt trận Tổ quốc tỉnh", K.FRONT, P, "tinh", "T05", plans=True),
    "dang-uy-khoi": Place(
        "Đảng ủy Khối các cơ quan tỉnh", K.ATTACHED_COMMITTEE, P, "tinh", "T06", tier=T.ABOVE_GRASSROOTS
    ),
}
DISTRICTS = {"dong-van": ("Huyện Đồng Văn", "026"), "meo-vac": ("Huyện Mèo Vạc", "027")}
COMMUNES = {
    "lung-cu": ("Xã Lũng Cú", "00715", "dong-van"),
    "ta-lung-dv": ("Xã Tả Lủng", "00742", "dong-van"),
    "ma-le": ("Xã Má Lé", "00718", "dong-van"),
    "ta-lung-mv": ("Xã Tả Lủng", "00796", "meo-vac"),
    "niem-son": ("Xã Niêm Sơn", "00817", "meo-vac"),
    "niem-tong": ("Xã Niêm Tòng", "00815", "meo-vac"),
}


def _districts() -> dict[str, Place]:
    places: dict[str, Place] = {}
    for slug, (name, code) in DISTRICTS.items():
        short = name.removeprefix("Huyện ")
        places |= {
            slug: Place(name, K.DISTRICT, D, "tinh", code, "huyen", plans=True),
            f"huyen-uy.{slug}": Place(
                f"Huyện ủy {short}", K.PARTY_COMMITTEE, D, slug, f"T{code}", tier=T.ABOVE_GRASSROOTS
            ),
            f"ban-to-chuc.{slug}": Place(
                f"Ban Tổ chức Huyện ủy {short}", K.PARTY_BOARD, D, slug, f"T{code}.1"
            ),
            f"hdnd.{slug}": Place(f"Hội đồng nhân dân huyện {short}", K.COUNCIL, D, slug, f"T{code}.2"),
            f"ubnd.{slug}": Place(
                f"Ủy ban nhân dân huyện {short}", K.PEOPLE_COMMITTEE, D, slug, f"H22.{code}"
            ),
            f"phong-noi-vu.{slug}": Place(
                f"Phòng Nội vụ huyện {short}", K.DIVISION, D, slug, f"H22.{code}.01"
            ),
            f"truong.{slug}": Place(
                f"Trường Trung học cơ sở {short}", K.PUBLIC_SERVICE, D, slug, f"H22.{code}.02", plans=True
            ),
        }
    return places


def _communes() -> dict[str, Place]:
    places: dict[str, Place] = {}
    for slug, (name, code, district) in COMMUNES.items():
        short = name.removeprefix("Xã ")
        ended = MERGED_ON if slug == "niem-tong" else None

        def into(body: str, ended: date | None = ended) -> str | None:
            return f"{body}niem-son" if ended else None

        places |= {
            slug: Place(name, K.COMMUNE, C, district, code, "xa", plans=True, valid_to=ended, into=into("")),
            f"dang-uy.{slug}": Place(
                f"Đảng ủy xã {short}",
                K.PARTY_COMMITTEE,
                C,
                slug,
                f"T{code}",
                tier=T.GRASSROOTS,
                valid_to=ended,
                into=into("dang-uy."),
            ),
            f"hdnd.{slug}": Place(
                f"Hội đồng nhân dân xã {short}",
                K.COUNCIL,
                C,
                slug,
                f"T{code}.1",
                valid_to=ended,
                into=into("hdnd."),
            ),
            f"ubnd.{slug}": Place(
                f"Ủy ban nhân dân xã {short}",
                K.PEOPLE_COMMITTEE,
                C,
                slug,
                f"H22.{code}",
                valid_to=ended,
                into=into("ubnd."),
            ),
        }
    return places


PLACES |= _districts() | _communes()


def unit(slug: str) -> UUID:
    """The id of a unit of the test world; KeyError if there is none of that name."""
    return key("unit", slug) if slug in PLACES else _unknown(slug)


def _unknown(slug: str) -> UUID:
    raise KeyError(slug)


def _version(slug: str, place: Place) -> dict[str, Any]:
    territory = place.kind.value == place.level.value
    return {
        "unit_id": unit(slug),
        "name": place.name,
        "search_key": search_key(place.name),
        "sort_key": text_key(place.name),
        "code": place.code,
        "level": place.level,
        "form": UnitForm.TERRITORY if territory else UnitForm.BODY,
        "kind": place.kind,
        "type": place.type,
        "parent_id": unit(place.parent) if place.parent else None,
        "plans_for_itself": place.plans,
        "committee_tier": place.tier,
        "valid_from": BEGIN,
        "valid_to": place.valid_to,
    }


def write(book: Book) -> None:
    """Units, their versions, the merger and the closure."""
    for slug in PLACES:
        book.add(Unit, id=unit(slug))
    for slug, place in PLACES.items():
        version = _version(slug, place)
        if slug == "ma-le":
            # Entered with a wrong tone in 2010, set right in 2018.
            right = version | {"name": "Xã Ma Lé", "search_key": "xa ma le", "sort_key": text_key("Xã Ma Lé")}
            wrong = {name: version[name] for name in ("name", "search_key", "sort_key")}
            book.corrected(UnitVersion, slug, right, wrong, date(2018, 3, 15))
        elif slug == "so-xay-dung":
            # Renamed: two spans, nothing corrected.
            cut = date(2016, 1, 1)
            before = version | {"name": "Sở Xây dựng và Giao thông", "valid_to": cut}
            before |= {"search_key": search_key(before["name"]), "sort_key": text_key(before["name"])}
            book.fact(UnitVersion, f"{slug}/1", **before)
            book.fact(UnitVersion, f"{slug}/2", **(version | {"valid_from": cut}))
        else:
            book.fact(UnitVersion, slug, **version)
    change = book.add(
        UnitChange,
        id=key("change", "niem-tong"),
        kind=ChangeKind.MERGE,
        on_day=MERGED_ON,
        basis_number="01/NQ-TEST",
        basis_issuer="Ủy ban Thường vụ Quốc hội",
        basis_signed_on=date(2019, 11, 21),
    )
    for slug, place in PLACES.items():
        if place.into:
            book.add(
                UnitChangePart,
                id=key("part", slug),
                change_id=change["id"],
                from_unit_id=unit(slug),
                to_unit_id=unit(place.into),
            )
    links = closure.links(book.rows[UnitVersion])
    successions = closure.successions(book.rows[UnitChange], book.rows[UnitChangePart])
    for number, edge in enumerate(closure.rows(links, successions)):
        book.add(UnitClosure, id=key("closure", str(number)), **edge)
