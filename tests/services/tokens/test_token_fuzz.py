"""Neither a flipped bit nor a spliced header nor noise passes."""

from typing import Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import Engine

from app.services.tokens import Keyring
from tests.services.tokens.forge import encoded, issued, parts, reason

FUZZ = hypothesis_settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FUZZ
@given(place=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 6))
def test_no_flipped_bit_passes(engine: Engine, ring: Keyring, place: float, bit: int) -> None:
    token = issued_once(engine, ring)
    at = int(place * len(token))
    flipped = token[:at] + chr(ord(token[at]) ^ (1 << bit)) + token[at + 1 :]
    reason(engine, ring, flipped)


@FUZZ
@given(
    header=st.dictionaries(
        st.sampled_from(["alg", "typ", "kid", "crit", "jwk", "jku", "b64", "zip", "enc"]),
        st.one_of(
            st.none(), st.sampled_from(["ES256", "none", "HS256", "at+jwt", "JWT", ""]), st.text(max_size=8)
        ),
        min_size=1,
        max_size=4,
    )
)
def test_no_spliced_header_passes(engine: Engine, ring: Keyring, header: dict[str, Any]) -> None:
    token = issued_once(engine, ring)
    old, _, _ = parts(token)
    _, body, signature = token.split(".")
    spliced = f"{encoded(old | header)}.{body}.{signature}"
    if spliced != token:
        reason(engine, ring, spliced)


@FUZZ
@given(text=st.one_of(st.text(max_size=200), st.binary(max_size=200).map(lambda raw: raw.decode("latin-1"))))
def test_no_noise_passes(engine: Engine, ring: Keyring, text: str) -> None:
    for token in (text, f"{text}.{text}.{text}", f"{encoded(text.encode())}.{encoded(text.encode())}.AAAA"):
        reason(engine, ring, token)


_ISSUED: dict[int, str] = {}


def issued_once(engine: Engine, ring: Keyring) -> str:
    """One token for all examples of a property."""
    if id(ring) not in _ISSUED:
        _ISSUED[id(ring)] = issued(engine, ring)
    return _ISSUED[id(ring)]
