"""How values look on a Vietnamese screen: dd/mm/yyyy, 1.234,56, ages, names. No HTML, no clock."""

from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from app.ui.texts import _

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
NO_VALUE = _("chưa nhập")
NOT_YOURS = _("không thuộc quyền xem")


def parse_iso(value: object) -> date | None:
    """A date as the API writes it; None for anything else."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        return None


def date_vn(value: object, precision: str = "day") -> str:
    """`2021-12-31` as 31/12/2021, 12/2021 or 2021, as far as the day is known; "" when there is none."""
    day = parse_iso(value)
    if day is None:
        return ""
    if precision == "year":
        return f"{day.year:04d}"
    if precision == "month":
        return f"{day.month:02d}/{day.year:04d}"
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def instant_vn(value: object) -> str:
    """An instant of the API (RFC 3339) as local time, dd/mm/yyyy hh:mm."""
    if not isinstance(value, str):
        return ""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return ""
    local = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(ZONE)
    return f"{local:%d/%m/%Y %H:%M}"


def number_vn(value: object) -> str:
    """1234567.5 as 1.234.567,5; integers without a comma."""
    if value is None or isinstance(value, bool):
        return ""
    number = Decimal(str(value))
    whole, _point, fraction = f"{number:,f}".partition(".")
    return whole.replace(",", ".") + (f",{fraction}" if fraction else "")


def percent_vn(value: object, places: int = 2) -> str:
    """A percentage rounded half up, without useless zeros when it is whole: 15,89%, 100%."""
    if value is None:
        return ""
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    if number == number.to_integral_value():
        number = number.to_integral_value()
    return f"{number_vn(number)}%"


def age_on(born: object, day: date) -> int | None:
    """Completed years on a day; someone born on 29 February completes a year on 1 March."""
    birth = parse_iso(born)
    if birth is None:
        return None
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


def initials(name: str) -> str:
    """Two letters for the round badge: first and last word of a name or user name."""
    words = [word for word in name.replace(".", " ").replace("-", " ").split() if word]
    if not words:
        return "–"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def lower_first(text: str) -> str:
    """The text for use inside a sentence."""
    return text[:1].lower() + text[1:]


def span_vn(begin: object, end: object, precision: str = "day") -> str:
    """Half-open `[begin, end)` as people read it: «từ …» or «… đến …» with the last day inclusive."""
    first = date_vn(begin, precision)
    last = parse_iso(end)
    if last is None:
        return _("từ %s") % first if first else ""
    final = date_vn(date.fromordinal(last.toordinal() - 1), precision)
    return _("%(first)s đến %(last)s") % {"first": first, "last": final} if first else _("đến %s") % final


def unit_name(unit: object, day: date) -> str:
    """A unit's name; one that has closed by `day` shows its last day, as «(đến 30/06/2025)»."""
    if not isinstance(unit, dict):
        return ""
    name = str(unit.get("name", ""))
    closed = parse_iso(unit.get("closed_on") or unit.get("ends_on"))
    if closed is not None and closed <= day:
        return _("%(name)s (đến %(day)s)") % {
            "name": name,
            "day": date_vn(date.fromordinal(closed.toordinal() - 1)),
        }
    return name


def day_before(value: object) -> str:
    """The day before, as ISO: where a thing that gave way on a day is still to be seen."""
    day = parse_iso(value)
    return date.fromordinal(day.toordinal() - 1).isoformat() if day else ""
