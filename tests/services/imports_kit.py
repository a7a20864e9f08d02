"""What the tests of imports share: rows of people, files made of them, and jobs run on the spot."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import count
from typing import Any
from uuid import UUID

import xlsxwriter  # type: ignore[import-untyped]
from sqlalchemy import Engine, Executable
from sqlmodel import Session, SQLModel, col, select

from app.models.access import Principal
from app.models.imports import CommitMode, Import, ImportKind, ImportRow
from app.models.post import PostQuota
from app.services import access, imports
from app.services.database import writing
from app.services.imports.columns import BY_NAME
from app.services.jobs import run_one
from app.services.scope import Scope, ScopedSession
from tests import world
from tests.conftest import TODAY

NUMBERS = count(1)
HEADERS = {name: column.header for name, column in BY_NAME.items()}


def newcomer(**changed: str) -> dict[str, str]:
    """The cells of a new person with a seat in Niêm Sơn and a new national id; an empty one is left out."""
    number = next(NUMBERS)
    cells = {
        "national_id": f"0022{number:08}",
        "full_name": "Giàng Thị Mỷ",
        "birth_date": "2/5/1990",
        "sex": "Nữ",
        "ethnicity": "Mông",
        "unit": "Ủy ban nhân dân xã Niêm Sơn",
        "title": "Công chức xã",
        "assignment_kind": "Tuyển dụng",
        "started_on": "1/3/2021",
        "decision_number": f"{number}/QĐ-UBND",
        "decision_signed_on": "20/2/2021",
        "decision_issuer": "UBND huyện Mèo Vạc",
    }
    return {name: value for name, value in (cells | changed).items() if value}


def xlsx(rows: Sequence[Mapping[str, Any]], names: Iterable[str] | None = None) -> bytes:
    """A workbook of these rows; numbers and dates stay such, a tuple is a formula with its value."""
    wanted = (
        list(names) if names is not None else [name for name in HEADERS if any(name in row for row in rows)]
    )
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet("Cán bộ")
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet.write_row(0, 0, [HEADERS.get(name, name) for name in wanted])
    for line, row in enumerate(rows, 1):
        for place, name in enumerate(wanted):
            value = row.get(name, "")
            if isinstance(value, tuple):
                sheet.write_formula(line, place, value[0], None, value[1])
            elif isinstance(value, date):
                sheet.write_datetime(line, place, value, day)
            elif isinstance(value, int | float):
                sheet.write_number(line, place, value)
            elif value:
                sheet.write_string(line, place, value)
    book.close()
    return target.getvalue()


def table(rows: Sequence[Mapping[str, str]], separator: str = ";", *, mark: bool = True) -> bytes:
    """The same as .csv."""
    names = [name for name in HEADERS if any(name in row for row in rows)]
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow([HEADERS[name] for name in names])
    writer.writerows([[row.get(name, "") for name in names] for row in rows])
    return (b"\xef\xbb\xbf" if mark else b"") + text.getvalue().encode()


def make_room(
    engine: Engine, place: str = "ubnd.niem-son", sort: str = "c.officer", quota: int = 500
) -> None:
    """Opens seats of a post past every check."""
    with Session(writing(engine)) as session:
        for row in session.scalars(
            select(PostQuota).where(col(PostQuota.post_id) == world.post(place, sort))
        ):
            row.quota = quota
            session.add(row)
        session.commit()


class Desk:
    """One account that imports, without HTTP: uploads, has the jobs run, looks at what came of it."""

    def __init__(self, engine: Engine, username: str = "btc.meovac", today: date = TODAY) -> None:
        self.engine = engine
        self.username = username
        self.today = today

    def session(self, permission: str = "import:write") -> ScopedSession:
        """A session of the account."""
        with ScopedSession(self.engine, Scope.house(self.today, "test")) as house:
            principal_id = house.scalars(
                select(Principal.id).where(col(Principal.username) == self.username)
            ).one()
            actor = access.load_principal(house, principal_id, "test", self.today)
        assert actor is not None
        return ScopedSession(writing(self.engine), Scope.of(actor, permission, self.today, "test"))

    def upload(self, content: bytes, name: str = "can-bo.xlsx") -> UUID:
        """Sends a file; its check is in line."""
        with self.session() as session:
            row = imports.create(
                session, content=content, name=name, kind=ImportKind.CADRES, unit_id=None, today=self.today
            )
            session.commit()
            return row.id

    def work(self) -> int:
        """Does what is in line; gives how many jobs that were."""
        done = 0
        while run_one(self.engine, self.today):
            done += 1
        return done

    def check(self, content: bytes, name: str = "can-bo.xlsx") -> Import:
        """Sends a file and has it checked."""
        key = self.upload(content, name)
        self.work()
        return self.one(key)

    def commit(self, import_id: UUID, mode: CommitMode = CommitMode.ALL) -> Import:
        """Has a checked file written."""
        with self.session() as session:
            imports.ask_commit(session, import_id, self.one(import_id).version, mode=mode)
            session.commit()
        self.work()
        return self.one(import_id)

    def bring_in(self, content: bytes) -> Import:
        """Sends, checks and writes a file without errors."""
        row = self.check(content)
        assert row.state == "validated", row.fault
        assert row.errors == 0, self.messages(row.id)
        return self.commit(row.id)

    def one(self, import_id: UUID) -> Import:
        """The import as it stands."""
        found: Import = self.scalars(select(Import).where(col(Import.id) == import_id))[0]
        return found

    def staged(self, import_id: UUID) -> list[dict[str, Any]]:
        """The rows as the API gives them."""
        from app.services.paging import Page

        with self.session("import:read") as session:
            return imports.rows(session, import_id, Page(limit=200)).rows

    def messages(self, import_id: UUID) -> list[tuple[int, str, str, str]]:
        """What is said: row, column, level, detail."""
        return [
            (row["number"], said["column"], said["level"], said["detail"])
            for row in self.staged(import_id)
            for said in row["messages"]
        ]

    def faults(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What is said of a file of one row: column and detail."""
        found = self.check(xlsx([row]))
        return [(column, detail) for _, column, _, detail in self.messages(found.id)]

    def scalars(self, statement: Executable) -> list[Any]:
        """The first column of a select, past the scope."""
        with Session(self.engine) as session:
            return list(session.scalars(statement).all())

    def count(self, model: type[SQLModel]) -> int:
        """How many rows a table has, past the scope."""
        with Session(self.engine) as session:
            return len(session.scalars(select(model)).all())


def rows_of(desk: Desk, import_id: UUID) -> list[ImportRow]:
    """The staged rows as they are kept."""
    return desk.scalars(
        select(ImportRow).where(col(ImportRow.import_id) == import_id).order_by(col(ImportRow.number))
    )
