"""Waivers: what an authority lets one dossier do against one rule, and the steps that were taken on them."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, KEY, append_only, drop_append_only, one_of

revision = "0015"
down_revision = "0014"

_TYPES = "plan appointment rotation rotation_plan post_change evaluation recruitment discipline inspection"
"""Every kind of dossier there is to be: a table that grows row by row isn't rebuilt for each."""


def _link(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(
        column,
        sa.Uuid(),
        sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}_{target}"),
        nullable=nullable,
    )


def _dossier(table: str) -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        _link(table, "unit_id", "unit"),
        sa.Column("dossier_type", sa.String(32), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        one_of(table, "dossier_type", _TYPES),
    ]


def upgrade() -> None:
    op.create_table(
        "waiver",
        *_dossier("waiver"),
        sa.Column("rule", sa.String(60), nullable=False),
        _link("waiver", "authority_id", "unit"),
        sa.Column("document_number", sa.String(120), nullable=False),
        sa.Column("number_key", KEY, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signed_year", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(1000), nullable=False),
        sa.Column("scope", sa.String(32), nullable=False),
        _link("waiver", "cadre_id", "cadre", nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=False),
        _link("waiver", "recorded_by", "principal"),
        sa.Column("recorded_by_name", sa.String(120), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        _link("waiver", "revoked_by", "principal", nullable=True),
        sa.Column("revoked_by_name", sa.String(120)),
        sa.Column("revoked_on", sa.Date()),
        sa.Column("revoked_at", INSTANT),
        sa.Column("revocation_reason", sa.String(1000)),
        sa.Column("version", sa.Integer(), nullable=False),
        one_of("waiver", "scope", "dossier person"),
        sa.CheckConstraint("expires_on >= signed_on", name=op.f("ck_waiver_expiry")),
        sa.CheckConstraint("(scope = 'person') = (cadre_id IS NOT NULL)", name=op.f("ck_waiver_person")),
        sa.CheckConstraint(
            "(revoked_at IS NULL) = (revocation_reason IS NULL)", name=op.f("ck_waiver_revoked")
        ),
        sa.UniqueConstraint(
            "authority_id", "signed_year", "number_key", name="uq_waiver_authority_id_signed_year_number_key"
        ),
    )
    op.create_index("ix_waiver_unit_id", "waiver", ["unit_id"])
    op.create_index("ix_waiver_dossier", "waiver", ["dossier_type", "dossier_id", "rule"])
    op.create_index("ix_waiver_signed", "waiver", ["signed_on", "id"])
    op.create_table(
        "waiver_use",
        *_dossier("waiver_use"),
        _link("waiver_use", "waiver_id", "waiver"),
        _link("waiver_use", "step_id", "dossier_step"),
        sa.UniqueConstraint("waiver_id", "step_id", name="uq_waiver_use_waiver_id_step_id"),
    )
    op.create_index("ix_waiver_use_unit_id", "waiver_use", ["unit_id"])
    op.create_index("ix_waiver_use_step", "waiver_use", ["step_id"])
    append_only("waiver_use", key="id")


def downgrade() -> None:
    drop_append_only("waiver_use")
    op.drop_table("waiver_use")
    op.drop_table("waiver")
