"""The frame of every page: who asks, for which day, and how links carry that day along."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Request

from app.settings import Settings
from app.ui.client import Api, ApiClient, Problem
from app.ui.display import parse_iso
from app.ui.forms import read_date
from app.ui.security import Cookies, csrf_token
from app.ui.texts import _
from app.ui.together import together

DAY = "tai-ngay"
# The resolution's own baseline, printed in its part I; a shortcut of the date box, never a figure.
BASELINE = date(2021, 12, 31)
UNAUTHORIZED, FORBIDDEN, UNPROCESSABLE = 401, 403, 422
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
"""How an id stands in an address; what looks otherwise is sent nowhere."""

Changes = dict[str, Any]


class Moved(Exception):
    """Go to another address of ours (303)."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


def address(path: str, params: Changes | None = None) -> str:
    """A path with its query; parameters without a value are left out."""
    kept = [(name, str(value)) for name, value in (params or {}).items() if value not in (None, "")]
    return f"{path}?{urlencode(kept)}" if kept else path


@dataclass
class Shell:
    """What a page knows before it asks for its own data."""

    request: Request
    settings: Settings
    api: Api
    secret: str
    me: dict[str, Any]
    today: date
    day: date
    chosen: bool
    province: str = ""
    ethnicities: dict[str, str] = field(default_factory=dict)
    csrf: str = field(init=False)

    def __post_init__(self) -> None:
        self.csrf = csrf_token(self.secret)

    @property
    def client(self) -> ApiClient:
        """The connections that all requests share."""
        client: ApiClient = self.request.app.state.client
        return client

    async def words(self) -> dict[str, dict[str, str]]:
        """The code lists, for pages that show coded values."""
        return await self.client.words(self.api)

    def ethnicity(self, slug: object) -> str:
        """The name of an ethnic group; an unknown slug shows itself."""
        return self.ethnicities.get(str(slug), str(slug))

    @property
    def past(self) -> bool:
        """Looking at a day before today."""
        return self.day < self.today

    @property
    def ahead(self) -> bool:
        """Looking at what is already decided for a later day."""
        return self.day > self.today

    @property
    def read_only(self) -> bool:
        """Only today can be written."""
        return self.day != self.today

    @property
    def path(self) -> str:
        """The page's own path."""
        return str(self.request.url.path)

    def can(self, permission: str) -> bool:
        """Whether the caller holds a permission somewhere; the API decides about each record."""
        return permission in self.me.get("permissions", ())

    def may_write(self, permission: str) -> bool:
        """Whether edit controls are drawn: the permission is held and the day is today."""
        return not self.read_only and self.can(permission)

    def url(self, path: str, params: Changes | None = None) -> str:
        """A link of ours that keeps the chosen day."""
        carried: Changes = {DAY: self.day.isoformat()} if self.chosen else {}
        return address(
            path, {**(params or {}), **{k: v for k, v in carried.items() if k not in (params or {})}}
        )

    def here(self, changes: Changes | None = None) -> str:
        """This page's address with some parameters changed; None drops one. Cursors don't survive."""
        params: Changes = dict(self.request.query_params)
        params.pop("sau", None)
        params.pop("truoc", None)
        params.update(changes or {})
        return address(self.path, params)

    @property
    def as_of(self) -> Changes:
        """The day as the API wants it; nothing for today, so that answers carry their version."""
        return {"as_of": self.day.isoformat()} if self.chosen and self.read_only else {}

    @property
    def who(self) -> str:
        """The name on the badge."""
        return str(self.me.get("display_name") or self.me.get("username") or "")

    @property
    def grants(self) -> list[dict[str, Any]]:
        """Roles at units."""
        return [grant for grant in self.me.get("grants") or [] if isinstance(grant, dict)]

    @property
    def inspecting(self) -> bool:
        """Whether the caller may change nothing at all; keys that only read are handed out by inspectors."""
        return not any(
            str(p).endswith((":write", ":propose", ":approve")) and not str(p).startswith("access_token:")
            for p in self.me.get("permissions", ())
        )

    def shortcuts(self) -> list[tuple[str, date]]:
        """Days the date box offers."""
        quarter = self.today.replace(month=(self.today.month - 1) // 3 * 3 + 1, day=1)
        last_quarter = date.fromordinal(quarter.toordinal() - 1)
        last_year = date(self.today.year - 1, 12, 31)
        days = [
            (_("Cuối quý trước"), last_quarter),
            (_("Cuối năm %s") % last_year.year, last_year),
            (_("Mốc đầu kỳ"), BASELINE),
        ]
        distinct = {day: name for name, day in reversed(days) if day != self.today}
        return [(name, day) for day, name in sorted(distinct.items(), reverse=True)]

    def hidden(self) -> list[tuple[str, str]]:
        """Parameters of this address that a GET form must keep, other than the day and the cursors."""
        return [(k, v) for k, v in self.request.query_params.items() if k not in (DAY, "sau", "truoc")]


def ask(request: Request) -> Api:
    """The API for this request, signed in or not."""
    state = request.app.state
    caller = (request.client.host, request.client.port) if request.client else None
    secret = Cookies(state.settings).session(request)
    agent = request.headers.get("user-agent", "")[:200]
    return Api(state.client, secret=secret, request_id=request.state.request_id, caller=caller, agent=agent)


async def open_shell(request: Request, api: Annotated[Api, Depends(ask)]) -> Shell:
    """Sign-in, day and province of a page. Problem 401 without a session; a day in Vietnamese form moves."""
    settings: Settings = request.app.state.settings
    client: ApiClient = request.app.state.client
    secret = Cookies(settings).session(request)
    if secret is None:
        raise Problem(UNAUTHORIZED)
    me = await client.me(secret, api)
    # The API tells the business day: a second clock would in time disagree with it.
    today = date.fromisoformat(me["today"])
    wanted = request.query_params.get(DAY, "").strip()
    shell = Shell(request, settings, api, secret, me, today, today, chosen=False)
    if wanted:
        day = parse_iso(wanted) if len(wanted) == len("2021-12-31") and wanted[4] == "-" else None
        if day is None:
            typed = read_date(wanted)
            if typed is None:
                raise Problem(
                    UNPROCESSABLE, detail=_("Không hiểu ngày «%s». Nhập dạng ngày/tháng/năm.") % wanted[:20]
                )
            raise Moved(shell.here({DAY: typed.day.isoformat()}))
        if day == today:
            raise Moved(shell.here({DAY: None}))
        shell.day, shell.chosen = day, True
    elif DAY in request.query_params:
        raise Moved(shell.here({DAY: None}))
    request.state.shell = shell
    shell.province, shell.ethnicities = await together(
        client.province(api, shell.day), client.ethnicities(api)
    )
    return shell


Page = Annotated[Shell, Depends(open_shell)]


def need_writable(shell: Shell, permission: str) -> None:
    """Refuse a form that could not be sent: another day, or no such permission."""
    if shell.read_only:
        raise Problem(FORBIDDEN, detail=_("Đang xem ngày khác hôm nay nên chỉ đọc. Về hôm nay để sửa."))
    if not shell.can(permission):
        raise Problem(FORBIDDEN)
