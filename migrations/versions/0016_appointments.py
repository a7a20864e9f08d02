"""Personnel actions: from need to decision, with candidates, meetings and votes."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, append_only, drop_append_only, one_of

revision = "0016"
down_revision = "0015"

_DOSSIERS = ("dossier_decision", "dossier_step", "dossier_snapshot")
_TYPES = "plan appointment rotation rotation_plan post_change evaluation recruitment discipline inspection"
"""Every kind of dossier there is to be: a table that grows row by row isn't rebuilt for each."""

_IN = sa.text("withdrawn_on IS NULL")
_KINDS = (
    "appointment reappointment re_election designation transfer secondment nomination relief resignation "
    "end_of_post dismissal suspension"
)
_STATES = (
    "draft policy_requested policy_refused in_process proposed heard nominated elected notified "
    "self_reviewed submitted returned decided not_passed published cancelled"
)


def _link(table: str, column: str, target: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(
        column,
        sa.Uuid(),
        sa.ForeignKey(f"{target}.id", name=f"fk_{table}_{column}_{target}"),
        nullable=nullable,
    )


def upgrade() -> None:
    _widen(_TYPES)
    _appointment()
    _candidates()
    _steps()


def _widen(types: str) -> None:
    """The dossier tables take the words of `types`; SQLite rebuilds a table for that, guards and all."""
    for table in _DOSSIERS:
        drop_append_only(table)
        name = f"ck_{table}_dossier_type"
        listed = ", ".join(f"'{word}'" for word in types.split())
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(op.f(name), type_="check")
            batch.create_check_constraint(op.f(name), f"dossier_type IN ({listed})")
        append_only(table, key="id")


def _appointment() -> None:
    table = "appointment"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        _link(table, "unit_id", "unit"),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("head_decides", sa.Boolean(), nullable=False),
        _link(table, "post_id", "post"),
        _link(table, "title_id", "title"),
        _link(table, "assignment_id", "assignment", nullable=True),
        _link(table, "authority_id", "unit"),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("outcome", sa.String(32)),
        sa.Column("reason", sa.String(1000)),
        sa.Column("basis", sa.String(500)),
        sa.Column("responsibility_note", sa.String(1000)),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("policy_requested_on", sa.Date()),
        sa.Column("policy_decided_on", sa.Date()),
        sa.Column("chosen_id", sa.Uuid()),
        sa.Column("head_chose", sa.Boolean(), nullable=False),
        sa.Column("opinion_on", sa.Date()),
        sa.Column("opinion_document", sa.String(120)),
        sa.Column("ends_on", sa.Date()),
        _link(table, "created_by", "principal"),
        sa.Column("created_at", INSTANT, nullable=False),
        _link(table, "submitted_by", "principal", nullable=True),
        sa.Column("submitted_at", INSTANT),
        _link(table, "opened_assignment_id", "assignment", nullable=True),
        sa.Column("published_on", sa.Date()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appointment"),
        one_of(table, "kind", _KINDS),
        one_of(table, "source", "in_house outside"),
        one_of(table, "state", _STATES),
        one_of(table, "outcome", "reappoint to_retirement extend not_reappoint"),
        sa.CheckConstraint(
            "(published_on IS NOT NULL) = (state = 'published')", name=op.f("ck_appointment_published")
        ),
    )
    op.create_index("ix_appointment_unit_id", table, ["unit_id"])
    op.create_index("ix_appointment_authority_id", table, ["authority_id"])
    op.create_index("ix_appointment_state", table, ["kind", "state"])
    op.create_index("ix_appointment_post", table, ["post_id", "state"])
    op.create_index("ix_appointment_assignment", table, ["assignment_id", "state"])


def _candidates() -> None:
    table = "appointment_candidate"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        _link(table, "unit_id", "unit"),
        _link(table, "appointment_id", "appointment"),
        _link(table, "cadre_id", "cadre"),
        sa.Column("raised_at_step", sa.Integer(), nullable=False),
        _link(table, "added_by", "principal"),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("note", sa.String(500)),
        sa.Column("withdrawn_on", sa.Date()),
        sa.Column("withdrawn_note", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_appointment_candidate"),
        sa.CheckConstraint(
            "raised_at_step >= 0 AND raised_at_step <= 5",
            name=op.f("ck_appointment_candidate_raised_at_step"),
        ),
    )
    op.create_index("ix_appointment_candidate_unit_id", table, ["unit_id"])
    op.create_index("ix_appointment_candidate_appointment_id", table, ["appointment_id"])
    op.create_index("ix_appointment_candidate_cadre", table, ["cadre_id"])
    op.create_index(
        "uq_appointment_candidate_in",
        table,
        ["appointment_id", "cadre_id"],
        unique=True,
        sqlite_where=_IN,
        postgresql_where=_IN,
    )


def _steps() -> None:
    table = "appointment_step"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        _link(table, "unit_id", "unit"),
        _link(table, "appointment_id", "appointment"),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("summoned", sa.Integer(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("ballots_issued", sa.Integer()),
        sa.Column("ballots_returned", sa.Integer()),
        sa.Column("ballots_valid", sa.Integer()),
        sa.Column("document", sa.String(120)),
        sa.Column("explanation", sa.String(1000)),
        _link(table, "recorded_by", "principal", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_appointment_step"),
        sa.UniqueConstraint("appointment_id", "step", name="uq_appointment_step_appointment_id_step"),
        sa.CheckConstraint("step >= 1 AND step <= 5", name=op.f("ck_appointment_step_step")),
        sa.CheckConstraint(
            "summoned >= present AND present >= 0 AND present >= ballots_issued AND ballots_issued >= "
            "ballots_returned AND ballots_returned >= ballots_valid AND ballots_valid >= 0",
            name=op.f("ck_appointment_step_counts"),
        ),
    )
    op.create_index("ix_appointment_step_unit_id", table, ["unit_id"])
    op.create_index("ix_appointment_step_appointment_id", table, ["appointment_id"])
    table = "appointment_vote"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        _link(table, "unit_id", "unit"),
        _link(table, "appointment_id", "appointment"),
        _link(table, "step_id", "appointment_step"),
        _link(table, "candidate_id", "appointment_candidate"),
        sa.Column("votes", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_appointment_vote"),
        sa.UniqueConstraint("step_id", "candidate_id", name="uq_appointment_vote_step_id_candidate_id"),
        sa.CheckConstraint("votes >= 0", name=op.f("ck_appointment_vote_votes")),
    )
    op.create_index("ix_appointment_vote_unit_id", table, ["unit_id"])
    op.create_index("ix_appointment_vote_appointment_id", table, ["appointment_id"])


def downgrade() -> None:
    for table in ("appointment_vote", "appointment_step", "appointment_candidate", "appointment"):
        op.drop_table(table)
    _widen("plan")
