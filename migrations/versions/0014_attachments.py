"""Files of dossiers: minutes and conclusions, kept without an end; written once, withdrawn with a reason."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, append_only, drop_append_only, one_of

revision = "0014"
down_revision = "0013"

_TYPES = "plan appointment rotation rotation_plan post_change evaluation recruitment discipline inspection"
"""Every kind of dossier there is to be: a table that grows row by row isn't rebuilt for each."""

_KEPT = (
    "file_id",
    "unit_id",
    "dossier_type",
    "dossier_id",
    "meeting_id",
    "step",
    "round",
    "kind",
    "document_number",
    "document_date",
)
_WITHDRAWN = " AND ".join(
    ["OLD.withdrawn_at IS NULL", "NEW.withdrawn_at IS NOT NULL"]
    + [f"NEW.{column} IS NOT DISTINCT FROM OLD.{column}" for column in _KEPT]
)


def _link(column: str, target: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(
        column,
        sa.Uuid(),
        sa.ForeignKey(f"{target}.id", name=f"fk_attachment_{column}_{target}"),
        nullable=nullable,
    )


def _until(*, nullable: bool) -> None:
    """Whether a file may stay without an end."""
    with op.batch_alter_table(
        "file", table_args=(sa.CheckConstraint("size >= 0", name=op.f("ck_file_size")),)
    ) as batch:
        batch.alter_column("expires_on", existing_type=sa.Date(), nullable=nullable)


def upgrade() -> None:
    _until(nullable=True)
    op.create_table(
        "attachment",
        _link("file_id", "file"),
        _link("unit_id", "unit"),
        sa.Column("dossier_type", sa.String(32), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid()),
        sa.Column("step", sa.Integer()),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("document_number", sa.String(120)),
        sa.Column("document_date", sa.Date()),
        sa.Column("withdrawn_at", INSTANT),
        _link("withdrawn_by", "principal", nullable=True),
        sa.Column("withdrawal_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("file_id", name="pk_attachment"),
        one_of("attachment", "dossier_type", _TYPES),
        one_of("attachment", "kind", "minutes ballot_record conclusion opinion decision other"),
        sa.CheckConstraint("meeting_id IS NULL OR step IS NULL", name=op.f("ck_attachment_place")),
        sa.CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL) "
            "AND (withdrawn_at IS NULL) = (withdrawal_reason IS NULL)",
            name=op.f("ck_attachment_withdrawn"),
        ),
    )
    op.create_index("ix_attachment_unit_id", "attachment", ["unit_id"])
    op.create_index("ix_attachment_dossier", "attachment", ["dossier_type", "dossier_id", "file_id"])
    append_only("attachment", key="file_id", erasable=_WITHDRAWN)


def downgrade() -> None:
    drop_append_only("attachment")
    op.drop_table("attachment")
    # What belonged to dossiers alone has nowhere to belong any more.
    op.execute("DELETE FROM file_content WHERE file_id IN (SELECT id FROM file WHERE expires_on IS NULL)")
    op.execute("DELETE FROM file WHERE expires_on IS NULL")
    _until(nullable=False)
