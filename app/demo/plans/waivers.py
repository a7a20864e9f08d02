"""Waivers of the demo: what let two plans of committees through in 2020, and what approvers gave since."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from app.demo.dates import BASELINE
from app.demo.ids import Ids, recorded
from app.demo.plans.dossiers import Act, Dossier, Event
from app.demo.plans.judging import Judging
from app.demo.plans.offices import Offices
from app.models.dossier import DossierType
from app.models.plan import PlanKind, PlanPeriod, PlanState
from app.models.waiver import WaiverScope
from app.services.law.finding import Finding
from app.services.law.rules import REGISTRY
from app.services.workflow import number_key

Row = dict[str, Any]
AGE, STRUCTURE, PERSONS = "plan.age", "plan.structure", "plan.persons_per_title"

LET_THROUGH = {"01054": AGE, "035": AGE}
"""Units whose plan of committee seats for 2020-2025 was sent and approved on a waiver of this rule."""

WAITING = {
    "01027": (STRUCTURE, date(2020, 3, 16), date(2020, 6, 30)),
    "027": (AGE, date(2021, 12, 29), date(2022, 3, 31)),
}
"""Units whose plan of committee seats is still a draft though its rule is or was waived: rule and days."""

REASONS = {
    AGE: "Nhân sự có kinh nghiệm ở địa bàn biên giới, chưa có người trẻ hơn đủ tiêu chuẩn thay thế",
    STRUCTURE: "Đơn vị mới sắp xếp, chưa đủ người ở cả ba độ tuổi để chọn",
    PERSONS: "Chức danh sắp khuyết do nghỉ hưu, cần thêm một người để lựa chọn",
}


class Waivers:
    """Gives waivers while the dossiers are walked, and some to those that stand on the baseline day."""

    def __init__(self, judging: Judging, offices: Offices, ids: Ids) -> None:
        """`offices` say who gives them."""
        self._judging = judging
        self._offices = offices
        self._ids = ids
        self.rows: list[Row] = []
        self.uses: list[Row] = []

    def lift(self, dossier: Dossier, event: Event, findings: Sequence[Finding]) -> list[Finding]:
        """The findings a step is judged on; of a dossier that is let through, one is waived."""
        rule = LET_THROUGH.get(dossier.site.unit.code) if _committee(dossier) else None
        if rule is None:
            return list(findings)
        held = {one.rule for one in findings if one.holds_up}
        own = next((row for row in self.rows if row["dossier_id"] == dossier.id), None)
        if own is None and event.act is Act.SUBMIT and held == {rule}:
            own = self._give(dossier, rule, event.day, date(event.day.year, 12, 31))
        if own is None or not own["signed_on"] <= event.day <= own["expires_on"]:
            return list(findings)
        waived_by = {"waived_by": str(own["id"])}
        return [
            one.model_copy(update=waived_by) if one.rule == rule and one.holds_up else one for one in findings
        ]

    def note(self, dossier: Dossier, step: Row, findings: Iterable[Finding]) -> None:
        """A step rests on the waivers among the findings it was judged on."""
        for key in dict.fromkeys(one.waived_by for one in findings if one.waived_by is not None):
            self.uses.append(
                {
                    "id": self._ids.new(step["taken_on"]),
                    "unit_id": dossier.site.unit.id,
                    "dossier_type": DossierType.PLAN,
                    "dossier_id": dossier.id,
                    "waiver_id": UUID(key),
                    "step_id": step["id"],
                }
            )

    def finish(self, dossiers: Sequence[Dossier]) -> None:
        """What was given to dossiers that nobody has sent or approved on it, one of them taken back."""
        for dossier in dossiers:
            kept = WAITING.get(dossier.site.unit.code) if _committee(dossier) else None
            if kept is not None and dossier.state is PlanState.DRAFT:
                self._give(dossier, *kept)
        crowded = (
            dossier
            for dossier in dossiers
            if dossier.state is PlanState.SUBMITTED and dossier.kind is PlanKind.TITLES
            if {one.rule for one in self._judging.judge(dossier, BASELINE) if one.holds_up} == {PERSONS}
        )
        first, second = next(crowded, None), next(crowded, None)
        if first is not None:
            self._give(first, PERSONS, date(2021, 12, 29), date(2022, 3, 31))
        if second is not None:
            given = self._give(second, PERSONS, date(2021, 12, 28), date(2022, 3, 31))
            actor, day = self._offices.approver(second.authority), date(2021, 12, 30)
            given |= {
                "revoked_by": actor.id,
                "revoked_by_name": actor.name,
                "revoked_on": day,
                "revoked_at": recorded(day),
                "revocation_reason": "Đơn vị báo sẽ rút bớt một người theo quy định",
                "version": 2,
            }

    def _give(self, dossier: Dossier, rule: str, day: date, until: date) -> Row:
        assert REGISTRY.standing(rule, day).waivable  # noqa: S101 - the demo gives none that the house refuses
        actor = self._offices.approver(dossier.authority)
        number = self._offices.letter(dossier.authority, day)
        row: Row = {
            "id": self._ids.new(day),
            "unit_id": dossier.site.unit.id,
            "dossier_type": DossierType.PLAN,
            "dossier_id": dossier.id,
            "rule": rule,
            "authority_id": dossier.authority.id,
            "document_number": number,
            "number_key": number_key(number),
            "signed_on": day,
            "signed_year": day.year,
            "reason": REASONS[rule],
            "scope": WaiverScope.DOSSIER,
            "cadre_id": None,
            "expires_on": until,
            "recorded_by": actor.id,
            "recorded_by_name": actor.name,
            "recorded_at": recorded(day),
            "revoked_by": None,
            "revoked_by_name": None,
            "revoked_on": None,
            "revoked_at": None,
            "revocation_reason": None,
            "version": 1,
        }
        self.rows.append(row)
        return row


def _committee(dossier: Dossier) -> bool:
    return dossier.kind is PlanKind.COMMITTEE and dossier.period is PlanPeriod.PARTY_2020
