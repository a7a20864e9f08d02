"""Entering a person and changing him: checked first, each fault named, then written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from app.models.base import new_id, nfc, search_key, sort_key
from app.models.cadre import BirthPrecision, Cadre, CadreCreate, CadreUpdate
from app.models.code import Ethnicity
from app.models.unit import Unit, UnitVersion
from app.services import assignment, compliance
from app.services.dated import age_on, live
from app.services.errors import Conflict, Fault, Invalid
from app.services.lookup import lock
from app.services.scope import ScopedSession

YOUNGEST, OLDEST = 16, 90
"""Ages between which a person can be in the record; outside it is a slip of the pen."""

_NAMES = ("full_name", "other_names", "birthplace", "hometown", "recruited_by", "main_work")


def create(session: ScopedSession, *, data: CadreCreate, today: date) -> Cadre:
    """Enters a person, with the first seat if given.

    Invalid names every fault, Conflict a national id held already.
    """
    faults = _faults(session, data.model_dump(exclude={"assignment"}), today)
    unit_id = data.unit_id
    if data.assignment is not None:
        with _within("/assignment"):
            unit_id = assignment.post_of(session, data.assignment.post_id).unit_id
    elif unit_id is not None and not any(fault.pointer == "/unit_id" for fault in faults):
        faults += _ended(session, unit_id, today)
    if unit_id is None:
        faults.append(Fault("/unit_id", "Cần đơn vị quản lý hồ sơ, hoặc phân công đầu tiên."))
    if faults or unit_id is None:
        raise Invalid("Hãy sửa các trường nêu dưới đây.", faults)
    _refuse_taken(session, data.national_id, None)
    key = new_id()
    values = _tidy(data.model_dump(exclude={"assignment", "unit_id", "code"}))
    person = Cadre(
        **values,
        id=key,
        unit_id=unit_id,
        code=data.code or f"CB-{key.int % 10**8:08d}",
        search_key=search_key(values["full_name"]),
        sort_key=sort_key(values["full_name"]),
    )
    if session.scalars(select(Cadre.id).where(col(Cadre.code) == person.code)).first() is not None:
        raise Conflict(f"Số hiệu {person.code} đã có. Hãy chọn số khác hoặc để trống.")
    session.add(person)
    session.note(person, "cadre.create")
    session.flush()
    if data.assignment is not None:
        with _within("/assignment"):
            assignment.create(session, person, data=data.assignment, today=today)
    return person


@contextmanager
def _within(place: str) -> Iterator[None]:
    """Faults found in a part of what was sent, named from its top."""
    try:
        yield
    except Invalid as error:
        faults = [Fault(place + fault.pointer, fault.detail) for fault in error.faults]
        raise Invalid(error.detail, faults) from error


def _ended(session: ScopedSession, unit_id: UUID, today: date) -> list[Fault]:
    stands = select(UnitVersion.row_id).where(col(UnitVersion.unit_id) == unit_id, live(UnitVersion, today))
    if session.scalars(stands).first() is not None:
        return []
    return [Fault("/unit_id", f"Ngày {today:%d/%m/%Y} đơn vị này không còn (hoặc chưa có).")]


def change(session: ScopedSession, cadre_id: UUID, version: int, *, data: CadreUpdate, today: date) -> Cadre:
    """Changes what is named in `data`; the audit keeps what stood before."""
    person = lock(session, cadre_id, version)
    values = _tidy(data.model_dump(exclude_unset=True, exclude={"reason"}))
    merged = {
        name: getattr(person, name) for name in ("birth_date", "birth_precision", "sex", "full_name")
    } | values
    faults = _faults(session, values | {"birth_date": merged["birth_date"]}, today)
    faults += [
        Fault(f"/{name}", "Không thể để trống.")
        for name in ("full_name", "birth_date", "birth_precision", "sex", "ethnicity")
        if name in values and values[name] is None
    ]
    if faults:
        raise Invalid("Hãy sửa các trường nêu dưới đây.", faults)
    if values.get("national_id") is not None:
        _refuse_taken(session, values["national_id"], person.id)
    if "birth_date" in values or "birth_precision" in values:
        values["birth_date"] = _first(merged["birth_date"], merged["birth_precision"])
    for name, value in values.items():
        setattr(person, name, value)
    if "full_name" in values:
        person.search_key, person.sort_key = search_key(person.full_name), sort_key(person.full_name)
    session.add(person)
    session.note(person, "cadre.change", data.reason)
    session.flush()
    return person


def _tidy(values: dict[str, Any]) -> dict[str, Any]:
    """NFC at the door; an imprecise birth date stands on its first day."""
    for name in _NAMES:
        if isinstance(values.get(name), str):
            values[name] = nfc(values[name])
    if values.get("birth_date") is not None and values.get("birth_precision") is not None:
        values["birth_date"] = _first(values["birth_date"], values["birth_precision"])
    return values


def _first(birth: date, precision: BirthPrecision) -> date:
    if precision == BirthPrecision.YEAR:
        return birth.replace(month=1, day=1)
    return birth.replace(day=1) if precision == BirthPrecision.MONTH else birth


def _faults(session: ScopedSession, values: dict[str, Any], today: date) -> list[Fault]:
    faults = []
    birth: date | None = values.get("birth_date")
    if birth is not None and not YOUNGEST <= age_on(birth, today) <= OLDEST:
        faults.append(Fault("/birth_date", f"Tuổi phải từ {YOUNGEST} đến {OLDEST}. Hãy kiểm tra năm sinh."))
    recruited: date | None = values.get("recruited_on")
    if recruited is not None and recruited > today:
        faults.append(Fault("/recruited_on", "Ngày tuyển dụng không thể ở tương lai."))
    if birth is not None and recruited is not None and age_on(birth, recruited) < YOUNGEST:
        faults.append(Fault("/recruited_on", f"Ngày tuyển dụng phải sau khi đủ {YOUNGEST} tuổi."))
    if values.get("ethnicity") is not None and session.get(Ethnicity, values["ethnicity"]) is None:
        faults.append(Fault("/ethnicity", "Dân tộc không có trong danh mục. Xem /api/v1/ethnicities."))
    faults += [
        Fault(f"/{name}", "Không có đơn vị này.")
        for name in ("birthplace_unit_id", "hometown_unit_id", "unit_id")
        if values.get(name) is not None and session.get(Unit, values[name]) is None
    ]
    full_name = values.get("full_name")
    if isinstance(full_name, str) and len(nfc(full_name).split()) < 2:  # noqa: PLR2004 - family and given name
        faults.append(Fault("/full_name", "Cần cả họ và tên."))
    return faults


def _refuse_taken(session: ScopedSession, national_id: str | None, own: UUID | None) -> None:
    if national_id is not None and compliance.holder_of_national_id(session, national_id) not in {None, own}:
        raise Conflict("Số định danh cá nhân này đã có trong một hồ sơ khác. Hãy kiểm tra lại số.")
