"""Walks the dossiers through their days as the services would, and keeps every row that leaves behind.

A step that the law of its day refuses is not taken, and nothing that was to follow it happens: no dossier of
the demo stands where its rules would not have let it come.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date
from random import Random
from typing import Any

from app.demo.ids import Ids, recorded
from app.demo.plans.dossiers import Act, Dossier, Event, Minutes, Planned
from app.demo.plans.judging import STANDS, Judging
from app.demo.plans.offices import Offices
from app.demo.plans.papers import Papers
from app.demo.plans.waivers import Waivers
from app.models.dossier import DossierType
from app.models.plan import COMPULSORY, EntryState, MeetingStep, PlanState
from app.services.law.finding import Finding
from app.services.workflow import number_key

Row = dict[str, Any]
STEPS = {
    Act.SUBMIT: PlanState.SUBMITTED,
    Act.RETURN: PlanState.RETURNED,
    Act.APPROVE: PlanState.APPROVED,
    Act.PUBLISH: PlanState.PUBLISHED,
    Act.REVIEW: PlanState.IN_REVIEW,
    Act.CLOSE: PlanState.CLOSED,
}
"""What a step of the transition table leads to."""


class Walk:
    """Takes all events of all dossiers in the order of their days."""

    def __init__(self, judging: Judging, offices: Offices, ids: Ids, rng: Random, digest: str) -> None:
        """`offices` say who acts and who signs; `digest` is that of the law's parameters."""
        self.judging = judging
        self.offices = offices
        self.ids = ids
        self.rng = rng
        self.digest = digest
        self.papers = Papers()
        self.waivers = Waivers(judging, offices, ids)
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self._acts: dict[Act, Callable[[Dossier, Event], None]] = {
            Act.CREATE: self._create,
            Act.ADD: self._add,
            Act.MEET: self._meet,
            Act.CONCLUDE: self._conclude,
            Act.KEEP: self._keep,
            Act.REMOVE: self._remove,
        }

    def run(self, dossiers: Sequence[Dossier]) -> dict[str, list[Row]]:
        """The rows of plans, entries, meetings, votes, papers, decisions, steps, snapshots and waivers."""
        queue = sorted(
            (event.day, number, place)
            for number, dossier in enumerate(dossiers)
            for place, event in enumerate(dossier.events)
        )
        stopped: set[int] = set()
        for _, number, place in queue:
            dossier = dossiers[number]
            if number in stopped:
                continue
            event = dossier.events[place]
            plain = self._acts.get(event.act)
            if plain is not None:
                plain(dossier, event)
            elif not self._step(dossier, event):
                stopped.add(number)
        for dossier in dossiers:
            self._write(dossier)
        self.waivers.finish(dossiers)
        told = {"waiver": self.waivers.rows, "waiver_use": self.waivers.uses}
        return dict(self.rows) | self.papers.rows | told

    # --- what is put in ---------------------------------------------------------------------------------

    def _create(self, dossier: Dossier, event: Event) -> None:
        dossier.id = self.ids.new(event.day)
        dossier.created_on = event.day
        dossier.created_by = self.offices.maker(dossier.site.unit).id
        self.judging.opened(dossier)

    def _add(self, dossier: Dossier, event: Event) -> None:
        row = event.entry
        assert row is not None  # noqa: S101 - every such event has one
        row.id, row.added_on, row.round = self.ids.new(event.day), event.day, dossier.round
        dossier.entries.append(row)
        dossier.version += 1

    def _meet(self, dossier: Dossier, event: Event) -> None:
        meeting = event.meeting
        assert meeting is not None  # noqa: S101 - every such event has one
        minutes = Minutes(self.ids.new(event.day), meeting.step, event.day, meeting.summoned, meeting.present)
        if meeting.step is not MeetingStep.LEADERSHIP_1:
            # One ballot in a while is not handed in, or not valid; small meetings lose none.
            spare = meeting.summoned >= 8
            minutes.issued = meeting.present
            minutes.returned = minutes.issued - int(spare and self.rng.random() < 0.1)
            minutes.valid = minutes.returned - int(spare and self.rng.random() < 0.15)
        if meeting.step is MeetingStep.LEADERSHIP_2:
            self._vote(dossier, minutes, weak=meeting.weak)
        dossier.meetings.append((dossier.round, minutes))
        dossier.version += 1 + self.papers.file(dossier, minutes, self.offices.sender(dossier.site.unit))

    def _conclude(self, dossier: Dossier, event: Event) -> None:
        """Everybody proposed gets a conclusion on political standards: one paper for the dossier."""
        number, issuer = self.offices.conclusion(dossier.authority, event.day)
        people = {row.person.id: row.person for row in dossier.living(EntryState.PROPOSED)}
        for person in people.values():
            self.judging.conclude(person, event.day)
            self.rows["political_conclusion"].append(
                {
                    "id": self.ids.new(event.day),
                    "cadre_id": person.id,
                    "recorded_at": recorded(event.day),
                    "voided_at": None,
                    "void_reason": None,
                    "number": number,
                    "concluded_on": event.day,
                    "issuer": issuer,
                    "purpose": f"Quy hoạch {dossier.period.value}",
                }
            )

    def _vote(self, dossier: Dossier, minutes: Minutes, *, weak: bool) -> None:
        half, most = minutes.summoned // 2, minutes.valid or 0
        for number, row in enumerate(dossier.living(EntryState.PROPOSED)):
            given = most - int(self.rng.triangular(0, max(most - half - 1, 0) + 0.99, 0))
            votes = half if weak and number == 0 else given
            minutes.votes.append((self.ids.new(minutes.held_on), row, votes))

    @staticmethod
    def _keep(dossier: Dossier, event: Event) -> None:
        row = event.entry
        assert row is not None  # noqa: S101 - every such event has one
        row.kept_in_round = dossier.round
        dossier.version += 1

    def _remove(self, dossier: Dossier, event: Event) -> None:
        row = event.entry
        assert row is not None  # noqa: S101 - every such event has one
        row.reason, row.removal_note = event.reason, event.note
        if event.reason in COMPULSORY:
            self._end(dossier, row, event.day)
        else:
            row.state = EntryState.LEAVING
        dossier.version += 1

    def _end(self, dossier: Dossier, row: Planned, day: date) -> None:
        if row.state in STANDS:
            self.judging.count(dossier, row, -1)
        row.state, row.removed_on, row.removed_in_round = EntryState.REMOVED, day, dossier.round

    # --- steps ------------------------------------------------------------------------------------------

    def _step(self, dossier: Dossier, event: Event) -> bool:
        """Takes a step; False where the law of the day refuses it."""
        findings: list[Finding] = []
        if event.act in {Act.SUBMIT, Act.APPROVE}:
            findings = self.waivers.lift(dossier, event, self.judging.judge(dossier, event.day))
            if not dossier.living(EntryState.PROPOSED, EntryState.APPROVED) or any(
                finding.holds_up for finding in findings
            ):
                return False
        decision = self._decide(dossier, event.day) if event.act is Act.APPROVE else None
        step = self._note_step(dossier, event, decision)
        if findings:
            self._snapshot(dossier, event.day, step, findings)
            self.waivers.note(dossier, step, findings)
        dossier.state = STEPS[event.act]
        if event.act is Act.SUBMIT:
            dossier.submitted_by, dossier.submitted_on = step["taken_by"], event.day
        elif decision is not None:
            self._settle(dossier, decision["effective_on"])
        elif event.act is Act.PUBLISH:
            dossier.published_on = event.day
        elif event.act is Act.REVIEW:
            dossier.round += 1
        elif event.act is Act.CLOSE:
            dossier.closed_on = event.day
            for row in dossier.living(*STANDS):
                self.judging.count(dossier, row, -1)
        return True

    def _settle(self, dossier: Dossier, on: date) -> None:
        for row in dossier.living(EntryState.PROPOSED):
            row.state, row.planned_from = EntryState.APPROVED, on
            self.judging.count(dossier, row, 1)
        for row in dossier.living(EntryState.LEAVING):
            self._end(dossier, row, on)

    def _decide(self, dossier: Dossier, day: date) -> Row:
        number, signer = self.offices.decision(dossier.authority, day)
        decision = self._owned(dossier, day) | {
            "issuer_id": dossier.authority.id,
            "number": number,
            "number_key": number_key(number),
            "signed_on": day,
            "signed_year": day.year,
            "effective_on": day,
            "signer": signer,
        }
        self.rows["dossier_decision"].append(decision)
        return decision

    def _note_step(self, dossier: Dossier, event: Event, decision: Row | None) -> Row:
        actor = (
            self.offices.approver(dossier.authority)
            if event.act in {Act.RETURN, Act.APPROVE}
            else self.offices.sender(dossier.site.unit)
        )
        dossier.version += 1
        step = self._owned(dossier, event.day) | {
            "action": event.act.value,
            "from_state": dossier.state.value,
            "to_state": STEPS[event.act].value,
            "taken_by": actor.id,
            "taken_by_name": actor.name,
            "taken_on": event.day,
            "recorded_at": recorded(event.day),
            "note": event.note,
            "decision_id": decision["id"] if decision is not None else None,
            "version": dossier.version,
        }
        self.rows["dossier_step"].append(step)
        return step

    def _owned(self, dossier: Dossier, day: date) -> Row:
        return {
            "id": self.ids.new(day),
            "unit_id": dossier.site.unit.id,
            "dossier_type": DossierType.PLAN,
            "dossier_id": dossier.id,
        }

    def _snapshot(self, dossier: Dossier, day: date, step: Row, findings: Sequence[Finding]) -> None:
        self.rows["dossier_snapshot"].append(
            self._owned(dossier, day)
            | {
                "step_id": step["id"],
                "as_of": day,
                "findings": json.dumps([finding.as_json() for finding in findings], ensure_ascii=False),
                "content": json.dumps(
                    {**_content(dossier), "files": self.papers.of(dossier)},
                    ensure_ascii=False,
                    sort_keys=True,
                ),
                "parameter_digest": self.digest,
            }
        )

    # --- rows -------------------------------------------------------------------------------------------

    def _write(self, dossier: Dossier) -> None:
        unit = dossier.site.unit.id
        sent = dossier.submitted_on
        self.rows["plan"].append(
            {
                "id": dossier.id,
                "unit_id": unit,
                "period": dossier.period,
                "kind": dossier.kind,
                "authority_id": dossier.authority.id,
                "state": dossier.state,
                "round": dossier.round,
                "created_by": dossier.created_by,
                "created_at": recorded(dossier.created_on),
                "submitted_by": dossier.submitted_by,
                "submitted_at": recorded(sent) if sent is not None else None,
                "published_on": dossier.published_on,
                "closed_on": dossier.closed_on,
                "version": dossier.version,
            }
        )
        self.rows["plan_entry"] += [_entry(dossier, row) for row in dossier.entries]
        for round_, minutes in dossier.meetings:
            self.rows["plan_meeting"].append(_minutes(dossier, round_, minutes))
            self.rows["plan_vote"] += [
                {
                    "id": key,
                    "unit_id": unit,
                    "plan_id": dossier.id,
                    "meeting_id": minutes.id,
                    "entry_id": row.id,
                    "votes": votes,
                }
                for key, row, votes in minutes.votes
            ]


def _entry(dossier: Dossier, row: Planned) -> Row:
    return {
        "id": row.id,
        "unit_id": dossier.site.unit.id,
        "plan_id": dossier.id,
        "cadre_id": row.person.id,
        "title_id": row.title.id,
        "state": row.state,
        "round": row.round,
        "added_by": dossier.created_by,
        "added_on": row.added_on,
        "note": None,
        "planned_from": row.planned_from,
        "kept_in_round": row.kept_in_round,
        "removed_on": row.removed_on,
        "removed_in_round": row.removed_in_round,
        "removal_reason": row.reason,
        "removal_note": row.removal_note,
    }


def _minutes(dossier: Dossier, round_: int, minutes: Minutes) -> Row:
    return {
        "id": minutes.id,
        "unit_id": dossier.site.unit.id,
        "plan_id": dossier.id,
        "round": round_,
        "step": minutes.step,
        "held_on": minutes.held_on,
        "summoned": minutes.summoned,
        "present": minutes.present,
        "ballots_issued": minutes.issued,
        "ballots_returned": minutes.returned,
        "ballots_valid": minutes.valid,
        "document": f"{minutes.held_on:%d%m}-BB",
    }


def _content(dossier: Dossier) -> Row:
    """List and minutes as `services.plan.walking` keeps them."""
    rows = dossier.living(EntryState.PROPOSED, *STANDS)
    meetings = sorted(
        (minutes for round_, minutes in dossier.meetings if round_ == dossier.round),
        key=lambda minutes: (minutes.held_on, minutes.id.int),
    )
    return {
        "entries": [
            {
                "id": str(row.id),
                "cadre_id": str(row.person.id),
                "title_id": str(row.title.id),
                "state": row.state.value,
            }
            for row in rows
        ],
        "meetings": [
            {
                "step": minutes.step.value,
                "held_on": minutes.held_on.isoformat(),
                "summoned": minutes.summoned,
                "present": minutes.present,
                "ballots_issued": minutes.issued,
                "ballots_returned": minutes.returned,
                "ballots_valid": minutes.valid,
                "in_favour": [
                    {"entry_id": str(row.id), "votes": votes}
                    for _, row, votes in sorted(minutes.votes, key=lambda vote: (-vote[2], vote[0].int))
                ],
            }
            for minutes in meetings
        ],
    }
