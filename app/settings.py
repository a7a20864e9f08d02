"""Every setting of the house, read once from THENCHOT_* and passed in.

Nothing below main reads the environment.
"""

import secrets
from datetime import date
from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_SECRET = 32
DEMO_SECRET = "then-chot-demo-secret-never-in-production"  # noqa: S105 - refused outside demo mode below


class Settings(BaseSettings):
    """Frozen settings; the README's table lists each field by its environment variable."""

    model_config = SettingsConfigDict(env_prefix="THENCHOT_", frozen=True, extra="forbid")

    data_dir: Path = Field(
        default=Path("var"), description="Folder of the embedded database and the signing keys"
    )
    database_url: str = Field(default="", description="SQLAlchemy URL; empty: SQLite in DATA_DIR")
    migration_database_url: str = Field(
        default="", description="URL of the owner role for migrations; empty: DATABASE_URL"
    )
    demo: bool = Field(default=False, description="Demo mode: demo accounts and a pinned day are allowed")
    today: date | None = Field(default=None, description="Pins the business day (demo mode only)")
    demo_password: SecretStr | None = Field(
        default=None, description="Password of the demo accounts; empty: a random one"
    )
    secret: SecretStr | None = Field(
        default=None, description="Key that signs page cursors; empty: a random one kept in DATA_DIR"
    )
    host: str = Field(default="127.0.0.1", description="Address the server listens on")
    port: int = Field(default=8000, ge=1, le=65535, description="Port the server listens on")
    issuer: str = Field(default="https://thenchot.local", description="`iss` of the access tokens")
    audience: str = Field(default="then-chot-api", description="`aud` of the access tokens")
    api_base_url: str = Field(
        default="", description="API address for a front end that runs alone; empty: in-process"
    )
    secure_cookies: bool = Field(
        default=False, description="Serve behind https: `__Host-sid` cookie and HSTS"
    )
    trusted_proxies: str = Field(
        default="", description="Addresses whose X-Forwarded-For is believed, comma-separated"
    )
    resolution_on: date = Field(
        default=date(2021, 1, 1), description="Day the resolution is in force (its text bears none)"
    )
    records_begin_on: date = Field(default=date(2010, 1, 1), description="First day the record knows of")
    record_ends_on: date | None = Field(
        default=date(2025, 6, 30),
        description="Last day people are carried to; later days answer beyond_record",
    )
    files_per_dossier_mb: int = Field(
        default=200, ge=1, description="Megabytes that the files of one dossier may take together"
    )
    busy_timeout_ms: int = Field(default=15_000, description="SQLite: how long a writer waits before 503")
    pool_size: int = Field(default=10, description="PostgreSQL: connections per process")

    @model_validator(mode="after")
    def _refuse_demo_values_outside_demo(self) -> Self:
        if not self.demo:
            if self.today is not None:
                raise ValueError("THENCHOT_TODAY pins the business day and is for demo mode alone")
            if self.secret is not None and self.secret.get_secret_value() == DEMO_SECRET:
                raise ValueError("THENCHOT_SECRET holds the demo's secret: set one of your own")
            if self.demo_password is not None:
                raise ValueError("THENCHOT_DEMO_PASSWORD is for demo mode alone")
        if self.secret is not None and len(self.secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError("THENCHOT_SECRET must have at least 32 characters")
        return self

    @property
    def url(self) -> str:
        """The database the application uses."""
        return self.database_url or f"sqlite:///{self.data_dir / 'thenchot.db'}"

    @property
    def migration_url(self) -> str:
        """The database migrations run on, as its owner."""
        return self.migration_database_url or self.url

    def cursor_key(self) -> bytes:
        """The key that signs cursors: set, or made once and kept in DATA_DIR with mode 0600."""
        if self.secret is not None:
            return self.secret.get_secret_value().encode()
        path = self.data_dir / "secret"
        try:
            return path.read_bytes()
        except FileNotFoundError:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            fresh = secrets.token_hex(32).encode()
            try:
                path.touch(mode=0o600, exist_ok=False)
                path.write_bytes(fresh)
            except FileExistsError:
                return path.read_bytes()
            return fresh
