"""The many-valued groups of form 2C that have one clock."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, one_of

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "career",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id", sa.Uuid(), sa.ForeignKey("cadre.id", name="fk_career_cadre_id_cadre"), nullable=False
        ),
        sa.Column("description", sa.String(400), nullable=False),
        sa.Column("place", sa.String(200)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_career"),
    )
    op.create_index("ix_career_cadre_id", "career", ["cadre_id"])
    op.create_table(
        "confidence_vote",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_confidence_vote_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("body", sa.String(200), nullable=False),
        sa.Column("high", sa.Integer(), nullable=False),
        sa.Column("middling", sa.Integer(), nullable=False),
        sa.Column("low", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_confidence_vote"),
    )
    op.create_index("ix_confidence_vote_cadre_id", "confidence_vote", ["cadre_id"])
    op.create_table(
        "declaration",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_declaration_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(120), nullable=False),
        sa.Column("declared_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_declaration"),
    )
    op.create_index("ix_declaration_cadre_id", "declaration", ["cadre_id"])
    op.create_table(
        "discipline",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_discipline_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("side", sa.String(32), nullable=False),
        sa.Column("form", sa.String(32)),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("decided_on", sa.Date()),
        sa.Column("ended_on", sa.Date()),
        sa.Column("decision_number", sa.String(120)),
        sa.Column("issuer", sa.String(200)),
        sa.Column("reason", sa.String(400)),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_discipline"),
        one_of(
            "discipline", "form", "reprimand warning pay_cut demotion removal expulsion forced_resignation"
        ),
        one_of("discipline", "side", "party state"),
    )
    op.create_index("ix_discipline_cadre_id", "discipline", ["cadre_id"])
    op.create_table(
        "evaluation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_evaluation_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("grade", sa.String(32), nullable=False),
        sa.Column("party_grade", sa.String(32)),
        sa.Column("graded_by", sa.String(200), nullable=False),
        sa.Column("decision_number", sa.String(120)),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_evaluation"),
        one_of("evaluation", "grade", "excellent good completed not_completed"),
        one_of("evaluation", "party_grade", "excellent good completed not_completed"),
    )
    op.create_index("ix_evaluation_cadre_id", "evaluation", ["cadre_id"])
    op.create_index(
        "uq_evaluation_live",
        "evaluation",
        ["cadre_id", "year"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "kinship",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id", sa.Uuid(), sa.ForeignKey("cadre.id", name="fk_kinship_cadre_id_cadre"), nullable=False
        ),
        sa.Column("relation", sa.String(32), nullable=False),
        sa.Column("full_name", sa.String(120), nullable=False),
        sa.Column("birth_year", sa.Integer()),
        sa.Column("occupation", sa.String(200)),
        sa.Column("address", sa.String(200)),
        sa.Column("relative_id", sa.Uuid(), sa.ForeignKey("cadre.id", name="fk_kinship_relative_id_cadre")),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_kinship"),
        one_of(
            "kinship",
            "relation",
            "father mother spouse child sibling father_in_law mother_in_law sibling_in_law",
        ),
    )
    op.create_index("ix_kinship_cadre_id", "kinship", ["cadre_id"])
    op.create_table(
        "own_past",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_own_past_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("description", sa.String(400), nullable=False),
        sa.Column("valid_from", sa.Date()),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_own_past"),
    )
    op.create_index("ix_own_past_cadre_id", "own_past", ["cadre_id"])
    op.create_table(
        "political_conclusion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_political_conclusion_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("number", sa.String(120), nullable=False),
        sa.Column("concluded_on", sa.Date(), nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_political_conclusion"),
    )
    op.create_index("ix_political_conclusion_cadre_id", "political_conclusion", ["cadre_id"])
    op.create_table(
        "relative_abroad",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_relative_abroad_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("relation", sa.String(32), nullable=False),
        sa.Column("full_name", sa.String(120), nullable=False),
        sa.Column("country", sa.String(80), nullable=False),
        sa.Column("since_year", sa.Integer()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_relative_abroad"),
        one_of(
            "relative_abroad",
            "relation",
            "father mother spouse child sibling father_in_law mother_in_law sibling_in_law",
        ),
    )
    op.create_index("ix_relative_abroad_cadre_id", "relative_abroad", ["cadre_id"])
    op.create_table(
        "reward",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id", sa.Uuid(), sa.ForeignKey("cadre.id", name="fk_reward_cadre_id_cadre"), nullable=False
        ),
        sa.Column("awarded_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("issuer", sa.String(200), nullable=False),
        sa.Column("decision_number", sa.String(120)),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_reward"),
    )
    op.create_index("ix_reward_cadre_id", "reward", ["cadre_id"])
    op.create_table(
        "salary",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id", sa.Uuid(), sa.ForeignKey("cadre.id", name="fk_salary_cadre_id_cadre"), nullable=False
        ),
        sa.Column("grade_code", sa.String(12), nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("coefficient_hundredths", sa.Integer(), nullable=False),
        sa.Column("allowance_hundredths", sa.Integer(), nullable=False),
        sa.Column("decision_number", sa.String(120)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_salary"),
    )
    op.create_index("ix_salary_cadre_id", "salary", ["cadre_id"])
    op.create_table(
        "training",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_training_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("institution", sa.String(200)),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("completed_on", sa.Date()),
        sa.Column("hours", sa.Integer()),
        sa.Column("certificate", sa.String(60)),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_training"),
        one_of(
            "training",
            "kind",
            "political_theory state_management professional knowledge_update defence_security "
            "foreign_language it reserve_source",
        ),
    )
    op.create_index("ix_training_cadre_id", "training", ["cadre_id"])
    op.create_table(
        "travel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id", sa.Uuid(), sa.ForeignKey("cadre.id", name="fk_travel_cadre_id_cadre"), nullable=False
        ),
        sa.Column("left_on", sa.Date(), nullable=False),
        sa.Column("returned_on", sa.Date()),
        sa.Column("country", sa.String(80), nullable=False),
        sa.Column("purpose", sa.String(200), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("voided_at", INSTANT),
        sa.Column("void_reason", sa.String(500)),
        sa.PrimaryKeyConstraint("id", name="pk_travel"),
    )
    op.create_index("ix_travel_cadre_id", "travel", ["cadre_id"])


def downgrade() -> None:
    op.drop_table("travel")
    op.drop_table("training")
    op.drop_table("salary")
    op.drop_table("reward")
    op.drop_table("relative_abroad")
    op.drop_table("political_conclusion")
    op.drop_table("own_past")
    op.drop_table("kinship")
    op.drop_table("evaluation")
    op.drop_table("discipline")
    op.drop_table("declaration")
    op.drop_table("confidence_vote")
    op.drop_table("career")
