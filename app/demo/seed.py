"""Builds the demo province in memory and writes it: the same rows every time."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Any

from sqlmodel import SQLModel

from app.demo.accounts import account_rows
from app.demo.actions import play
from app.demo.assignments import assignment_rows
from app.demo.cadres import cadre_rows, name_all
from app.demo.changes import unit_rows
from app.demo.committees import committee_rows
from app.demo.grades import sign
from app.demo.history import History
from app.demo.ids import Ids
from app.demo.learning import Learning
from app.demo.party import party_rows, residence_rows
from app.demo.people import baseline
from app.demo.plans import plan_rows
from app.demo.posts import post_rows
from app.demo.record import record_rows
from app.demo.spells import Spells
from app.demo.staffing import Staffing
from app.demo.titles import catalogue, title_rows
from app.demo.tree import Tree
from app.models.access import Principal, RoleGrant
from app.models.assignment import Assignment, AssignmentSpan
from app.models.attachment import Attachment
from app.models.cadre import Cadre
from app.models.committee import CommitteeTerm, Membership
from app.models.dossier import DossierDecision, DossierSnapshot, DossierStep
from app.models.evaluation import Evaluation
from app.models.file import File, FileContent
from app.models.party import PartyMembership
from app.models.plan import Plan, PlanEntry, PlanMeeting, PlanVote
from app.models.post import Post, PostQuota
from app.models.qualification import Qualification, QualificationSpan
from app.models.record import (
    Career,
    ConfidenceVote,
    Declaration,
    Discipline,
    Kinship,
    OwnPast,
    PoliticalConclusion,
    RelativeAbroad,
    Reward,
    Salary,
    Training,
    Travel,
)
from app.models.residence import Residence
from app.models.title import Title, TitleStandard, TitleVersion
from app.models.unit import Unit, UnitChange, UnitChangePart, UnitClosure, UnitVersion
from app.models.waiver import Waiver, WaiverUse
from app.services import bulk
from app.services.law.parameter import RESOLUTION_ON
from app.services.rule import law_of
from app.services.scope import ScopedSession
from app.settings import Settings

SEED = 20_211_231

TABLES: tuple[type[SQLModel], ...] = (
    Unit, UnitVersion, UnitChange, UnitChangePart, UnitClosure, Title, TitleVersion, TitleStandard,
    Post, PostQuota,
    Cadre, Assignment, AssignmentSpan, CommitteeTerm, Membership, Qualification, QualificationSpan,
    PartyMembership,
    Residence, Career, Salary, Kinship, Training, Reward, Discipline, Travel,
    RelativeAbroad, OwnPast,
    Declaration, ConfidenceVote, PoliticalConclusion, Principal, RoleGrant,
    Evaluation,
    Plan, PlanEntry, PlanMeeting, PlanVote, DossierDecision, DossierStep, DossierSnapshot,
    File, FileContent, Attachment,
    Waiver, WaiverUse,
)  # fmt: skip
"""In an order in which every row finds what it refers to."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What was written."""

    units: int
    people: int
    headcount: int
    rows: int


@dataclass(frozen=True, slots=True)
class Province:
    """The rows of every table, by table name, and how many people hold a main seat on the baseline day."""

    rows: dict[str, list[dict[str, Any]]]
    headcount: int
    resolution_on: date


def build(
    hash_password: Callable[[str], str], password: str, *, resolution_on: date = RESOLUTION_ON
) -> Province:
    """Every row of the province; with one hash for one password the same rows in every build.

    Plans are judged with the resolution in force from `resolution_on`.
    """
    # A million new objects and none to collect: a third of the time would go into looking for cycles.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return _build(hash_password, password, resolution_on)
    finally:
        if collecting:
            gc.enable()


def _build(hash_password: Callable[[str], str], password: str, resolution_on: date) -> Province:
    ids, rng = Ids(), Random(SEED)
    tree = Tree(ids, rng)
    titles = catalogue(ids)
    staffing = Staffing(tree, titles, ids, rng)
    people = baseline(staffing, ids, rng)
    headcount = len(people)
    History(staffing, people, ids, rng).run()
    spells = Spells(staffing, people, ids, rng)
    kin = name_all(people, spells, rng)
    rows = unit_rows(tree) | title_rows(titles, ids) | post_rows(staffing, ids)
    rows["cadre"] = cadre_rows(people, spells, rng)
    rows |= assignment_rows(spells)
    rows |= committee_rows(staffing, spells, ids, rng)
    rows |= Learning(ids, rng).rows(people)
    rows["party_membership"] = party_rows(people, ids, rng)
    rows["residence"] = residence_rows(people, ids, rng)
    rows |= record_rows(people, spells, kin, ids, rng)
    rows |= account_rows(tree, people, ids, hash_password, password)
    sign(rows["evaluation"], rows["principal"], tree)
    for table, further in plan_rows(staffing, spells, rows, ids, resolution_on).items():
        rows[table] = rows.get(table, []) + further
    return Province(rows, headcount, resolution_on)


def seed(
    session: ScopedSession, settings: Settings, password: str, hash_password: Callable[[str], str]
) -> Summary:
    """Writes the demo province into an empty, migrated database; the caller commits.

    Raises:
        ValueError: the settings aren't those of a demo, so that no real record gets made-up people.
    """
    if not settings.demo:
        raise ValueError("the demo province is written in demo mode alone (THENCHOT_DEMO)")
    return write(session, build(hash_password, password, resolution_on=settings.resolution_on))


def write(session: ScopedSession, province: Province) -> Summary:
    """Writes a province that was built into an empty, migrated database; the caller commits.

    Its personnel actions are then played by the services themselves, on the days they are of.
    """
    for table in TABLES:
        bulk.write(session, table, province.rows[str(table.__tablename__)])
    play(session, law_of(province.resolution_on))
    return Summary(
        units=len(province.rows["unit"]),
        people=len(province.rows["cadre"]),
        headcount=province.headcount,
        rows=sum(len(rows) for rows in province.rows.values()),
    )
