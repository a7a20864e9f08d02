"""The register of waivers: the list, one waiver with what rests on it, the form that records one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request, Response

from app.ui import acting, moving, planning, rotating, waiving
from app.ui.client import Json, Problem
from app.ui.forms import CONFLICT, STALE, UNPROCESSABLE, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import UUID, Changes, Page, Shell, address, need_writable
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
ROOT, ADD = "/van-ban-cho-phep", "/van-ban-cho-phep/them"
WRITES = "waiver:write"
PLAN = "plan"
REFUSED = {UNPROCESSABLE, CONFLICT, FORBIDDEN}


@pages.get(ROOT)
async def browse(shell: Page) -> Response:
    """Waivers by state, rule and use, the latest signed first, with how many of each there are."""
    asked = shell.request.query_params
    filters: Changes = {
        "state": _known(asked.get("trang-thai", ""), waiving.STATE),
        "rule": _known(asked.get("quy-dinh", ""), waiving.RULE),
        "used": _known(asked.get("da-dung", ""), waiving.USED),
    }
    sets: list[Changes] = [*({"state": state} for state in waiving.STATE), {"used": "true"}]
    answer, *counted = await together(
        shell.api.get("/waivers", {**filters, "limit": PER_PAGE, "cursor": cursor(shell), "count": True}),
        *(shell.api.get("/waivers", {**one, "limit": 1, "count": True}) for one in sets),
    )
    numbers = [int(one["total"]) for one in counted]
    return page(
        shell,
        "waivers.html",
        block="results",
        said=waiving,
        list=listing(shell, answer),
        counts=dict(zip(waiving.STATE, numbers, strict=False)),
        used=numbers[-1],
        chips=_chips(shell, filters),
        asked=filters,
    )


def _known(value: str, words: Json) -> str:
    return value if value in words else ""


def _chips(shell: Shell, filters: Changes) -> list[tuple[str, str]]:
    told = (("state", waiving.STATE, "trang-thai"), ("rule", waiving.RULE, "quy-dinh"))
    chips = [(words[filters[name]], shell.here({ours: None})) for name, words, ours in told if filters[name]]
    if filters["used"]:
        chips.append((waiving.USED[filters["used"]], shell.here({"da-dung": None})))
    return chips


# ---- a new waiver ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Noun:
    """A kind of dossier as the form of a waiver tells it."""

    api: str
    section: str
    root: str
    """Where its pages stand."""
    name: Callable[[Json], str]
    verdict: Callable[[Json], planning.Verdict]


NOUNS: Final = {
    PLAN: Noun(
        "/plans",
        _("Quy hoạch"),
        "/quy-hoach",
        lambda row: f"{row['unit']['name']}, {row['period']}",
        planning.verdict,
    ),
    "appointment": Noun(
        "/appointments",
        _("Bổ nhiệm và ứng cử"),
        "/bo-nhiem",
        lambda row: f"{acting.KIND[row['kind']]} {row['title']['name']}, {row['unit']['name']}",
        acting.verdict,
    ),
    "post_change": Noun(
        "/post-changes", _("Chuyển đổi vị trí công tác"), "/chuyen-doi", moving.about, moving.verdict
    ),
    "rotation": Noun("/rotations", _("Luân chuyển"), "/luan-chuyen", rotating.about, rotating.verdict),
}
"""The kinds that have rules which a waiver may lift; a rotation plan has none."""


@dataclass(frozen=True)
class About:
    """The dossier and the rule that a new waiver is about, as its form tells them."""

    kind: str
    key: str
    crumbs: list[tuple[str, str]]
    authority: str
    verdict: planning.Verdict

    @property
    def back(self) -> str:
        """The dossier's page."""
        return f"{NOUNS[self.kind].root}/{self.key}"

    @property
    def asked(self) -> Changes:
        """What the address of the form carries."""
        kind = {} if self.kind == PLAN else {"loai": self.kind}
        return {**kind, "ho-so": self.key, "quy-dinh": self.verdict.rule}


@pages.get(ADD)
async def add_page(shell: Page) -> Response:
    """The short form for one rule of one dossier, reached from the finding that holds it up."""
    need_writable(shell, WRITES)
    return _form(shell, await _about(shell), Form.of(waiving.fields(shell.today), {}))


@pages.post(ADD)
async def add(request: Request, shell: Page) -> Response:
    """Record the waiver, then show the dossier as the law sees it now."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    about = await _about(shell)
    form = Form.typed(waiving.fields(shell.today), sent)
    body = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        told = {"rule": about.verdict.rule, "dossier": {"type": about.kind, "id": about.key}}
        try:
            await shell.api.post("/waivers", {**body, **told}, key=form.key)
            return see(address(about.back, {"xong": "cho-phep"}))
        except Problem as problem:
            if problem.status not in REFUSED:
                raise
            form.refused(problem)
            status = problem.status
    return _form(shell, about, form, status)


async def _about(shell: Shell) -> About:
    """The dossier and the finding that the address names. Problem 404 where either isn't there."""
    asked = shell.request.query_params
    key, rule = asked.get("ho-so", ""), asked.get("quy-dinh", "")
    kind = asked.get("loai") or PLAN
    if not UUID.fullmatch(key) or kind not in NOUNS:
        raise Problem(NOT_FOUND)
    noun = NOUNS[kind]
    root = f"{noun.api}/{key}"
    row, findings = await together(shell.api.get(root), shell.api.get(f"{root}/findings"))
    finding = next((one for one in findings["items"] if one["rule"] == rule), None)
    if finding is None:
        raise Problem(NOT_FOUND)
    crumbs = [(noun.section, noun.root), (noun.name(row), f"{noun.root}/{key}")]
    return About(kind, key, crumbs, str(row["authority"]["name"]), noun.verdict(finding))


def _form(shell: Shell, about: About, form: Form, status: int = 200) -> Response:
    return page(shell, "waiver_form.html", status=status, about=about, verdict=about.verdict, form=form)


# ---- one waiver --------------------------------------------------------------------------------------------


@pages.get("/van-ban-cho-phep/{waiver_id}")
async def one(shell: Page, waiver_id: str) -> Response:
    """A waiver: who gave it, for which dossier and rule, until when, and every step that rests on it."""
    return await _draw(shell, waiver_id, done=shell.request.query_params.get("xong", ""))


@pages.post("/van-ban-cho-phep/{waiver_id}/thu-hoi")
async def revoke(request: Request, shell: Page, waiver_id: str) -> Response:
    """Take it back with a reason, judged by the version the page was read at."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    if not UUID.fullmatch(waiver_id):
        raise Problem(NOT_FOUND)
    form = Form.typed(waiving.revocation_fields(), sent)
    body = form.payload()
    status = UNPROCESSABLE
    if not form.wrong:
        path = f"/waivers/{waiver_id}/revocation"
        try:
            await shell.api.post(path, body, etag=form.etag, key=form.key)
            return see(address(f"{ROOT}/{waiver_id}", {"xong": "thu-hoi"}))
        except Problem as problem:
            if problem.status not in REFUSED | {STALE}:
                raise
            form.refused(problem)
            status = problem.status
    return await _draw(shell, waiver_id, form=form, status=status)


async def _draw(
    shell: Shell, waiver_id: str, *, form: Form | None = None, done: str = "", status: int = 200
) -> Response:
    if not UUID.fullmatch(waiver_id):
        raise Problem(NOT_FOUND)
    answer = await shell.api.read(f"/waivers/{waiver_id}")
    form = form or Form.of(waiving.revocation_fields(), {})
    form.etag = answer.etag or ""
    return page(
        shell,
        "waiver.html",
        status=status,
        said=waiving,
        row=answer.body,
        form=form,
        done=waiving.REVOKED if done == "thu-hoi" else "",
        may_revoke=answer.body["state"] != "revoked" and shell.may_write(WRITES),
        title=_("Văn bản cho phép số %s") % answer.body["document_number"],
    )
