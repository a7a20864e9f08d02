"""Numbers and signers of the decisions on persons that the demo's bodies take."""

from collections import Counter
from datetime import date
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import col

from app.models.assignment import AssignmentSpan
from app.models.cadre import Cadre
from app.models.title import TitleVersion
from app.models.unit import UnitVersion
from app.services.dated import live
from app.services.scope import ScopedSession

COMMITTEES = {
    "btv.tinh": ("Ban Thường vụ Tỉnh ủy Hà Giang", "TU"),
    "btv.dongvan": ("Ban Thường vụ Huyện ủy Đồng Văn", "HU"),
    "btv.meovac": ("Ban Thường vụ Huyện ủy Mèo Vạc", "HU"),
}
"""The standing committees behind the accounts that decide, and how their numbers end."""


class Numbers:
    """A series of its own («QĐNS», decisions on persons) for each body and year."""

    def __init__(self, house: ScopedSession) -> None:
        """`house` reads the whole province."""
        self._house = house
        self._last: Counter[tuple[UUID, int]] = Counter()
        self._conclusions: Counter[tuple[str, int]] = Counter()

    def next(self, authority_id: UUID, day: date) -> tuple[str, str | None]:
        """The next number of a body on a day, and its head of that day if the seat isn't empty."""
        self._last[authority_id, day.year] += 1
        code = self._house.scalars(
            select(col(UnitVersion.code)).where(
                col(UnitVersion.unit_id) == authority_id, live(UnitVersion, day)
            )
        ).one()
        head = self._house.scalars(
            select(col(Cadre.full_name))
            .join(AssignmentSpan, col(AssignmentSpan.cadre_id) == col(Cadre.id))
            .join(
                TitleVersion,
                and_(
                    col(TitleVersion.title_id) == col(AssignmentSpan.title_id),
                    col(TitleVersion.is_key).is_(True),
                    live(TitleVersion, day),
                ),
            )
            .where(
                col(AssignmentSpan.unit_id) == authority_id,
                col(AssignmentSpan.acting).is_(False),
                live(AssignmentSpan, day),
            )
            .order_by(col(TitleVersion.rank), col(Cadre.code))
            .limit(1)
        ).first()
        suffix = code.rpartition(".")[2].replace("DUK", "ĐUK")
        return f"{self._last[authority_id, day.year]}-QĐNS/{suffix}", head

    def conclusion(self, approver: str, day: date) -> tuple[str, str]:
        """The next number of a standing committee's conclusions on political standards, and its name."""
        issuer, suffix = COMMITTEES[approver]
        self._conclusions[issuer, day.year] += 1
        return f"{self._conclusions[issuer, day.year]}-KLNS/{suffix}", issuer
