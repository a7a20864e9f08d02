"""The sample spreadsheet of the demo: people of Mèo Vạc to import, some rows in order, most with a fault.

`danh-sach-mau.xlsx` beside this module is what `workbook` writes; a test holds the two equal.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from app.demo.dates import BASELINE
from app.services.imports.columns import COLUMNS

Rows = Mapping[str, Sequence[dict[str, Any]]]
Cells = dict[str, Any]

FILE = "danh-sach-mau.xlsx"
MADE_ON = datetime(2021, 12, 31)  # noqa: DTZ001 - a property of the file, which knows no zones

MADE_UP = (
    # national id (000 is no province's), name, day of birth, sex, people
    ("000197900001", "Vàng Thị Mỷ", "12/3/1997", "Nữ", "Mông"),
    ("000093900002", "Nông Văn Thắng", "09/1993", "Nam", "Tày"),
    ("000195900003", "Lục Thị Hiền", "1995-06-20", "Nữ", "Giáy"),
    ("000098900004", "Sùng Mí Pó", "5/11/98", "Nam", "Mông"),
    ("000191900005", "Hoàng Thị Duyên", "20/7/1991", "Nữ", "Tày"),
    ("000094900006", "Giàng Mí Sính", "1/9/1994", "Nam", "Mông"),
    ("000196900007", "Thào Thị Súng", "310296", "Nữ", "Mông"),
    ("000099900008", "Ly Mí Chứ", "14/2/1999", "Nam", "Mông"),
    ("000192900009", "Nguyễn Thị Thu Hà", "8/3/1992", "Nữ", "Kinh"),
    ("000090900010", "Hầu Mí Dính", "17/5/1990", "Nam", "Mông"),
    ("000193900011", "Mua Thị Dế", "2/12/1993", "Nữ", "Mông"),
    ("000097900012", "Cứ Mí Già", "30/10/1997", "Nam", "Mông"),
    ("000198900013", "Lầu Thị Và", "11/1/1998", "Nữ", "Mông"),
    ("000096900014", "Vừ Mí Nô", "6/6/1996", "Nam", "Mông"),
)


def workbook(rows: Rows) -> bytes:
    """The file, from the rows of a province that was built."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    book.set_properties({"title": "Danh sách mẫu", "created": MADE_ON})
    sheet = book.add_worksheet("Cán bộ")
    head = book.add_format({"bold": True, "bg_color": "#DDE6F0", "text_wrap": True, "valign": "top"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    plain = book.add_format({"num_format": "@"})
    sheet.freeze_panes(1, 0)
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width, plain)
        sheet.write_string(0, place, column.header, head)
    for line, cells in enumerate(sample_rows(rows), 1):
        for place, column in enumerate(COLUMNS):
            value = cells.get(column.name)
            if isinstance(value, date):
                sheet.write_datetime(line, place, value, day)
            elif isinstance(value, tuple):
                sheet.write_formula(line, place, value[0], plain, value[1])
            elif value is not None:
                sheet.write_string(line, place, value, plain)
    book.close()
    return target.getvalue()


def sample_rows(rows: Rows) -> list[Cells]:
    """The rows of the file by the names of the columns: six in order, then one of each fault."""
    record = _Record(rows)
    own, second, third = record.people("00778.UBND")[:3]
    elsewhere = record.people("00715.UBND")[0]
    nursery, upper = "Trường Mầm non Xín Cái", "Trường Phổ thông Dân tộc bán trú THCS Xín Cái"
    kindergarten, teacher, junior = "Giáo viên mầm non", "Giáo viên tiểu học", "Giáo viên trung học cơ sở"
    primary, grades = "027.00775.TH", "027.00781.THCS"
    new = [_newcomer(*person) for person in MADE_UP]
    return [
        new[0] | {"unit": nursery, "title": kindergarten},
        # Letters and marks apart, a birth of which month and year are known, days typed in haste.
        new[1]
        | {"unit": upper, "title": junior, "started_on": "010921", "decision_signed_on": "25/8/21"}
        | {"full_name": unicodedata.normalize("NFD", new[1]["full_name"])},
        # Cells that are days for the spreadsheet.
        new[2]
        | {"unit": primary, "title": teacher}
        | {"birth_date": date(1995, 6, 20), "started_on": date(2021, 9, 1)},
        # One of two communes of a name, with its district.
        new[3]
        | {"unit": grades, "title": junior}
        | {"hometown_commune": "Xã Tả Lủng", "hometown_district": "Mèo Vạc"},
        # In the record: one with a new degree, one as before.
        own | {"education": "Thạc sĩ", "education_field": "Hành chính công", "education_on": "15/7/2021"},
        second,
        # From here on each row has its fault: neither national id nor code.
        new[4] | {"unit": upper, "title": junior, "national_id": None},
        # A word that is in no list.
        new[5] | {"unit": primary, "title": teacher, "sex": "Nma"},
        # A day that no calendar has.
        new[6] | {"unit": grades, "title": junior},
        # Two communes of this name, and no district.
        new[7] | {"unit": primary, "title": teacher, "hometown_commune": "Xã Tả Lủng"},
        # A school of another district, and a title that the school has not.
        new[8] | {"unit": "026.00715.MN", "title": kindergarten},
        new[9] | {"unit": grades, "title": "Chánh Văn phòng"},
        # One national id twice; one that somebody holds whose file is kept elsewhere.
        new[10] | {"unit": upper, "title": junior},
        new[10] | {"unit": upper, "title": junior, "full_name": "Mua Thị Dể"},
        new[11] | {"unit": grades, "title": junior, "national_id": elsewhere["national_id"]},
        # Signed after it took effect; every seat taken; a salary that is no number; a name that calculates.
        new[12] | {"unit": grades, "title": junior, "decision_signed_on": "15/10/2021"},
        new[13] | {"unit": "00778.UBND", "title": "Công chức Tài chính - kế toán"},
        third
        | {"grade_code": "01.003", "step": "2", "coefficient_hundredths": "2,6x", "salary_on": "1/7/2021"},
        record.people("00790.UBND")[0] | {"education_on": ("=DATE(2030,1,1)", 47_484)},
    ]


def _newcomer(national_id: str, name: str, born: str, sex: str, people: str) -> Cells:
    return {
        "national_id": national_id,
        "full_name": name,
        "birth_date": born,
        "sex": sex,
        "ethnicity": people,
        "legal_category": "Viên chức",
        "assignment_kind": "Tuyển dụng",
        "started_on": "1/9/2021",
        "decision_number": f"{int(national_id[-3:]) + 140}/QĐ-UBND",
        "decision_signed_on": "20/8/2021",
        "decision_issuer": "Ủy ban nhân dân huyện Mèo Vạc",
    }


class _Record:
    """Who is in the record, as the file names them."""

    def __init__(self, rows: Rows) -> None:
        units = {row["unit_id"]: row["code"] for row in rows["unit_version"] if row["superseded_at"] is None}
        titles = {row["title_id"]: row["name"] for row in rows["title_version"]}
        people = {row["id"]: row for row in rows["cadre"]}
        self._people: dict[str, list[Cells]] = defaultdict(list)
        for span in rows["assignment_span"]:
            ended = span["valid_to"] is not None and span["valid_to"] <= BASELINE
            if span["superseded_at"] is None and span["is_main"] and not ended:
                person = people[span["cadre_id"]]
                if person["is_stub"]:
                    continue
                self._people[units[span["unit_id"]]].append(
                    {
                        "code": person["code"],
                        "national_id": person["national_id"],
                        "full_name": person["full_name"],
                        "birth_date": f"{person['birth_date']:%d/%m/%Y}",
                        "sex": {"female": "Nữ", "male": "Nam"}[person["sex"].value],
                        "unit": units[span["unit_id"]],
                        "title": titles[span["title_id"]],
                    }
                )

    def people(self, code: str) -> list[Cells]:
        """Those in a main seat of a unit, by their codes."""
        return sorted(self._people[code], key=lambda cells: str(cells["code"]))
