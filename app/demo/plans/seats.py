"""Titles that stand for a seat in a party committee: planned for like others, held by nobody as a post."""

from app.demo.ids import FIRST_DAY, Ids
from app.demo.titles import Title
from app.models.committee import MemberRank
from app.models.title import ManagedBy, TermKind
from app.models.unit import Level, UnitKind

SEATS = (
    # code, name, level, kind of the committee, managed by, rank, seat
    (
        "d.standing_member", "Ủy viên Ban Thường vụ Huyện ủy, Thành ủy",
        Level.DISTRICT, UnitKind.PARTY_COMMITTEE, ManagedBy.PROVINCE_COMMITTEE, 68, MemberRank.STANDING,
    ),
    (
        "d.committee_member", "Ủy viên Ban Chấp hành Đảng bộ huyện, thành phố",
        Level.DISTRICT, UnitKind.PARTY_COMMITTEE, ManagedBy.PROVINCE_COMMITTEE, 100, MemberRank.MEMBER,
    ),
    (
        "p.attached_member", "Ủy viên Ban Chấp hành Đảng bộ Khối các cơ quan và doanh nghiệp tỉnh",
        Level.PROVINCE, UnitKind.ATTACHED_COMMITTEE, ManagedBy.PROVINCE_COMMITTEE, 88, MemberRank.MEMBER,
    ),
    (
        "c.standing_member", "Ủy viên Ban Thường vụ Đảng ủy xã, phường, thị trấn",
        Level.COMMUNE, UnitKind.PARTY_COMMITTEE, ManagedBy.DISTRICT_COMMITTEE, 145, MemberRank.STANDING,
    ),
    (
        "c.committee_member", "Ủy viên Ban Chấp hành Đảng bộ xã, phường, thị trấn",
        Level.COMMUNE, UnitKind.PARTY_COMMITTEE, ManagedBy.DISTRICT_COMMITTEE, 170, MemberRank.MEMBER,
    ),
)  # fmt: skip
"""Managed one level up, as the secretaries are; the province's own seats are planned by the centre."""


def seat_titles(ids: Ids) -> dict[str, Title]:
    """The seats by code, as titles of the catalogue."""
    return {
        code: Title(
            ids.new(FIRST_DAY), code, name, level, kind, managed_by, TermKind.ELECTED_TERM, rank,
            committee_seat=seat,
        )
        for code, name, level, kind, managed_by, rank, seat in SEATS
    }  # fmt: skip
