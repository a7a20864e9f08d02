"""Post changes: who must leave a sensitive post and when, one dossier, what is proposed, its steps."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import moving, planning, stepping, waiving
from app.ui.client import Answer, Problem
from app.ui.forms import UNPROCESSABLE, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.places import offered, seats
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import UUID, Changes, Page, Shell, address, need_writable
from app.ui.stepping import NOT_FOUND, REFUSED, refuse
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
ROOT, OPEN = "/chuyen-doi", "/chuyen-doi/lap-ho-so"
WRITES = "post_change:write"


@pages.get(ROOT)
async def board(shell: Page) -> Response:
    """Holders of sensitive posts by where their clock stands, the most overdue first."""
    return await _board(shell)


@pages.post(OPEN)
async def open_dossier(request: Request, shell: Page) -> Response:
    """Opens the dossier about a holder and goes to it; a refusal is told above the board."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    key = sent.get("assignment_id", "")
    if not UUID.fullmatch(key):
        raise Problem(NOT_FOUND)
    try:
        made = await shell.api.post(
            "/post-changes", {"assignment_id": key}, key=f"{sent.get('_key', '')[:60]}.{key}"
        )
    except Problem as problem:
        if problem.status not in REFUSED:
            raise
        return await _board(shell, refused=_words(problem), status=problem.status)
    return see(address(f"{ROOT}/{made.body['id']}", {"xong": "mo"}))


def _words(problem: Problem) -> str:
    words = [problem.detail, *(fault.get("detail") for fault in problem.errors)]
    return " ".join(str(one) for one in dict.fromkeys(words) if one)


async def _board(shell: Shell, *, refused: str = "", status: int = 200) -> Response:
    asked = shell.request.query_params
    chosen, state = asked.get("don-vi", ""), asked.get("trang-thai", "")
    filters: Changes = {
        "unit_id": chosen if UUID.fullmatch(chosen) else "",
        "state": state if state in moving.CLOCK else "",
    }
    due, of_unit = "/post-changes/due", {"unit_id": filters["unit_id"], **shell.as_of}
    answer, places, *counted = await together(
        shell.api.get(
            due, {**filters, **shell.as_of, "limit": PER_PAGE, "cursor": cursor(shell), "count": True}
        ),
        offered(shell, shell.day),
        *(shell.api.get(due, {**of_unit, "state": one, "limit": 1, "count": True}) for one in moving.CLOCK),
    )
    unit = next((place for place in places if str(place["id"]) == filters["unit_id"]), None)
    chips = []
    if filters["unit_id"]:
        name = unit["name"] if unit is not None else _("đã chọn")
        chips.append((_("Đơn vị: %s") % name, shell.here({"don-vi": None})))
    if filters["state"]:
        chips.append((moving.CLOCK[filters["state"]], shell.here({"trang-thai": None})))
    return page(
        shell,
        "post_changes.html",
        block="results",
        status=status,
        said=moving,
        form=Form([]),
        list=listing(shell, answer),
        counts={one: int(row["total"]) for one, row in zip(moving.CLOCK, counted, strict=True)},
        chips=chips,
        asked=filters,
        units=places,
        refused=refused,
    )


# ---- one dossier -------------------------------------------------------------------------------------------


@pages.get("/chuyen-doi/{post_change_id}")
async def one(shell: Page, post_change_id: str) -> Response:
    """A dossier: the holder's clock, what is proposed, what the law says, the steps taken and to take."""
    return await _draw(shell, post_change_id)


@pages.post("/chuyen-doi/{post_change_id}")
async def propose(request: Request, shell: Page, post_change_id: str) -> Response:
    """Writes what is proposed, by the version the page was read at; nothing typed is lost by a refusal."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    answer, posts = await _read(shell, post_change_id)
    form = Form.typed(moving.fields(posts, answer.body["new_post"], shell.today), sent)
    body = form.payload(blank=True)
    if body.get("outcome") == "change":
        body |= {"exempt_reason": None, "exempt_ends_on": None}
    elif body.get("outcome") == "exempt":
        body |= {"new_post_id": None}
    status = UNPROCESSABLE
    if not form.wrong:
        path = f"{ROOT}/{post_change_id}"
        try:
            await shell.api.patch(f"/post-changes/{post_change_id}", body, etag=form.etag)
            return see(address(path, {"xong": "ghi"}))
        except Problem as problem:
            refuse(form, problem)
            status = problem.status
    return await _draw(shell, post_change_id, form=form, status=status)


async def _read(shell: Shell, post_change_id: str) -> tuple[Answer, list[dict[str, Any]]]:
    """The dossier with its version, and the posts it may propose: with a free seat, in the unit asked for."""
    if not UUID.fullmatch(post_change_id):
        raise Problem(NOT_FOUND)
    answer = await shell.api.read(f"/post-changes/{post_change_id}")
    row = answer.body
    if not row["writable"] or shell.read_only:
        return answer, []
    chosen = shell.request.query_params.get("don-vi", "")
    unit_id = chosen if UUID.fullmatch(chosen) else row["unit"]["id"]
    posts = await seats(shell, unit_id, leading=False, vacant=True)
    return answer, [post for post in posts if post["id"] != row["post_id"]]


async def _draw(
    shell: Shell, post_change_id: str, *, form: Form | None = None, status: int = 200
) -> Response:
    answer, posts = await _read(shell, post_change_id)
    row, root = answer.body, f"/post-changes/{post_change_id}"
    findings, steps, taken, places, clauses = await together(
        shell.api.get(f"{root}/findings"),
        shell.api.get(f"{root}/transitions"),
        shell.api.get(f"{root}/taken"),
        offered(shell, shell.today),
        shell.client.clauses(shell.api),
    )
    if form is None:
        form = Form.of(moving.fields(posts, row["new_post"], shell.today), moving.record(row))
        form.etag = answer.etag or ""
    if str(row["unit"]["id"]) not in {str(place["id"]) for place in places}:
        places = [row["unit"], *places]
    verdicts = moving.verdicts(findings["items"])
    return page(
        shell,
        "post_change.html",
        status=status,
        said=moving,
        row=row,
        form=form,
        units=places,
        chosen=shell.request.query_params.get("don-vi", "") or str(row["unit"]["id"]),
        verdicts=verdicts,
        tally=planning.tally(verdicts),
        clauses=clauses,
        waivable=await waiving.waivable(shell, steps["items"]),
        due=[step for step in steps["items"] if step["due"] and step["granted"]],
        taken=taken["items"],
        done=moving.DONE.get(shell.request.query_params.get("xong", ""), ""),
        title=_("Chuyển đổi vị trí: %s") % row["cadre"]["full_name"],
    )


# ---- steps -------------------------------------------------------------------------------------------------


@pages.get("/chuyen-doi/{post_change_id}/buoc/{slug}")
async def step_page(shell: Page, post_change_id: str, slug: str) -> Response:
    """What a step asks for and what the law says."""
    return await stepping.ask(shell, _walked(post_change_id), slug, "post_change:act")


@pages.post("/chuyen-doi/{post_change_id}/buoc/{slug}")
async def take(request: Request, shell: Page, post_change_id: str, slug: str) -> Response:
    """Takes a step; refused with all findings where the law blocks it."""
    return await stepping.take(request, shell, _walked(post_change_id), slug)


def _walked(key: str) -> stepping.Walked:
    if not UUID.fullmatch(key):
        raise Problem(NOT_FOUND)
    return stepping.Walked(
        api=f"/post-changes/{key}",
        back=f"{ROOT}/{key}",
        section=(_("Chuyển đổi vị trí công tác"), ROOT),
        slugs=moving.SLUG,
        name=lambda row: str(row["cadre"]["full_name"]),
        about=moving.about,
        tells=lambda row, step: moving.told(step, row["outcome"]),
        verdicts=moving.verdicts,
    )
