"""Vietnamese names: order and search keys, with PostgreSQL's ICU collation as the oracle of the order."""

import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from app.models.base import nfc, search_key, sort_key, text_key
from app.services.database import build_engine
from tests.conftest import PostgresCluster, make_settings

TONES = ("", "\u0300", "\u0309", "\u0303", "\u0301", "\u0323")
ONSETS = (
    "",
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "gi",
    "h",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "ph",
    "q",
    "s",
    "t",
    "th",
    "v",
    "x",
)
NUCLEI = ("a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y", "oa", "uy", "ươ", "iê", "uâ", "oă")
CODAS = ("", "n", "ng", "nh", "m", "p", "t", "c", "i", "o", "u")


@st.composite
def syllables(draw: st.DrawFn) -> str:
    """One syllable as written in Vietnamese, the tone on any of its vowels."""
    nucleus = draw(st.sampled_from(NUCLEI))
    place = draw(st.integers(0, len(nucleus) - 1))
    marked = nucleus[: place + 1] + draw(st.sampled_from(TONES)) + nucleus[place + 1 :]
    whole = draw(st.sampled_from(ONSETS)) + marked + draw(st.sampled_from(CODAS))
    return unicodedata.normalize("NFC", whole).capitalize()


def names(least: int = 2) -> st.SearchStrategy[str]:
    """Names of two to four syllables."""
    return st.lists(syllables(), min_size=least, max_size=4).map(" ".join)


@pytest.fixture(scope="module")
def oracle(postgres_cluster: PostgresCluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A PostgreSQL, asked for nothing but its collation."""
    url = postgres_cluster.url.format(name="postgres")
    engine = build_engine(make_settings(tmp_path_factory.mktemp("oracle"), url))
    yield engine
    engine.dispose()


def by_icu(oracle: Engine, people: list[str]) -> list[str]:
    """The names by given name, then the rest, each as `vi-x-icu` orders them."""
    query = text(
        "SELECT name FROM unnest(CAST(:people AS text[])) AS t (name) ORDER BY "
        "regexp_replace(name, '^.* ', '') COLLATE \"vi-x-icu\", "
        "regexp_replace(name, ' ?[^ ]+$', '') COLLATE \"vi-x-icu\""
    )
    with oracle.connect() as connection:
        return list(connection.scalars(query, {"people": people}))


@given(people=st.lists(names(), min_size=2, max_size=40, unique=True))
@example(["Nguyễn Thị Hoa", "Nguyễn Thị Hoà", "Nguyễn Thị Hòa", "Trần Văn An", "Lê Ân", "Lê Ăn", "Lê Ăng"])
@example(["Vàng Mí Dơ", "Vàng Mí Đơ", "Vàng Mí Dờ", "Vàng Thị Dợ", "Vàng Dợ", "Vạng Dợ", "Vang Thi Dợ"])
def test_sort_key_orders_as_icu_does(oracle: Engine, people: list[str]) -> None:
    assert sorted(people, key=sort_key) == by_icu(oracle, people)


@given(places=st.lists(names(least=1), min_size=2, max_size=40, unique=True))
def test_text_key_orders_whole_names(oracle: Engine, places: list[str]) -> None:
    query = text('SELECT n FROM unnest(CAST(:places AS text[])) AS t (n) ORDER BY n COLLATE "vi-x-icu"')
    with oracle.connect() as connection:
        expected = list(connection.scalars(query, {"places": places}))
    assert sorted(places, key=text_key) == expected


def test_a_wrong_order_would_be_seen(oracle: Engine) -> None:
    people = ["Trần Văn An", "Lê Ân", "Lê Ăn", "Đỗ Bình", "Dương Bính"]
    assert sorted(people) != by_icu(oracle, people)
    assert sorted(people, key=search_key) != by_icu(oracle, people)


@given(name=names())
def test_keys_know_one_spelling(name: str) -> None:
    apart = unicodedata.normalize("NFD", name)
    assert sort_key(apart) == sort_key(name)
    assert search_key(apart) == search_key(name)
    assert nfc(f"  {apart}\u00a0 ") == name


@given(name=names())
def test_the_search_key_is_plain_and_stays(name: str) -> None:
    key = search_key(name)
    assert key.isascii()
    assert key == key.lower()
    assert search_key(key) == key
    assert len(key.split()) == len(name.split())


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Đặng Thị Thùy", "dang thi thuy"),
        ("  VÀNG  Mí  Lử ", "vang mi lu"),
        ("Nguyễn Ước", "nguyen uoc"),
        ("Y-Bhăm Êban", "y-bham eban"),
    ],
)
def test_search_keys(name: str, key: str) -> None:
    assert search_key(name) == key
