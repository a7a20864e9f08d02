"""The catalogue of titles: what each is called, who manages its holders, what it asks of them.

Who manages which title is typical practice; the province's own decision was not found (domain §5), so this
is data of the demo and nothing more. Secretary and deputy secretaries are the key titles of a committee.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from app.demo.ids import FIRST_DAY, Ids, recorded
from app.models.base import search_key
from app.models.committee import MemberRank
from app.models.title import ManagedBy, StandardKind, TermKind
from app.models.unit import Level, UnitKind

P, D, C = Level.PROVINCE, Level.DISTRICT, Level.COMMUNE
CENTRAL, MANAGED = ManagedBy.CENTRAL, ManagedBy.PROVINCE_COMMITTEE
DISTRICT, ATTACHED = ManagedBy.DISTRICT_COMMITTEE, ManagedBy.ATTACHED_COMMITTEE
DEPARTMENT, COMMUNE, HEAD = ManagedBy.DEPARTMENT, ManagedBy.COMMUNE_COMMITTEE, ManagedBy.UNIT_HEAD
FIVE, ELECTED, NO_TERM = TermKind.APPOINTED_5Y, TermKind.ELECTED_TERM, TermKind.NONE
KIND = UnitKind

Row = tuple[str, str, Level, UnitKind, ManagedBy, TermKind, int, str]

ROWS: tuple[Row, ...] = (
    # code, name, level, kind of unit, managed by, term, rank, flags: k key, l leadership, s secretary,
    # d key title of a district, n must not be local, and a number: months in a sensitive post
    ("p.secretary", "Bí thư Tỉnh ủy", P, KIND.PARTY_COMMITTEE, CENTRAL, ELECTED, 10, "kls"),
    ("p.deputy_secretary", "Phó Bí thư Tỉnh ủy", P, KIND.PARTY_COMMITTEE, CENTRAL, ELECTED, 14, "kl"),
    ("p.council_chair", "Chủ tịch Hội đồng nhân dân tỉnh", P, KIND.COUNCIL, CENTRAL, ELECTED, 12, "kl"),
    ("p.pc_chair", "Chủ tịch Ủy ban nhân dân tỉnh", P, KIND.PEOPLE_COMMITTEE, CENTRAL, ELECTED, 12, "kl"),
    ("p.council_vice", "Phó Chủ tịch Hội đồng nhân dân tỉnh", P, KIND.COUNCIL, MANAGED, ELECTED, 30, "kl"),
    ("p.pc_vice", "Phó Chủ tịch Ủy ban nhân dân tỉnh", P, KIND.PEOPLE_COMMITTEE, MANAGED, ELECTED, 30, "kl"),
    ("p.council_committee_head", "Trưởng Ban của Hội đồng nhân dân tỉnh", P, KIND.COUNCIL, MANAGED, ELECTED, 50, "l"),
    ("p.council_committee_deputy", "Phó Trưởng Ban của Hội đồng nhân dân tỉnh", P, KIND.COUNCIL, MANAGED, ELECTED, 70, "l"),
    ("p.board_head", "Trưởng Ban Đảng Tỉnh ủy", P, KIND.PARTY_BOARD, MANAGED, FIVE, 35, "kl"),
    ("p.board_deputy", "Phó Trưởng Ban Đảng Tỉnh ủy", P, KIND.PARTY_BOARD, MANAGED, FIVE, 55, "kl"),
    ("p.inspection_head", "Chủ nhiệm Ủy ban Kiểm tra Tỉnh ủy", P, KIND.PARTY_BOARD, MANAGED, ELECTED, 35, "kl"),
    ("p.inspection_deputy", "Phó Chủ nhiệm Ủy ban Kiểm tra Tỉnh ủy", P, KIND.PARTY_BOARD, MANAGED, ELECTED, 55, "kl"),
    ("p.office_chief", "Chánh Văn phòng cấp tỉnh", P, KIND.OFFICE, MANAGED, FIVE, 42, "kl"),
    ("p.office_deputy", "Phó Chánh Văn phòng cấp tỉnh", P, KIND.OFFICE, MANAGED, FIVE, 60, "kl"),
    ("p.director", "Giám đốc Sở", P, KIND.DEPARTMENT, MANAGED, FIVE, 45, "kl"),
    ("p.deputy_director", "Phó Giám đốc Sở", P, KIND.DEPARTMENT, MANAGED, FIVE, 62, "kl"),
    ("p.chief_inspector", "Chánh Thanh tra tỉnh", P, KIND.DEPARTMENT, MANAGED, FIVE, 45, "kl"),
    ("p.deputy_chief_inspector", "Phó Chánh Thanh tra tỉnh", P, KIND.DEPARTMENT, MANAGED, FIVE, 62, "kl"),
    ("p.agency_head", "Trưởng Ban (cơ quan ngang sở)", P, KIND.DEPARTMENT, MANAGED, FIVE, 45, "kl"),
    ("p.agency_deputy", "Phó Trưởng Ban (cơ quan ngang sở)", P, KIND.DEPARTMENT, MANAGED, FIVE, 62, "kl"),
    ("p.front_chair", "Chủ tịch Ủy ban Mặt trận Tổ quốc tỉnh", P, KIND.FRONT, MANAGED, ELECTED, 38, "kl"),
    ("p.front_vice", "Phó Chủ tịch Ủy ban Mặt trận Tổ quốc tỉnh", P, KIND.FRONT, MANAGED, ELECTED, 58, "kl"),
    ("p.mass_chair", "Chủ tịch tổ chức chính trị - xã hội tỉnh", P, KIND.MASS_ORGANISATION, MANAGED, ELECTED, 48, "kl"),
    ("p.mass_vice", "Phó Chủ tịch tổ chức chính trị - xã hội tỉnh", P, KIND.MASS_ORGANISATION, MANAGED, ELECTED, 64, "kl"),
    ("p.youth_secretary", "Bí thư Tỉnh đoàn", P, KIND.MASS_ORGANISATION, MANAGED, ELECTED, 48, "kl"),
    ("p.youth_deputy", "Phó Bí thư Tỉnh đoàn", P, KIND.MASS_ORGANISATION, MANAGED, ELECTED, 64, "kl"),
    ("p.association_chair", "Chủ tịch hội được giao nhiệm vụ cấp tỉnh", P, KIND.MASS_ORGANISATION, MANAGED, ELECTED, 52, "kl"),
    ("p.association_vice", "Phó Chủ tịch hội được giao nhiệm vụ cấp tỉnh", P, KIND.MASS_ORGANISATION, MANAGED, ELECTED, 68, "kl"),
    ("p.attached_secretary", "Bí thư Đảng ủy Khối", P, KIND.ATTACHED_COMMITTEE, MANAGED, ELECTED, 40, "kls"),
    ("p.attached_deputy", "Phó Bí thư Đảng ủy Khối", P, KIND.ATTACHED_COMMITTEE, MANAGED, ELECTED, 56, "kl"),
    ("p.service_head", "Thủ trưởng đơn vị sự nghiệp thuộc tỉnh", P, KIND.PUBLIC_SERVICE, MANAGED, FIVE, 54, "kl"),
    ("p.service_deputy", "Phó Thủ trưởng đơn vị sự nghiệp thuộc tỉnh", P, KIND.PUBLIC_SERVICE, MANAGED, FIVE, 69, "kl"),
    ("p.attached_board_head", "Trưởng Ban, Chánh Văn phòng Đảng ủy Khối", P, KIND.DIVISION, ATTACHED, FIVE, 90, "l"),
    ("p.attached_board_deputy", "Phó Trưởng Ban, Phó Văn phòng Đảng ủy Khối", P, KIND.DIVISION, ATTACHED, FIVE, 110, "l"),
    ("p.division_head", "Trưởng phòng và tương đương thuộc cơ quan cấp tỉnh", P, KIND.DIVISION, DEPARTMENT, FIVE, 90, "l"),
    ("p.division_deputy", "Phó Trưởng phòng và tương đương thuộc cơ quan cấp tỉnh", P, KIND.DIVISION, DEPARTMENT, FIVE, 110, "l"),
    ("p.principal", "Hiệu trưởng trường trung học phổ thông", P, KIND.PUBLIC_SERVICE, DEPARTMENT, FIVE, 92, "kl"),
    ("p.vice_principal", "Phó Hiệu trưởng trường trung học phổ thông", P, KIND.PUBLIC_SERVICE, DEPARTMENT, FIVE, 112, "kl"),
    ("p.centre_head", "Giám đốc đơn vị sự nghiệp thuộc sở", P, KIND.PUBLIC_SERVICE, DEPARTMENT, FIVE, 92, "kl"),
    ("p.centre_deputy", "Phó Giám đốc đơn vị sự nghiệp thuộc sở", P, KIND.PUBLIC_SERVICE, DEPARTMENT, FIVE, 112, "kl"),
    ("p.ward_head", "Trưởng khoa, trưởng phòng đơn vị sự nghiệp cấp tỉnh", P, KIND.PUBLIC_SERVICE, DEPARTMENT, FIVE, 120, "l"),
    ("p.expert", "Chuyên viên", P, KIND.DIVISION, HEAD, NO_TERM, 400, ""),
    ("p.personnel_expert", "Chuyên viên tổ chức cán bộ", P, KIND.DIVISION, HEAD, NO_TERM, 390, "60"),
    ("p.finance_expert", "Chuyên viên tài chính, đầu tư, cấp phép", P, KIND.DIVISION, HEAD, NO_TERM, 390, "36"),
    ("p.front_expert", "Chuyên viên Mặt trận tỉnh", P, KIND.FRONT, HEAD, NO_TERM, 400, ""),
    ("p.mass_expert", "Chuyên viên đoàn thể, hội cấp tỉnh", P, KIND.MASS_ORGANISATION, HEAD, NO_TERM, 400, ""),
    ("p.teacher", "Giáo viên trung học phổ thông, giảng viên", P, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 500, ""),
    ("p.doctor", "Bác sĩ tuyến tỉnh", P, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 480, ""),
    ("p.nurse", "Điều dưỡng, kỹ thuật viên tuyến tỉnh", P, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 520, ""),
    ("p.service_staff", "Viên chức chuyên môn đơn vị sự nghiệp cấp tỉnh", P, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 510, ""),
    ("p.accountant", "Kế toán đơn vị sự nghiệp cấp tỉnh", P, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 505, "60"),
    ("d.secretary", "Bí thư Huyện ủy, Thành ủy", D, KIND.PARTY_COMMITTEE, MANAGED, ELECTED, 40, "klsd"),
    ("d.deputy_secretary", "Phó Bí thư Huyện ủy, Thành ủy", D, KIND.PARTY_COMMITTEE, MANAGED, ELECTED, 46, "kld"),
    ("d.council_chair", "Chủ tịch Hội đồng nhân dân cấp huyện", D, KIND.COUNCIL, MANAGED, ELECTED, 47, "kld"),
    ("d.council_vice", "Phó Chủ tịch Hội đồng nhân dân cấp huyện", D, KIND.COUNCIL, MANAGED, ELECTED, 65, "kl"),
    ("d.council_committee_deputy", "Phó Trưởng Ban của Hội đồng nhân dân cấp huyện", D, KIND.COUNCIL, DISTRICT, ELECTED, 105, "l"),
    ("d.pc_chair", "Chủ tịch Ủy ban nhân dân cấp huyện", D, KIND.PEOPLE_COMMITTEE, MANAGED, ELECTED, 44, "kld"),
    ("d.pc_vice", "Phó Chủ tịch Ủy ban nhân dân cấp huyện", D, KIND.PEOPLE_COMMITTEE, MANAGED, ELECTED, 65, "kl"),
    ("d.board_head", "Trưởng Ban Đảng Huyện ủy, Thành ủy", D, KIND.PARTY_BOARD, MANAGED, FIVE, 66, "l"),
    ("d.board_deputy", "Phó Trưởng Ban Đảng Huyện ủy, Thành ủy", D, KIND.PARTY_BOARD, DISTRICT, FIVE, 102, "l"),
    ("d.inspection_head", "Chủ nhiệm Ủy ban Kiểm tra Huyện ủy, Thành ủy", D, KIND.PARTY_BOARD, MANAGED, ELECTED, 66, "l"),
    ("d.inspection_deputy", "Phó Chủ nhiệm Ủy ban Kiểm tra Huyện ủy, Thành ủy", D, KIND.PARTY_BOARD, DISTRICT, ELECTED, 102, "l"),
    ("d.office_chief", "Chánh Văn phòng Huyện ủy, Thành ủy", D, KIND.OFFICE, MANAGED, FIVE, 67, "l"),
    ("d.office_deputy", "Phó Chánh Văn phòng Huyện ủy, Thành ủy", D, KIND.OFFICE, DISTRICT, FIVE, 104, "l"),
    ("d.front_chair", "Chủ tịch Ủy ban Mặt trận Tổ quốc cấp huyện", D, KIND.FRONT, MANAGED, ELECTED, 66, "l"),
    ("d.front_vice", "Phó Chủ tịch Ủy ban Mặt trận Tổ quốc cấp huyện", D, KIND.FRONT, DISTRICT, ELECTED, 103, "l"),
    ("d.mass_chair", "Chủ tịch đoàn thể cấp huyện", D, KIND.MASS_ORGANISATION, MANAGED, ELECTED, 72, "l"),
    ("d.youth_secretary", "Bí thư Huyện đoàn, Thành đoàn", D, KIND.MASS_ORGANISATION, MANAGED, ELECTED, 72, "l"),
    ("d.mass_vice", "Phó Chủ tịch, Phó Bí thư đoàn thể cấp huyện", D, KIND.MASS_ORGANISATION, DISTRICT, ELECTED, 108, "l"),
    ("d.union_chair", "Chủ tịch Liên đoàn Lao động, Hội Cựu chiến binh cấp huyện", D, KIND.MASS_ORGANISATION, DISTRICT, ELECTED, 95, "l"),
    ("d.division_head", "Trưởng phòng, Chánh Văn phòng, Chánh Thanh tra cấp huyện", D, KIND.DIVISION, DISTRICT, FIVE, 94, "l"),
    ("d.division_deputy", "Phó Trưởng phòng, Phó Chánh Văn phòng, Phó Chánh Thanh tra cấp huyện", D, KIND.DIVISION, DISTRICT, FIVE, 114, "l"),
    ("d.centre_head", "Giám đốc đơn vị sự nghiệp cấp huyện", D, KIND.PUBLIC_SERVICE, DISTRICT, FIVE, 96, "kl"),
    ("d.centre_deputy", "Phó Giám đốc đơn vị sự nghiệp cấp huyện", D, KIND.PUBLIC_SERVICE, DISTRICT, FIVE, 116, "kl"),
    ("d.principal", "Hiệu trưởng trường mầm non, tiểu học, trung học cơ sở", D, KIND.PUBLIC_SERVICE, DISTRICT, FIVE, 118, "kl"),
    ("d.vice_principal", "Phó Hiệu trưởng trường mầm non, tiểu học, trung học cơ sở", D, KIND.PUBLIC_SERVICE, DISTRICT, FIVE, 128, "kl"),
    ("d.station_head", "Trưởng trạm y tế", D, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 300, ""),
    ("d.party_expert", "Chuyên viên ban Đảng huyện ủy", D, KIND.PARTY_BOARD, HEAD, NO_TERM, 420, ""),
    ("d.office_expert", "Chuyên viên Văn phòng Huyện ủy", D, KIND.OFFICE, HEAD, NO_TERM, 420, ""),
    ("d.front_expert", "Chuyên viên Mặt trận cấp huyện", D, KIND.FRONT, HEAD, NO_TERM, 420, ""),
    ("d.mass_expert", "Chuyên viên đoàn thể cấp huyện", D, KIND.MASS_ORGANISATION, HEAD, NO_TERM, 420, ""),
    ("d.expert", "Chuyên viên phòng chuyên môn cấp huyện", D, KIND.DIVISION, HEAD, NO_TERM, 420, ""),
    ("d.finance_expert", "Chuyên viên ngân sách, địa chính, cấp phép cấp huyện", D, KIND.DIVISION, HEAD, NO_TERM, 410, "36"),
    ("d.preschool_teacher", "Giáo viên mầm non", D, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 540, ""),
    ("d.primary_teacher", "Giáo viên tiểu học", D, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 530, ""),
    ("d.lower_teacher", "Giáo viên trung học cơ sở", D, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 525, ""),
    ("d.school_staff", "Nhân viên trường học", D, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 600, ""),
    ("d.accountant", "Kế toán đơn vị sự nghiệp cấp huyện", D, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 560, "60"),
    ("d.doctor", "Bác sĩ tuyến huyện, xã", D, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 515, ""),
    ("d.nurse", "Điều dưỡng, y sĩ, hộ sinh", D, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 545, ""),
    ("d.service_staff", "Viên chức chuyên môn đơn vị sự nghiệp cấp huyện", D, KIND.PUBLIC_SERVICE, HEAD, NO_TERM, 550, ""),
    ("c.secretary", "Bí thư Đảng ủy xã, phường, thị trấn", C, KIND.PARTY_COMMITTEE, DISTRICT, ELECTED, 130, "klsn"),
    ("c.deputy_secretary", "Phó Bí thư Đảng ủy xã, phường, thị trấn", C, KIND.PARTY_COMMITTEE, DISTRICT, ELECTED, 134, "kl"),
    ("c.council_chair", "Chủ tịch Hội đồng nhân dân cấp xã", C, KIND.COUNCIL, DISTRICT, ELECTED, 135, "kl"),
    ("c.council_vice", "Phó Chủ tịch Hội đồng nhân dân cấp xã", C, KIND.COUNCIL, DISTRICT, ELECTED, 142, "kl"),
    ("c.pc_chair", "Chủ tịch Ủy ban nhân dân cấp xã", C, KIND.PEOPLE_COMMITTEE, DISTRICT, ELECTED, 133, "kl"),
    ("c.pc_vice", "Phó Chủ tịch Ủy ban nhân dân cấp xã", C, KIND.PEOPLE_COMMITTEE, DISTRICT, ELECTED, 143, "kl"),
    ("c.front_chair", "Chủ tịch Ủy ban Mặt trận Tổ quốc cấp xã", C, KIND.FRONT, COMMUNE, ELECTED, 150, ""),
    ("c.mass_head", "Người đứng đầu đoàn thể cấp xã", C, KIND.MASS_ORGANISATION, COMMUNE, ELECTED, 160, ""),
    ("c.military", "Chỉ huy trưởng Ban Chỉ huy quân sự cấp xã", C, KIND.PEOPLE_COMMITTEE, COMMUNE, NO_TERM, 320, ""),
    ("c.office", "Công chức Văn phòng - thống kê", C, KIND.PEOPLE_COMMITTEE, COMMUNE, NO_TERM, 430, ""),
    ("c.land", "Công chức Địa chính - xây dựng - môi trường", C, KIND.PEOPLE_COMMITTEE, COMMUNE, NO_TERM, 430, "60"),
    ("c.finance", "Công chức Tài chính - kế toán", C, KIND.PEOPLE_COMMITTEE, COMMUNE, NO_TERM, 430, "60"),
    ("c.justice", "Công chức Tư pháp - hộ tịch", C, KIND.PEOPLE_COMMITTEE, COMMUNE, NO_TERM, 430, "60"),
    ("c.culture", "Công chức Văn hóa - xã hội", C, KIND.PEOPLE_COMMITTEE, COMMUNE, NO_TERM, 430, ""),
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Title:
    """A title of the catalogue."""

    id: UUID
    code: str
    name: str
    level: Level
    kind: UnitKind
    managed_by: ManagedBy
    term: TermKind
    rank: int
    key: bool = False
    leadership: bool = False
    secretary: bool = False
    key_district: bool = False
    non_local: bool = False
    sensitive_months: int | None = None
    committee_seat: MemberRank | None = None
    row: dict[str, Any] = field(default_factory=dict)


def catalogue(ids: Ids) -> dict[str, Title]:
    """All titles by code, in the order of ROWS."""
    found: dict[str, Title] = {}
    for code, name, level, kind, managed_by, term, rank, flags in ROWS:
        found[code] = Title(
            ids.new(FIRST_DAY),
            code,
            name,
            level,
            kind,
            managed_by,
            term,
            rank,
            key="k" in flags,
            leadership="l" in flags,
            secretary="s" in flags,
            key_district="d" in flags,
            non_local="n" in flags,
            sensitive_months=int(flags) if flags.isdigit() else None,
        )
    return found


NARROWED = date(2016, 1, 1)
"""From this day on the demo's province lets its districts manage one title more; before, it was managed higher."""

CORRECTED_ON = date(2021, 5, 10)


def title_rows(titles: dict[str, Title], ids: Ids) -> dict[str, list[dict[str, Any]]]:
    """Rows of `title`, `title_version` and `title_standard`: one change in 2016, one correction in 2021."""
    versions: list[dict[str, Any]] = []
    standards: list[dict[str, Any]] = []
    for title in titles.values():
        row = _version(title, ids)
        if title.code == "d.union_chair":
            # Two spans: what was managed by the province until the end of 2015 came down to the districts.
            known = recorded(date(2015, 12, 1))
            versions += [
                row | {"managed_by": MANAGED, "superseded_at": known},
                row
                | {
                    "row_id": ids.new(NARROWED),
                    "managed_by": MANAGED,
                    "valid_to": NARROWED,
                    "recorded_at": known,
                },
                row | {"row_id": ids.new(NARROWED), "valid_from": NARROWED, "recorded_at": known},
            ]
        elif title.code == "c.justice":
            # Entered in 2010 without its clock of sensitive posts; put right in 2021 for all days since.
            known = recorded(CORRECTED_ON)
            versions += [
                row | {"sensitive_months": None, "superseded_at": known},
                row | {"row_id": ids.new(CORRECTED_ON), "recorded_at": known},
            ]
        else:
            versions.append(row)
        standards.extend(_standards(title, ids))
    return {
        "title": [{"id": title.id, "code": title.code, "version": 1} for title in titles.values()],
        "title_version": versions,
        "title_standard": standards,
    }


def _version(title: Title, ids: Ids) -> dict[str, Any]:
    return {
        "row_id": ids.new(FIRST_DAY),
        "title_id": title.id,
        "name": title.name,
        "search_key": search_key(title.name),
        "level": title.level,
        "unit_kind": title.kind,
        "managed_by": title.managed_by,
        "is_key": title.key,
        "is_leadership": title.leadership,
        "is_secretary": title.secretary,
        "is_key_district": title.key_district,
        "term_kind": title.term,
        "sensitive_months": title.sensitive_months,
        "must_be_non_local": title.non_local,
        "rank": title.rank,
        "committee_seat": title.committee_seat,
        "valid_from": FIRST_DAY,
        "valid_to": None,
        "recorded_at": recorded(FIRST_DAY),
        "superseded_at": None,
    }


def _standards(title: Title, ids: Ids) -> list[dict[str, Any]]:
    asked: list[tuple[StandardKind, str | None]] = []
    if title.leadership:
        theory = "advanced" if title.managed_by in {CENTRAL, MANAGED} else "intermediate"
        asked += [
            (StandardKind.EDUCATION, "university"),
            (StandardKind.POLITICAL_THEORY, theory),
            (StandardKind.PARTY_MEMBER, None),
        ]
        if title.level is not Level.COMMUNE and title.kind is not UnitKind.PUBLIC_SERVICE:
            minimum = "principal_specialist" if theory == "advanced" else "specialist"
            asked.append((StandardKind.STATE_MANAGEMENT, minimum))
    elif title.level is Level.COMMUNE:
        asked.append((StandardKind.EDUCATION, "intermediate" if title.rank < 200 else "university"))
    if title.managed_by is MANAGED and title.level is Level.PROVINCE:
        asked += [(StandardKind.FOREIGN_LANGUAGE, "level_3"), (StandardKind.IT, "basic")]
    return [
        {
            "id": ids.new(FIRST_DAY),
            "title_id": title.id,
            "kind": kind,
            "minimum": minimum,
            "clause": "II.2.2(3)",
            "valid_from": FIRST_DAY,
            "valid_to": None,
        }
        for kind, minimum in asked
    ]
