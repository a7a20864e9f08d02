"""Succession plans of the demo: every planning unit, both periods that ran then, every state."""

from collections.abc import Mapping
from datetime import date
from random import Random
from typing import Any

from app.demo.ids import Ids
from app.demo.plans.choosing import Choosing
from app.demo.plans.facts import Facts
from app.demo.plans.judging import Judging
from app.demo.plans.offices import Offices
from app.demo.plans.opening import dossiers
from app.demo.plans.scripts import Scripts
from app.demo.plans.seats import seat_titles
from app.demo.plans.sites import Sites
from app.demo.plans.walking import Walk
from app.demo.spells import Spells
from app.demo.staffing import Staffing
from app.demo.titles import title_rows
from app.services.rule import law_of

SEED = 20_211_227

Rows = dict[str, list[dict[str, Any]]]


def plan_rows(
    staffing: Staffing,
    spells: Spells,
    known: Mapping[str, list[dict[str, Any]]],
    ids: Ids,
    resolution_on: date,
) -> Rows:
    """Rows of plans and all that belongs to them, and of the titles that are seats in committees.

    `known` are the rows made before: those who made and approved plans are among its principals, what people
    learned and what was concluded of them is judged. The resolution is in force from `resolution_on`.
    """
    rng = Random(SEED)
    law = law_of(resolution_on)
    seats = seat_titles(ids)
    sites = Sites(staffing, spells)
    found = dossiers(sites, seats, Scripts(Choosing(sites, rng), rng), rng)
    judging = Judging(law, sites, Facts(known))
    walk = Walk(judging, Offices(known["principal"], sites, spells), ids, rng, law.digest())
    return title_rows(seats, ids) | walk.run(found)
