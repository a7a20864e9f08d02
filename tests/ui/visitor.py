"""A visitor who knows only forms and links: what a browser without JavaScript does, and nothing more."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

VOID = frozenset({"input", "meta", "link", "br", "img", "hr", "rect", "circle", "line", "path", "polyline"})


@dataclass
class FormSeen:
    """A form as it stands in the page."""

    action: str
    method: str
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class PageSeen:
    """What a reader finds in a page."""

    url: str
    status: int
    html: str
    headers: httpx.Headers
    title: str = ""
    text: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    forms: list[FormSeen] = field(default_factory=list)

    @property
    def path(self) -> str:
        """Path and query."""
        parts = urlsplit(self.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def link(self, words: str) -> str:
        """The address behind a link that holds these words."""
        found = [href for text, href in self.links if words in text]
        assert found, f"no link «{words}» on {self.path}"
        return found[0]

    def form(self, action: str) -> FormSeen:
        """The form that goes to an address; of several one that writes, which is not the date box."""
        found = [form for form in self.forms if urlsplit(form.action).path.endswith(action)]
        found.sort(key=lambda form: form.method != "post")
        assert found, f"no form to {action} on {self.path}"
        return found[0]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.title, self.words = "", [""]
        self.links: list[tuple[str, str]] = []
        self.forms: list[FormSeen] = []
        self.stack: list[str] = []
        self.href: str | None = None
        self.anchor = ""
        self.select: str | None = None
        self.area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self.stack.append(tag)
        if tag == "a" and "href" in given:
            self.href, self.anchor = given["href"], ""
        form = self.forms[-1] if self.forms else None
        if tag == "form":
            self.forms.append(FormSeen(given.get("action", ""), given.get("method", "get").lower()))
        elif form is not None and tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind not in {"checkbox", "radio"} or "checked" in given:
                form.values[given["name"]] = given.get("value", "")
        elif form is not None and tag == "select":
            self.select = given.get("name", "")
            form.values[self.select] = ""
        elif form is not None and tag == "option" and self.select is not None and "selected" in given:
            form.values[self.select] = given.get("value", "")
        elif form is not None and tag == "textarea":
            self.area = given.get("name", "")
            form.values[self.area] = ""

    def handle_endtag(self, tag: str) -> None:
        if tag in self.stack:
            while self.stack.pop() != tag:
                pass
        if tag == "a" and self.href is not None:
            self.links.append((" ".join(self.anchor.split()), self.href))
            self.href = None
        self.select = None if tag == "select" else self.select
        self.area = None if tag == "textarea" else self.area

    def handle_data(self, data: str) -> None:
        if "title" in self.stack and "svg" not in self.stack:
            self.title += data
        elif "script" not in self.stack:
            self.words.append(data)
        if self.href is not None:
            self.anchor += data
        if self.area is not None and self.forms:
            self.forms[-1].values[self.area] += data


class Visitor:
    """Opens pages, follows links, sends forms; keeps cookies and follows 303 as browsers do."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client
        self.page: PageSeen | None = None

    async def open(self, path: str, **headers: str) -> PageSeen:
        """Open an address."""
        return await self._see(await self.client.get(path, headers=headers))

    async def follow(self, words: str) -> PageSeen:
        """Follow the first link that holds these words."""
        assert self.page is not None
        return await self.open(urljoin(self.page.url, self.page.link(words)))

    async def send(self, action: str, **filled: str) -> PageSeen:
        """Fill in the form that goes to `action` and send it; `a__b` fills the field `a-b`."""
        assert self.page is not None
        form = self.page.form(action)
        values = form.values | {name.replace("__", "-"): value for name, value in filled.items()}
        target = urljoin(self.page.url, form.action or self.page.path)
        if form.method == "get":
            return await self._see(await self.client.get(target.partition("?")[0], params=values))
        return await self._see(await self.client.post(target, data=values))

    async def upload(self, action: str, name: str, content: bytes, **filled: str) -> PageSeen:
        """Send the form that goes to `action` with a file; an empty name is a form without one.

        `a__b` fills the field `a-b`.
        """
        assert self.page is not None
        form = self.page.form(action)
        values = form.values | {name.replace("__", "-"): value for name, value in filled.items()}
        target = urljoin(self.page.url, form.action)
        files = {"file": (name, content, "application/octet-stream")}
        return await self._see(await self.client.post(target, data=values, files=files))

    async def sign_in(self, username: str, password: str, to: str = "/") -> PageSeen:
        """Through the sign-in form."""
        page = await self.open(to)
        assert page.path.startswith("/dang-nhap")
        return await self.send("/dang-nhap", ten=username, mat__khau=password)

    async def _see(self, answer: httpx.Response) -> PageSeen:
        while answer.is_redirect:
            answer = await self.client.get(urljoin(str(answer.url), answer.headers["location"]))
        reader = _Reader()
        reader.feed(answer.text)
        self.page = PageSeen(
            str(answer.url),
            answer.status_code,
            answer.text,
            answer.headers,
            " ".join(reader.title.split()),
            " ".join(" ".join(reader.words).split()),
            reader.links,
            reader.forms,
        )
        return self.page
