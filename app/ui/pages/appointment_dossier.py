"""The dossier of a personnel action: its steps, who may be chosen, what the law says of it and of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response

from app.ui import acting, papers, waiving
from app.ui.client import Problem
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Form
from app.ui.render import page, see, wants_block
from app.ui.security import read_form
from app.ui.shell import Page, Shell, address, need_writable
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
REFUSED = {UNPROCESSABLE, CONFLICT, FORBIDDEN}
NOT_DONE = "Chưa thực hiện được: "
"""How the API begins a refusal of the law; the page says it with a heading of its own."""

FOUND_AT_MOST = 10


@dataclass
class Dossier:
    """A personnel action with what every part of its pages needs."""

    shell: Shell
    row: dict[str, Any]
    etag: str
    meetings: list[dict[str, Any]]
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The dossier's path in the API."""
        return f"/appointments/{self.row['id']}"

    @property
    def path(self) -> str:
        """The dossier's page."""
        return f"/bo-nhiem/{self.row['id']}"

    @property
    def name(self) -> str:
        """What the dossier is called: its kind, the title and the unit."""
        row = self.row
        unit = (row["unit"] or {}).get("name", "")
        return f"{acting.KIND[row['kind']]} {row['title']['name']}, {unit}"

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The way to this dossier, for the pages beneath it."""
        return [(_("Bổ nhiệm và ứng cử"), self.shell.url("/bo-nhiem")), (self.name, self.path)]

    @property
    def writable(self) -> bool:
        """Whether the dossier may be changed here and now."""
        return bool(self.row["writable"]) and not self.shell.read_only

    @property
    def takes_names(self) -> bool:
        """Whether somebody may be entered: in-house dossiers, once the policy is agreed."""
        return self.writable and self.row["route"] == "five_steps" and self.row["state"] != "draft"

    @property
    def minutes(self) -> list[int]:
        """The meetings whose minutes this account may record or mend now."""
        if not (self.writable and acting.takes_minutes(self.row) and self.reads_votes):
            return []
        held = {int(one["step"]) for one in self.meetings}
        following = acting.next_meeting(self.row, self.meetings)
        return [n for n in acting.MEETINGS[self.row["route"]] if n in held or n == following]

    @property
    def reads_votes(self) -> bool:
        """Whether this account reads ballots, as it reads papers; who doesn't records none either."""
        return self.shell.can("file:read") and all(one["in_favour"] is not None for one in self.meetings)

    @property
    def filed(self) -> dict[str, str]:
        """How the API knows the dossier its files belong to."""
        return {"dossier_type": "appointment", "dossier_id": str(self.row["id"])}

    @property
    def overtaken(self) -> str:
        """What to do where somebody was quicker."""
        return overtaken()

    def place_of(self, file: Mapping[str, Any]) -> str:
        """The step a file belongs to; "" for one of the whole dossier."""
        if file["step"] is None:
            return ""
        name = acting.MEETINGS.get(self.row["route"], {}).get(int(file["step"]), "")
        return _("Bước %(s)s: %(n)s") % {"s": file["step"], "n": name}

    def mends(self, _file: Mapping[str, Any]) -> bool:
        """Whether a file may be withdrawn while the dossier is open."""
        return True

    def data(self) -> dict[str, Any]:
        """What the templates draw."""
        return {
            "said": acting,
            "dossier": self,
            "row": self.row,
            "etag": self.etag,
            "meetings": self.meetings,
            "today": self.shell.today,
            **self.extra,
        }


async def open_dossier(shell: Shell, key: UUID) -> Dossier:
    """The dossier with its meetings. Problem 404 for one that isn't there or is out of scope."""
    root = f"/appointments/{key}"
    answer, held = await together(shell.api.read(root), shell.api.get(f"{root}/steps"))
    return Dossier(shell, answer.body, answer.etag or "", held["items"])


async def candidates(dossier: Dossier) -> list[dict[str, Any]]:
    """Everybody ever on the list, each with what the law says of him today."""
    rows: list[dict[str, Any]] = (await dossier.shell.api.get(f"{dossier.root}/candidates"))["items"]
    return rows


def still_in(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those who didn't withdraw."""
    return [row for row in rows if row["withdrawn_on"] is None]


async def judge(dossier: Dossier) -> None:
    """What may be done, what the law says of the dossier, who may be chosen and what it says of them."""
    shell, root = dossier.shell, dossier.root
    offered, rows, taken = await together(
        shell.api.get(f"{root}/transitions"), candidates(dossier), shell.api.get(f"{root}/taken")
    )
    steps, kept = offered["items"], dossier.row["decided"]
    # The law was asked for the steps that are due, or has spoken for good: once is enough for one page.
    told = (
        kept["findings"] if kept else next((s["findings"] for s in steps if s["due"] and s["findings"]), None)
    )
    if told is None:
        told = (await shell.api.get(f"{root}/findings"))["items"]
    due = [] if shell.read_only else [step for step in steps if step["due"] and step["granted"]]
    people = still_in(rows)
    percent = acting.required(told, "appointment.majority", "votes_of_summoned_more_than_percent")
    dossier.extra |= {
        "due": sorted(due, key=lambda step: step["action"] in acting.MAIN),
        "blocked": _blocked(due),
        "kept": kept,
        "verdicts": acting.verdicts(acting.of_dossier(told)),
        "panels": _panels(dossier, people, told),
        "people": people,
        "gone": [row for row in rows if row["withdrawn_on"] is not None],
        "stages": acting.stages(dossier.row, dossier.meetings, taken["items"]),
        "taken": taken["items"][::-1],
        "limits": {
            "percent": percent,
            "presence": acting.required(told, "appointment.quorum", "present_of_summoned_at_least"),
        },
        "waivable": await waiving.waivable(dossier.shell, steps),
        "clauses": await shell.client.clauses(shell.api),
    }


def _blocked(due: list[dict[str, Any]]) -> list[str]:
    """Why what leads on can't be done now, each reason once."""
    reasons = (
        str(step["why_not"] or "") for step in due if not step["allowed"] and step["action"] in acting.MAIN
    )
    return list(dict.fromkeys(reason.removeprefix(NOT_DONE) for reason in reasons))


def _panels(
    dossier: Dossier, people: list[dict[str, Any]], told: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The eligibility of each who may be chosen, who is chosen first; after a decision what it rested on."""
    if dossier.row["decided"]:
        chosen = [row for row in people if row["chosen"]]
        return [_panel(row, acting.of_person(told)) for row in chosen]
    return [_panel(row, row["findings"]) for row in sorted(people, key=lambda row: not row["chosen"])]


def _panel(row: dict[str, Any], findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found = acting.verdicts(findings)
    return {"of": row, "verdicts": found, "worst": acting.worst(found), "tally": acting.tally(found)}


async def attached(dossier: Dossier) -> None:
    """The files of the dossier; None for who doesn't read them."""
    shell, found = dossier.shell, None
    if shell.can("file:read"):
        try:
            asked = {"dossier_type": "appointment", "dossier_id": dossier.row["id"]}
            found = (await shell.api.get("/files", asked))["items"]
        except Problem as problem:
            if problem.status not in {FORBIDDEN, NOT_FOUND}:
                raise
    dossier.extra |= {"papers": found, "papers_said": papers}


async def seek(dossier: Dossier) -> None:
    """Persons to enter, by name or code."""
    text = dossier.shell.request.query_params.get("q", "").strip()[:100]
    found: list[dict[str, Any]] | None = None
    more = False
    if dossier.takes_names and text:
        answer = await dossier.shell.api.get("/cadres", {"q": text, "limit": FOUND_AT_MOST})
        found, more = answer["items"], answer.get("next") is not None
    dossier.extra |= {"sought": text, "found": found, "more": more}


@pages.get("/bo-nhiem/{key:uuid}")
async def one(shell: Page, key: UUID) -> Response:
    """The dossier; with htmx the persons that a search finds."""
    dossier = await open_dossier(shell, key)
    if wants_block(shell.request) and shell.request.headers.get("hx-target") == "tim-kq":
        dossier.extra["people"] = still_in(await candidates(dossier))
        await seek(dossier)
        return page(shell, "appointment_found.html", **dossier.data())
    return await draw(dossier, done=shell.request.query_params.get("xong", ""))


async def draw(
    dossier: Dossier, *, done: str = "", refused: list[str] | None = None, status: int = 200
) -> Response:
    """The whole page; `refused`: why the last thing that was sent wasn't done."""
    await together(judge(dossier), attached(dossier), seek(dossier))
    following = acting.next_meeting(dossier.row, dossier.meetings)
    if following is not None and following in dossier.minutes:
        extra = dossier.extra
        fields = acting.meeting_fields(dossier.row["route"], following, extra["people"], extra["limits"])
        extra |= {"form": Form.of(fields, {}), "step": following}
    dossier.extra |= {"done": done, "refused": refused or []}
    return page(dossier.shell, "appointment.html", status=status, **dossier.data())


# ---- who may be chosen -------------------------------------------------------------------------------------


@pages.post("/bo-nhiem/{key:uuid}/nguoi")
async def add(request: Request, shell: Page, key: UUID) -> Response:
    """Enter somebody to be voted on."""
    sent = await read_form(request, shell.secret)
    at = sent.get("buoc", "")
    body = {"cadre_id": sent.get("cadre_id", ""), "raised_at_step": int(at) if at.isdecimal() else 0}
    try:
        await shell.api.post(f"/appointments/{key}/candidates", body, key=sent.get("_key"))
    except Problem as problem:
        return await refuse(shell, key, problem)
    return see(address(f"/bo-nhiem/{key}", {"xong": "them"}) + "#nhan-su")


@pages.post("/bo-nhiem/{key:uuid}/chon")
async def choose(request: Request, shell: Page, key: UUID) -> Response:
    """Say who goes to the decision, judged by the version the page was read at."""
    sent = await read_form(request, shell.secret)
    body = {"chosen_id": sent.get("candidate_id", "")}
    try:
        await shell.api.patch(f"/appointments/{key}", body, etag=sent.get("_etag", ""))
    except Problem as problem:
        return await refuse(shell, key, problem)
    return see(address(f"/bo-nhiem/{key}", {"xong": "chon"}) + "#nhan-su")


@pages.get("/bo-nhiem/{key:uuid}/nguoi/{candidate:uuid}/rut")
async def withdrawal_page(shell: Page, key: UUID, candidate: UUID) -> Response:
    """Why somebody is taken off the list."""
    need_writable(shell, "appointment:write")
    dossier, person = await _candidate(shell, key, candidate)
    form = Form.of(acting.withdrawal_fields(), {}, etag=dossier.etag)
    return _withdrawal(dossier, person, form)


@pages.post("/bo-nhiem/{key:uuid}/nguoi/{candidate:uuid}/rut")
async def withdraw(request: Request, shell: Page, key: UUID, candidate: UUID) -> Response:
    """Take somebody off the list, with the reason."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, "appointment:write")
    dossier, person = await _candidate(shell, key, candidate)
    form = Form.typed(acting.withdrawal_fields(), sent)
    body = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.delete(f"{dossier.root}/candidates/{candidate}", params=body, etag=form.etag)
            return see(address(dossier.path, {"xong": "rut-ten"}) + "#nhan-su")
        except Problem as problem:
            status = settle(dossier, form, problem)
    return _withdrawal(dossier, person, form, status)


async def _candidate(shell: Shell, key: UUID, candidate: UUID) -> tuple[Dossier, dict[str, Any]]:
    """The dossier and one who is on its list. Problem 404 for anybody else."""
    dossier = await open_dossier(shell, key)
    for row in still_in(await candidates(dossier)):
        if row["id"] == str(candidate):
            return dossier, row
    raise Problem(NOT_FOUND)


def _withdrawal(dossier: Dossier, person: Mapping[str, Any], form: Form, status: int = 200) -> Response:
    dossier.extra |= {"person": person, "form": form}
    return page(dossier.shell, "appointment_withdrawal.html", status=status, **dossier.data())


# ---- refusals ----------------------------------------------------------------------------------------------


def overtaken() -> str:
    """What to do where somebody was quicker."""
    return _(
        "Hồ sơ vừa được người khác sửa, nên thao tác của bạn chưa được ghi. Xem lại bản mới dưới đây rồi "
        "thực hiện lại."
    )


def settle(dossier: Dossier, form: Form, problem: Problem) -> int:
    """Show a refusal in its form and give the status; raises what is no refusal of a form.

    Where somebody was quicker, the next try is judged by the version shown now.
    """
    if problem.status == STALE:
        form.fail("", overtaken())
        form.etag = dossier.etag
    elif problem.status in REFUSED:
        form.refused(problem)
    else:
        raise problem
    return problem.status


async def refuse(shell: Shell, key: UUID, problem: Problem) -> Response:
    """The dossier as it is now, with what was refused and why."""
    if problem.status not in REFUSED | {STALE}:
        raise problem
    said = (
        [overtaken()] if problem.status == STALE else [str(one.get("detail") or "") for one in problem.errors]
    )
    told = [line for line in said if line] or [problem.detail or problem.title or _("Chưa ghi được")]
    return await draw(await open_dossier(shell, key), refused=told, status=problem.status)
