"""Where a personnel action stands: the bar of its steps, from the first request to the decision."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.ui.acting.words import MEETINGS
from app.ui.display import date_vn
from app.ui.texts import _

Row = Mapping[str, Any]
OVER: Final = frozenset({"policy_refused", "decided", "not_passed", "published", "cancelled"})
_DEEDS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    "head": (("submit", _("Trình")), ("decide", _("Quyết định")), ("publish", _("Công khai"))),
    "ending": (("submit", _("Trình")), ("decide", _("Quyết định")), ("publish", _("Công khai"))),
    "consulted": (
        ("propose", _("Đề nghị")),
        ("hear", _("Ý kiến các đơn vị")),
        ("submit", _("Trình")),
        ("decide", _("Quyết định")),
    ),
    "elected": (
        ("nominate", _("Giới thiệu")),
        ("elect", _("Bầu")),
        ("ratify", _("Chuẩn y, phê chuẩn")),
        ("publish", _("Công khai")),
    ),
}
_ONCE: Final = frozenset({"notify", "self_review"})
"""What isn't done again after a return."""


@dataclass(frozen=True)
class Stage:
    """One step of the bar; `meeting`: its number where minutes are recorded of it."""

    mark: str
    name: str
    look: str
    lines: list[str] = field(default_factory=list)
    meeting: int | None = None

    @property
    def number(self) -> str:
        """The number that stands in its ring."""
        return self.mark.rpartition(" ")[2]


def stages(row: Row, meetings: Sequence[Row], taken: Sequence[Row]) -> list[Stage]:
    """The steps of the dossier's route with how each stands; exactly one is current while it is open."""
    route, held = str(row["route"]), {int(one["step"]): one for one in meetings}
    found: list[tuple[str, str, bool, list[str], int | None]] = []
    if route in {"five_steps", "three_steps"}:
        found.append((_("Bước %s") % 0, _("Xin chủ trương"), *_policy(row), None))
        found += _meetings(route, held)
    elif route == "term":
        found += _deeds((("notify", _("Thông báo")), ("self_review", _("Tự nhận xét"))), taken, 1)
        found += _meetings(route, held, after=2)
        found += _deeds((("decide", _("Quyết định")),), taken, len(found) + 1)
    else:
        found += _deeds(_DEEDS[route], taken, 1)
    current = next((place for place, one in enumerate(found) if not one[2]), None)
    over = row["state"] in OVER
    return [
        Stage(
            mark,
            name,
            "done" if done else "cur" if place == current and not over else "todo",
            lines,
            meeting,
        )
        for place, (mark, name, done, lines, meeting) in enumerate(found)
    ]


def _policy(row: Row) -> tuple[bool, list[str]]:
    asked, decided = row["policy_requested_on"], row["policy_decided_on"]
    if decided:
        return True, [_("đồng ý %s") % date_vn(decided)]
    if row["state"] == "policy_refused":
        return False, [_("không đồng ý")]
    return False, [_("đã xin %s") % date_vn(asked)] if asked else [_("chưa xin")]


def _meetings(
    route: str, held: Mapping[int, Row], after: int = 0
) -> Iterable[tuple[str, str, bool, list[str], int | None]]:
    for number, name in MEETINGS[route].items():
        one = held.get(number)
        lines = [_("chưa họp")] if one is None else [date_vn(one["held_on"]), _attended(one)]
        yield _("Bước %s") % (number + after), name, one is not None, lines, number


def _attended(one: Row) -> str:
    return _("%(p)s trong %(s)s người dự") % {"p": one["present"], "s": one["summoned"]}


def _deeds(
    deeds: Iterable[tuple[str, str]], taken: Sequence[Row], first: int
) -> Iterable[tuple[str, str, bool, list[str], int | None]]:
    back = max((place for place, one in enumerate(taken) if one["action"] == "return"), default=-1)
    done = {
        str(one["action"]): one
        for place, one in enumerate(taken)
        if place > back or one["action"] in _ONCE or one["action"] == "publish"
    }
    for place, (action, name) in enumerate(deeds, first):
        one = done.get(action)
        lines = [_("chưa làm")] if one is None else [date_vn(one["taken_on"])]
        yield _("Bước %s") % place, name, one is not None, lines, None


def next_meeting(row: Row, meetings: Sequence[Row]) -> int | None:
    """The meeting to hold next; None where the state takes no minutes or all are recorded."""
    ready = {"five_steps": {"in_process", "returned"}, "three_steps": {"in_process", "returned"}}
    ready["term"] = {"self_reviewed", "returned"}
    route = str(row["route"])
    if row["state"] not in ready.get(route, set()):
        return None
    held = {int(one["step"]) for one in meetings}
    return next((number for number in MEETINGS[route] if number not in held), None)


def takes_minutes(row: Row) -> bool:
    """Whether minutes may be recorded or mended now."""
    return next_meeting(row, []) is not None
