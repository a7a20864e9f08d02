"""A server on the test world, a real Chromium driven by plain Playwright, pages that tell on themselves."""

import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from app.main import create_app
from app.settings import Settings
from tests import world
from tests.conftest import SqliteCluster, fill_world, make_settings

HERE = Path(__file__).parent
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE, NARROW, LEAST = (1366, 768), (390, 844), (320, 640)
WATCH = """
window.__violations = [];
document.addEventListener('securitypolicyviolation', function (event) {
  window.__violations.push(event.violatedDirective + ' ' + event.blockedURI + ' ' + (event.sample || ''));
});
"""
TIMEOUT_MS = 30_000
"""How long a page may take: the first one of a server compiles every statement of the dashboard."""
# htmx reports its own aborts as errors: a newer search replaces the one under way.
REPLACED = ("console: htmx:afterRequest", "console: htmx:sendAbort")

Open = Callable[..., Page]


@contextmanager
def serving(settings: Settings) -> Iterator[str]:
    """The address of the whole application on these settings, for as long as it is served."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    config = uvicorn.Config(create_app(settings), port=port, log_level="warning", ws="none", access_log=False)
    running = uvicorn.Server(config)
    thread = threading.Thread(target=running.run)
    thread.start()
    deadline = time.monotonic() + 30
    while not running.started and thread.is_alive() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running.started
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        running.should_exit = True
        thread.join(timeout=15)
        assert not thread.is_alive()


@pytest.fixture(scope="session")
def server(sqlite_cluster: SqliteCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the whole application on a test world of its own."""
    sqlite_cluster.template("world", fill_world)
    folder = tmp_path_factory.mktemp("browser")
    with serving(make_settings(folder, sqlite_cluster.copy("world"))) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The distribution's Chromium, with a profile folder of its own that Playwright makes and removes."""
    program = shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.fail("chromium is missing: apt-get install chromium", pytrace=False)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        yield opened
        opened.close()


class Witness:
    """What a page did that no page may do: policy violations, errors in the console, failed scripts."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.expected: tuple[str, ...] = ()
        page.on("pageerror", lambda error: self.errors.append(f"script: {error}"))
        page.on(
            "console",
            lambda said: self.errors.append(f"console: {said.text}") if said.type == "error" else None,
        )

    def faults(self) -> list[str]:
        """Everything seen since the page was opened, and the violations of the document shown now."""
        violations: list[str] = self.page.evaluate("window.__violations || []")
        allowed = (*self.expected, *REPLACED)
        unexpected = [e for e in self.errors if not any(word in e for word in allowed)]
        return unexpected + [f"policy: {violation}" for violation in violations]


class Doors:
    """Pages of one server, each in a fresh browser profile, for users who sign in once through the form."""

    def __init__(self, browser: Browser, server: str) -> None:
        self.browser, self.server = browser, server
        self.cookies: dict[str, list[Any]] = {}
        self.contexts: list[BrowserContext] = []

    def signed_in(self, user: str) -> list[Any]:
        """The cookies of a user."""
        if user not in self.cookies:
            context = self.browser.new_context(base_url=self.server)
            page = context.new_page()
            page.goto("/dang-nhap?tiep=/tai-khoan")
            page.get_by_label("Tên đăng nhập").fill(user)
            page.locator("#p").fill(world.PASSWORD)
            page.get_by_role("button", name="Đăng nhập").click()
            page.wait_for_url("**/tai-khoan")
            self.cookies[user] = context.cookies()
            context.close()
        return self.cookies[user]

    def open(
        self, path: str, *, user: str | None = "btc.tinh", size: tuple[int, int] = WIDE, script: bool = True
    ) -> Page:
        """A page of a fresh browser profile."""
        context = self.browser.new_context(
            base_url=self.server,
            viewport={"width": size[0], "height": size[1]},
            java_script_enabled=script,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            reduced_motion="reduce",
        )
        self.contexts.append(context)
        context.set_default_timeout(TIMEOUT_MS)
        if script:
            context.add_init_script(WATCH)
        if user is not None:
            context.add_cookies(self.signed_in(user))
        page = context.new_page()
        page.goto(path)
        return page

    def close(self) -> None:
        """Close what was opened."""
        while self.contexts:
            self.contexts.pop().close()


@pytest.fixture(scope="session")
def doors(browser: Browser, server: str) -> Doors:
    """The pages of the server that all stories share."""
    return Doors(browser, server)


@pytest.fixture
def open_page(doors: Doors) -> Iterator[Open]:
    """`open_page("/can-bo", user="btc.tinh", size=WIDE, script=True)`: a page of a fresh browser profile."""
    yield doors.open
    doors.close()


@pytest.fixture(scope="session")
def axe_source() -> str:
    """axe-core, to be evaluated in the page: the policy refuses script tags of strangers."""
    return (HERE / "vendor" / "axe-core@4.14.1" / "axe.min.js").read_text(encoding="utf-8")
