"""How the people of each district differ: groups, women, theory, origin. Illustrative, not measured."""

from random import Random

MIX: dict[str, dict[str, int]] = {
    "TI": {
        "kinh": 50, "tay": 27, "mong": 8, "dao": 7, "nung": 4, "giay": 1, "hoa": 1, "la-chi": 1,
        "muong": 1,
    },
    "HG": {"kinh": 45, "tay": 33, "mong": 6, "dao": 8, "nung": 4, "hoa": 2, "giay": 2},
    "DV": {
        "kinh": 22, "mong": 45, "tay": 15, "giay": 4, "lo-lo": 3, "hoa": 3, "nung": 3, "dao": 2,
        "co-lao": 2, "pu-peo": 1,
    },
    "MV": {"kinh": 20, "mong": 50, "tay": 15, "giay": 6, "lo-lo": 3, "dao": 3, "nung": 3},
    "YM": {"kinh": 22, "mong": 38, "tay": 20, "dao": 10, "nung": 5, "giay": 4, "pu-peo": 1},
    "QB": {"kinh": 24, "mong": 38, "dao": 14, "tay": 10, "nung": 6, "giay": 4, "bo-y": 3, "hoa": 1},
    "VX": {"kinh": 35, "tay": 35, "dao": 14, "mong": 10, "nung": 3, "giay": 2, "hoa": 1},
    "BM": {"kinh": 25, "tay": 42, "mong": 16, "dao": 14, "nung": 3},
    "HP": {"kinh": 20, "nung": 28, "dao": 22, "tay": 12, "mong": 10, "la-chi": 7, "hoa": 1},
    "XM": {"kinh": 20, "nung": 30, "mong": 22, "tay": 12, "la-chi": 10, "dao": 4, "phu-la": 2},
    "BQ": {"kinh": 42, "tay": 38, "dao": 12, "mong": 3, "pa-then": 2, "nung": 2, "la-chi": 1},
    "QG": {"kinh": 26, "tay": 44, "dao": 18, "mong": 4, "pa-then": 4, "la-chi": 3, "nung": 1},
}  # fmt: skip
"""Ethnic groups among a district's staff, in parts; the census gave only the province (domain §8)."""

WOMEN = {
    "TI": 100, "HG": 135, "DV": 85, "MV": 74, "YM": 80, "QB": 100, "VX": 112, "BM": 104, "HP": 88,
    "XM": 72, "BQ": 128, "QG": 112,
}  # fmt: skip
"""Share of women among leaders against the province's, in hundredths."""

NO_THEORY = {
    "TI": 60, "HG": 30, "DV": 150, "MV": 220, "YM": 140, "QB": 100, "VX": 70, "BM": 90, "HP": 120,
    "XM": 190, "BQ": 50, "QG": 70,
}  # fmt: skip
"""How often a leader lacks political theory, against the province's, in hundredths."""

NON_LOCAL = {
    "HG": 50, "DV": 83, "MV": 78, "YM": 76, "QB": 85, "VX": 83, "BM": 72, "HP": 80, "XM": 78, "BQ": 88,
    "QG": 80,
}  # fmt: skip
"""Per cent of a district's commune secretaries who come from elsewhere."""

LOWLANDS = (
    "Nam Định", "Thái Bình", "Hà Nam", "Hải Dương", "Hưng Yên", "Vĩnh Phúc", "Phú Thọ", "Bắc Giang", "Hà Nội",
    "Ninh Bình", "Thanh Hóa", "Tuyên Quang", "Yên Bái", "Bắc Ninh",
)  # fmt: skip
"""Where people come from whose origin lies outside the province."""


def ethnicity(rng: Random, prefix: str, kinh: int = 100) -> str:
    """A group drawn from a district's mix, the Kinh weighted by `kinh` hundredths."""
    mix = MIX[prefix]
    weights = [part * kinh // 100 if slug == "kinh" else part for slug, part in mix.items()]
    return rng.choices(list(mix), weights)[0]


def minority(rng: Random, prefix: str) -> str:
    """A group other than the Kinh, drawn from a district's mix."""
    return ethnicity(rng, prefix, 0)
