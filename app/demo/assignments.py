"""Rows of assignments: what was known before the end of each, and after; a few entered wrongly at first."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from app.demo.ids import Ids, recorded
from app.demo.spells import Spell, Spells


def assignment_rows(spells: Spells) -> dict[str, list[dict[str, Any]]]:
    """Rows of `assignment` and `assignment_span`; an ended one also has the span as known before its end."""
    identities = [{"id": spell.id, "cadre_id": spell.person.id} for spell in spells.all]
    spans: list[dict[str, Any]] = []
    wrong = {id(spell) for spell in _mistaken(spells.all)}
    for spell in spells.all:
        row = _span(spell, spells.ids)
        if id(spell) in wrong:
            known = recorded(CORRECTED_ON)
            spans.append(row | {"valid_from": WRONG_START, "superseded_at": known})
            row |= {
                "row_id": spells.ids.new(CORRECTED_ON),
                "recorded_at": known,
                "correction_reason": "Ngày hiệu lực ghi sai so với quyết định gốc.",
            }
        if spell.end is not None:
            decided = spell.end_signed or spell.signed
            known = recorded(decided)
            before = row | {"superseded_at": known}
            row = row | {
                "row_id": spells.ids.new(decided),
                "recorded_at": known,
                "valid_to": spell.end,
                "end_reason": spell.left,
                "end_decision_number": spell.end_number,
                "end_decision_signed_on": decided,
            }
            spans.append(before)
        spans.append(row)
    return {"assignment": identities, "assignment_span": spans}


CORRECTED_ON = date(2021, 3, 15)
WRONG_START = date(2019, 9, 1)


def _mistaken(spells: Iterable[Spell]) -> list[Spell]:
    """Six arrivals of spring 2019 that were entered with an effect day in autumn, put right in 2021."""
    return [
        spell
        for spell in spells
        if spell.main
        and spell.end is None
        and date(2019, 2, 1) <= spell.start <= date(2019, 6, 15)
        and spell.seat.title.leadership
    ][:6]


def _span(spell: Spell, ids: Ids) -> dict[str, Any]:
    seat = spell.seat
    return {
        "row_id": ids.new(spell.signed),
        "unit_id": seat.post.unit.id,
        "cadre_id": spell.person.id,
        "valid_from": spell.start,
        "valid_to": None,
        "recorded_at": recorded(spell.signed),
        "superseded_at": None,
        "assignment_id": spell.id,
        "post_id": seat.post.id,
        "title_id": seat.post.title.id,
        "seat_no": seat.no,
        "kind": spell.kind,
        "is_main": spell.main,
        "acting": spell.acting,
        "term_ends_on": spell.term_ends,
        "decision_number": spell.number,
        "decision_signed_on": spell.signed,
        "decision_issuer": spell.issuer,
        "decision_signer": "T/M Ban Thường vụ" if spell.issuer.startswith("Ban Thường vụ") else None,
        "end_reason": None,
        "end_decision_number": None,
        "end_decision_signed_on": None,
        "correction_reason": None,
    }
