"""The dossier of a succession plan: its titles, who is planned, what the law says of it as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import papers, planning, waiving
from app.ui.client import Json, Problem
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE
from app.ui.render import page, see, wants_block
from app.ui.security import read_form
from app.ui.shell import UUID, Changes, Page, Shell, address
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
ALL = "tat-ca"
NOT_DONE = "Chưa thực hiện được: "
"""How the API begins a refusal of the law; the page says it with a heading of its own."""

MEND = " Hãy sửa theo hướng dẫn của từng quy định rồi thực hiện lại."
"""How it ends, for whoever made the dossier."""

FOUND_AT_MOST, SUGGESTED_AT_MOST = 10, 5
CHANGED = {"HX-Trigger-After-Swap": "danh-sach-doi"}
"""The panel of rules learns that the list is another one, once the title chosen stands in the page."""


@dataclass
class Dossier:
    """A plan with what every part of its page needs."""

    shell: Shell
    plan: dict[str, Any]
    etag: str
    findings: list[dict[str, Any]]
    steps: list[dict[str, Any]]
    """The steps of the table, with whether the caller may take each."""
    chosen: str = ""
    """The title looked at, or ALL."""
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def root(self) -> str:
        """The plan's path in the API."""
        return f"/plans/{self.plan['id']}"

    @property
    def path(self) -> str:
        """The plan's page."""
        return f"/quy-hoach/{self.plan['id']}"

    @property
    def writable(self) -> bool:
        """Whether the list may be changed here and now."""
        return bool(self.plan["writable"]) and not self.shell.read_only

    @property
    def due(self) -> list[dict[str, Any]]:
        """The steps this account may take from the state the plan is in, blocked or not."""
        if self.shell.read_only:
            return []
        return [step for step in self.steps if step["due"] and step["granted"]]

    @property
    def blocked(self) -> list[str]:
        """Why those that are due can't be taken, each reason once."""
        reasons = (str(step["why_not"] or "") for step in self.due if not step["allowed"])
        told = (reason.removeprefix(NOT_DONE) for reason in reasons)
        # Who decides mends nothing himself: he sends it back.
        decides = self.plan["state"] == "submitted"
        return list(dict.fromkeys(reason.removesuffix(MEND) if decides else reason for reason in told))

    @property
    def title(self) -> dict[str, Any] | None:
        """The title looked at; None where all are."""
        return next((row for row in self.plan["titles"] if row["id"] == self.chosen), None)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """The way to this plan, for the pages beneath it."""
        name = f"{self.plan['unit']['name']}, {self.plan['period']}"
        return [(_("Quy hoạch"), "/quy-hoach"), (name, self.path)]

    @property
    def filed(self) -> dict[str, str]:
        """How the API knows the dossier its files belong to."""
        return {"dossier_type": "plan", "dossier_id": str(self.plan["id"])}

    @property
    def overtaken(self) -> str:
        """Who changed the plan meanwhile, and what to do."""
        return overtaken(self.plan)

    def place_of(self, file: Mapping[str, Any]) -> str:
        """The meeting a file belongs to; "" for one of the whole dossier."""
        held = next((row for row in self.extra.get("meetings", ()) if row["id"] == file["meeting_id"]), None)
        if held is None:
            return ""
        name = planning.MEETING.get(held["step"], held["name"])
        return str(name) if held["round"] == self.plan["round"] else _("%s (kỳ trước)") % name

    def mends(self, file: Mapping[str, Any]) -> bool:
        """Whether a file is of the round that is open; those of an earlier one stay."""
        return bool(file["round"] == self.plan["round"])

    def at(self, changes: Changes | None = None) -> str:
        """This page with its chosen title and other parameters."""
        return self.shell.url(self.path, {"chuc-danh": self.chosen, **(changes or {})})

    def data(self) -> dict[str, Any]:
        """What the templates draw."""
        found = planning.verdicts(self.findings)
        return {
            "said": planning,
            "dossier": self,
            "plan": self.plan,
            "etag": self.etag,
            "verdicts": found,
            "groups": planning.groups(found),
            "worst": found[0].key if found and found[0].kind not in {"ok", "none"} else "",
            "tally": planning.tally(found),
            "spoken": planning.spoken(found),
            "most": planning.most_persons(self.findings),
            "meeting_steps": planning.meeting_steps(self.findings),
            "today": self.shell.today,
            **self.extra,
        }


async def open_dossier(shell: Shell, plan_id: str, chosen: str = "") -> Dossier:
    """The plan with its findings and steps. Problem 404 for one that isn't there or is out of scope."""
    if not UUID.fullmatch(plan_id):
        raise Problem(NOT_FOUND)
    root = f"/plans/{plan_id}"
    answer, offered = await together(shell.api.read(root), shell.api.get(f"{root}/transitions"))
    plan, steps = answer.body, offered["items"]
    # The law was asked for the steps that are due, or has spoken for good: once is enough for one page.
    findings = next((step["findings"] for step in steps if step["due"] and step["findings"]), None)
    if findings is None:
        findings = (await shell.api.get(f"{root}/findings"))["items"]
    dossier = Dossier(shell, plan, answer.etag or "", findings, steps)
    known = [str(row["id"]) for row in plan["titles"]]
    first = next((str(row["id"]) for row in plan["titles"] if row["planned"]), (known or [ALL])[0])
    dossier.chosen = chosen if chosen in known or chosen == ALL else first
    return dossier


async def people(dossier: Dossier) -> None:
    """Who is planned for the title looked at, with votes, and the results of a search."""
    shell, asked = dossier.shell, dossier.shell.request.query_params
    of_title = {} if dossier.chosen == ALL else {"title_id": dossier.chosen}
    entries, meetings = await together(
        shell.api.get(f"{dossier.root}/entries", {**of_title, "removed": True}),
        shell.api.get(f"{dossier.root}/meetings"),
    )
    rows = entries["items"]
    live = [row for row in rows if row["state"] != "removed"]
    dossier.extra |= {
        "entries": live,
        "gone": [row for row in rows if row["state"] == "removed"],
        "meetings": meetings["items"],
        "votes": planning.votes_of(
            meetings["items"], dossier.plan["round"], planning.meeting_steps(dossier.findings)
        ),
        "editing": asked.get("sua", "") if dossier.writable else "",
    }
    await seek(dossier, empty=not live)


async def seek(dossier: Dossier, *, empty: bool) -> None:
    """Persons to add: by name, or those the API proposes for the title."""
    shell, asked = dossier.shell, dossier.shell.request.query_params
    text = asked.get("q", "").strip()[:100]
    found: list[dict[str, Any]] | None = None
    proposed = more = False
    if dossier.writable and dossier.title is not None:
        if text:
            answer = await shell.api.get("/cadres", {"q": text, "limit": FOUND_AT_MOST})
            found, more = answer["items"], answer.get("next") is not None
        elif asked.get("goi-y") or empty:
            rows = await suggested(dossier, None)
            found = [row["cadre"] for row in rows if dossier.chosen in {t["id"] for t in row["titles"]}]
            found, proposed = found[:SUGGESTED_AT_MOST], True
    dossier.extra |= {"sought": text, "found": found, "proposed": proposed, "more": more}
    dossier.extra["adding"] = bool(text) or proposed


async def suggested(dossier: Dossier, rule: str | None) -> list[dict[str, Any]]:
    """Persons who would close a gap and open no other; none where the plan takes nobody now."""
    try:
        answer = await dossier.shell.api.get(f"{dossier.root}/candidates", {"rule": rule} if rule else {})
    except Problem as problem:
        if problem.status in {CONFLICT, FORBIDDEN, UNPROCESSABLE}:
            return []
        raise
    return list(answer["items"])


async def judge(dossier: Dossier) -> None:
    """What the panel shows beside the findings: the clauses in words, and who would close which gap."""
    shell = dossier.shell
    gaps = [
        str(row["rule"])
        for row in dossier.findings
        if dossier.writable and row["rule"] in planning.FITTING and row["outcome"] in {"unmet", "unknown"}
    ]
    found = await together(*(suggested(dossier, rule) for rule in gaps)) if gaps else []
    fitting = {rule: rows[:SUGGESTED_AT_MOST] for rule, rows in zip(gaps, found, strict=True)}
    for row in (row for rows in fitting.values() for row in rows):
        row["title"] = next((t for t in row["titles"] if t["id"] == dossier.chosen), row["titles"][0])
    dossier.extra |= {"fitting": fitting, "waivable": await waiving.waivable(shell, dossier.steps)}
    dossier.extra["clauses"] = await shell.client.clauses(shell.api)


async def attached(dossier: Dossier) -> None:
    """The files of the plan; None for who doesn't read them."""
    shell, found = dossier.shell, None
    if shell.can("file:read"):
        try:
            found = (
                await shell.api.get("/files", {"dossier_type": "plan", "dossier_id": dossier.plan["id"]})
            )["items"]
        except Problem as problem:
            if problem.status not in {FORBIDDEN, NOT_FOUND}:
                raise
    dossier.extra |= {"papers": found, "papers_said": papers}


@pages.get("/quy-hoach/{plan_id}")
async def one(shell: Page, plan_id: str) -> Response:
    """The dossier; with htmx the list of the title chosen, or the persons a search finds."""
    asked = shell.request.query_params
    dossier = await open_dossier(shell, plan_id, asked.get("chuc-danh", ""))
    if wants_block(shell.request) and shell.request.headers.get("hx-target") == "tim-kq":
        await seek(dossier, empty=False)
        return page(shell, "plan_found.html", **dossier.data())
    await people(dossier)
    if wants_block(shell.request):
        return _list_alone(dossier)
    steps, *_nothing = await together(
        shell.api.get(f"{dossier.root}/steps"), judge(dossier), attached(dossier)
    )
    dossier.extra |= {"taken": steps["items"][::-1], "done": asked.get("xong", "")}
    return page(shell, "plan.html", **dossier.data())


def _list_alone(dossier: Dossier, status: int = 200) -> Response:
    answer = page(dossier.shell, "plan_list.html", status=status, **dossier.data())
    answer.headers.update(CHANGED)
    return answer


@pages.get("/quy-hoach/{plan_id}/kiem-tra")
async def check(shell: Page, plan_id: str) -> Response:
    """The panel of rules with the head of the page, judged anew; the whole page without htmx."""
    chosen = shell.request.query_params.get("chuc-danh", "")
    if not wants_block(shell.request):
        return see(shell.url(f"/quy-hoach/{plan_id}", {"chuc-danh": chosen}) + "#kiem-tra")
    dossier = await open_dossier(shell, plan_id, chosen)
    await judge(dossier)
    return page(shell, "plan_check.html", **dossier.data())


# ---- who is planned ----------------------------------------------------------------------------------------


@pages.post("/quy-hoach/{plan_id}/nguoi")
async def add(request: Request, shell: Page, plan_id: str) -> Response:
    """Plan a person for a title."""
    sent = await read_form(request, shell.secret)
    body = {"cadre_id": sent.get("cadre_id", ""), "title_id": sent.get("title_id", "")}
    try:
        await shell.api.post(f"/plans/{plan_id}/entries", body, key=sent.get("_key"))
    except Problem as problem:
        return await _refused(shell, plan_id, sent, problem)
    return await _written(shell, plan_id, body["title_id"], "them")


@pages.post("/quy-hoach/{plan_id}/nguoi/{entry_id}")
async def change(request: Request, shell: Page, plan_id: str, entry_id: str) -> Response:
    """Keep, take out or annotate one entry, judged by the version the page was read at."""
    sent = await read_form(request, shell.secret)
    work, note = sent.get("viec", ""), sent.get("note", "").strip()
    if work not in {"giu", "dua-ra", "ghi-chu"} or not UUID.fullmatch(entry_id):
        raise Problem(NOT_FOUND)
    body: dict[str, Any] = {}
    if work == "giu":
        body["keep"] = True
    elif work == "dua-ra":
        if not sent.get("reason"):
            missing = Problem(UNPROCESSABLE, detail=_("Chọn lý do đưa ra khỏi quy hoạch."))
            return await _refused(shell, plan_id, sent, missing, entry_id)
        body["removal_reason"] = sent["reason"]
        if note:
            body["note"] = note
    else:
        body["note"] = note or None
    try:
        await shell.api.patch(f"/plans/{plan_id}/entries/{entry_id}", body, etag=sent.get("_etag", ""))
    except Problem as problem:
        return await _refused(shell, plan_id, sent, problem, entry_id)
    return await _written(shell, plan_id, sent.get("chuc-danh", ""), work)


async def _written(shell: Shell, plan_id: str, chosen: str, done: str) -> Response:
    """After a change: the list as it is now, or the page that shows it."""
    if not wants_block(shell.request):
        return see(address(f"/quy-hoach/{plan_id}", {"chuc-danh": chosen, "xong": done}) + "#danh-sach")
    dossier = await open_dossier(shell, plan_id, chosen)
    await people(dossier)
    dossier.extra["done"] = done
    return _list_alone(dossier)


async def _refused(
    shell: Shell, plan_id: str, sent: Mapping[str, str], problem: Problem, entry_id: str = ""
) -> Response:
    """The list as it is now, with what was refused and why; what was typed stays in its row."""
    if problem.status not in {UNPROCESSABLE, CONFLICT, FORBIDDEN, STALE}:
        raise problem
    dossier = await open_dossier(shell, plan_id, sent.get("chuc-danh") or sent.get("title_id", ""))
    await people(dossier)
    dossier.extra |= {"refused": told(problem, dossier.plan), "typed": dict(sent)}
    if entry_id and dossier.writable and sent.get("viec") != "giu":
        dossier.extra["editing"] = entry_id
    if wants_block(shell.request):
        return _list_alone(dossier, UNPROCESSABLE)
    steps, *_nothing = await together(
        shell.api.get(f"{dossier.root}/steps"), judge(dossier), attached(dossier)
    )
    dossier.extra |= {"taken": steps["items"][::-1], "done": ""}
    return page(shell, "plan.html", status=problem.status, **dossier.data())


def told(problem: Problem, plan: Json) -> list[str]:
    """What an answer that refuses says to people; of an overtaken version also who was quicker."""
    if problem.status == STALE:
        return [overtaken(plan)]
    said = [str(error.get("detail") or "") for error in problem.errors]
    return [line for line in said if line] or [problem.detail or problem.title or _("Chưa ghi được")]


def overtaken(plan: Json) -> str:
    """Who changed the plan meanwhile, and what to do."""
    who = plan.get("changed_by") or _("người khác")
    return (
        _("Hồ sơ vừa được %s sửa, nên thao tác của bạn chưa được ghi. Xem lại bản mới rồi thực hiện lại.")
        % who
    )
