"""Templates hold nothing that the content security policy would refuse or htmx would have to evaluate."""

import re

import pytest

from tests.house.sources import ROOT, tracked

FORBIDDEN = {
    "style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "style element": re.compile(r"<style\b", re.IGNORECASE),
    "inline script": re.compile(r"<script\b(?![^>]*\ssrc\s*=)", re.IGNORECASE),
    "event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "hx-on": re.compile(r"\bhx-on\b", re.IGNORECASE),
    "evaluated value": re.compile(r"\bhx-(?:vals|headers)\s*=\s*[\"']?\s*js:|\bhx-vars\b", re.IGNORECASE),
    "trigger filter": re.compile(r"\bhx-trigger\s*=\s*(?:\"[^\"]*\[|'[^']*\[)", re.IGNORECASE),
    "script address": re.compile(r"javascript:", re.IGNORECASE),
    "unescaped text": re.compile(r"\|\s*safe\b|autoescape\s+false", re.IGNORECASE),
    "foreign file": re.compile(
        r"<(?:script|link|img|iframe)\b[^>]*\b(?:src|href)=[\"'](?:https?:)?//", re.IGNORECASE
    ),
}


def faults(path: str, text: str) -> list[str]:
    """What in a template a strict policy would refuse."""
    return [
        f"{path}:{text.count(chr(10), 0, match.start()) + 1} {name}"
        for name, pattern in FORBIDDEN.items()
        for match in pattern.finditer(text)
    ]


def templates() -> list[tuple[str, str]]:
    """Every page template: path and text."""
    paths = [path for path in tracked() if path.startswith("app/ui/templates/")]
    return [(path, (ROOT / path).read_text(encoding="utf-8")) for path in paths]


def test_there_are_templates() -> None:
    assert templates()


def test_templates_need_no_exception_from_the_policy() -> None:
    assert [line for path, text in templates() for line in faults(path, text)] == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("style attribute", '<div\n  class="a" style="width: 3%">'),
        ("style element", "<style>p {}</style>"),
        ("inline script", '<script type="module">go()</script>'),
        ("event handler", '<button onclick="go()">'),
        ("hx-on", '<div hx-on:click="go()">'),
        ("evaluated value", "<div hx-vals='js:{a: 1}'>"),
        ("trigger filter", '<div hx-trigger="click[ctrlKey]">'),
        ("script address", '<a href="javascript:go()">'),
        ("unescaped text", "{{ name | safe }}"),
        ("foreign file", '<script src="https://cdn.example/htmx.js"></script>'),
    ],
)
def test_a_template_past_the_policy_is_refused(name: str, text: str) -> None:
    assert any(fault.endswith(name) for fault in faults("page.html", text))


def test_an_honest_template_passes() -> None:
    script = '<script src="/static/app.js" defer></script>'
    link = '<a href="/on?style=1" hx-get="/x" hx-trigger="change">{{ on }}</a>'
    assert faults("page.html", script + link) == []
