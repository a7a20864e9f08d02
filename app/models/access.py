"""Who may come in: principals, their sign-ins, their grants, and the keys their tokens are signed with."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import SecretStr, StringConstraints
from sqlalchemy import CheckConstraint, Index, LargeBinary
from sqlmodel import Field, SQLModel

from app.models.base import FORBID, KeyText, System, UnitOwned, UtcDateTime, choice, new_id, utc_now
from app.models.unit import UnitRef


class PrincipalKind(StrEnum):
    """A person, a service client, or an inspection token's holder."""

    PERSON = "person"
    SERVICE = "service"
    INSPECTION = "inspection"


class KeyState(StrEnum):
    """Life of a signing key; `retiring` still verifies, `revoked` nothing."""

    NEXT = "next"
    ACTIVE = "active"
    RETIRING = "retiring"
    REVOKED = "revoked"


class Principal(System, table=True):
    """Somebody or something that may sign in."""

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: PrincipalKind = Field(sa_type=choice(PrincipalKind, "kind"))
    username: str = Field(sa_type=KeyText, unique=True, max_length=60)
    display_name: str = Field(max_length=120)
    password_hash: str | None = None
    cadre_id: UUID | None = Field(default=None, foreign_key="cadre.id")
    auth_version: int = 1
    disabled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    is_demo: bool = False
    """Made with the demo province: signs in in demo mode alone."""
    version: int = 1


class SignIn(System, table=True):
    """A session: an opaque secret of 256 bits, kept as its SHA-256; idle 30 minutes, 12 hours at most."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_open", "principal_id", "ended_at"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    principal_id: UUID = Field(foreign_key="principal.id")
    secret_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    last_seen_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    user_agent: str | None = Field(default=None, max_length=200)
    address: str | None = Field(default=None, max_length=64)


class SignInAttempt(System, table=True):
    """Failed sign-ins of one name or one address in a window.

    What the rate limit counts, on every process.
    """

    __tablename__ = "sign_in_attempt"

    key: str = Field(primary_key=True, max_length=160)
    window_at: datetime = Field(sa_type=UtcDateTime)
    failures: int = 0


class RoleGrant(System, table=True):
    """(principal, role, unit), or `self` on a cadre; proposed by one person, confirmed by another."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("(unit_id IS NULL) <> (cadre_id IS NULL)", name="one_target"),
        CheckConstraint(
            "confirmed_by IS NULL OR proposed_by IS NULL OR confirmed_by <> proposed_by", name="two_persons"
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    principal_id: UUID = Field(foreign_key="principal.id", index=True)
    role: str = Field(max_length=40)
    unit_id: UUID | None = Field(default=None, foreign_key="unit.id")
    cadre_id: UUID | None = Field(default=None, foreign_key="cadre.id")
    valid_from: date
    valid_to: date | None = None
    proposed_by: UUID | None = Field(default=None, foreign_key="principal.id")
    confirmed_by: UUID | None = Field(default=None, foreign_key="principal.id")
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class SigningKey(System, table=True):
    """The public half of an ES256 key; the private half lies in DATA_DIR with mode 0600."""

    __tablename__ = "signing_key"

    kid: str = Field(primary_key=True, max_length=40)
    public_pem: str
    state: KeyState = Field(sa_type=choice(KeyState, "state"))
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class DeniedToken(System, table=True):
    """An access token that was taken back before its end, by its `jti`."""

    __tablename__ = "denied_token"

    jti: str = Field(primary_key=True, max_length=40)
    until: datetime = Field(sa_type=UtcDateTime)


class IdempotencyKey(System, table=True):
    """The first answer to a POST, kept 24 hours for the caller who repeats it."""

    __tablename__ = "idempotency_key"

    principal_id: UUID = Field(foreign_key="principal.id", primary_key=True)
    key: str = Field(primary_key=True, max_length=200)
    method: str = Field(max_length=8)
    path: str = Field(max_length=400)
    body_hash: bytes = Field(sa_type=LargeBinary)
    permission: str = Field(max_length=60)
    status: int | None = None
    headers: str | None = None
    body: bytes | None = Field(default=None, sa_type=LargeBinary)
    created_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)


class AccessToken(UnitOwned, table=True):
    """An inspection token: whoever bears it reads what an inspector of the unit reads, and writes nothing.

    Its secret of 256 bits is kept as a SHA-256. `expires_on` is its last day in Hà Nội, by the real clock.
    `issued_by` None: from the console.
    """

    __tablename__ = "access_token"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    secret_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    reason: str = Field(max_length=500)
    expires_on: date
    issued_by: UUID | None = Field(default=None, foreign_key="principal.id")
    issued_at: datetime = Field(default_factory=utc_now, sa_type=UtcDateTime)
    revoked_by: UUID | None = Field(default=None, foreign_key="principal.id")
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    version: int = 1


class SessionCreate(SQLModel):
    """A sign-in of a person."""

    model_config = FORBID

    username: str = Field(min_length=1, max_length=60)
    password: SecretStr = Field(min_length=1, max_length=200)
    otp: str | None = Field(default=None, max_length=10)


class SessionOpened(SQLModel):
    """What a sign-in gives: the session secret, shown once, and a first access token."""

    session_secret: str
    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the name of a scheme
    expires_in: int


class TokenIssued(SQLModel):
    """A new access token."""

    access_token: str
    token_type: str = "bearer"  # noqa: S105 - the name of a scheme
    expires_in: int


class SessionRead(SQLModel):
    """One of the caller's own sessions."""

    id: UUID
    created_at: str
    last_seen_at: str
    expires_at: str
    user_agent: str | None
    address: str | None
    current: bool


class AccessTokenCreate(SQLModel):
    """An inspection token to issue; `expires_on` is its last day, at most 90 days from today."""

    model_config = FORBID

    unit_id: UUID
    expires_on: date
    reason: Annotated[str, StringConstraints(strip_whitespace=True)] = Field(min_length=3, max_length=500)


class AccessTokenState(StrEnum):
    """Whether an inspection token may still open anything."""

    ACTIVE = "active"
    EXPIRED = "expired"
    REVOKED = "revoked"


class AccessTokenRead(SQLModel):
    """An inspection token as those see it who may take it back; the secret is never shown again.

    `name` is the actor that its reads bear in the audit log; `last_used_at` is the latest of those events.
    """

    id: UUID
    name: str
    unit: UnitRef
    reason: str
    expires_on: date
    state: AccessTokenState
    issued_at: str
    issued_by: str | None
    revoked_at: str | None
    revoked_by: str | None
    last_used_at: str | None


class AccessTokenIssued(AccessTokenRead):
    """A new inspection token with its secret, shown this once."""

    token: str


class GrantRead(SQLModel):
    """A role the caller holds, and where."""

    role: str
    unit: UnitRef | None


class MeRead(SQLModel):
    """Who is calling, with which roles and permissions."""

    username: str
    display_name: str
    kind: PrincipalKind
    cadre_id: UUID | None
    grants: list[GrantRead]
    permissions: list[str]
    today: date
    pinned: bool
    record_ends_on: date | None
