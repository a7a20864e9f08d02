"""The code lists: the 54 ethnic groups under both official numberings, and what a field may hold.

Numberings: 1979 = decision 121-TCTK/PPCĐ, 2008 = decision 1019/QĐ-TCTK; the second is given only where its
number is known for certain. One number means another group in each (04 is Hoa in one, Mường in the other).
"""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import KEY

revision = "0005"
down_revision = "0004"

# slug, name, 1979, 2008
ETHNICITIES = (
    ("kinh", "Kinh", "01", "01"),
    ("tay", "Tày", "02", "02"),
    ("thai", "Thái", "03", "03"),
    ("hoa", "Hoa", "04", "06"),
    ("kho-me", "Khơ-me", "05", "05"),
    ("muong", "Mường", "06", "04"),
    ("nung", "Nùng", "07", "07"),
    ("mong", "Mông", "08", "08"),
    ("dao", "Dao", "09", "09"),
    ("gia-rai", "Gia-rai", "10", "10"),
    ("ngai", "Ngái", "11", None),
    ("e-de", "Ê-đê", "12", "11"),
    ("ba-na", "Ba-na", "13", "12"),
    ("xo-dang", "Xơ-đăng", "14", "16"),
    ("san-chay", "Sán Chay", "15", "13"),
    ("co-ho", "Cơ-ho", "16", "15"),
    ("cham", "Chăm", "17", "14"),
    ("san-diu", "Sán Dìu", "18", "17"),
    ("hre", "Hrê", "19", "18"),
    ("mnong", "Mnông", "20", "20"),
    ("ra-glai", "Ra-glai", "21", "19"),
    ("xtieng", "Xtiêng", "22", "21"),
    ("bru-van-kieu", "Bru-Vân Kiều", "23", None),
    ("tho", "Thổ", "24", None),
    ("giay", "Giáy", "25", "24"),
    ("co-tu", "Cơ-tu", "26", None),
    ("gie-trieng", "Gié-Triêng", "27", None),
    ("ma", "Mạ", "28", None),
    ("kho-mu", "Khơ-mú", "29", None),
    ("co", "Co", "30", None),
    ("ta-oi", "Ta-ôi", "31", None),
    ("cho-ro", "Chơ-ro", "32", None),
    ("khang", "Kháng", "33", None),
    ("xinh-mun", "Xinh-mun", "34", None),
    ("ha-nhi", "Hà Nhì", "35", None),
    ("chu-ru", "Chu-ru", "36", None),
    ("lao", "Lào", "37", None),
    ("la-chi", "La Chí", "38", "37"),
    ("la-ha", "La Ha", "39", None),
    ("phu-la", "Phù Lá", "40", "39"),
    ("la-hu", "La Hủ", "41", None),
    ("lu", "Lự", "42", None),
    ("lo-lo", "Lô Lô", "43", "42"),
    ("chut", "Chứt", "44", None),
    ("mang", "Mảng", "45", None),
    ("pa-then", "Pà Thẻn", "46", "45"),
    ("co-lao", "Cơ Lao", "47", "46"),
    ("cong", "Cống", "48", None),
    ("bo-y", "Bố Y", "49", "48"),
    ("si-la", "Si La", "50", None),
    ("pu-peo", "Pu Péo", "51", "50"),
    ("brau", "Brâu", "52", None),
    ("o-du", "Ơ-đu", "53", None),
    ("ro-mam", "Rơ-măm", "54", None),
)

# List, then its entries in order: from the lowest level up where there are levels.
LISTS = {
    "general_education": (
        ("9/12", "Tốt nghiệp trung học cơ sở (9/12)"),
        ("7/10", "Tốt nghiệp cấp II (7/10)"),
        ("10/10", "Tốt nghiệp cấp III (10/10)"),
        ("12/12", "Tốt nghiệp trung học phổ thông (12/12)"),
    ),
    "education": (
        ("none", "Chưa qua đào tạo"),
        ("elementary", "Sơ cấp"),
        ("intermediate", "Trung cấp"),
        ("college", "Cao đẳng"),
        ("university", "Đại học"),
        ("specialist_1", "Chuyên khoa I"),
        ("master", "Thạc sĩ"),
        ("specialist_2", "Chuyên khoa II"),
        ("doctor", "Tiến sĩ"),
    ),
    "political_theory": (
        ("none", "Chưa qua đào tạo"),
        ("elementary", "Sơ cấp"),
        ("intermediate", "Trung cấp"),
        ("advanced", "Cao cấp (gồm cử nhân chính trị)"),
    ),
    "state_management": (
        ("none", "Chưa qua bồi dưỡng"),
        ("officer", "Ngạch cán sự"),
        ("specialist", "Ngạch chuyên viên"),
        ("principal_specialist", "Ngạch chuyên viên chính"),
        ("senior_specialist", "Ngạch chuyên viên cao cấp"),
    ),
    "foreign_language": (
        ("level_1", "Bậc 1 (A1)"),
        ("level_2", "Bậc 2 (A2)"),
        ("level_3", "Bậc 3 (B1)"),
        ("level_4", "Bậc 4 (B2)"),
        ("level_5", "Bậc 5 (C1)"),
        ("level_6", "Bậc 6 (C2)"),
    ),
    "it": (
        ("basic", "Ứng dụng công nghệ thông tin cơ bản"),
        ("advanced", "Ứng dụng công nghệ thông tin nâng cao"),
        ("degree", "Có bằng chuyên ngành công nghệ thông tin"),
    ),
    "minority_language": (
        ("spoken", "Giao tiếp được"),
        ("certificate", "Có chứng chỉ tiếng dân tộc thiểu số"),
    ),
    "defence_security": (
        ("group_4", "Bồi dưỡng kiến thức quốc phòng, an ninh: đối tượng 4"),
        ("group_3", "Bồi dưỡng kiến thức quốc phòng, an ninh: đối tượng 3"),
        ("group_2", "Bồi dưỡng kiến thức quốc phòng, an ninh: đối tượng 2"),
        ("group_1", "Bồi dưỡng kiến thức quốc phòng, an ninh: đối tượng 1"),
    ),
    "grade": (
        ("01.001", "Chuyên viên cao cấp"),
        ("01.002", "Chuyên viên chính"),
        ("01.003", "Chuyên viên"),
        ("01.004", "Cán sự"),
        ("01.005", "Nhân viên"),
        ("02.006", "Văn thư viên chính"),
        ("02.007", "Văn thư viên"),
        ("02.008", "Văn thư viên trung cấp"),
        ("04.023", "Thanh tra viên cao cấp"),
        ("04.024", "Thanh tra viên chính"),
        ("04.025", "Thanh tra viên"),
        ("06.029", "Kế toán viên cao cấp"),
        ("06.030", "Kế toán viên chính"),
        ("06.031", "Kế toán viên"),
        ("06.032", "Kế toán viên trung cấp"),
        ("V.07.02.26", "Giáo viên mầm non hạng III"),
        ("V.07.03.29", "Giáo viên tiểu học hạng III"),
        ("V.07.04.32", "Giáo viên trung học cơ sở hạng III"),
        ("V.07.05.15", "Giáo viên trung học phổ thông hạng III"),
        ("V.08.01.03", "Bác sĩ hạng III"),
        ("V.08.05.12", "Điều dưỡng hạng III"),
    ),
    "religion": (
        ("none", "Không"),
        ("buddhist", "Phật giáo"),
        ("catholic", "Công giáo"),
        ("protestant", "Tin lành"),
        ("cao_dai", "Cao Đài"),
        ("hoa_hao", "Phật giáo Hòa Hảo"),
        ("muslim", "Hồi giáo"),
        ("other", "Tôn giáo khác"),
    ),
}


def upgrade() -> None:
    op.bulk_insert(
        sa.table(
            "ethnicity",
            sa.column("slug", KEY),
            sa.column("name", sa.String()),
            sa.column("code_1979", sa.String()),
            sa.column("code_2008", sa.String()),
            sa.column("is_minority", sa.Boolean()),
        ),
        [
            {"slug": slug, "name": name, "code_1979": old, "code_2008": new, "is_minority": slug != "kinh"}
            for slug, name, old, new in ETHNICITIES
        ],
    )
    op.bulk_insert(
        sa.table(
            "code_item",
            sa.column("list_id", KEY),
            sa.column("code", KEY),
            sa.column("name", sa.String()),
            sa.column("rank", sa.Integer()),
        ),
        [
            {"list_id": list_id, "code": code, "name": name, "rank": rank}
            for list_id, entries in LISTS.items()
            for rank, (code, name) in enumerate(entries, 1)
        ],
    )


def downgrade() -> None:
    op.execute("DELETE FROM code_item")
    op.execute("DELETE FROM ethnicity")
