"""Password hashes (argon2id) and what a new password must be like (ASVS V6.2, V11.4.2).

A hash costs some 19 MiB and 30 ms on purpose. Two are computed at a time in a process and a few more wait;
who comes after them is told to try again, so that a flood of sign-ins can't take the threads that serve all.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from app.models.base import search_key
from app.services.errors import Busy, Invalid

HASHER = PasswordHasher(
    time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=32, salt_len=16, type=Type.ID
)
"""OWASP's parameters: argon2id, 19 MiB, two passes, one lane."""

MINIMUM = 12
"""Shortest password that may be set, in characters."""

LONGEST = 200
"""Longest password that is hashed, in characters."""

NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$4qI/dHUiFCP77NeTVbJg3Q$82KhJE84Nh0D/blrlEjXXrIfNEGDnNg+aoAjBN2cKnE"
"""Verified where there is no such account, so that its absence costs as much time as a wrong password."""

COMMON = (
    "password",
    "passw0rd",
    "matkhau",
    "123456",
    "654321",
    "qwerty",
    "asdfgh",
    "abc123",
    "iloveyou",
    "welcome",
    "letmein",
    "admin",
    "vietnam",
    "anhyeuem",
    "emyeuanh",
    "hagiang",
    "tuyenquang",
    "thenchot",
    "tochuc",
    "tinhuy",
    "canbo",
    "111111",
    "000000",
    "888888",
)
"""What everybody tries first. A password is refused when little is left of it without these words."""

LEFT_OVER = 6
"""Characters that must remain when the common words are taken out."""

_AT_WORK = BoundedSemaphore(2)
_INSIDE = BoundedSemaphore(8)


@contextmanager
def _place() -> Iterator[None]:
    """One of the places to compute a hash.

    Raises:
        Busy: as many wait already as may.
    """
    if not _INSIDE.acquire(blocking=False):
        raise Busy("Nhiều người đang đăng nhập cùng lúc. Hãy thử lại sau ít giây.", retry_after=2)
    try:
        with _AT_WORK:
            yield
    finally:
        _INSIDE.release()


def digest(password: str) -> str:
    """The hash of `password`, with its salt and parameters, as it is stored.

    Raises:
        Busy: too many hashes are being computed.
    """
    with _place():
        return HASHER.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """True where `password` is the one `stored` was made of; None costs the same time and is never true.

    Raises:
        Busy: too many hashes are being computed.
    """
    with _place():
        try:
            HASHER.verify(stored or NOBODY, password[:LONGEST])
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None and len(password) <= LONGEST


def outdated(stored: str) -> bool:
    """True where `stored` was made with other parameters than today's: hash anew at the next sign-in."""
    return HASHER.check_needs_rehash(stored)


def check_new(password: str, *, username: str) -> None:
    """Refuses a password that is too short, too long, or among the first to be guessed.

    Raises:
        Invalid: with what to do about it.
    """
    if len(password) < MINIMUM:
        raise Invalid.at("/password", f"Mật khẩu cần ít nhất {MINIMUM} ký tự; một câu dễ nhớ là tốt nhất.")
    if len(password) > LONGEST:
        raise Invalid.at("/password", f"Mật khẩu dài nhất {LONGEST} ký tự.")
    rest = plain = _bare(password)
    for word in (_bare(username), *COMMON):
        rest = rest.replace(word, "")
    if len(rest) < LEFT_OVER or len(set(plain)) < LEFT_OVER:
        raise Invalid.at("/password", "Mật khẩu này quá dễ đoán. Hãy dùng một câu chỉ mình đồng chí biết.")


def _bare(text: str) -> str:
    """Letters and digits alone, without tone marks, in lower case."""
    return "".join(letter for letter in search_key(text) if letter.isalnum())
