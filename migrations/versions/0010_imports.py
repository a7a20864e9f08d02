"""Background jobs, files kept in the database, and imports staged row by row."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, one_of

revision = "0010"
down_revision = "0009"


def _key(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column[object]:
    link = sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}_{target}")
    return sa.Column(column, sa.Uuid(), link, nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("job", "unit_id", "unit"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        _key("job", "principal_id", "principal"),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("worker", sa.String(120)),
        sa.Column("cancel_asked", sa.Boolean(), nullable=False),
        sa.Column("fault", sa.String(500)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("started_at", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.PrimaryKeyConstraint("id", name="pk_job"),
        one_of("job", "kind", "import_check import_commit"),
        one_of("job", "state", "queued running done failed cancelled"),
        sa.CheckConstraint("done >= 0 AND total >= 0", name=op.f("ck_job_progress")),
    )
    op.create_index("ix_job_open", "job", ["state", "id"])
    op.create_index("ix_job_subject_id", "job", ["subject_id"])
    op.create_index("ix_job_unit_id", "job", ["unit_id"])
    op.create_table(
        "file",
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("file", "unit_id", "unit"),
        _key("file", "principal_id", "principal"),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("content_type", sa.String(120), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("removed_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_file"),
        sa.CheckConstraint("size >= 0", name=op.f("ck_file_size")),
    )
    op.create_index("ix_file_unit_id", "file", ["unit_id"])
    op.create_index("ix_file_expires_on", "file", ["expires_on"])
    op.create_table(
        "file_content",
        _key("file_content", "file_id", "file"),
        _key("file_content", "unit_id", "unit"),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("file_id", name="pk_file_content"),
    )
    op.create_index("ix_file_content_unit_id", "file_content", ["unit_id"])
    op.create_table(
        "import",
        sa.Column("id", sa.Uuid(), nullable=False),
        _key("import", "unit_id", "unit"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("mode", sa.String(32)),
        _key("import", "principal_id", "principal"),
        _key("import", "file_id", "file"),
        _key("import", "job_id", "job", nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("rows", "new", "updated", "unchanged", "warnings", "errors", "written")
        ),
        sa.Column("fault", sa.String(500)),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_import"),
        one_of("import", "kind", "cadres"),
        one_of("import", "state", "uploaded validating validated committing committed failed cancelled"),
        one_of("import", "mode", "all valid"),
        sa.CheckConstraint(
            "mode IS NOT NULL OR state NOT IN ('committing', 'committed')", name=op.f("ck_import_mode_said")
        ),
    )
    op.create_index("ix_import_unit_id", "import", ["unit_id"])
    op.create_index("ix_import_unit_made", "import", ["unit_id", "id"])
    op.create_table(
        "import_row",
        _key("import_row", "import_id", "import"),
        sa.Column("number", sa.Integer(), nullable=False),
        _key("import_row", "unit_id", "unit"),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.Column("cadre_id", sa.Uuid()),
        sa.Column("raw", sa.String(), nullable=False),
        sa.Column("parsed", sa.String(), nullable=False),
        sa.Column("messages", sa.String()),
        sa.Column("changes", sa.String()),
        sa.PrimaryKeyConstraint("import_id", "number", name="pk_import_row"),
        one_of("import_row", "state", "new updated unchanged error"),
    )
    op.create_index("ix_import_row_unit_id", "import_row", ["unit_id"])
    op.create_index("ix_import_row_state", "import_row", ["import_id", "state", "number"])


def downgrade() -> None:
    for table in ("import_row", "import", "file_content", "file", "job"):
        op.drop_table(table)
