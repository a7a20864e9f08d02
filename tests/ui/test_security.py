"""What keeps the pages safe, in its parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.ui.security import csrf_token, csrf_valid, safe_next, same_origin


def test_a_form_token_is_good_for_its_own_session_alone() -> None:
    token = csrf_token("phiên một")
    assert csrf_valid("phiên một", token)
    assert not csrf_valid("phiên hai", token)


def test_a_token_never_looks_the_same_twice() -> None:
    assert csrf_token("s") != csrf_token("s")


@given(st.text(max_size=200))
def test_no_invented_token_passes(text: str) -> None:
    assert not csrf_valid("s", text)


@given(st.integers(0, 79), st.characters(codec="ascii"))
def test_no_changed_token_passes(place: int, letter: str) -> None:
    token = csrf_token("s")
    changed = token[:place] + letter + token[place + 1 :]
    assert changed == token or not csrf_valid("s", changed)


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "none"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://cb.example"}, False),
        ({"origin": "https://cb.example"}, True),
        ({"origin": "http://cb.example"}, False),
        ({"origin": "https://cb.example:444"}, False),
        ({"origin": "https://cb.example.evil"}, False),
        ({"origin": "null"}, False),
        ({}, True),  # no browser: its token alone is judged
    ],
)
def test_a_request_of_another_site_is_told_by_its_headers(headers: dict[str, str], ours: bool) -> None:  # noqa: FBT001
    assert same_origin(headers, "https", "cb.example") is ours


@pytest.mark.parametrize("path", ["/", "/chi-tieu?moc=2030", "/can-bo/MV-01127"])
def test_sign_in_leads_back_to_our_pages(path: str) -> None:
    assert safe_next(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:x",
        "/a\r\nSet-Cookie: b",
        "/\t/evil",
    ],
)
def test_sign_in_never_leads_elsewhere(path: str) -> None:
    assert safe_next(path) == "/"
