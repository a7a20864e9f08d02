"""The bodies of each level in both eras: what stands in every province, district and commune (domain §5, §10.6)."""

from dataclasses import dataclass

from app.models.unit import CommitteeTier, UnitKind


@dataclass(frozen=True, slots=True)
class Body:
    """One body: its short code under the territory, name, kind, and what later modules read of it."""

    code: str
    name: str
    kind: UnitKind
    sector: str | None = None
    divisions: tuple[str, ...] = ()
    tier: CommitteeTier | None = None
    plans: bool = False


PROVINCE_PARTY = (
    Body("TU", "Tỉnh ủy Hà Giang", UnitKind.PARTY_COMMITTEE, "party", tier=CommitteeTier.PROVINCE),
    Body(
        "BTC", "Ban Tổ chức Tỉnh ủy", UnitKind.PARTY_BOARD, "party",
        ("Văn phòng", "Phòng Tổ chức đảng, đảng viên", "Phòng Tổ chức cán bộ", "Phòng Bảo vệ chính trị nội bộ", "Phòng Đào tạo, chính sách cán bộ"),
        plans=True,
    ),
    Body(
        "UBKT", "Ủy ban Kiểm tra Tỉnh ủy", UnitKind.PARTY_BOARD, "party",
        ("Văn phòng", "Phòng Nghiệp vụ I", "Phòng Nghiệp vụ II", "Phòng Nghiệp vụ III"), plans=True,
    ),
    Body(
        "BTG", "Ban Tuyên giáo Tỉnh ủy", UnitKind.PARTY_BOARD, "party",
        ("Văn phòng", "Phòng Tuyên truyền, báo chí", "Phòng Lý luận chính trị", "Phòng Khoa giáo, văn hóa"), plans=True,
    ),
    Body(
        "BDV", "Ban Dân vận Tỉnh ủy", UnitKind.PARTY_BOARD, "party",
        ("Văn phòng", "Phòng Đoàn thể, các hội", "Phòng Dân tộc, tôn giáo"), plans=True,
    ),
    Body(
        "BNC", "Ban Nội chính Tỉnh ủy", UnitKind.PARTY_BOARD, "party",
        ("Văn phòng", "Phòng Theo dõi công tác nội chính", "Phòng Phòng, chống tham nhũng"), plans=True,
    ),
    Body(
        "VPTU", "Văn phòng Tỉnh ủy", UnitKind.OFFICE, "party",
        ("Phòng Tổng hợp", "Phòng Tài chính đảng", "Phòng Cơ yếu, công nghệ thông tin", "Phòng Hành chính, lưu trữ", "Phòng Quản trị"),
        plans=True,
    ),
)  # fmt: skip
PROVINCE_STATE = (
    Body("HDND", "Hội đồng nhân dân tỉnh Hà Giang", UnitKind.COUNCIL, "council", plans=True),
    Body(
        "VPHD", "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh", UnitKind.OFFICE, "council",
        ("Phòng Công tác Quốc hội", "Phòng Công tác Hội đồng nhân dân", "Phòng Hành chính, tổ chức, quản trị"), plans=True,
    ),
    Body("UBND", "Ủy ban nhân dân tỉnh Hà Giang", UnitKind.PEOPLE_COMMITTEE, "government", plans=True),
    Body(
        "VPUB", "Văn phòng Ủy ban nhân dân tỉnh", UnitKind.OFFICE, "government",
        ("Phòng Hành chính - Tổ chức", "Phòng Nội chính", "Phòng Kinh tế tổng hợp", "Phòng Khoa giáo - Văn xã", "Ban Tiếp công dân"),
        plans=True,
    ),
)  # fmt: skip
DEPARTMENTS = (
    ("SNV", "Sở Nội vụ", "internal", ("Phòng Công chức, viên chức", "Phòng Tổ chức, biên chế", "Phòng Xây dựng chính quyền", "Ban Thi đua - Khen thưởng", "Ban Tôn giáo")),
    ("STP", "Sở Tư pháp", "justice", ("Phòng Xây dựng và kiểm tra văn bản", "Phòng Hành chính tư pháp", "Phòng Phổ biến pháp luật")),
    ("SKHDT", "Sở Kế hoạch và Đầu tư", "planning", ("Phòng Tổng hợp quy hoạch", "Phòng Đăng ký kinh doanh", "Phòng Thẩm định", "Phòng Kinh tế ngành")),
    ("STC", "Sở Tài chính", "finance", ("Phòng Quản lý ngân sách", "Phòng Hành chính sự nghiệp", "Phòng Đầu tư", "Phòng Quản lý giá và công sản")),
    ("SCT", "Sở Công Thương", "industry", ("Phòng Quản lý công nghiệp", "Phòng Quản lý thương mại", "Phòng Quản lý năng lượng")),
    ("SNN", "Sở Nông nghiệp và Phát triển nông thôn", "agriculture", ("Chi cục Kiểm lâm", "Chi cục Trồng trọt và Bảo vệ thực vật", "Chi cục Chăn nuôi và Thú y", "Chi cục Thủy lợi", "Chi cục Phát triển nông thôn")),
    ("SGT", "Sở Giao thông vận tải", "transport", ("Phòng Quản lý kết cấu hạ tầng", "Phòng Quản lý vận tải, phương tiện", "Phòng Quản lý chất lượng công trình")),
    ("SXD", "Sở Xây dựng", "construction", ("Phòng Quy hoạch - Kiến trúc", "Phòng Quản lý xây dựng", "Phòng Quản lý nhà và hạ tầng")),
    ("STNMT", "Sở Tài nguyên và Môi trường", "resources", ("Chi cục Quản lý đất đai", "Chi cục Bảo vệ môi trường", "Phòng Khoáng sản", "Phòng Tài nguyên nước")),
    ("STTTT", "Sở Thông tin và Truyền thông", "information", ("Phòng Công nghệ thông tin", "Phòng Bưu chính - Viễn thông", "Phòng Thông tin, báo chí, xuất bản")),
    ("SLD", "Sở Lao động - Thương binh và Xã hội", "labour", ("Phòng Người có công", "Phòng Lao động, việc làm", "Phòng Giáo dục nghề nghiệp", "Phòng Bảo trợ xã hội")),
    ("SVH", "Sở Văn hóa, Thể thao và Du lịch", "culture", ("Phòng Quản lý văn hóa", "Phòng Quản lý thể thao", "Phòng Quản lý du lịch", "Phòng Nếp sống văn hóa và gia đình")),
    ("SKHCN", "Sở Khoa học và Công nghệ", "science", ("Phòng Quản lý khoa học", "Phòng Quản lý công nghệ", "Chi cục Tiêu chuẩn Đo lường Chất lượng")),
    ("SGD", "Sở Giáo dục và Đào tạo", "education", ("Phòng Giáo dục mầm non", "Phòng Giáo dục tiểu học", "Phòng Giáo dục trung học", "Phòng Khảo thí và Quản lý chất lượng")),
    ("SYT", "Sở Y tế", "health", ("Phòng Nghiệp vụ y", "Phòng Nghiệp vụ dược", "Chi cục An toàn vệ sinh thực phẩm", "Chi cục Dân số")),
    ("TTT", "Thanh tra tỉnh", "inspectorate", ("Phòng Thanh tra kinh tế", "Phòng Giải quyết khiếu nại, tố cáo", "Phòng Phòng, chống tham nhũng")),
    ("SNG", "Sở Ngoại vụ", "foreign", ("Phòng Lãnh sự - Biên giới", "Phòng Hợp tác quốc tế")),
    ("BDT", "Ban Dân tộc tỉnh", "ethnic", ("Phòng Chính sách dân tộc", "Phòng Tuyên truyền, địa bàn")),
    ("BQLKKT", "Ban Quản lý Khu kinh tế tỉnh", "economy", ("Phòng Quy hoạch, xây dựng", "Phòng Quản lý doanh nghiệp")),
)  # fmt: skip
"""Sở and equals: code, name, sector, divisions beside those every one has."""

DEPARTMENT_DIVISIONS = ("Văn phòng", "Thanh tra sở", "Phòng Kế hoạch - Tài chính")

MASS = (
    ("DTN", "Đoàn Thanh niên Cộng sản Hồ Chí Minh", "Tỉnh đoàn Hà Giang"),
    ("HPN", "Hội Liên hiệp Phụ nữ", "Hội Liên hiệp Phụ nữ tỉnh"),
    ("HND", "Hội Nông dân", "Hội Nông dân tỉnh"),
    ("CCB", "Hội Cựu chiến binh", "Hội Cựu chiến binh tỉnh"),
    ("LDLD", "Liên đoàn Lao động", "Liên đoàn Lao động tỉnh"),
)
"""Mass organisations: code, name below the province, name in the province; the union has no commune body."""

ASSOCIATIONS = (
    ("CTD", "Hội Chữ thập đỏ tỉnh"),
    ("LMHTX", "Liên minh Hợp tác xã tỉnh"),
    ("VHNT", "Hội Văn học nghệ thuật tỉnh"),
    ("KHKT", "Liên hiệp các Hội Khoa học và Kỹ thuật tỉnh"),
    ("HNB", "Hội Nhà báo tỉnh"),
    ("HLG", "Hội Luật gia tỉnh"),
    ("NCT", "Ban Đại diện Hội Người cao tuổi tỉnh"),
)
ATTACHED = (
    Body(
        "DUK", "Đảng ủy Khối các cơ quan và doanh nghiệp tỉnh", UnitKind.ATTACHED_COMMITTEE, "party",
        ("Văn phòng", "Ban Tổ chức", "Ủy ban Kiểm tra", "Ban Tuyên giáo", "Ban Dân vận"), CommitteeTier.ABOVE_GRASSROOTS, plans=True,
    ),
    Body("DUCA", "Đảng ủy Công an tỉnh", UnitKind.ATTACHED_COMMITTEE, "party", (), CommitteeTier.ABOVE_GRASSROOTS),
    Body("DUQS", "Đảng ủy Quân sự tỉnh", UnitKind.ATTACHED_COMMITTEE, "party", (), CommitteeTier.ABOVE_GRASSROOTS),
    Body("DUBP", "Đảng ủy Bộ đội Biên phòng tỉnh", UnitKind.ATTACHED_COMMITTEE, "party", (), CommitteeTier.ABOVE_GRASSROOTS),
)  # fmt: skip
"""Committees directly under the province's; police, army and border guard are served by others than this record."""

PROVINCE_SERVICES = (
    ("TCT", "Trường Chính trị tỉnh", "training"),
    ("BHG", "Báo Hà Giang", "press"),
    ("PTTH", "Đài Phát thanh và Truyền hình tỉnh", "press"),
    ("CDKT", "Trường Cao đẳng Kỹ thuật và Công nghệ Hà Giang", "training"),
    ("CDSP", "Trường Cao đẳng Sư phạm Hà Giang", "training"),
    ("BVDK", "Bệnh viện Đa khoa tỉnh", "health"),
    ("BQLDA", "Ban Quản lý dự án đầu tư xây dựng tỉnh", "construction"),
    ("CVDC", "Ban Quản lý Công viên địa chất toàn cầu Cao nguyên đá", "culture"),
)
"""Public services directly under the province: their heads are managed by its Standing Committee."""

DEPARTMENT_SERVICES = (
    ("SYT", "YDCT", "Bệnh viện Y dược cổ truyền", "health", 120),
    ("SYT", "PHCN", "Bệnh viện Phục hồi chức năng", "health", 90),
    ("SYT", "BVP", "Bệnh viện Phổi", "health", 80),
    ("SYT", "CDC", "Trung tâm Kiểm soát bệnh tật", "health", 110),
    ("SYT", "KN", "Trung tâm Kiểm nghiệm thuốc, mỹ phẩm, thực phẩm", "health", 30),
    ("SNN", "KNG", "Trung tâm Khuyến nông", "agriculture", 40),
    ("SNN", "GCT", "Trung tâm Giống cây trồng, gia súc", "agriculture", 40),
    ("STNMT", "VPDK", "Văn phòng Đăng ký đất đai", "resources", 90),
    ("STNMT", "PTQD", "Trung tâm Phát triển quỹ đất", "resources", 30),
    ("SLD", "DVVL", "Trung tâm Dịch vụ việc làm", "labour", 40),
    ("SLD", "BTXH", "Trung tâm Công tác xã hội", "labour", 40),
    ("SVH", "BT", "Bảo tàng tỉnh", "culture", 28),
    ("SVH", "TV", "Thư viện tỉnh", "culture", 22),
    ("SVH", "VHNTT", "Trung tâm Văn hóa nghệ thuật và Xúc tiến du lịch", "culture", 60),
    ("STTTT", "CNTT", "Trung tâm Công nghệ thông tin và Truyền thông", "information", 24),
    ("SKHCN", "UDKH", "Trung tâm Thông tin và Chuyển giao công nghệ mới", "science", 24),
    ("STP", "TGPL", "Trung tâm Trợ giúp pháp lý", "justice", 30),
)
"""Public services of departments: department, code, name, sector, weight of its staff."""

DISTRICT_BOARDS = (
    ("BTC", "Ban Tổ chức"), ("UBKT", "Ủy ban Kiểm tra"), ("BTG", "Ban Tuyên giáo"), ("BDV", "Ban Dân vận"),
)  # fmt: skip
DISTRICT_DIVISIONS = (
    ("VP", "Văn phòng Hội đồng nhân dân và Ủy ban nhân dân", "government"),
    ("PNV", "Phòng Nội vụ", "internal"),
    ("PTP", "Phòng Tư pháp", "justice"),
    ("PTCKH", "Phòng Tài chính - Kế hoạch", "finance"),
    ("PTNMT", "Phòng Tài nguyên và Môi trường", "resources"),
    ("PLD", "Phòng Lao động - Thương binh và Xã hội", "labour"),
    ("PVHTT", "Phòng Văn hóa và Thông tin", "culture"),
    ("PGD", "Phòng Giáo dục và Đào tạo", "education"),
    ("PYT", "Phòng Y tế", "health"),
    ("TTR", "Thanh tra", "inspectorate"),
    ("PKTHT", "Phòng Kinh tế và Hạ tầng", "construction"),
    ("PNN", "Phòng Nông nghiệp và Phát triển nông thôn", "agriculture"),
    ("PDT", "Phòng Dân tộc", "ethnic"),
)
CITY_NAMES = {"PKTHT": "Phòng Quản lý đô thị", "PNN": "Phòng Kinh tế"}
"""A city has these instead, and no division for ethnic affairs."""

DISTRICT_SERVICES = (
    ("TTYT", "Trung tâm Y tế", "health", 90),
    ("BV", "Bệnh viện Đa khoa", "health", 120),
    ("TTVH", "Trung tâm Văn hóa, Thông tin và Du lịch", "culture", 24),
    ("TTDVNN", "Trung tâm Dịch vụ nông nghiệp", "agriculture", 26),
    ("GDNN", "Trung tâm Giáo dục nghề nghiệp - Giáo dục thường xuyên", "education", 30),
    ("TTCT", "Trung tâm Chính trị", "training", 6),
    ("BQLDA", "Ban Quản lý dự án đầu tư xây dựng", "construction", 16),
)
SCHOOLS = (
    ("MN", "Trường Mầm non", 24),
    ("TH", "Trường Tiểu học", 29),
    ("THCS", "Trường Trung học cơ sở", 23),
)
"""Schools of a commune: code, name, weight of the staff; the upper two are boarding schools in most communes."""

NEW_PROVINCE = (
    Body("TU", "Tỉnh ủy Tuyên Quang", UnitKind.PARTY_COMMITTEE, "party", tier=CommitteeTier.PROVINCE),
    Body("BTC", "Ban Tổ chức Tỉnh ủy", UnitKind.PARTY_BOARD, "party", plans=True),
    Body("UBKT", "Ủy ban Kiểm tra Tỉnh ủy", UnitKind.PARTY_BOARD, "party", plans=True),
    Body("BTGDV", "Ban Tuyên giáo và Dân vận Tỉnh ủy", UnitKind.PARTY_BOARD, "party", plans=True),
    Body("BNC", "Ban Nội chính Tỉnh ủy", UnitKind.PARTY_BOARD, "party", plans=True),
    Body("VPTU", "Văn phòng Tỉnh ủy", UnitKind.OFFICE, "party", plans=True),
    Body("HDND", "Hội đồng nhân dân tỉnh Tuyên Quang", UnitKind.COUNCIL, "council", plans=True),
    Body("VPHD", "Văn phòng Đoàn đại biểu Quốc hội và Hội đồng nhân dân tỉnh", UnitKind.OFFICE, "council", plans=True),
    Body("UBND", "Ủy ban nhân dân tỉnh Tuyên Quang", UnitKind.PEOPLE_COMMITTEE, "government", plans=True),
    Body("VPUB", "Văn phòng Ủy ban nhân dân tỉnh", UnitKind.OFFICE, "government", plans=True),
    *(
        Body(code, name, UnitKind.DEPARTMENT, sector, plans=True)
        for code, name, sector in (
            ("SNV", "Sở Nội vụ", "internal"),
            ("STP", "Sở Tư pháp", "justice"),
            ("STC", "Sở Tài chính", "finance"),
            ("SCT", "Sở Công Thương", "industry"),
            ("SNNMT", "Sở Nông nghiệp và Môi trường", "agriculture"),
            ("SXD", "Sở Xây dựng", "construction"),
            ("SKHCN", "Sở Khoa học và Công nghệ", "science"),
            ("SVH", "Sở Văn hóa, Thể thao và Du lịch", "culture"),
            ("SGD", "Sở Giáo dục và Đào tạo", "education"),
            ("SYT", "Sở Y tế", "health"),
            ("SDTTG", "Sở Dân tộc và Tôn giáo", "ethnic"),
            ("TTT", "Thanh tra tỉnh", "inspectorate"),
        )
    ),
    Body("MTTQ", "Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh", UnitKind.FRONT, "front", plans=True),
    Body("DUCQD", "Đảng ủy các cơ quan Đảng tỉnh", UnitKind.ATTACHED_COMMITTEE, "party", (), CommitteeTier.ABOVE_GRASSROOTS),
    Body("DUUB", "Đảng ủy Ủy ban nhân dân tỉnh", UnitKind.ATTACHED_COMMITTEE, "party", (), CommitteeTier.ABOVE_GRASSROOTS),
    Body("DUCA", "Đảng ủy Công an tỉnh", UnitKind.ATTACHED_COMMITTEE, "party", (), CommitteeTier.ABOVE_GRASSROOTS),
    Body("DUQS", "Đảng ủy Quân sự tỉnh", UnitKind.ATTACHED_COMMITTEE, "party", (), CommitteeTier.ABOVE_GRASSROOTS),
)  # fmt: skip
"""Bodies of the province of 2025-07-01; people are not carried there yet."""
