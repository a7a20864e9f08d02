"""The current post of a row: which seat from which day, by which decision; and who keeps and manages then."""

from collections.abc import Sequence
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from app.models.assignment import Assignment, AssignmentKind, AssignmentSpan, EndReason
from app.models.base import new_id
from app.models.committee import Entry, Membership
from app.services.assignment.committee import rank_of
from app.services.assignment.keeping import keepers
from app.services.dated import holds_on
from app.services.imports.columns import WORDS
from app.services.imports.drafts import Draft
from app.services.imports.facts import Span, past, shown
from app.services.imports.world import World

POST_COLUMNS = ("unit", "title")
DECISION = {
    "assignment_kind": "kind",
    "decision_number": "decision_number",
    "decision_signed_on": "decision_signed_on",
    "decision_issuer": "decision_issuer",
}
"""Column of the file to column of the span."""
NEEDED = (*DECISION, "started_on")
_ACTING = frozenset({AssignmentKind.ACTING, AssignmentKind.IN_CHARGE})
_BY_HAND = "Bí thư, phó bí thư gắn với nhiệm kỳ cấp ủy: hãy ghi ở trang phân công."
_ELSEWHERE = "Đơn vị này ngoài phạm vi của tài khoản. Bỏ dòng này, hoặc gửi nơi phụ trách đơn vị đó nhập."


def locate(draft: Draft, world: World) -> None:
    """Finds unit, title and post that a row names; says which cell doesn't lead to one."""
    unit_text, title_text = draft.get("unit"), draft.get("title")
    if unit_text is None or title_text is None:
        if (unit_text is None) != (title_text is None):
            column = "unit" if unit_text is None else "title"
            if column not in draft.raw:
                draft.fault(column, "Cần cả đơn vị và chức danh.")
        return
    found = world.place(unit_text, draft.get("district") or "")
    if found.place is None:
        draft.fault(found.column, found.fault, found.accepted)
        return
    place = found.place
    if place.id not in world.writable:
        draft.fault("unit", _ELSEWHERE)
        return
    title_id, names = world.title(place.id, title_text)
    if title_id is None:
        draft.fault("title", f"Đơn vị «{place.name}» không có chức danh này.", names)
        return
    draft.post = (world.posts[place.id][title_id], place.id, title_id)


class SeatOf:
    """Judges the post of one row."""

    def __init__(self, draft: Draft, spans: Sequence[Span], world: World, at: datetime) -> None:
        self.draft = draft
        self.spans = spans
        self.world = world
        self.at = at
        mains = [span for span in spans if span["is_main"]]
        held = [span for span in mains if _holds(span, world.today)]
        last = held or mains
        self.current: Span | None = last[-1] if last else None
        self.mains = mains

    def judge(self) -> None:
        """Leaves the rows to write in the draft, or says what is wrong."""
        draft = self.draft
        if draft.post is None:
            return
        if self.current is not None and self.current["post_id"] == draft.post[0]:
            self._same()
        elif self._complete():
            self._move()

    def _same(self) -> None:
        """The post stands in the record: at most its decision is corrected."""
        draft, current = self.draft, self.current
        assert current is not None  # noqa: S101 - asked by the caller
        begun, seat = draft.get("started_on"), draft.get("seat_no")
        if begun is not None and begun != current["valid_from"]:
            draft.fault(
                "started_on",
                "Hồ sơ ghi giữ chức danh này từ ngày khác. Muốn sửa, hãy đính chính ở trang phân công.",
                (str(shown(current["valid_from"])),),
            )
            return
        if seat is not None and seat != current["seat_no"]:
            draft.fault(
                "seat_no", "Hồ sơ ghi ghế khác; đổi ghế ở trang phân công.", (str(current["seat_no"]),)
            )
            return
        changes: dict[str, Any] = {}
        for column, name in DECISION.items():
            value = draft.get(column)
            if value is not None and value != current[name]:
                changes[name] = value
                draft.change(column, _shown(column, current[name]), _shown(column, value))
        signed = draft.get("decision_signed_on")
        if signed is not None and signed > current["valid_from"]:
            draft.fault("decision_signed_on", "Ngày ký phải trước hoặc đúng ngày bắt đầu.")
            return
        if changes:
            reason = f"Nhập từ bảng tính, dòng {draft.number}"
            draft.supersede(AssignmentSpan, current, self.at, correction_reason=reason, **changes)

    def _complete(self) -> bool:
        """Whether a new post has a day and a decision, in order."""
        draft = self.draft
        for column in NEEDED:
            if column not in draft.raw:
                draft.fault(column, "Cần ô này khi ghi chức danh mới.")
        birth = (draft.get("birth_date") or (None,))[0] or getattr(draft.known, "birth_date", None)
        begun = past(draft, "started_on", self.world.today, birth)
        signed = draft.get("decision_signed_on")
        if begun is not None and signed is not None and signed > begun:
            draft.fault("decision_signed_on", "Ngày ký phải trước hoặc đúng ngày bắt đầu.")
        return not draft.faulty

    def _move(self) -> None:
        draft, world, current = self.draft, self.world, self.current
        assert draft.post is not None  # noqa: S101 - asked by the caller
        post_id, unit_id, title_id = draft.post
        begun: date = draft.get("started_on")
        title = world.title_on(title_id, begun)
        if title is None or not world.stands(unit_id, begun):
            draft.fault("started_on", "Vào ngày này đơn vị hoặc chức danh chưa có.")
            return
        if not world.session.scope.may_write_managed(title.managed_by):
            draft.fault("title", "Chức danh này do cấp trên quản lý; cấp dưới không ghi phân công vào đó.")
            return
        acting = AssignmentKind(draft.get("assignment_kind")) in _ACTING
        rank = rank_of(title)
        if not self._leave(begun, by_hand=rank is not None):
            return
        quota = world.quota(post_id, begun)
        wanted = draft.get("seat_no")
        seat = world.seats(post_id).take(quota, begun, wanted)
        if seat is None:
            where = f"Ghế số {wanted}" if wanted is not None else f"Cả {quota} chỗ của vị trí này"
            draft.fault(
                "seat_no" if wanted is not None else "title", f"{where} không trống từ {shown(begun)}."
            )
            return
        term = world.term(unit_id, begun) if rank is not None and not acting else None
        if rank is not None and not acting and term is None:
            draft.fault("started_on", "Cấp ủy chưa có nhiệm kỳ vào ngày này.")
            return
        if draft.written is None:
            return
        span = self._span(post_id, unit_id, title_id, seat, acting=acting)
        if current is not None or draft.known is not None:
            draft.change("title", self._name(current), self._name(span))
            draft.change("started_on", shown(current["valid_from"]) if current else None, shown(begun))
        draft.add(Assignment, {"id": span["assignment_id"], "cadre_id": span["cadre_id"]})
        draft.add(AssignmentSpan, span)
        if rank is not None and not acting:
            draft.add(Membership, self._membership(span, term, rank))
        self._keep(span)

    def _leave(self, begun: date, *, by_hand: bool) -> bool:
        """Closes the main post held until now; False where that can't be done from a file."""
        draft, world = self.draft, self.world
        if draft.known is None:
            return True
        old = self.current
        later = next((span for span in self.mains if span["valid_from"] >= begun), None)
        if later is not None:
            said = str(shown(later["valid_from"]))
            draft.fault("started_on", f"Hồ sơ đã có phân công chính từ {said}; ngày mới phải sau đó.")
            return False
        was = world.title_on(old["title_id"], old["valid_from"]) if old is not None else None
        if by_hand or (was is not None and rank_of(was) is not None):
            draft.fault("title", _BY_HAND)
            return False
        open_ = [span for span in self.mains if span["valid_to"] is None or span["valid_to"] > begun]
        for span in open_:
            world.leave(span, begun)
            draft.supersede(
                AssignmentSpan,
                span,
                self.at,
                valid_to=begun,
                end_reason=EndReason.TRANSFER,
                end_decision_number=draft.get("decision_number"),
                end_decision_signed_on=draft.get("decision_signed_on"),
            )
        return True

    def _span(self, post_id: UUID, unit_id: UUID, title_id: UUID, seat: int, *, acting: bool) -> Span:
        draft = self.draft
        return {
            "row_id": new_id(),
            "assignment_id": new_id(),
            "cadre_id": draft.cadre_id,
            "unit_id": unit_id,
            "post_id": post_id,
            "title_id": title_id,
            "seat_no": seat,
            "kind": AssignmentKind(draft.get("assignment_kind")),
            "is_main": True,
            "acting": acting,
            "term_ends_on": None,
            "decision_number": draft.get("decision_number"),
            "decision_signed_on": draft.get("decision_signed_on"),
            "decision_issuer": draft.get("decision_issuer"),
            "decision_signer": None,
            "end_reason": None,
            "end_decision_number": None,
            "end_decision_signed_on": None,
            "correction_reason": None,
            "valid_from": draft.get("started_on"),
            "valid_to": None,
            "recorded_at": self.at,
            "superseded_at": None,
        }

    def _membership(self, span: Span, term: UUID | None, rank: Any) -> Span:  # noqa: ANN401 - a MemberRank
        designated = span["kind"] == AssignmentKind.DESIGNATION
        return {
            "id": new_id(),
            "unit_id": span["unit_id"],
            "cadre_id": span["cadre_id"],
            "term_id": term,
            "rank": rank,
            "entry": Entry.DESIGNATED if designated else Entry.ELECTED,
            "decision_number": span["decision_number"],
            "decision_signed_on": span["decision_signed_on"],
            "valid_from": span["valid_from"],
            "valid_to": None,
            "end_reason": None,
        }

    def _keep(self, span: Span) -> None:
        """Who keeps the file and who manages, once this is written: the rule of the one writer."""
        draft, today = self.draft, self.world.today
        assert draft.cadre_id is not None  # noqa: S101 - given before posts are judged
        begun = span["valid_from"]
        after = [
            SimpleNamespace(
                **{**old, "valid_to": begun if old["is_main"] and _reaches(old, begun) else old["valid_to"]}
            )
            for old in self.spans
        ]
        after.append(SimpleNamespace(**span))
        after.sort(key=lambda row: row.valid_from)
        titles = {row.title_id: self.world.title_on(row.title_id, today) for row in after}
        bodies = {key: row.managed_by for key, row in titles.items() if row is not None}
        unit_id, managed_by = keepers(after, bodies, today)[draft.cadre_id]
        if not self.world.session.scope.may_write_managed(managed_by):
            draft.fault("title", "Người giữ chức danh này do cấp trên quản lý.")
        if draft.written is not None:
            draft.written.unit_id, draft.written.managed_by = unit_id, managed_by

    def _name(self, span: Span | None) -> str | None:
        if span is None:
            return None
        title = self.world.title_on(span["title_id"], span["valid_from"])
        place = self.world.places.get(span["unit_id"])
        return f"{title.name if title else '?'}, {place.name if place else '?'}"


def _holds(span: Span, day: date) -> bool:
    row: Any = SimpleNamespace(**span)
    return holds_on(row, day)


def _reaches(span: Span, day: date) -> bool:
    """Whether a span goes on past a day."""
    return span["valid_to"] is None or bool(span["valid_to"] > day)


def _shown(column: str, value: Any) -> str | None:  # noqa: ANN401 - a column's value
    if value is None:
        return None
    if column == "assignment_kind":
        return WORDS["assignment_kind"].get(value, str(value))
    return shown(value) if isinstance(value, date) else str(value)
