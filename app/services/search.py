"""Search by name, quick on both databases: words in any order, with or without tone marks."""

from sqlalchemy import ColumnElement, String, cast, column, false, func, select, true
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import Session, col

from app.models.base import search_key
from app.models.cadre import Cadre

MOST = 8
"""Words of a query that are looked at: no name has more."""

LONGEST = 120
"""Letters of the longest name; a longer word is in none."""


def words_of(query: str) -> list[str]:
    """The words of `query` as the folded names hold them, longest first, none the start of another."""
    kept: list[str] = []
    for word in sorted(
        set(search_key(query.replace("\0", " ")).split()), key=lambda word: (-len(word), word)
    ):
        if not any(longer.startswith(word) for longer in kept):
            kept.append(word)
    return kept[:MOST]


def name_matches(session: Session, query: str) -> ColumnElement[bool]:
    """A condition on Cadre: each word of `query` begins a word of the name, in any order.

    Tone marks count nowhere: «hoa» finds Hòa and Hoa, «Hòa» finds both too. An empty query finds everybody.
    The condition goes into any select of Cadre; the session narrows that select as it narrows every other.
    """
    words = words_of(query)
    if not words:
        return true()
    if len(words[0]) > LONGEST:
        return false()
    if session.get_bind().dialect.name == "postgresql":
        return _indexed_words().op("@@", is_comparison=True)(cast(_tsquery(words), TSQUERY))
    phrases = " AND ".join('"{}"*'.format(word.replace('"', '""')) for word in words)
    hits = func.cadre_search(phrases).table_valued(column("cadre_id", String), name="hits")
    return col(Cadre.id).in_(select(hits.c.cadre_id))


def _tsquery(words: list[str]) -> str:
    escaped = (word.replace("\\", "\\\\").replace("'", "''") for word in words)
    return " & ".join(f"'{word}':*" for word in escaped)


def _indexed_words() -> ColumnElement[str]:
    """The words of a name, written as the index of PostgreSQL has them."""
    return func.array_to_tsvector(func.array_remove(func.string_to_array(col(Cadre.search_key), " "), ""))
