"""Where the staff without leading posts sits: weights of offices, titles of divisions and public services."""

from app.demo.tree import MERGER_DAY, Unit
from app.models.unit import Level, UnitKind


def office_weight(unit: Unit) -> int:
    """Share of an office in the staff of the offices; 0 where none sits."""
    if unit.valid_from == MERGER_DAY or unit.is_territory or unit.level is Level.COMMUNE:
        return 0
    short = unit.code.rpartition(".")[2]
    if unit.level is Level.PROVINCE:
        if unit.kind is UnitKind.DIVISION:
            return 12 if unit.name == "Chi cục Kiểm lâm" else 6 if unit.name.startswith("Chi cục") else 4
        if unit.kind in {UnitKind.FRONT, UnitKind.MASS_ORGANISATION}:
            return 4 if unit.sector == "association" else 10
        return 0
    return {
        UnitKind.DIVISION: 8 if short == "VP" else 4,
        UnitKind.PARTY_BOARD: 3,
        UnitKind.OFFICE: 7,
        UnitKind.FRONT: 2,
        UnitKind.MASS_ORGANISATION: 2,
    }.get(unit.kind, 0)


def watched_title(unit: Unit) -> str | None:
    """The sensitive title of a division's staff, by what the division does."""
    if unit.level is Level.DISTRICT:
        return "d.finance_expert" if unit.sector in {"finance", "resources", "construction"} else None
    if "Tổ chức" in unit.name or "Công chức" in unit.name:
        return "p.personnel_expert"
    words = ("Tài chính", "ngân sách", "Đầu tư", "Đăng ký", "đất đai", "Thẩm định", "Khoáng sản", "công sản")
    return "p.finance_expert" if any(word in unit.name for word in words) else None


def service_titles(unit: Unit, count: int) -> list[tuple[str, int]]:
    """How a public service's staff divides into titles."""
    level = "p" if unit.level is Level.PROVINCE else "d"
    short = unit.code.rpartition(".")[2]
    if short == "TYT":
        return [("d.station_head", 1), ("d.doctor", int(count > 6)), ("d.nurse", count - 1 - int(count > 6))]
    if unit.sector == "health" and short != "KN":
        doctors = count // 4
        rest = count // 6
        return [
            (f"{level}.doctor", doctors),
            (f"{level}.nurse", count - doctors - rest),
            (f"{level}.service_staff", rest),
        ]
    if unit.sector in {"education", "training"}:
        other = 1 + count // 14
        teacher = (
            "p.teacher"
            if level == "p"
            else "d.preschool_teacher"
            if short == "MN"
            else "d.primary_teacher"
            if short.startswith("TH") and short != "THCS"
            else "d.lower_teacher"
        )
        staff = f"{level}.school_staff" if level == "d" else "p.service_staff"
        return [(teacher, count - other - 1), (staff, other), (f"{level}.accountant", 1)]
    return [(f"{level}.service_staff", count - 1), (f"{level}.accountant", 1)]
