"""Rules on appointments: bổ nhiệm, chỉ định, điều động, giới thiệu ứng cử (III.3.5, II.2.2(5))."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import JsonValue

from app.services.law.finding import Effect, Verdict, met_if, not_applicable, unknown
from app.services.law.parameter import LawOn
from app.services.law.rules.registry import rule

OUTSIDE = "outside"
"""Origin known to lie outside the province's unit tree: no unit id, yet not unknown."""

NON_LOCAL_SETTINGS = ("secretary.local-fields", "secretary.local-level", "secretary.local-mode")
NON_LOCAL_TARGET = "secretary.non-local-2025"


class OriginField(StrEnum):
    """Where a person comes from: quê quán, nơi sinh, nơi thường trú trước khi được bố trí."""

    HOMETOWN = "hometown"
    BIRTHPLACE = "birthplace"
    RESIDENCE = "residence"


class OriginLevel(StrEnum):
    """How wide «địa phương» is taken: the commune led, or the whole district around it."""

    COMMUNE = "commune"
    DISTRICT = "district"


class OriginMode(StrEnum):
    """Local if any of the fields lies inside, or only if all of them do."""

    ANY = "any"
    ALL = "all"


class Locality(StrEnum):
    """Whether the person is of the place."""

    LOCAL = "local"
    NON_LOCAL = "non_local"
    UNKNOWN = "unknown"


_FIELD_NAMES: Mapping[OriginField, str] = {
    OriginField.HOMETOWN: "quê quán",
    OriginField.BIRTHPLACE: "nơi sinh",
    OriginField.RESIDENCE: "nơi thường trú trước khi được bố trí",
}


@dataclass(frozen=True, slots=True)
class NonLocalPolicy:
    """«Không phải là người địa phương» as data, so that a query can say the same as `locality`.

    For each field of `fields` a person's place is INSIDE, UNCLEAR or ELSEWHERE:

    - INSIDE: its unit lies in the territory. In SQL, on `unit_closure` rows (tree or lineage) valid on the
      effect day: a row from the commune led (level commune) or its district (level district) to the place.
    - UNCLEAR: no unit is known, or it encloses or continues the territory, which settles nothing.
      In SQL: no unit id, or a row from the place to the commune led that is not INSIDE.
    - ELSEWHERE: otherwise; a place known to lie outside the tree is ELSEWHERE without a unit id.

    `mode` any: local = some field INSIDE; unknown = none INSIDE, some UNCLEAR; non-local = all ELSEWHERE.
    `mode` all: non-local = some field ELSEWHERE; unknown = none ELSEWHERE, some UNCLEAR; local = all INSIDE.
    The numerator of `secretary_non_local` counts non-local alone; the unknown stay in the denominator.
    """

    fields: tuple[OriginField, ...]
    level: OriginLevel
    mode: OriginMode

    @classmethod
    def of(cls, law: LawOn, *, level: OriginLevel | None = None) -> "NonLocalPolicy":
        """The policy of a day, or its variant at another `level`. NotInForce before there is one."""
        fields, own_level, mode = (law[parameter_id] for parameter_id in NON_LOCAL_SETTINGS)
        return cls(
            fields=tuple(OriginField(name) for name in fields.choices),
            level=level or OriginLevel(own_level.choice),
            mode=OriginMode(mode.choice),
        )

    def as_json(self) -> dict[str, JsonValue]:
        """The policy as a finding keeps it."""
        return {
            "fields": [name.value for name in self.fields],
            "level": self.level.value,
            "mode": self.mode.value,
        }


@dataclass(frozen=True, slots=True)
class SecretaryFacts:
    """What is known of a person put at the head of a commune's party committee, on the effect day.

    Places are unit ids, OUTSIDE, or None when nobody entered them. `commune` and `district` are the unit
    led and its district, each with all that lies beneath and all predecessors (lineage); `district` is
    empty where the level has ended. `enclosing` are units a place may name without settling the question:
    the province, the district when the commune is asked for, a successor that took in more than the
    commune.
    """

    is_commune_secretary: bool
    is_acting: bool = False
    commune: frozenset[str] = frozenset()
    district: frozenset[str] = frozenset()
    enclosing: frozenset[str] = frozenset()
    places: Mapping[OriginField, str | None] = field(default_factory=dict)
    career_or_household_there: bool = False
    birthplace_is_incidental: bool = False
    """The birthplace is only a hospital or a town the family went to."""


class _Position(StrEnum):
    INSIDE = "inside"
    ELSEWHERE = "elsewhere"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class LocalityVerdict:
    """Whether a person is local, by which fields, and whether somebody should look at it («cần xem xét»)."""

    locality: Locality
    positions: Mapping[OriginField, str]
    needs_review: bool

    def named(self, position: str) -> str:
        """The Vietnamese names of the fields in that position, as a list in a sentence."""
        return ", ".join(_FIELD_NAMES[name] for name, where in self.positions.items() if where == position)


def _position(facts: SecretaryFacts, place: str | None, level: OriginLevel) -> _Position:
    territory = facts.commune if level is OriginLevel.COMMUNE else facts.district
    if place is None or not territory:
        return _Position.UNCLEAR
    if place in territory:
        return _Position.INSIDE
    return _Position.UNCLEAR if place in facts.enclosing else _Position.ELSEWHERE


def locality(facts: SecretaryFacts, policy: NonLocalPolicy) -> LocalityVerdict:
    """Judge by unit ids, never by names. A missing place makes it unknown unless another field settles it."""
    positions = {name: _position(facts, facts.places.get(name), policy.level) for name in policy.fields}
    found = set(positions.values())
    settles, otherwise = (
        ((_Position.INSIDE, Locality.LOCAL), Locality.NON_LOCAL)
        if policy.mode is OriginMode.ANY
        else ((_Position.ELSEWHERE, Locality.NON_LOCAL), Locality.LOCAL)
    )
    if settles[0] in found:
        answer = settles[1]
    elif _Position.UNCLEAR in found:
        answer = Locality.UNKNOWN
    else:
        answer = otherwise
    # domain of the flag: an origin elsewhere with a life lived there, or a birthplace that only chance chose
    review = (answer is Locality.NON_LOCAL and facts.career_or_household_there) or (
        facts.birthplace_is_incidental and OriginField.BIRTHPLACE in policy.fields
    )
    return LocalityVerdict(answer, {name: where.value for name, where in positions.items()}, review)


@rule(
    "appointment.non_local_secretary",
    clause="II.2.2(5)-2025-h",
    effect=Effect.WARNS,
    since="resolution",
    waivable=True,
    parameters=(NON_LOCAL_TARGET, *NON_LOCAL_SETTINGS),
    facts=SecretaryFacts,
)
def non_local_secretary(facts: SecretaryFacts, law: LawOn) -> Verdict:
    """A commune's party secretary comes from elsewhere. It warns: the resolution says «phấn đấu»."""
    target = law[NON_LOCAL_TARGET]
    policy = NonLocalPolicy.of(law)
    if not facts.is_commune_secretary:
        return not_applicable(
            message=f"Chức danh này không phải bí thư đảng ủy cấp xã nên mục {target.clause} không áp dụng."
        )
    if facts.is_acting:
        return not_applicable(
            message=f"Người phụ trách, quyền bí thư không tính vào mục {target.clause}, chỉ liệt kê riêng."
        )
    verdict = locality(facts, policy)
    measured: dict[str, JsonValue] = {
        "locality": verdict.locality.value,
        "places": {name.value: where for name, where in verdict.positions.items()},
        "needs_review": verdict.needs_review,
    }
    required: dict[str, JsonValue] = {"locality": Locality.NON_LOCAL.value, **policy.as_json()}
    flag = " Cần xem xét thêm." if verdict.needs_review else ""
    if verdict.locality is Locality.UNKNOWN:
        return unknown(
            measured=measured,
            required=required,
            message=f"Chưa đủ dữ liệu để biết bí thư có phải người địa phương không (mục {target.clause}): "
            f"thiếu {verdict.named(_Position.UNCLEAR)}.{flag}",
            remedy=f"Bổ sung {verdict.named(_Position.UNCLEAR)} đến đơn vị cấp xã.",
        )
    holds = verdict.locality is Locality.NON_LOCAL
    where = "địa bàn xã" if policy.level is OriginLevel.COMMUNE else "địa bàn huyện"
    message = (
        f"Bí thư không phải là người địa phương theo mục {target.clause}."
        if holds
        else f"Bí thư là người địa phương ({verdict.named(_Position.INSIDE)} thuộc {where} được phân công), "
        f"khác hướng phấn đấu của mục {target.clause}."
    )
    return met_if(
        holds,
        measured=measured,
        required=required,
        message=message + flag,
        remedy="Chọn người có gốc ở nơi khác, hoặc ghi rõ lý do để cấp có thẩm quyền xem xét.",
    )
