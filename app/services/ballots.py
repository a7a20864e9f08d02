"""Numbers of a meeting and its ballots, as minutes give them: what can't have been counted so."""

from itertools import pairwise
from typing import Protocol

from app.services.errors import Fault


class Counted(Protocol):
    """Minutes: who was summoned, who came, the ballots; None where none were cast or recorded."""

    summoned: int
    present: int
    ballots_issued: int | None
    ballots_returned: int | None
    ballots_valid: int | None


_WORDS = {
    "summoned": "số người triệu tập",
    "present": "số người dự họp",
    "ballots_issued": "số phiếu phát ra",
    "ballots_returned": "số phiếu thu về",
    "ballots_valid": "số phiếu hợp lệ",
}


def chain_faults(counted: Counted) -> list[Fault]:
    """Where summoned >= present >= issued >= returned >= valid doesn't hold, as far as the minutes say."""
    given = ((name, words, getattr(counted, name)) for name, words in _WORDS.items())
    known = [(name, words, number) for name, words, number in given if number is not None]
    return [
        Fault(f"/{name}", f"{words.capitalize()} ({number}) không thể lớn hơn {above} ({most}).")
        for (_, above, most), (name, words, number) in pairwise(known)
        if number > most
    ]


def votes_at_most(counted: Counted) -> int:
    """The most votes that anybody can have got: the valid ballots, or those present."""
    return counted.ballots_valid if counted.ballots_valid is not None else counted.present
