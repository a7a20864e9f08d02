"""The accounts of the test world, all with one password."""

from datetime import UTC, date, datetime

from app.models.access import Principal, PrincipalKind, RoleGrant
from app.services import passwords
from tests.world.rows import Book, key
from tests.world.units import unit

PASSWORD = "mot cau de nho cua rieng toi"
# username: role, unit or None, the person it belongs to.
ACCOUNTS: dict[str, tuple[str, str | None, str | None]] = {
    "btc.tinh": ("org_officer", "tinh", "btc"),
    "btv.tinh": ("approver", "tinh", None),
    "ubkt.tinh": ("inspector", "tinh", None),
    "btc.dongvan": ("org_officer", "dong-van", "btc.dongvan"),
    "btv.dongvan": ("approver", "dong-van", None),
    "btc.meovac": ("org_officer", "meo-vac", None),
    "btv.meovac": ("approver", "meo-vac", None),
    "xa.lungcu": ("commune_officer", "lung-cu", "officer.lungcu"),
    "head.sonoivu": ("unit_head", "so-noi-vu", "head"),
    "canbo": ("self", None, "canbo"),
    "mattran.tinh": ("front", "tinh", None),
    "quantri": ("sysadmin", "tinh", None),
}


def write(book: Book) -> None:
    """Principals and their grants."""
    digest = passwords.digest(PASSWORD)
    made = datetime(2021, 1, 4, 2, tzinfo=UTC)
    for username, (role, place, person) in ACCOUNTS.items():
        cadre_id = key("cadre", person) if person else None
        book.add(
            Principal,
            id=key("principal", username),
            kind=PrincipalKind.PERSON,
            username=username,
            display_name=username,
            password_hash=digest,
            cadre_id=cadre_id,
            created_at=made,
        )
        book.add(
            RoleGrant,
            id=key("grant", username),
            principal_id=key("principal", username),
            role=role,
            unit_id=unit(place) if place else None,
            cadre_id=None if place else cadre_id,
            valid_from=date(2021, 1, 4),
            confirmed_at=made,
        )
