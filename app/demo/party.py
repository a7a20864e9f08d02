"""Party membership and residence: two clocks, some facts put right later."""

from datetime import date, timedelta
from random import Random
from typing import Any

from app.demo.cadres import first_day
from app.demo.dates import years
from app.demo.ids import FIRST_DAY, Ids, recorded
from app.demo.people import Person
from app.demo.seats import STAFF_TIER
from app.demo.tree import Unit
from app.models.residence import ResidenceKind

STRUCK_OFF, STRUCK_KNOWN, RESTORED_ON = date(2019, 3, 1), date(2019, 3, 5), date(2021, 6, 1)
MOVED_KNOWN, MOVED_CORRECTED = date(2018, 7, 2), date(2021, 4, 20)
PARTY_ERRORS, RESIDENCE_ERRORS = 6, 6


def party_rows(people: list[Person], ids: Ids, rng: Random) -> list[dict[str, Any]]:
    """Rows of `party_membership`; six were struck off by mistake in 2019, which was put right in 2021."""
    rows: list[dict[str, Any]] = []
    errors = PARTY_ERRORS
    for number, person in enumerate(people):
        if person.stub or not person.party:
            continue
        led = next((span.start for span in person.spans if span.seat.tier < STAFF_TIER), date(2021, 10, 1))
        day = person.recruited + timedelta(days=rng.randrange(150, 2900))
        day = max(min(day, led - timedelta(days=rng.randrange(400, 1500))), years(person.birth, 19))
        day = min(day, date(2021, 10, 3), (person.spans[-1].end or date(2021, 10, 3)) - timedelta(days=30))
        known = max(day + timedelta(days=10), first_day(person), FIRST_DAY)
        row: dict[str, Any] = {
            "row_id": ids.new(known),
            "cadre_id": person.id,
            "valid_from": day,
            "valid_to": None,
            "recorded_at": recorded(known),
            "superseded_at": None,
            "official_on": years(day, 1) if years(day, 1) < date(2021, 12, 1) else None,
            "card_number": f"02{number:06d}",
            "party_cell": f"Chi bộ {person.spans[-1].seat.unit.name}"[:160],
        }
        rows.append(row)
        seat = person.seat
        staff = seat is not None and not seat.title.leadership
        if errors and staff and day < date(2015, 1, 1) and known < date(2016, 1, 1) and number % 97 == 0:
            errors -= 1
            row["superseded_at"] = recorded(STRUCK_KNOWN)
            rows += [
                row
                | {
                    "row_id": ids.new(STRUCK_KNOWN),
                    "valid_to": STRUCK_OFF,
                    "recorded_at": recorded(STRUCK_KNOWN),
                    "superseded_at": recorded(RESTORED_ON),
                },
                row
                | {
                    "row_id": ids.new(RESTORED_ON),
                    "recorded_at": recorded(RESTORED_ON),
                    "superseded_at": None,
                },
            ]
    return rows


def residence_rows(people: list[Person], ids: Ids, rng: Random) -> list[dict[str, Any]]:
    """Rows of `residence` of people who lead or led; six communes were entered wrongly in 2018."""
    rows: list[dict[str, Any]] = []
    errors = RESIDENCE_ERRORS
    for person in people:
        seat = person.spans[-1].seat
        if person.stub or not seat.title.leadership or person.lives_in is None:
            continue
        start = max(FIRST_DAY, first_day(person))
        for kind in ResidenceKind:
            if kind is ResidenceKind.CURRENT and rng.random() < 0.5:
                continue
            row: dict[str, Any] = {
                "row_id": ids.new(start),
                "cadre_id": person.id,
                "kind": kind,
                "address": _address(person.lives_in),
                "commune_unit_id": person.lives_in.id,
                "valid_from": start,
                "valid_to": None,
                "recorded_at": recorded(start),
                "superseded_at": None,
            }
            rows.append(row)
            if (
                errors
                and person.seat is not None
                and start == FIRST_DAY
                and person.home not in {None, person.lives_in}
            ):
                errors -= 1
                rows += _moved(row, person, ids)
    return rows


def _moved(row: dict[str, Any], person: Person, ids: Ids) -> list[dict[str, Any]]:
    """A move of 2018 entered with the wrong commune, put right in 2021."""
    day = MOVED_KNOWN - timedelta(days=31)
    new, wrong = person.lives_in, person.home
    if new is None or wrong is None:
        return []
    ended = row | {"row_id": ids.new(MOVED_KNOWN), "valid_to": day, "recorded_at": recorded(MOVED_KNOWN)}
    row["superseded_at"] = recorded(MOVED_KNOWN)
    entered = row | {
        "row_id": ids.new(MOVED_KNOWN),
        "valid_from": day,
        "address": _address(wrong),
        "commune_unit_id": wrong.id,
        "recorded_at": recorded(MOVED_KNOWN),
        "superseded_at": recorded(MOVED_CORRECTED),
    }
    right = entered | {
        "row_id": ids.new(MOVED_CORRECTED),
        "address": _address(new),
        "commune_unit_id": new.id,
        "recorded_at": recorded(MOVED_CORRECTED),
        "superseded_at": None,
    }
    return [ended, entered, right]


def _address(unit: Unit) -> str:
    return f"{unit.name}, {unit.parent.name if unit.parent else ''}, tỉnh Hà Giang"
