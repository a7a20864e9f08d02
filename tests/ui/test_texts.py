"""Every text that people see goes through the gettext marker."""

import re

import pytest

from app.ui.render import HERE

TEMPLATES = sorted((HERE / "templates").glob("*.html"))
JINJA = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
TAG = re.compile(r"<!?[a-zA-Z/][^<>]*>", re.DOTALL)
SPOKEN = re.compile(r"""\b(?:aria-label|placeholder|title|alt|content)=["']([^"']*)["']""")
LETTER = re.compile(r"[^\W\d_]")


def bare(text: str) -> list[str]:
    """Words of a template that stand outside Jinja, in text or in an attribute that is read out."""
    plain = JINJA.sub("", text)
    spoken = [words for words in SPOKEN.findall(plain) if "=" not in words and "{" not in words]
    rest = [words.strip() for words in TAG.sub("\n", plain).split("\n")]
    return [words for words in spoken + rest if LETTER.search(words) and words != "htmx-config"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_text_stands_outside_the_marker(path: object) -> None:
    text = (HERE / "templates" / getattr(path, "name", "")).read_text(encoding="utf-8")
    assert bare(text) == []


def test_a_text_outside_the_marker_is_seen() -> None:
    assert bare("<p>Xin chào</p>") == ["Xin chào"]
    assert bare('<a aria-label="Mở">{{ _("x") }}</a>') == ["Mở"]
    assert bare('<p class="b">{{ _("Xin chào") }}, {% if x %}{{ y }}{% endif %}.</p>') == []
