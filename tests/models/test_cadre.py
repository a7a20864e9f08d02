"""The bodies of a person: a change may say what an entry may, within the same bounds."""

from typing import Any

import pytest
from pydantic import ValidationError

from app.models.cadre import CadreBase, CadreCreate, CadreUpdate

ENTRY = {"full_name": "Giàng Thị Mỷ", "birth_date": "1990-05-02", "sex": "female", "ethnicity": "mong"}


def test_a_change_may_say_what_an_entry_may() -> None:
    assert CadreUpdate.model_fields.keys() == CadreBase.model_fields.keys() | {"reason"}
    assert CadreUpdate.model_fields.keys() - {"reason"} <= CadreCreate.model_fields.keys()


def test_a_change_may_say_nothing_and_keeps_it_unsaid() -> None:
    assert CadreUpdate().model_dump(exclude_unset=True) == {}
    assert CadreUpdate.model_validate({"phone": None}).model_dump(exclude_unset=True) == {"phone": None}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", "M"),
        ("full_name", "M" * 121),
        ("birth_precision", "hour"),
        ("sex", "x"),
        ("national_id", "12345678"),
        ("national_id", "1234567890"),
        ("national_id", "12345678a"),
        ("national_id", "1234567890123"),
        ("birthplace", "x" * 201),
        ("birthplace_unit_id", "meo-vac"),
        ("social_insurance_number", "1" * 11),
        ("email", "x" * 121),
        ("phone", "0" * 21),
        ("marital_status", "x"),
        ("legal_category", "x"),
        ("recruited_on", "2021-02-30"),
        ("height_cm", 79),
        ("height_cm", 231),
        ("weight_kg", 24),
        ("weight_kg", 251),
        ("blood_group", "ABRH+"),
        ("policy_family", "x" * 121),
        ("khong_co", 1),
    ],
)
def test_both_refuse_the_same(field: str, value: Any) -> None:  # noqa: ANN401 - a JSON value
    for body, rest in ((CadreUpdate, {}), (CadreCreate, ENTRY)):
        with pytest.raises(ValidationError) as refused:
            body.model_validate({**rest, field: value})
        assert {fault["loc"][-1] for fault in refused.value.errors()} == {field}


def test_both_take_what_is_right() -> None:
    right = {
        "national_id": "012345678901",
        "height_cm": 80,
        "weight_kg": 250,
        "blood_group": "AB+",
        "email": "a@b",
    }
    for body, rest in ((CadreUpdate, {}), (CadreCreate, ENTRY)):
        kept = body.model_validate({**rest, **right}).model_dump(exclude_unset=True)
        assert {name: kept[name] for name in right} == right
