"""Inspection tokens: read-only keys of one unit, kept as the hash of their secret."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "access_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "unit_id",
            sa.Uuid(),
            sa.ForeignKey("unit.id", name="fk_access_token_unit_id_unit"),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column(
            "issued_by", sa.Uuid(), sa.ForeignKey("principal.id", name="fk_access_token_issued_by_principal")
        ),
        sa.Column("issued_at", INSTANT, nullable=False),
        sa.Column(
            "revoked_by",
            sa.Uuid(),
            sa.ForeignKey("principal.id", name="fk_access_token_revoked_by_principal"),
        ),
        sa.Column("revoked_at", INSTANT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_access_token"),
        sa.UniqueConstraint("secret_hash", name="uq_access_token_secret_hash"),
    )
    op.create_index("ix_access_token_unit_id", "access_token", ["unit_id"])


def downgrade() -> None:
    op.drop_table("access_token")
