"""Rotations of leaders: the board, a new dossier, one dossier and what both units said about it."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import planning, rotating, waiving
from app.ui.client import Answer, Problem
from app.ui.forms import UNPROCESSABLE, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.places import offered, seats
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import UUID, Changes, Page, Shell, address, need_writable
from app.ui.stepping import NOT_FOUND, refuse
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
ROOT = "/luan-chuyen"
OPEN = f"{ROOT}/lap-ho-so"
WRITES = "rotation:write"
MOST_PLANS = 10


@pages.get(ROOT)
async def board(shell: Page) -> Response:
    """Who is due, the dossiers, what the plans name and came of it, and leaders in sensitive fields."""
    asked = shell.request.query_params
    chosen, state = asked.get("don-vi", ""), asked.get("trang-thai", "")
    unit_id = chosen if UUID.fullmatch(chosen) else ""
    filters: Changes = {"unit_id": unit_id, "state": state if state in rotating.STATE else ""}
    people: Changes = {"unit_id": unit_id, **shell.as_of, "limit": PER_PAGE, "count": True}
    answer, plans, due, sensitive, places = await together(
        shell.api.get("/rotations", {**filters, "limit": PER_PAGE, "cursor": cursor(shell), "count": True}),
        shell.api.get("/rotation-plans", {"unit_id": unit_id, "sort": "-year", "limit": MOST_PLANS}),
        shell.api.get("/rotations/due", people),
        shell.api.get("/rotations/sensitive", people),
        offered(shell, shell.day),
    )
    named = await together(*(shell.api.get(f"/rotation-plans/{plan['id']}/items") for plan in plans["items"]))
    unit = next((place for place in places if str(place["id"]) == unit_id), None)
    chips = []
    if unit_id:
        name = unit["name"] if unit is not None else _("đã chọn")
        chips.append((_("Đơn vị: %s") % name, shell.here({"don-vi": None})))
    if filters["state"]:
        chips.append((rotating.STATE[filters["state"]], shell.here({"trang-thai": None})))
    return page(
        shell,
        "rotations.html",
        block="results",
        said=rotating,
        list=listing(shell, answer),
        plans=list(zip(plans["items"], [one["items"] for one in named], strict=True)),
        more_plans=bool(plans.get("next")),
        due=due,
        sensitive=sensitive,
        chips=chips,
        asked=filters,
        units=places,
    )


# ---- a new dossier -----------------------------------------------------------------------------------------


@pages.get(OPEN)
async def open_page(shell: Page) -> Response:
    """Who is sent: found by name; where to: a line of a plan, or a seat of the unit chosen."""
    need_writable(shell, WRITES)
    return await _opening(shell, None)


@pages.post(OPEN)
async def open_dossier(request: Request, shell: Page) -> Response:
    """Opens the dossier and goes to it; a refusal is told beside what it is about."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    return await _opening(shell, sent)


async def _opening(shell: Shell, sent: Any) -> Response:  # noqa: ANN401 - a form's fields
    asked = shell.request.query_params
    plan_id, item_id = asked.get("ke-hoach", ""), asked.get("dong", "")
    chosen, name = asked.get("don-vi", ""), asked.get("tim", "").strip()[:80]
    item: dict[str, Any] | None = None
    if UUID.fullmatch(plan_id) and UUID.fullmatch(item_id):
        item = await shell.api.get(f"/rotation-plans/{plan_id}/items/{item_id}")
    places = await offered(shell, shell.today)
    if not UUID.fullmatch(chosen):
        chosen = str(places[0]["id"]) if places else ""
    people = (await shell.api.get("/cadres", {"q": name, "limit": 50}))["items"] if name else []
    posts = await seats(shell, chosen, leading=True) if item is None and chosen else []
    controls = rotating.opening_fields(people, None if item is not None else posts)
    status = 200
    if sent is None:
        form = Form.of(controls, {"purpose": "training"})
    else:
        form = Form.typed(controls, sent)
        body = form.payload()
        status = UNPROCESSABLE
        if item is not None:
            body["item_id"] = item_id
        if not form.wrong:
            try:
                made = await shell.api.post("/rotations", body, key=form.key)
                return see(address(f"{ROOT}/{made.body['id']}", {"xong": "mo"}))
            except Problem as problem:
                refuse(form, problem)
                status = problem.status
    return page(
        shell,
        "rotation_form.html",
        status=status,
        form=form,
        item=item,
        plan_id=plan_id,
        name=name,
        found=len(people),
        chosen=chosen,
        units=places,
        to=shell.here(),
    )


# ---- one dossier -------------------------------------------------------------------------------------------


@pages.get("/luan-chuyen/{rotation_id}")
async def one(shell: Page, rotation_id: str) -> Response:
    """A dossier: who goes where, what both units say, what the law says, the steps taken and to take."""
    return await _draw(shell, rotation_id)


@pages.post("/luan-chuyen/{rotation_id}")
async def fill(request: Request, shell: Page, rotation_id: str) -> Response:
    """Writes the dossier's content, by the version the page was read at; nothing typed is lost."""
    sent = await read_form(request, shell.secret)
    need_writable(shell, WRITES)
    answer, posts = await _read(shell, rotation_id)
    form = Form.typed(rotating.fields(answer.body, posts), sent)
    body = form.payload(blank=True)
    status = UNPROCESSABLE
    if not form.wrong:
        try:
            await shell.api.patch(f"/rotations/{rotation_id}", body, etag=form.etag)
            return see(address(f"{ROOT}/{rotation_id}", {"xong": "ghi"}))
        except Problem as problem:
            refuse(form, problem)
            status = problem.status
    return await _draw(shell, rotation_id, form=form, status=status)


async def _read(shell: Shell, rotation_id: str) -> tuple[Answer, list[dict[str, Any]]]:
    """The dossier with its version, and the seats that may come afterwards, in the unit asked for."""
    if not UUID.fullmatch(rotation_id):
        raise Problem(NOT_FOUND)
    answer = await shell.api.read(f"/rotations/{rotation_id}")
    row = answer.body
    if not row["writable"] or shell.read_only or row["state"] not in rotating.AWAY:
        return answer, []
    chosen = shell.request.query_params.get("don-vi", "")
    unit_id = chosen if UUID.fullmatch(chosen) else str(row["sender"]["id"])
    posts = await seats(shell, unit_id, leading=True)
    if row["after_post_id"] and row["after_post_id"] not in {post["id"] for post in posts}:
        posts.append(await shell.api.get(f"/posts/{row['after_post_id']}"))
    return answer, [post for post in posts if post["id"] != row["post_id"]]


async def _draw(shell: Shell, rotation_id: str, *, form: Form | None = None, status: int = 200) -> Response:
    answer, posts = await _read(shell, rotation_id)
    row, root = answer.body, f"/rotations/{rotation_id}"
    findings, steps, taken, places, clauses = await together(
        shell.api.get(f"{root}/findings"),
        shell.api.get(f"{root}/transitions"),
        shell.api.get(f"{root}/taken"),
        offered(shell, shell.today),
        shell.client.clauses(shell.api),
    )
    after = await shell.api.get(f"/posts/{row['after_post_id']}") if row["after_post_id"] else None
    if form is None:
        form = Form.of(rotating.fields(row, posts), row)
        form.etag = answer.etag or ""
    if str(row["sender"]["id"]) not in {str(place["id"]) for place in places}:
        places = [row["sender"], *places]
    verdicts = rotating.verdicts(findings["items"])
    return page(
        shell,
        "rotation.html",
        status=status,
        said=rotating,
        row=row,
        after=after,
        form=form,
        units=places,
        chosen=shell.request.query_params.get("don-vi", "") or str(row["sender"]["id"]),
        verdicts=verdicts,
        tally=planning.tally(verdicts),
        clauses=clauses,
        waivable=await waiving.waivable(shell, steps["items"]),
        due=[step for step in steps["items"] if step["due"] and step["granted"]],
        taken=taken["items"],
        done=rotating.DONE.get(shell.request.query_params.get("xong", ""), ""),
        title=_("Luân chuyển: %s") % row["cadre"]["full_name"],
    )
