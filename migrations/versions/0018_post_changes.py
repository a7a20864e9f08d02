"""Post changes: dossiers about holders of posts that have a limit."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, one_of

revision = "0018"
down_revision = "0017"

TABLE = "post_change"
_OPEN = sa.text("state IN ('draft', 'proposed', 'returned')")
"""A holder has one dossier under way at a time."""


def _link(column: str, target: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(
        column,
        sa.Uuid(),
        sa.ForeignKey(f"{target}.id", name=f"fk_{TABLE}_{column}_{target}"),
        nullable=nullable,
    )


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.Uuid(), nullable=False),
        _link("unit_id", "unit"),
        _link("cadre_id", "cadre"),
        _link("assignment_id", "assignment"),
        _link("post_id", "post"),
        _link("title_id", "title"),
        _link("authority_id", "unit"),
        sa.Column("outcome", sa.String(32), nullable=False),
        _link("new_post_id", "post", nullable=True),
        sa.Column("exempt_reason", sa.String(32)),
        sa.Column("exempt_ends_on", sa.Date()),
        sa.Column("reason", sa.String(1000)),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        _link("created_by", "principal"),
        sa.Column("created_at", INSTANT, nullable=False),
        _link("proposed_by", "principal", nullable=True),
        sa.Column("proposed_at", INSTANT),
        sa.Column("decided_at", INSTANT),
        sa.Column("effective_on", sa.Date()),
        _link("opened_assignment_id", "assignment", nullable=True),
        sa.Column("published_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post_change"),
        one_of(TABLE, "outcome", "change exempt"),
        one_of(TABLE, "exempt_reason", "only_post near_retirement illness maternity under_review other"),
        one_of(TABLE, "state", "draft proposed returned decided published closed cancelled"),
        sa.CheckConstraint(
            "(published_on IS NULL) OR state IN ('published', 'closed')",
            name=op.f("ck_post_change_published"),
        ),
        sa.CheckConstraint(
            "(effective_on IS NOT NULL) = (state IN ('decided', 'published', 'closed'))",
            name=op.f("ck_post_change_decided"),
        ),
        sa.CheckConstraint(
            "exempt_ends_on IS NULL OR outcome = 'exempt'", name=op.f("ck_post_change_exempt")
        ),
        sa.CheckConstraint("new_post_id IS NULL OR outcome = 'change'", name=op.f("ck_post_change_change")),
    )
    op.create_index("ix_post_change_unit_id", TABLE, ["unit_id"])
    op.create_index("ix_post_change_authority_id", TABLE, ["authority_id"])
    op.create_index("ix_post_change_state", TABLE, ["state"])
    op.create_index(
        "uq_post_change_under_way",
        TABLE,
        ["assignment_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_post_change_assignment", TABLE, ["assignment_id", "state"])
    op.create_index("ix_post_change_cadre", TABLE, ["cadre_id"])


def downgrade() -> None:
    op.drop_table(TABLE)
