"""Rotations of leaders: what is planned, item by item, and each rotation with what came of it."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, one_of

revision = "0017"
down_revision = "0016"

_TAKEN = sa.text("state != 'cancelled'")
_STATES = "draft consulted submitted decided in_rotation returned stayed promoted ended_early cancelled"


def _link(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(
        column,
        sa.Uuid(),
        sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}_{target}"),
        nullable=nullable,
    )


def upgrade() -> None:
    _plans()
    _items()
    _rotations()


def _plans() -> None:
    table = "rotation_plan"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        _link(table, "unit_id", "unit"),
        sa.Column("year", sa.Integer(), nullable=False),
        _link(table, "authority_id", "unit"),
        sa.Column("state", sa.String(32), nullable=False),
        _link(table, "created_by", "principal"),
        sa.Column("created_at", INSTANT, nullable=False),
        _link(table, "submitted_by", "principal", nullable=True),
        sa.Column("submitted_at", INSTANT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rotation_plan"),
        sa.UniqueConstraint(
            "unit_id", "year", "authority_id", name="uq_rotation_plan_unit_id_year_authority_id"
        ),
        sa.CheckConstraint("year >= 2000 AND year <= 2100", name=op.f("ck_rotation_plan_year")),
        one_of(table, "state", "draft submitted returned approved"),
    )
    op.create_index("ix_rotation_plan_unit_id", table, ["unit_id"])
    op.create_index("ix_rotation_plan_authority_id", table, ["authority_id"])
    op.create_index("ix_rotation_plan_state", table, ["year", "state"])


def _items() -> None:
    table = "rotation_item"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        _link(table, "unit_id", "unit"),
        _link(table, "plan_id", "rotation_plan"),
        sa.Column("number", sa.Integer(), nullable=False),
        _link(table, "post_id", "post"),
        _link(table, "title_id", "title"),
        _link(table, "place_id", "unit"),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("after", sa.String(500)),
        sa.Column("approved_on", sa.Date()),
        sa.Column("removed_on", sa.Date()),
        _link(table, "added_by", "principal"),
        sa.PrimaryKeyConstraint("id", name="pk_rotation_item"),
        sa.UniqueConstraint("plan_id", "number", name="uq_rotation_item_plan_id_number"),
        sa.CheckConstraint("number >= 1", name=op.f("ck_rotation_item_number")),
        sa.CheckConstraint(
            "approved_on IS NULL OR removed_on IS NULL", name=op.f("ck_rotation_item_removed")
        ),
    )
    op.create_index("ix_rotation_item_unit_id", table, ["unit_id"])
    op.create_index("ix_rotation_item_plan_id", table, ["plan_id"])
    op.create_index("ix_rotation_item_post", table, ["post_id"])
    op.create_index("ix_rotation_item_planned", table, ["planned_on", "approved_on"])


def _rotations() -> None:
    table = "rotation"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        _link(table, "unit_id", "unit"),
        _link(table, "item_id", "rotation_item", nullable=True),
        _link(table, "post_id", "post"),
        _link(table, "title_id", "title"),
        _link(table, "cadre_id", "cadre"),
        sa.Column("purpose", sa.String(32), nullable=False),
        _link(table, "from_assignment_id", "assignment"),
        _link(table, "from_unit_id", "unit"),
        _link(table, "from_title_id", "title"),
        _link(table, "authority_id", "unit"),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date()),
        sa.Column("sender_heard_on", sa.Date()),
        sa.Column("sender_opinion", sa.String(1000)),
        sa.Column("receiver_heard_on", sa.Date()),
        sa.Column("receiver_opinion", sa.String(1000)),
        _link(table, "after_post_id", "post", nullable=True),
        sa.Column("began_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        _link(table, "opened_assignment_id", "assignment", nullable=True),
        _link(table, "after_assignment_id", "assignment", nullable=True),
        _link(table, "created_by", "principal"),
        sa.Column("created_at", INSTANT, nullable=False),
        _link(table, "submitted_by", "principal", nullable=True),
        sa.Column("submitted_at", INSTANT),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_rotation"),
        one_of(table, "purpose", "training non_local_head term_limit"),
        one_of(table, "state", _STATES),
        sa.CheckConstraint("ends_on IS NULL OR ends_on > begins_on", name=op.f("ck_rotation_planned")),
        sa.CheckConstraint("ended_on IS NULL OR began_on IS NOT NULL", name=op.f("ck_rotation_ended")),
    )
    op.create_index("ix_rotation_unit_id", table, ["unit_id"])
    op.create_index("ix_rotation_authority_id", table, ["authority_id"])
    op.create_index("ix_rotation_state", table, ["state"])
    op.create_index("ix_rotation_cadre", table, ["cadre_id", "state"])
    op.create_index("ix_rotation_due", table, ["ends_on", "id"])
    op.create_index(
        "uq_rotation_item_taken",
        table,
        ["item_id"],
        unique=True,
        sqlite_where=_TAKEN,
        postgresql_where=_TAKEN,
    )


def downgrade() -> None:
    for table in ("rotation", "rotation_item", "rotation_plan"):
        op.drop_table(table)
