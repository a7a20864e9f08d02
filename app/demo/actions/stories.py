"""Which personnel actions the demo shows: every way of deciding, in every state it knows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.demo.actions.casting import Casting
from app.demo.actions.dossier import Office
from app.models.appointment import ActionKind as Kind
from app.models.appointment import Source
from app.services.appointment import Route

PROVINCE = Office("btc.tinh", "btv.tinh")
DONGVAN = Office("btc.dongvan", "btv.dongvan")
MEOVAC = Office("btc.meovac", "btv.meovac")

PATHS: dict[Route, tuple[str, ...]] = {
    Route.FIVE_STEPS: (
        "request_policy", "approve_policy", "meet1", "enter", "meet2", "meet3", "meet4", "meet5", "choose",
        "qualify", "conclude", "submit", "decide", "publish",
    ),
    Route.THREE_STEPS: (
        "request_policy", "approve_policy", "meet1", "meet2", "meet3", "qualify", "conclude", "submit",
        "decide", "publish",
    ),
    Route.HEAD: ("qualify", "conclude", "submit", "decide", "publish"),
    Route.CONSULTED: ("propose", "hear", "qualify", "conclude", "submit", "decide", "publish"),
    Route.ELECTED: ("conclude", "nominate", "elect", "ratify", "publish"),
    Route.TERM: (
        "notify", "self_review", "outcome", "meet1", "meet2", "conclude", "submit", "decide", "publish",
    ),
    Route.ENDING: ("submit", "decide", "publish"),
}  # fmt: skip
"""What happens on the way to the end, in order."""

LAST = date(2021, 12, 30)
GAP = timedelta(days=5)


@dataclass(frozen=True, slots=True)
class Story:
    """A dossier to play: how it is opened, who may be chosen, how far it comes and how it leaves the path."""

    route: Route
    office: Office
    opening: dict[str, Any]
    until: str | None
    """The last deed of the path; None: only opened."""
    then: str | None = None
    people: tuple[Any, ...] = ()
    effective_on: date = date(2022, 1, 17)

    @property
    def deeds(self) -> list[str]:
        """All that happens to it after it is opened."""
        path = PATHS[self.route]
        done = [] if self.until is None else list(path[: path.index(self.until) + 1])
        return done if self.then is None else [*done, self.then]


def stories(cast: Casting) -> Iterator[Story]:
    """All of them, in an order that never changes."""
    yield from _in_house(cast)
    yield from _from_outside(cast)
    yield from _heard(cast)
    yield from _elected(cast)
    yield from _terms(cast)
    yield from _ends(cast)


def _in_house(cast: Casting) -> Iterator[Story]:
    ways = (
        ("02.BDT", "request_policy", None), ("02.BNC", "request_policy", "refuse_policy"),
        ("02.SCT", "meet1", None), ("02.SGD", "meet4", None), ("02.SGT", "submit", None),
        ("02.SKHCN", "submit", "return"), ("02.SKHDT", "meet5", "fail"), ("02.SLD", "decide", None),
        ("02.SNG", "publish", None), ("02.STC", "approve_policy", "cancel"),
    )  # fmt: skip
    for within, until, then in ways:
        seat = cast.vacant(within, "p.division_deputy")
        people = tuple(cast.people(within, "p.expert", 2))
        opening = {"kind": Kind.APPOINTMENT, "post_id": seat.post_id}
        yield Story(Route.FIVE_STEPS, PROVINCE, opening, until, then, people)
    for stop in (None, "meet3"):
        seat = cast.vacant("027.", "d.division_deputy")
        people = tuple(cast.people("027", "d.expert", 2))
        opening = {"kind": Kind.APPOINTMENT, "post_id": seat.post_id}
        yield Story(Route.FIVE_STEPS, MEOVAC, opening, stop, None, people)


def _from_outside(cast: Casting) -> Iterator[Story]:
    ways = (("02.SNN", "meet2", None), ("02.STP", "submit", None), ("02.STTTT", "publish", None))
    for within, until, then in ways:
        seat = cast.vacant(within, "p.division_deputy")
        [person] = cast.people("02.SNV", "p.expert", 1)
        opening = {
            "kind": Kind.APPOINTMENT,
            "source": Source.OUTSIDE,
            "post_id": seat.post_id,
            "cadre_id": person,
        }
        yield Story(Route.THREE_STEPS, PROVINCE, opening, until, then)
    for until in ("submit", "publish"):
        seat = cast.vacant("02.SYT", "p.division_deputy")
        [person] = cast.people("02.SYT", "p.expert", 1)
        opening = {
            "kind": Kind.APPOINTMENT,
            "head_decides": True,
            "post_id": seat.post_id,
            "cadre_id": person,
            "responsibility_note": "Tôi chịu trách nhiệm về việc chọn và sử dụng cấp phó trực tiếp của mình.",
        }
        yield Story(Route.HEAD, PROVINCE, opening, until)


def _heard(cast: Casting) -> Iterator[Story]:
    ways = (
        (Kind.TRANSFER, "02.SXD", "propose", None), (Kind.TRANSFER, "02.UBKT", "hear", None),
        (Kind.TRANSFER, "02.VPTU", "decide", None), (Kind.SECONDMENT, "02.BTG", "submit", None),
        (Kind.SECONDMENT, "02.VPHD", "publish", None), (Kind.TRANSFER, "02.SKHDT", "submit", "return"),
    )  # fmt: skip
    for kind, within, until, then in ways:
        seat = cast.vacant(within, "p.division_deputy")
        [person] = cast.people("02.SNV" if kind is Kind.SECONDMENT else "02.STC", "p.expert", 1)
        opening = {"kind": kind, "post_id": seat.post_id, "cadre_id": person}
        if kind is Kind.SECONDMENT:
            opening["ends_on"] = date(2023, 1, 16)
        yield Story(Route.CONSULTED, PROVINCE, opening, until, then)
    seat = cast.vacant("00751", "c.secretary")
    [person] = cast.people("026", "d.board_deputy", 1)
    opening = {"kind": Kind.DESIGNATION, "post_id": seat.post_id, "cadre_id": person}
    yield Story(Route.CONSULTED, DONGVAN, opening, "submit")


def _elected(cast: Casting) -> Iterator[Story]:
    ways = (("nominate", None), ("elect", None), ("publish", None), ("nominate", "fail"))
    for commune, (until, then) in zip(("00712", "00718", "00724", "00727"), ways, strict=True):
        held = cast.held(commune, "c.front_chair")
        opening = {"kind": Kind.RE_ELECTION, "assignment_id": held.assignment_id}
        yield Story(Route.ELECTED, DONGVAN, opening, until, then)
    seat = cast.vacant("00943", "c.secretary")
    [person] = cast.people("030", "d.board_deputy", 1)
    opening = {"kind": Kind.NOMINATION, "post_id": seat.post_id, "cadre_id": person}
    yield Story(Route.ELECTED, PROVINCE, opening, "nominate")


def _terms(cast: Casting) -> Iterator[Story]:
    ways = (
        ("026.", DONGVAN, "meet1", None), ("026.", DONGVAN, "submit", None), ("027.", MEOVAC, "notify", None),
        ("027.", MEOVAC, "publish", None), ("027.", MEOVAC, "submit", "return"),
        ("02.VPTU", PROVINCE, "submit", None), ("02.SKHCN", PROVINCE, "self_review", None),
        ("02.SNG", PROVINCE, "decide", None), ("02.BNC", PROVINCE, "notify", "cancel"),
        ("02.SKHDT", PROVINCE, None, None),
    )  # fmt: skip
    for within, office, until, then in ways:
        held = cast.due(within)
        opening = {"kind": Kind.REAPPOINTMENT, "assignment_id": held.assignment_id}
        yield Story(Route.TERM, office, opening, until, then)


def _ends(cast: Casting) -> Iterator[Story]:
    ways = (
        (Kind.RESIGNATION, "02.SGD", "p.division_deputy", "submit", None,
         "Xin thôi giữ chức vụ vì lý do sức khỏe.", "Đơn ngày 06/12/2021"),
        (Kind.RELIEF, "02.SYT", "p.division_head", "decide", None,
         "Hai năm liền chỉ hoàn thành nhiệm vụ.", "Kết luận kiểm tra công vụ ngày 22/11/2021"),
        (Kind.END_OF_POST, "02.SCT", "p.division_head", "publish", None,
         "Chuyển làm công tác chuyên môn theo nguyện vọng.", "Đơn ngày 15/11/2021"),
        (Kind.SUSPENSION, "02.SXD", "p.division_head", "decide", None,
         "Để làm rõ dấu hiệu vi phạm trong quản lý đất đai.", "Đề nghị của đoàn kiểm tra ngày 01/12/2021"),
        (Kind.DISMISSAL, "02.SGT", "p.division_head", None, None,
         "Vi phạm quy định về đấu thầu.", "Kết luận của Ủy ban Kiểm tra ngày 20/12/2021"),
        (Kind.RESIGNATION, "02.SKHCN", "p.division_deputy", "submit", "return",
         "Xin thôi giữ chức vụ để chuyển về gần gia đình.", "Đơn ngày 01/12/2021"),
    )  # fmt: skip
    for kind, within, title, until, then, reason, basis in ways:
        held = cast.held(within, title)
        opening = {"kind": kind, "assignment_id": held.assignment_id, "reason": reason, "basis": basis}
        yield Story(Route.ENDING, PROVINCE, opening, until, then)
