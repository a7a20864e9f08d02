"""Succession plans: the list, and the opening of a new one."""

from typing import Any

from fastapi import APIRouter, Request, Response

from app.ui import planning
from app.ui.client import Json, Problem
from app.ui.forms import CONFLICT, UNPROCESSABLE, Field, Form
from app.ui.lists import PER_PAGE, cursor, listing
from app.ui.pages.cadre import choose_unit
from app.ui.places import offered
from app.ui.render import page, see
from app.ui.security import read_form
from app.ui.shell import UUID, Changes, Page, Shell, address, need_writable
from app.ui.texts import _
from app.ui.together import together

pages = APIRouter()
FORBIDDEN, NOT_FOUND = 403, 404
MOST_UNITS = 200


@pages.get("/quy-hoach")
async def browse(shell: Page) -> Response:
    """Plans in scope by unit, period, kind and state; with htmx only the results."""
    asked = shell.request.query_params
    chosen = asked.get("don-vi", "")
    filters: Changes = {
        "unit_id": chosen if UUID.fullmatch(chosen) else "",
        "period": _known(asked.get("giai-doan", ""), planning.PERIOD),
        "kind": _known(asked.get("loai", ""), planning.KIND),
        "state": _known(asked.get("trang-thai", ""), planning.STATE),
    }
    answer, unit, places = await together(
        shell.api.get("/plans", {**filters, "limit": PER_PAGE, "cursor": cursor(shell), "count": True}),
        _unit(shell, filters["unit_id"]),
        offered(shell, shell.today),
    )
    if unit is not None and unit["id"] not in {place["id"] for place in places}:
        places = [*places, unit]
    return page(
        shell,
        "plans.html",
        block="results",
        said=planning,
        list=listing(shell, answer),
        chips=_chips(shell, filters, unit),
        asked=filters,
        units=places,
    )


def _known(value: str, words: Json) -> str:
    return value if value in words else ""


def _chips(shell: Shell, filters: Changes, unit: Json) -> list[tuple[str, str]]:
    chips = []
    if unit is not None:
        chips.append((_("Đơn vị: %s") % unit["name"], shell.here({"don-vi": None})))
    if filters["period"]:
        chips.append((_("Giai đoạn %s") % filters["period"], shell.here({"giai-doan": None})))
    if filters["kind"]:
        chips.append((planning.KIND[filters["kind"]], shell.here({"loai": None})))
    if filters["state"]:
        chips.append((planning.STATE[filters["state"]], shell.here({"trang-thai": None})))
    return chips


async def _unit(shell: Shell, unit_id: str) -> dict[str, Any] | None:
    if not unit_id:
        return None
    try:
        found: dict[str, Any] = await shell.api.get(f"/units/{unit_id}")
    except Problem as problem:
        if problem.status == NOT_FOUND:
            return None
        raise
    return found


# ---- a new plan --------------------------------------------------------------------------------------------


@pages.get("/quy-hoach/them")
async def add_page(shell: Page) -> Response:
    """First the unit, then the body that approves and the period."""
    need_writable(shell, "plan:write")
    place, units = await choose_unit(shell)
    routes = await _routes(shell, place)
    form = Form.of(_fields(shell, routes), {}) if place else None
    if form is not None and len(routes) == 1:
        form.values["route"] = routes[0][0]
    q = shell.request.query_params.get("q", "")
    near = await _near(shell) if place is None and not q else []
    return page(shell, "plan_form.html", form=form, place=place, units=near or units, q=q, routes=routes)


@pages.post("/quy-hoach/them")
async def add(request: Request, shell: Page) -> Response:
    """Open the plan, then go to it; where it stands already, say where."""
    sent = await read_form(request, shell.secret)
    place, _units = await choose_unit(shell)
    if place is None:
        return see("/quy-hoach/them")
    routes = await _routes(shell, place)
    form = Form.typed(_fields(shell, routes), sent)
    body = form.payload()
    standing = None
    if not form.wrong:
        kind, _colon, authority_id = str(body.pop("route")).partition(":")
        body |= {"unit_id": place["id"], "kind": kind, "authority_id": authority_id}
        try:
            made = await shell.api.post("/plans", body, key=form.key)
            return see(address(f"/quy-hoach/{made.body['id']}", {"xong": "lap"}))
        except Problem as problem:
            if problem.status not in {UNPROCESSABLE, CONFLICT, FORBIDDEN}:
                raise
            form.refused(problem)
            if problem.status == CONFLICT:
                standing = await _standing(shell, body)
    return page(
        shell,
        "plan_form.html",
        status=UNPROCESSABLE,
        form=form,
        place=place,
        routes=routes,
        standing=standing,
    )


def _fields(shell: Shell, routes: list[tuple[str, str]]) -> list[Field]:
    return [
        Field(
            "route",
            _("Loại quy hoạch và cấp phê duyệt"),
            "/route",
            "select",
            required=True,
            options=tuple(routes),
        ),
        Field(
            "period",
            _("Giai đoạn"),
            "/period",
            "select",
            required=True,
            options=tuple(planning.running(shell.today)),
        ),
    ]


async def _routes(shell: Shell, place: dict[str, Any] | None) -> list[tuple[str, str]]:
    """Kind and approving body of the plans a unit may make, with how many titles each is for."""
    if place is None:
        return []
    found = await shell.api.get(f"/units/{place['id']}/plan-authorities")
    return [
        (
            f"{row['kind']}:{row['authority']['id']}",
            _("%(k)s, trình %(a)s phê duyệt (%(n)s chức danh)")
            % {"k": planning.KIND[row["kind"]], "a": row["authority"]["name"], "n": row["titles"]},
        )
        for row in found["items"]
    ]


async def _near(shell: Shell) -> list[dict[str, Any]]:
    """The caller's own units and what lies beneath them, as far as they make plans of their own."""
    own = [grant["unit"]["id"] for grant in shell.grants if isinstance(grant.get("unit"), dict)]
    answers = await together(
        *(shell.api.get(f"/units/{key}") for key in own),
        *(shell.api.get("/units", {"parent_id": key, "form": "all", "limit": MOST_UNITS}) for key in own),
    )
    found = {
        row["id"]: row
        for answer in answers
        for row in answer.get("items", [answer])
        if row.get("plans_for_itself")
    }
    return list(found.values())


async def _standing(shell: Shell, body: dict[str, Any]) -> str | None:
    """The id of the plan that stands already."""
    names = ("unit_id", "period", "kind", "authority_id")
    found = await shell.api.get("/plans", {name: body[name] for name in names})
    return next((str(row["id"]) for row in found["items"] if row["unit"]["id"] == body["unit_id"]), None)
