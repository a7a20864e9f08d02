"""The demo accounts of the API contract: who may sign in, with which role, where."""

from collections.abc import Callable
from datetime import date
from typing import Any

from app.demo.ids import Ids, recorded
from app.demo.people import Person
from app.demo.tree import Tree, Unit
from app.models.access import PrincipalKind

OPENED_ON = date(2021, 1, 4)
ADMINISTRATOR, CONFIRMS = "quantri", "btv.tinh"

ACCOUNTS = (
    # username, display name, role, unit ("" for a person's own file)
    ("quantri", "Quản trị hệ thống", "sysadmin", "02"),
    ("btv.tinh", "Thường trực Tỉnh ủy", "approver", "02"),
    ("btc.tinh", "Ban Tổ chức Tỉnh ủy", "org_officer", "02"),
    ("ubkt.tinh", "Ủy ban Kiểm tra Tỉnh ủy", "inspector", "02"),
    ("btc.dongvan", "Ban Tổ chức Huyện ủy Đồng Văn", "org_officer", "026"),
    ("btv.dongvan", "Ban Thường vụ Huyện ủy Đồng Văn", "approver", "026"),
    ("btc.meovac", "Ban Tổ chức Huyện ủy Mèo Vạc", "org_officer", "027"),
    ("btv.meovac", "Ban Thường vụ Huyện ủy Mèo Vạc", "approver", "027"),
    ("xa.lungcu", "Đảng ủy xã Lũng Cú", "commune_officer", "00715"),
    ("head.sonoivu", "Giám đốc Sở Nội vụ", "unit_head", "02.SNV"),
    ("canbo", "Cán bộ tự xem hồ sơ", "self", ""),
    ("mattran.tinh", "Ủy ban Mặt trận Tổ quốc tỉnh", "front", "02"),
    ("csdl-noivu", "Cơ sở dữ liệu Sở Nội vụ", "service", "02"),
)


def account_rows(
    tree: Tree, people: list[Person], ids: Ids, hash_password: Callable[[str], str], password: str
) -> dict[str, list[dict[str, Any]]]:
    """Rows of `principal` and `role_grant`; the administrator proposed, the standing committee confirmed."""
    units = {unit.code: unit for unit in tree.units if unit.valid_from < OPENED_ON}
    plain = next(
        person
        for person in people
        if person.seat is not None
        and person.seat.title.code == "p.expert"
        and person.seat.unit.code.startswith("02.STC")
    )
    director = next(
        person
        for person in people
        if person.seat is not None
        and person.seat.title.code == "p.director"
        and person.seat.unit.code == "02.SNV"
    )
    linked = {"canbo": plain, "head.sonoivu": director}
    known = recorded(OPENED_ON)
    principals: list[dict[str, Any]] = []
    grants: list[dict[str, Any]] = []
    numbers = {username: ids.new(OPENED_ON) for username, *_ in ACCOUNTS}
    for username, display, role, place in ACCOUNTS:
        person = linked.get(username)
        principals.append(
            {
                "id": numbers[username],
                "kind": PrincipalKind.SERVICE if role == "service" else PrincipalKind.PERSON,
                "username": username,
                "display_name": person.name if username == "canbo" and person else display,
                "password_hash": hash_password(password),
                "cadre_id": person.id if person else None,
                "auth_version": 1,
                "disabled_at": None,
                "created_at": known,
                "is_demo": True,
                "version": 1,
            }
        )
        unit: Unit | None = units[place] if place else None
        first = username in {ADMINISTRATOR, CONFIRMS}
        grants.append(
            {
                "id": ids.new(OPENED_ON),
                "principal_id": numbers[username],
                "role": role,
                "unit_id": unit.id if unit else None,
                "cadre_id": None if unit else plain.id,
                "valid_from": OPENED_ON,
                "valid_to": None,
                # The two who propose and confirm were set up with the system itself.
                "proposed_by": None if first else numbers[ADMINISTRATOR],
                "confirmed_by": None if first else numbers[CONFIRMS],
                "confirmed_at": known,
            }
        )
    return {"principal": principals, "role_grant": grants}
