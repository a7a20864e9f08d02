"""What happened to each dossier until the baseline day: opened, voted on, sent, sent back, approved."""

from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING

from app.demo.dates import BASELINE
from app.demo.people import Person
from app.demo.plans.choosing import MOST_TITLES, Choosing, Wanted
from app.demo.plans.days import later, latest, working
from app.demo.plans.dossiers import Act, Dossier, Planned
from app.demo.plans.filling import Filling, woman_for_key
from app.demo.titles import Title
from app.models.cadre import Sex
from app.models.plan import PlanKind, PlanPeriod, RemovalReason
from app.models.unit import Level

if TYPE_CHECKING:
    from collections.abc import Callable

LAST = date(2021, 12, 30)
"""The last working day that anything happened on."""

RESOLVED = date(2021, 1, 1)
OLD_RULES_END = date(2021, 12, 24)
"""The last working day under the rule set that allows four persons for a title."""


class Scripts:
    """Writes the events of dossiers; each public method is one way a dossier went."""

    def __init__(self, choosing: Choosing, rng: Random) -> None:
        """`choosing` finds the persons."""
        self.choosing = choosing
        self.filling = Filling(choosing, rng)
        self.rng = rng
        self.ways: dict[str, Callable[[Dossier], None]] = {
            "published": self.published,
            "approved": self.approved,
            "twice": self.sent_back_once,
            "reviewed": self.reviewed,
            "in_review": self.in_review,
            "sent_again": self.sent_again,
            "closed": self.closed,
            "draft": self.draft,
            "begun": self.begun,
            "crowded_draft": self.crowded_draft,
            "thin_draft": self.thin_draft,
            "men_draft": self.men_draft,
            "submitted": self.submitted,
            "crowded": self.crowded,
            "men_before": self.men_before,
            "men_below": self.men_below,
            "returned": self.returned,
            "men_returned": self.men_returned,
        }

    # --- approved ---------------------------------------------------------------------------------------

    def approved(self, dossier: Dossier) -> None:
        """Prepared when the period began, sent and approved."""
        self._approve(dossier, self._submit(dossier, self._prepare(dossier, self._start(dossier))))

    def published(self, dossier: Dossier) -> None:
        """Approved, then made public in the unit."""
        day = self._approve(dossier, self._submit(dossier, self._prepare(dossier, self._start(dossier))))
        dossier.happens(later(self.rng, day, 4, 20), Act.PUBLISH)

    def sent_back_once(self, dossier: Dossier) -> None:
        """Sent back for its papers, sent again, approved."""
        day = self._submit(dossier, self._prepare(dossier, self._start(dossier)))
        day = later(self.rng, day, 4, 12)
        dossier.happens(day, Act.RETURN, note=PAPERS[self.rng.randrange(len(PAPERS))])
        day = self._approve(dossier, self._submit(dossier, day))
        dossier.happens(later(self.rng, day, 4, 20), Act.PUBLISH)

    def closed(self, dossier: Dossier) -> None:
        """Approved for a unit that then ended, or for a congress that then elected."""
        gone = dossier.site.unit.valid_to
        ended = gone is not None and gone < BASELINE
        start = working(date(2019, 3, 4)) if ended else self._start(dossier)
        day = self._approve(dossier, self._submit(dossier, self._prepare(dossier, start)))
        if ended:
            dossier.happens(date(2019, 12, 30), Act.CLOSE, note="Xã nhập với xã khác từ ngày 01/01/2020.")
        else:
            dossier.happens(
                later(self.rng, max(day, date(2020, 9, 1)), 3, 30),
                Act.CLOSE,
                note="Đại hội đã bầu cấp ủy nhiệm kỳ 2020-2025.",
            )

    # --- reviewed every year ----------------------------------------------------------------------------

    def reviewed(self, dossier: Dossier) -> None:
        """Approved in 2020, reviewed and approved anew in autumn 2021."""
        day = self._review(dossier, working(date(2021, 9, 6) + timedelta(days=self.rng.randrange(35))))
        day = self._approve(dossier, self._submit(dossier, day), last=OLD_RULES_END)
        if self.rng.random() < 0.6 and day < date(2021, 12, 20):
            dossier.happens(latest(self.rng, day, 3, 15, LAST), Act.PUBLISH)

    def in_review(self, dossier: Dossier) -> None:
        """In the review of this year on the baseline day, some persons looked at and some not."""
        self._review(
            dossier, working(date(2021, 11, 22) + timedelta(days=self.rng.randrange(18))), done=False
        )

    def sent_again(self, dossier: Dossier) -> None:
        """Reviewed and sent, not yet approved on the baseline day."""
        day = self._review(dossier, working(date(2021, 11, 8) + timedelta(days=self.rng.randrange(15))))
        self._submit(dossier, max(day, date(2021, 12, 3)), last=LAST)

    # --- under way --------------------------------------------------------------------------------------

    def draft(self, dossier: Dossier) -> None:
        """Persons are in, some of the meetings were held."""
        self._prepare(dossier, self._recent(), meetings=self.rng.randrange(4))

    def begun(self, dossier: Dossier) -> None:
        """Opened a few days ago, nobody is in."""
        dossier.happens(working(date(2021, 12, 6) + timedelta(days=self.rng.randrange(22))), Act.CREATE)

    def crowded_draft(self, dossier: Dossier) -> None:
        """Four persons for a title: one more than the law of the baseline day allows."""
        self._prepare(dossier, self._recent(), crowd=True)

    def thin_draft(self, dossier: Dossier) -> None:
        """All meetings were held; at the last one somebody got half of the votes and no more."""
        self._prepare(dossier, self._recent(), weak=True)

    def men_draft(self, dossier: Dossier) -> None:
        """All in order but for a woman in a key title."""
        self._prepare(dossier, self._recent(), sex=Sex.MALE)

    def submitted(self, dossier: Dossier) -> None:
        """Sent in December, waiting for approval."""
        self._submit(dossier, self._prepare(dossier, self._recent()), last=LAST)

    def crowded(self, dossier: Dossier) -> None:
        """Sent while four persons for a title were allowed, not approved when three became the limit."""
        day = self._prepare(dossier, working(date(2021, 11, 1)), crowd=True)
        self._submit(dossier, day, last=OLD_RULES_END)

    def men_before(self, dossier: Dossier) -> None:
        """Sent before the resolution asked for a woman, not approved since."""
        day = self._prepare(dossier, working(date(2020, 11, 16)), sex=Sex.MALE)
        self._submit(dossier, day, last=date(2020, 12, 31), note=WAITING)

    def men_below(self, dossier: Dossier) -> None:
        """Sent on the last working day on which less than 30 % of the staff were women."""
        day = BASELINE
        while working(day) != day or dossier.site.asks_woman(day):
            day -= timedelta(days=1)
        start = working(day - timedelta(days=40))
        self._submit(dossier, self._prepare(dossier, start, sex=Sex.MALE), on=day)

    def returned(self, dossier: Dossier) -> None:
        """Sent, and sent back for its papers."""
        day = self._submit(dossier, self._prepare(dossier, self._recent()), last=date(2021, 12, 23))
        dossier.happens(
            latest(self.rng, day, 3, 12, LAST), Act.RETURN, note=PAPERS[self.rng.randrange(len(PAPERS))]
        )

    def men_returned(self, dossier: Dossier) -> None:
        """Sent before the resolution asked for a woman, and sent back for that."""
        day = self._prepare(dossier, working(date(2020, 11, 16)), sex=Sex.MALE)
        day = self._submit(dossier, day, last=date(2020, 12, 31))
        dossier.happens(later(self.rng, max(day, date(2021, 1, 18)), 1, 60), Act.RETURN, note=WOMAN_WANTED)

    # --- parts ------------------------------------------------------------------------------------------

    def _start(self, dossier: Dossier) -> date:
        """The day of the first meeting; lower levels begin earlier."""
        first = date(2020, 2, 3) if dossier.period is PlanPeriod.PARTY_2020 else date(2021, 1, 8)
        height = {Level.COMMUNE: 0, Level.DISTRICT: 25, Level.PROVINCE: 30}[dossier.site.unit.level]
        if dossier.authority.level is Level.PROVINCE and height:
            height += 20
        return working(first + timedelta(days=height + self.rng.randrange(45)))

    def _recent(self) -> date:
        return working(date(2021, 11, 3) + timedelta(days=self.rng.randrange(16)))

    def _prepare(
        self,
        dossier: Dossier,
        start: date,
        *,
        meetings: int = 4,
        sex: Sex | None = None,
        crowd: bool = False,
        weak: bool = False,
    ) -> date:
        """Opens a dossier, puts persons in, holds `meetings`; `start` is the first of them. The last day."""
        dossier.happens(working(start - timedelta(days=self.rng.randint(4, 12))), Act.CREATE)
        days = [start]
        added = later(self.rng, start, 1, 2)
        days += [later(self.rng, added, 1, 4)]
        for _ in range(2):
            days.append(later(self.rng, days[-1], 1, 5))
        persons = self.filling.persons(dossier, added, sex=sex, crowd=crowd)
        if meetings:
            dossier.happens(days[0], Act.MEET, meeting=self.filling.meeting(dossier, 0, days[0]))
        for person, title in persons:
            dossier.happens(added, Act.ADD, entry=Planned(person, title))
        for number in range(1, meetings):
            meeting = self.filling.meeting(dossier, number, days[number])
            meeting.weak = weak and number == 3
            dossier.happens(days[number], Act.MEET, meeting=meeting)
        if meetings == len(days):
            dossier.happens(days[-1], Act.CONCLUDE)
        return days[max(meetings, 1) - 1]

    def _submit(
        self,
        dossier: Dossier,
        after: date,
        *,
        last: date | None = None,
        on: date | None = None,
        note: str | None = None,
    ) -> date:
        day = on or later(self.rng, after, 2, 9)
        day = min(day, last) if last is not None else day
        dossier.happens(day, Act.SUBMIT, note=note)
        return day

    def _approve(self, dossier: Dossier, after: date, *, last: date | None = None) -> date:
        day = later(self.rng, after, 8, 32)
        day = min(day, last) if last is not None else day
        dossier.happens(day, Act.APPROVE)
        return day

    def _review(self, dossier: Dossier, opened: date, *, done: bool = True) -> date:
        """Opens the yearly review of a plan approved in 2020; the last day of what was done in it."""
        leavers = self._leavers(dossier, opened)
        self.published(dossier)
        for event in dossier.events:
            if event.act is Act.ADD:
                first = event.day
        place = next(n for n, event in enumerate(dossier.events) if event.act is Act.ADD)
        entries = [event.entry for event in dossier.events if event.entry is not None]
        there = {(row.person.id, row.title) for row in entries}
        going: list[tuple[Planned, RemovalReason]] = []
        for person, title, reason in leavers:
            crowd = sum(row.title is title for row in entries)
            if (person.id, title) not in there and crowd < 4:
                row = Planned(person, title)
                dossier.events.insert(place, type(dossier.events[0])(first, Act.ADD, row))
                there.add((person.id, title))
                going.append((row, reason))
                entries.append(row)
        dossier.happens(opened, Act.REVIEW)
        day = later(self.rng, opened, 2, 8)
        if not going and len(entries) > 4 and self.rng.random() < 0.5:
            eldest = min(
                (row for row in entries if self._spare(dossier, row, entries)),
                key=lambda row: row.person.birth,
                default=None,
            )
            if eldest is not None:
                going.append((eldest, RemovalReason.FAILED_EVALUATION))
        removed = dict(going)
        for number, row in enumerate(entries):
            if not done and number % 3 == 2 and row not in removed:
                continue
            if row in removed:
                reason = removed[row]
                dossier.happens(day, Act.REMOVE, entry=row, reason=reason, note=REMOVED[reason])
            else:
                dossier.happens(day, Act.KEEP, entry=row)
        return self._supplement(dossier, entries, removed, day, done=done)

    def _spare(self, dossier: Dossier, row: Planned, entries: list[Planned]) -> bool:
        """Whether a title keeps two persons without this one, and the unit its women."""
        others = [other for other in entries if other.title is row.title and other is not row]
        return len(others) >= 2 and row.person.sex is Sex.MALE and dossier.kind is PlanKind.TITLES

    def _supplement(
        self,
        dossier: Dossier,
        entries: list[Planned],
        removed: dict[Planned, RemovalReason],
        day: date,
        *,
        done: bool,
    ) -> date:
        """Who comes in for those who left, with the meetings of the round."""
        fresh: list[tuple[Person, Title]] = []
        there = {row.person.id for row in entries}
        site = dossier.site
        for row in removed:
            left = [other for other in entries if other.title is row.title and other not in removed]
            if len(left) < 3:
                found = self.choosing.choose(Wanted(site, row.title, day), 1, without=there)
                fresh += [(person, row.title) for person in found]
                there |= {person.id for person in found}
        staying = [(row.person, row.title) for row in entries if row not in removed]
        if self.filling.wants_woman(dossier) and not woman_for_key([*staying, *fresh]):
            fresh += self.filling.woman(dossier, day, [*staying, *fresh], most=3)
        if not fresh:
            return day
        dossier.happens(day, Act.MEET, meeting=self.filling.meeting(dossier, 0, day))
        day = later(self.rng, day, 1, 3)
        for person, title in fresh:
            dossier.happens(day, Act.ADD, entry=Planned(person, title))
        for number in range(1, 4 if done else self.rng.randint(1, 3)):
            day = later(self.rng, day, 1, 5)
            dossier.happens(day, Act.MEET, meeting=self.filling.meeting(dossier, number, day))
        if done:
            dossier.happens(day, Act.CONCLUDE)
        return day

    def _leavers(self, dossier: Dossier, opened: date) -> list[tuple[Person, Title, RemovalReason]]:
        """Who was planned in 2020 and has since taken the post, or left: known when the review begins."""
        site, sites = dossier.site, self.choosing.sites
        found: list[tuple[Person, Title, RemovalReason]] = []
        added = date(2020, 7, 20)
        for person, span in site.pool:
            if len(found) >= 2 or not person.party or not 27 <= person.age(added) <= 50:
                continue
            last = person.spans[-1]
            if last is span and span.end is not None and added < span.end < opened:
                titles = [title for title in dossier.titles if title.rank < span.seat.title.rank]
                if titles and span.start < date(2019, 12, 1) and person.age(span.end) < 53:
                    found.append((person, titles[-1], RemovalReason.LEFT))
                continue
            title = span.seat.title
            came = span.start
            before = [own for own in person.spans if own.start <= date(2019, 12, 1)]
            if (
                title in dossier.titles
                and added < came < opened
                and before
                and before[-1].end == came
                and before[-1].seat.title.rank > title.rank
                and not sites.holds(person, title, site, date(2019, 12, 1), date(2020, 7, 20))
                and len(self.choosing.planned[person.id]) < MOST_TITLES
            ):
                self.choosing.take(person, site, title)
                found.append((person, title, RemovalReason.POST_TAKEN))
        return found


PAPERS = (
    "Bổ sung biên bản hội nghị cán bộ chủ chốt có chữ ký của thư ký.",
    "Rà lại tiêu chuẩn lý luận chính trị của người được giới thiệu, bổ sung văn bằng vào hồ sơ.",
    "Thống nhất lại độ tuổi trong danh sách trích ngang với hồ sơ gốc rồi trình lại.",
    "Bổ sung nhận xét của cấp ủy nơi cư trú đối với người được giới thiệu.",
)
WOMAN_WANTED = (
    "Đơn vị có từ 30 % nữ trở lên: bổ sung cán bộ nữ vào quy hoạch chức danh chủ chốt rồi trình lại."
)
WAITING = "Trình cùng đợt chuẩn bị nhiệm kỳ 2021-2026."
REMOVED = {
    RemovalReason.POST_TAKEN: "Đã được bổ nhiệm, bầu vào chức danh.",
    RemovalReason.LEFT: "Đã chuyển công tác khỏi địa phương.",
    RemovalReason.FAILED_EVALUATION: "Kết quả đánh giá hai năm liền chưa đạt yêu cầu của quy hoạch.",
}
