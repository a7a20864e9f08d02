"""Who acts on a dossier of the demo, and who signs: the accounts of the place, else the province's."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from app.demo.plans.sites import Sites
from app.demo.spells import Decisions, Spell, Spells
from app.demo.tree import Unit
from app.models.unit import UnitKind

MAKERS = {"00715": "xa.lungcu", "02.SNV": "head.sonoivu"}
"""Units whose own account opens their plans and puts the persons in."""

DISTRICTS = {"026": "dongvan", "027": "meovac"}
"""Districts with accounts of their own; the province's act for the others."""

SIGNERS = ("secretary", "director", "head", "chair", "chief_inspector", "office_chief")


@dataclass(frozen=True, slots=True)
class Actor:
    """An account, with the name it shows."""

    id: UUID
    name: str


class Offices:
    """Accounts by what they do, and decision numbers that go on where those on posts ended."""

    def __init__(self, principals: list[dict[str, Any]], sites: Sites, spells: Spells) -> None:
        """`principals` are the rows of the accounts."""
        self._actors = {row["username"]: Actor(row["id"], row["display_name"]) for row in principals}
        self._decisions: Decisions = spells.decisions
        self._heads: dict[UUID, list[Spell]] = defaultdict(list)
        for spell in spells.all:
            title = spell.seat.title
            if title.key and any(title.code.endswith(word) for word in SIGNERS):
                self._heads[spell.seat.unit.id].append(spell)
        self._conclusions: Counter[tuple[str, int]] = Counter()
        self._letters: Counter[tuple[UUID, int]] = Counter()
        self.sites = sites

    def maker(self, unit: Unit) -> Actor:
        """Who opens a plan of a unit."""
        own = MAKERS.get(unit.code)
        return self._actors[own] if own is not None else self.sender(unit)

    def sender(self, unit: Unit) -> Actor:
        """Who sends it, publishes it and opens its review."""
        return self._office("btc", unit)

    def approver(self, authority: Unit) -> Actor:
        """Who approves it or sends it back."""
        return self._office("btv", authority)

    def _office(self, office: str, unit: Unit) -> Actor:
        district = unit.district
        place = DISTRICTS.get(district.code, "tinh") if district is not None else "tinh"
        return self._actors[f"{office}.{place}"]

    def conclusion(self, authority: Unit, day: date) -> tuple[str, str]:
        """Number and issuer of a conclusion on political standards by the body that manages the titles."""
        code = authority.code.rpartition(".")[2]
        committee = authority.kind in {UnitKind.PARTY_COMMITTEE, UnitKind.ATTACHED_COMMITTEE}
        issuer = f"Ban Thường vụ {authority.name}" if committee else f"Đảng ủy {authority.name}"
        self._conclusions[issuer, day.year] += 1
        suffix = code.replace("DUK", "ĐUK") if committee else "ĐU"
        return f"{self._conclusions[issuer, day.year]}-KL/{suffix}", issuer

    def letter(self, authority: Unit, day: date) -> str:
        """Number of an official letter of a body."""
        self._letters[authority.id, day.year] += 1
        suffix = authority.code.rpartition(".")[2].replace("DUK", "ĐUK")
        return f"{self._letters[authority.id, day.year]}-CV/{suffix}"

    def decision(self, authority: Unit, day: date) -> tuple[str, str | None]:
        """Number and signer of a decision of a body on a day."""
        code = authority.code.rpartition(".")[2]
        if authority.kind in {UnitKind.PARTY_COMMITTEE, UnitKind.ATTACHED_COMMITTEE}:
            issuer, suffix = {
                "TU": (f"Ban Thường vụ {authority.name}", "-QĐ/TU"),
                "HU": (f"Ban Thường vụ {authority.name}", "-QĐ/HU"),
                "DUK": (f"Ban Thường vụ {authority.name}", "-QĐ/ĐUK"),
            }[code]
        else:
            issuer, suffix = authority.name, f"/QĐ-{code}"
        number = self._decisions.number(issuer, day.year)
        signing = next(
            (
                spell
                for spell in self._heads[authority.id]
                if spell.start <= day and (spell.end is None or spell.end > day) and not spell.acting
            ),
            None,
        )
        return f"{number}{suffix}", signing.person.name if signing is not None else None
