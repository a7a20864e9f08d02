"""Code lists: what a field may hold, in the field's own words.

Ethnic groups bear both official numberings.
"""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from app.models.base import KeyText, Reference


class Ethnicity(Reference, table=True):
    """An ethnic group by our own slug.

    The 1979 and 2008 numberings differ and swap groups silently (domain §4).
    """

    slug: str = Field(primary_key=True, sa_type=KeyText)
    name: str = Field(max_length=60)
    code_1979: str = Field(max_length=2, unique=True)
    code_2008: str | None = Field(default=None, max_length=2)
    is_minority: bool = True


class CodeItem(Reference, table=True):
    """One entry of a code list: list id, code, words, order."""

    __tablename__ = "code_item"
    __table_args__ = (UniqueConstraint("list_id", "rank"),)

    list_id: str = Field(primary_key=True, sa_type=KeyText)
    code: str = Field(primary_key=True, sa_type=KeyText)
    name: str = Field(max_length=160)
    rank: int


class EthnicityRead(SQLModel):
    """An ethnic group with both numberings."""

    slug: str
    name: str
    code_1979: str
    code_2008: str | None
    is_minority: bool


class CodeItemRead(SQLModel):
    """One entry of a code list."""

    list_id: str
    code: str
    name: str
    rank: int
