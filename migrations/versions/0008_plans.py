"""Dossiers that walk a transition table, and the first of them: succession plans."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, KEY, append_only, drop_append_only, one_of

revision = "0008"
down_revision = "0007"

_TYPES = "plan"
_LIVE = sa.text("state != 'removed'")


def _owner(table: str) -> sa.Column[object]:
    return sa.Column(
        "unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name=f"fk_{table}_unit_id_unit"), nullable=False
    )


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
        _owner(table),
        sa.Column("dossier_type", sa.String(32), nullable=False),
        sa.Column("dossier_id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        one_of(table, "dossier_type", _TYPES),
    ]


def upgrade() -> None:
    # A batch would rebuild the table and drop its guard's triggers.
    op.execute(
        "ALTER TABLE title_version ADD COLUMN committee_seat VARCHAR(32) "
        "CONSTRAINT ck_title_version_committee_seat "
        "CHECK (committee_seat IN ('member', 'standing', 'deputy', 'secretary'))"
    )
    _dossiers()
    _plans()
    for table in ("dossier_decision", "dossier_step", "dossier_snapshot"):
        append_only(table, key="id")


def _dossiers() -> None:
    op.create_table(
        "dossier_decision",
        *_dossier("dossier_decision"),
        _link("dossier_decision", "issuer_id", "unit"),
        sa.Column("number", sa.String(120), nullable=False),
        sa.Column("number_key", KEY, nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=False),
        sa.Column("signed_year", sa.Integer(), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("signer", sa.String(120)),
        sa.CheckConstraint("effective_on >= signed_on", name=op.f("ck_dossier_decision_effect")),
        sa.UniqueConstraint(
            "issuer_id",
            "signed_year",
            "number_key",
            name="uq_dossier_decision_issuer_id_signed_year_number_key",
        ),
    )
    op.create_index("ix_dossier_decision_unit_id", "dossier_decision", ["unit_id"])
    op.create_index("ix_dossier_decision_dossier", "dossier_decision", ["dossier_type", "dossier_id"])
    op.create_table(
        "dossier_step",
        *_dossier("dossier_step"),
        sa.Column("action", sa.String(40), nullable=False),
        sa.Column("from_state", sa.String(32), nullable=False),
        sa.Column("to_state", sa.String(32), nullable=False),
        _link("dossier_step", "taken_by", "principal"),
        sa.Column("taken_by_name", sa.String(120), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("note", sa.String(1000)),
        _link("dossier_step", "decision_id", "dossier_decision", nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "dossier_type", "dossier_id", "version", name="uq_dossier_step_dossier_type_dossier_id_version"
        ),
    )
    op.create_index("ix_dossier_step_unit_id", "dossier_step", ["unit_id"])
    op.create_index("ix_dossier_step_dossier", "dossier_step", ["dossier_type", "dossier_id", "id"])
    op.create_table(
        "dossier_snapshot",
        *_dossier("dossier_snapshot"),
        _link("dossier_snapshot", "step_id", "dossier_step"),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("findings", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        sa.Column("parameter_digest", sa.String(64), nullable=False),
        sa.UniqueConstraint("step_id", name="uq_dossier_snapshot_step_id"),
    )
    op.create_index("ix_dossier_snapshot_unit_id", "dossier_snapshot", ["unit_id"])
    op.create_index("ix_dossier_snapshot_dossier", "dossier_snapshot", ["dossier_type", "dossier_id", "id"])


def _plans() -> None:
    op.create_table(
        "plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        _owner("plan"),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        _link("plan", "authority_id", "unit"),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        _link("plan", "created_by", "principal"),
        sa.Column("created_at", INSTANT, nullable=False),
        _link("plan", "submitted_by", "principal", nullable=True),
        sa.Column("submitted_at", INSTANT),
        sa.Column("published_on", sa.Date()),
        sa.Column("closed_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan"),
        sa.CheckConstraint("(state = 'closed') = (closed_on IS NOT NULL)", name=op.f("ck_plan_closed")),
        one_of("plan", "period", "2020-2025 2021-2026 2025-2030 2026-2031"),
        one_of("plan", "kind", "titles committee"),
        one_of("plan", "state", "draft submitted returned approved published in_review closed"),
        sa.UniqueConstraint(
            "unit_id", "period", "kind", "authority_id", name="uq_plan_unit_id_period_kind_authority_id"
        ),
    )
    op.create_index("ix_plan_unit_id", "plan", ["unit_id"])
    op.create_index("ix_plan_authority_id", "plan", ["authority_id"])
    op.create_index("ix_plan_period", "plan", ["period", "state"])
    op.create_table(
        "plan_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        _owner("plan_entry"),
        _link("plan_entry", "plan_id", "plan"),
        _link("plan_entry", "cadre_id", "cadre"),
        _link("plan_entry", "title_id", "title"),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        _link("plan_entry", "added_by", "principal"),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(500)),
        sa.Column("planned_from", sa.Date()),
        sa.Column("kept_in_round", sa.Integer()),
        _link("plan_entry", "judged_by", "principal", nullable=True),
        sa.Column("removed_on", sa.Date()),
        sa.Column("removed_in_round", sa.Integer()),
        sa.Column("removal_reason", sa.String(32)),
        sa.Column("removal_note", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_plan_entry"),
        one_of("plan_entry", "state", "proposed approved leaving removed"),
        one_of("plan_entry", "removal_reason", "over_age discipline failed_eval post_taken left withdrawn"),
        sa.CheckConstraint(
            "(state = 'removed') = (removed_on IS NOT NULL)", name=op.f("ck_plan_entry_removed")
        ),
    )
    op.create_index("ix_plan_entry_unit_id", "plan_entry", ["unit_id"])
    op.create_index("ix_plan_entry_plan_id", "plan_entry", ["plan_id"])
    op.create_index("ix_plan_entry_title_id", "plan_entry", ["title_id"])
    op.create_index("ix_plan_entry_cadre", "plan_entry", ["cadre_id", "state"])
    op.create_index(
        "uq_plan_entry_live",
        "plan_entry",
        ["plan_id", "cadre_id", "title_id"],
        unique=True,
        sqlite_where=_LIVE,
        postgresql_where=_LIVE,
    )
    _meetings()


def _meetings() -> None:
    op.create_table(
        "plan_meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        _owner("plan_meeting"),
        _link("plan_meeting", "plan_id", "plan"),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(32), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("summoned", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("ballots_issued", sa.Integer()),
        sa.Column("ballots_returned", sa.Integer()),
        sa.Column("ballots_valid", sa.Integer()),
        sa.Column("document", sa.String(120)),
        _link("plan_meeting", "recorded_by", "principal", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_plan_meeting"),
        one_of("plan_meeting", "step", "leadership_1 key_cadres enlarged leadership_2"),
        sa.UniqueConstraint("plan_id", "round", "step", name="uq_plan_meeting_plan_id_round_step"),
        sa.CheckConstraint(
            "summoned >= present AND present >= 0 AND present >= ballots_issued AND ballots_issued >= "
            "ballots_returned AND ballots_returned >= ballots_valid AND ballots_valid >= 0",
            name=op.f("ck_plan_meeting_counts"),
        ),
    )
    op.create_index("ix_plan_meeting_unit_id", "plan_meeting", ["unit_id"])
    op.create_index("ix_plan_meeting_plan_id", "plan_meeting", ["plan_id"])
    op.create_table(
        "plan_vote",
        sa.Column("id", sa.Uuid(), nullable=False),
        _owner("plan_vote"),
        _link("plan_vote", "plan_id", "plan"),
        _link("plan_vote", "meeting_id", "plan_meeting"),
        _link("plan_vote", "entry_id", "plan_entry"),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_plan_vote"),
        sa.UniqueConstraint("meeting_id", "entry_id", name="uq_plan_vote_meeting_id_entry_id"),
        sa.CheckConstraint("votes >= 0", name=op.f("ck_plan_vote_votes")),
    )
    op.create_index("ix_plan_vote_unit_id", "plan_vote", ["unit_id"])
    op.create_index("ix_plan_vote_plan_id", "plan_vote", ["plan_id"])


def downgrade() -> None:
    for table in ("dossier_snapshot", "dossier_step", "dossier_decision"):
        drop_append_only(table)
    for table in (
        "plan_vote",
        "plan_meeting",
        "plan_entry",
        "plan",
        "dossier_snapshot",
        "dossier_step",
        "dossier_decision",
    ):
        op.drop_table(table)
    op.execute("ALTER TABLE title_version DROP COLUMN committee_seat")
