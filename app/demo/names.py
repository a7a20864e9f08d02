"""Names of made-up people, by ethnic group and sex, from lists of our own."""

from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

import yaml

from app.models.cadre import Sex


@cache
def lists() -> dict[str, Any]:
    """The lists of data/names.yaml: per ethnic slug surnames and, by sex, middle and given names; `never`."""
    text = files("app.demo").joinpath("data/names.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


@cache
def forbidden() -> frozenset[str]:
    """Full names that no made-up person bears."""
    return frozenset(lists()["never"])


def full_name(rng: Random, ethnicity: str, sex: Sex, surname: str | None = None) -> str:
    """A full name as the group writes it; never one of a known office holder."""
    group = lists()[ethnicity]
    surnames, own = group["surnames"], group[sex.value]
    middles, givens = own["middle"], own["given"]
    while True:
        first = surname or surnames[int(rng.random() * len(surnames))]
        middle = middles[int(rng.random() * len(middles))]
        given = givens[int(rng.random() * len(givens))]
        name = f"{first} {middle} {given}"
        if name not in forbidden() and given not in {first, middle}:
            return name
