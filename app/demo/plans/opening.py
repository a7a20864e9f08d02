"""Which dossiers there are, and how far each has come: most approved, some of every other state."""

from datetime import date
from random import Random

from app.demo.dates import BASELINE
from app.demo.plans.dossiers import Dossier
from app.demo.plans.scripts import Scripts
from app.demo.plans.sites import Site, Sites, authority
from app.demo.titles import Title
from app.demo.tree import Unit
from app.models.plan import PlanKind, PlanPeriod
from app.models.title import ManagedBy
from app.models.unit import Level, UnitKind

PARTY, STATE = PlanPeriod.PARTY_2020, PlanPeriod.STATE_2021

WAYS = {
    PARTY: {
        "published": 58, "approved": 9, "twice": 4, "reviewed": 16, "in_review": 7, "sent_again": 3,
        "draft": 2, "returned": 1,
    },
    STATE: {
        "published": 47, "approved": 22, "twice": 5, "submitted": 11, "draft": 6, "returned": 4, "begun": 1,
        "crowded": 1, "crowded_draft": 1, "thin_draft": 1, "men_before": 1, "men_returned": 1, "men_draft": 1,
    },
}  # fmt: skip
"""How dossiers go, in parts of a hundred."""

MEN = {"men_before", "men_returned", "men_draft"}
"""Ways that make sense where the law asks for a woman, and a man can be planned."""

UNFINISHED = {"draft", "returned"}
"""What no plan of the earlier period is that the province or one of its bodies approves."""

STORIES = {
    # Xín Cái, 43 % women: its plan is left to whoever tries the demo.
    ("00778", STATE): None,
    # Sủng Máng, 33 % women: sent before the resolution, all in order but for a woman in a key title.
    ("00790", STATE): "men_before",
    # Tát Ngà, 42 % women: the same, sent back for it.
    ("00808", STATE): "men_returned",
    ("00715", STATE): "submitted",
}
"""Communes whose dossier of a period is told of elsewhere."""

SPRING = date(2021, 3, 15)

EVERY_COMMUNE = 9
"""One commune in so many also has a plan of committee seats."""

CONGRESS_DONE = 4
"""One district in so many has closed its plan of committee seats."""


def dossiers(sites: Sites, seats: dict[str, Title], scripts: Scripts, rng: Random) -> list[Dossier]:
    """All dossiers with their events, in the order of units and periods."""
    found: list[Dossier] = []
    for number, site in enumerate(sites.all):
        ended = site.unit.valid_to is not None and site.unit.valid_to <= BASELINE
        for period in (PARTY,) if ended else (PARTY, STATE):
            for body, titles in _routes(site, site.titles_on(period.begins_on)):
                dossier = Dossier(site, body, period, PlanKind.TITLES, titles)
                way = "closed" if ended else _way(dossier, rng)
                if way is not None:
                    scripts.ways[way](dossier)
                    found.append(dossier)
        if not ended:
            found += _committee(site, number, seats, scripts)
    return found


def _routes(site: Site, titles: list[Title]) -> list[tuple[Unit, list[Title]]]:
    """The bodies that approve plans of a unit, each with the titles it manages there."""
    found: dict[Unit, list[Title]] = {}
    for title in titles:
        body = authority(site.unit, title.managed_by)
        if body is not None and title.managed_by is not ManagedBy.CENTRAL:
            found.setdefault(body, []).append(title)
    return list(found.items())


def _way(dossier: Dossier, rng: Random) -> str | None:
    parts = WAYS[dossier.period]
    way: str | None = rng.choices(list(parts), list(parts.values()))[0]
    if (dossier.site.unit.code, dossier.period) in STORIES:
        return STORIES[dossier.site.unit.code, dossier.period]
    if dossier.period is PARTY and dossier.authority.level is Level.PROVINCE and way in UNFINISHED:
        return "published"
    site, key = dossier.site, any(title.key for title in dossier.titles)
    if dossier.period is STATE and key and _crossed(site):
        return "men_below"
    if way in MEN and not (key and site.asks_woman(BASELINE)):
        return "approved"
    return way


def _crossed(site: Site) -> bool:
    """Whether the unit had less than 30 % women in spring and has more now."""
    return site.asks_woman(BASELINE) and not site.asks_woman(SPRING)


def _committee(site: Site, number: int, seats: dict[str, Title], scripts: Scripts) -> list[Dossier]:
    unit = site.unit
    if unit.kind is UnitKind.DISTRICT:
        way = "closed" if number % CONGRESS_DONE == 0 else "published"
        titles = [seats["d.standing_member"], seats["d.committee_member"]]
    elif unit.kind is UnitKind.COMMUNE and number % EVERY_COMMUNE == 0:
        way = "closed" if number % (2 * EVERY_COMMUNE) == 0 else "published"
        titles = [seats["c.standing_member"], seats["c.committee_member"]]
    elif unit.kind is UnitKind.ATTACHED_COMMITTEE:
        way, titles = "published", [seats["p.attached_member"]]
    else:
        return []
    found = []
    for body, own in _routes(site, titles):
        dossier = Dossier(site, body, PARTY, PlanKind.COMMITTEE, own)
        scripts.ways[way](dossier)
        found.append(dossier)
    return found
