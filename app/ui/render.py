"""Templates to answers: one template, rendered whole or by the block that htmx asked for."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from app.ui import charts, deeds, display, texts
from app.ui.client import Json
from app.ui.shell import Shell

HERE = Path(__file__).parent
STATIC = HERE / "static"
VENDOR = STATIC / "vendor"
ICONS = VENDOR / "lucide-static@1.62.0" / "icons"


@lru_cache(maxsize=128)
def icon(name: str, more: str = "") -> Markup:
    """A vendored icon as inline SVG; it is decoration, the word stands beside it."""
    svg = (ICONS / f"{name}.svg").read_text()
    inner = " ".join(svg[svg.index(">", svg.index("<svg")) + 1 : svg.rindex("</svg>")].split())
    classes = f"i {more}".strip()
    return Markup(
        '<svg class="{}" aria-hidden="true" focusable="false" viewBox="0 0 24 24" fill="none" '
        'stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">{}</svg>'
    ).format(classes, Markup(inner))  # noqa: S704 - a file of our own, listed with its SHA-256


@lru_cache(maxsize=32)
def asset(name: str) -> str:
    """The address of a static file with its digest, so that it may be cached for good."""
    if name.startswith("vendor/"):
        return f"/static/{name}"
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]
    return f"/static/{name}?v={digest}"


def environment() -> Environment:
    """The one Jinja environment: autoescape, gettext marker, Vietnamese formats."""
    env = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    env.install_gettext_callables(texts._, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.globals.update(icon=icon, asset=asset, texts=texts, label=texts.label, charts=charts)
    env.filters.update(
        date_vn=display.date_vn,
        instant=display.instant_vn,
        number=display.number_vn,
        percent=display.percent_vn,
        initials=display.initials,
        lower_first=display.lower_first,
        span=display.span_vn,
    )
    env.globals.update(action=deeds.told)
    env.globals.update(
        day_before=display.day_before,
        age_on=display.age_on,
        unit_name=display.unit_name,
        date_vn=display.date_vn,
    )
    return env


TEMPLATES = environment()


def wants_block(request: Request) -> bool:
    """Whether htmx asked for a part of the page; a restored or boosted page is whole."""
    asked = request.headers
    whole = asked.get("hx-boosted") == "true" or asked.get("hx-history-restore-request") == "true"
    return asked.get("hx-request") == "true" and not whole


def page(shell: Shell, template: str, *, block: str = "", status: int = 200, **data: Json) -> Response:
    """A page of a signed-in user, or its `block` when htmx asked for it."""
    known = {"shell": shell, "url": shell.url, "here": shell.here, "day": shell.day}
    known.update(ethnicity=shell.ethnicity, **data)
    if block and wants_block(shell.request):
        return HTMLResponse("".join(_block(template, block, known)), status)
    return HTMLResponse(TEMPLATES.get_template(template).render(known), status)


def bare(template: str, *, status: int = 200, **data: Json) -> HTMLResponse:
    """A page that stands without a session: sign-in, errors."""
    return HTMLResponse(TEMPLATES.get_template(template).render(data), status)


def _block(template: str, block: str, data: dict[str, Any]) -> Iterator[str]:
    source = TEMPLATES.get_template(template)
    yield from source.blocks[block](source.new_context(data))


def see(to: str) -> Response:
    """After a POST: go and look (303)."""
    return RedirectResponse(to, status_code=303)
