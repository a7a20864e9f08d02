"""Persons, their assignments, committees, qualifications, party data and residences."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, KEY, one_of

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "cadre",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_cadre_unit_id_unit"), nullable=False
        ),
        sa.Column("full_name", sa.String(120), nullable=False),
        sa.Column("other_names", sa.String(120)),
        sa.Column("birth_date", sa.Date()),
        sa.Column("birth_precision", sa.String(32), nullable=False),
        sa.Column("sex", sa.String(32)),
        sa.Column(
            "ethnicity", sa.String(), sa.ForeignKey("ethnicity.slug", name="fk_cadre_ethnicity_ethnicity")
        ),
        sa.Column("religion", sa.String(60)),
        sa.Column("birthplace", sa.String(200)),
        sa.Column(
            "birthplace_unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_cadre_birthplace_unit_id_unit")
        ),
        sa.Column("hometown", sa.String(200)),
        sa.Column(
            "hometown_unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_cadre_hometown_unit_id_unit")
        ),
        sa.Column("national_id_issued_on", sa.Date()),
        sa.Column("social_insurance_number", sa.String(10)),
        sa.Column("email", sa.String(120)),
        sa.Column("phone", sa.String(20)),
        sa.Column("marital_status", sa.String(32)),
        sa.Column("legal_category", sa.String(32)),
        sa.Column("recruited_on", sa.Date()),
        sa.Column("recruited_by", sa.String(200)),
        sa.Column("main_work", sa.String(200)),
        sa.Column("strength", sa.String(200)),
        sa.Column("youth_union_on", sa.Date()),
        sa.Column("enlisted_on", sa.Date()),
        sa.Column("discharged_on", sa.Date()),
        sa.Column("military_rank", sa.String(60)),
        sa.Column("health_status", sa.String(60)),
        sa.Column("height_cm", sa.Integer()),
        sa.Column("weight_kg", sa.Integer()),
        sa.Column("blood_group", sa.String(4)),
        sa.Column("disability", sa.String(120)),
        sa.Column("policy_family", sa.String(120)),
        sa.Column("code", KEY, nullable=False),
        sa.Column("search_key", KEY, nullable=False),
        sa.Column("sort_key", KEY, nullable=False),
        sa.Column("national_id", sa.String(12)),
        sa.Column("managed_by", sa.String(32)),
        sa.Column("is_stub", sa.Boolean(), nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cadre"),
        sa.CheckConstraint(
            "is_stub OR (birth_date IS NOT NULL AND sex IS NOT NULL)",
            name=op.f("ck_cadre_birth_and_sex_unless_stub"),
        ),
        one_of("cadre", "birth_precision", "day month year"),
        one_of("cadre", "legal_category", "official civil_servant public_employee contract"),
        one_of(
            "cadre",
            "managed_by",
            "central province_committee district_committee attached_committee department "
            "commune_committee unit_head",
        ),
        one_of("cadre", "marital_status", "single married divorced widowed"),
        one_of("cadre", "sex", "female male"),
        sa.CheckConstraint(
            "NOT is_stub OR "
            "(birth_date IS NULL AND sex IS NULL AND ethnicity IS NULL AND national_id IS NULL)",
            name=op.f("ck_cadre_stub_holds_no_content"),
        ),
        sa.UniqueConstraint("code", name="uq_cadre_code"),
        sa.UniqueConstraint("national_id", name="uq_cadre_national_id"),
    )
    op.create_index("ix_cadre_birth", "cadre", ["birth_date", "id"])
    op.create_index("ix_cadre_name", "cadre", ["sort_key", "id"])
    op.create_index("ix_cadre_unit_id", "cadre", ["unit_id"])
    op.create_index("ix_cadre_unit_name", "cadre", ["unit_id", "sort_key", "id"])
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_assignment_cadre_id_cadre"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_assignment"),
    )
    op.create_index("ix_assignment_cadre_id", "assignment", ["cadre_id"])
    op.create_table(
        "assignment_span",
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_assignment_span_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column(
            "unit_id",
            sa.Uuid(),
            sa.ForeignKey("unit.id", name="fk_assignment_span_unit_id_unit"),
            nullable=False,
        ),
        sa.Column(
            "assignment_id",
            sa.Uuid(),
            sa.ForeignKey("assignment.id", name="fk_assignment_span_assignment_id_assignment"),
            nullable=False,
        ),
        sa.Column(
            "post_id",
            sa.Uuid(),
            sa.ForeignKey("post.id", name="fk_assignment_span_post_id_post"),
            nullable=False,
        ),
        sa.Column(
            "title_id",
            sa.Uuid(),
            sa.ForeignKey("title.id", name="fk_assignment_span_title_id_title"),
            nullable=False,
        ),
        sa.Column("seat_no", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("is_main", sa.Boolean(), nullable=False),
        sa.Column("acting", sa.Boolean(), nullable=False),
        sa.Column("term_ends_on", sa.Date()),
        sa.Column("decision_number", sa.String(120)),
        sa.Column("decision_signed_on", sa.Date()),
        sa.Column("decision_issuer", sa.String(200)),
        sa.Column("decision_signer", sa.String(120)),
        sa.Column("end_reason", sa.String(32)),
        sa.Column("end_decision_number", sa.String(120)),
        sa.Column("end_decision_signed_on", sa.Date()),
        sa.Column("correction_reason", sa.String(500)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT),
        sa.PrimaryKeyConstraint("row_id", name="pk_assignment_span"),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= recorded_at", name=op.f("ck_assignment_span_clock")
        ),
        one_of(
            "assignment_span",
            "end_reason",
            "term_ended relief resignation dismissal removal left_service retirement transfer death "
            "unit_ended",
        ),
        one_of(
            "assignment_span",
            "kind",
            "appointment election designation ratification transfer rotation secondment acting "
            "in_charge concurrent recruitment",
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_assignment_span_period")
        ),
        sa.CheckConstraint("seat_no >= 1", name=op.f("ck_assignment_span_seat")),
        sa.CheckConstraint(
            "term_ends_on IS NULL OR term_ends_on > valid_from", name=op.f("ck_assignment_span_term")
        ),
    )
    op.create_index("ix_assignment_span_assignment_id", "assignment_span", ["assignment_id"])
    op.create_index("ix_assignment_span_cadre", "assignment_span", ["cadre_id", "valid_from", "valid_to"])
    op.create_index("ix_assignment_span_cadre_id", "assignment_span", ["cadre_id"])
    op.create_index("ix_assignment_span_post", "assignment_span", ["post_id", "seat_no"])
    op.create_index(
        "ix_assignment_span_live_title",
        "assignment_span",
        [
            "title_id",
            "valid_from",
            "valid_to",
            "unit_id",
            "cadre_id",
            "kind",
            "acting",
            "assignment_id",
            "row_id",
        ],
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index(
        "ix_assignment_span_live_unit",
        "assignment_span",
        ["unit_id", "is_main", "valid_from", "valid_to", "cadre_id"],
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_index("ix_assignment_span_title", "assignment_span", ["title_id", "valid_from", "valid_to"])
    op.create_index("ix_assignment_span_unit", "assignment_span", ["unit_id", "valid_from", "valid_to"])
    op.create_index("ix_assignment_span_unit_id", "assignment_span", ["unit_id"])
    op.create_table(
        "committee_term",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "unit_id",
            sa.Uuid(),
            sa.ForeignKey("unit.id", name="fk_committee_term_unit_id_unit"),
            nullable=False,
        ),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("standing_seats", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_committee_term"),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_committee_term_period")
        ),
    )
    op.create_index("ix_committee_term_unit_id", "committee_term", ["unit_id"])
    op.create_table(
        "membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_membership_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column(
            "unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_membership_unit_id_unit"), nullable=False
        ),
        sa.Column(
            "term_id",
            sa.Uuid(),
            sa.ForeignKey("committee_term.id", name="fk_membership_term_id_committee_term"),
            nullable=False,
        ),
        sa.Column("rank", sa.String(32), nullable=False),
        sa.Column("entry", sa.String(32), nullable=False),
        sa.Column("decision_number", sa.String(120)),
        sa.Column("decision_signed_on", sa.Date()),
        sa.Column("end_reason", sa.String(60)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_membership"),
        one_of("membership", "entry", "elected designated"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_membership_period")),
        one_of("membership", "rank", "member standing deputy secretary"),
    )
    op.create_index("ix_membership_cadre_id", "membership", ["cadre_id"])
    op.create_index("ix_membership_term_id", "membership", ["term_id"])
    op.create_index("ix_membership_unit", "membership", ["unit_id", "valid_from", "valid_to"])
    op.create_index("ix_membership_unit_id", "membership", ["unit_id"])
    op.create_table(
        "qualification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_qualification_cadre_id_cadre"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name="pk_qualification"),
    )
    op.create_index("ix_qualification_cadre_id", "qualification", ["cadre_id"])
    op.create_table(
        "qualification_span",
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_qualification_span_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("field", sa.String(120)),
        sa.Column("form", sa.String(60)),
        sa.Column("institution", sa.String(200)),
        sa.Column("proof_number", sa.String(60)),
        sa.Column(
            "qualification_id",
            sa.Uuid(),
            sa.ForeignKey("qualification.id", name="fk_qualification_span_qualification_id_qualification"),
            nullable=False,
        ),
        sa.Column("correction_reason", sa.String(500)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT),
        sa.PrimaryKeyConstraint("row_id", name="pk_qualification_span"),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= recorded_at", name=op.f("ck_qualification_span_clock")
        ),
        one_of(
            "qualification_span",
            "kind",
            "general_education education political_theory state_management foreign_language it "
            "minority_language defence_security",
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_qualification_span_period")
        ),
    )
    op.create_index("ix_qualification_span_cadre_id", "qualification_span", ["cadre_id"])
    op.create_index(
        "ix_qualification_span_kind", "qualification_span", ["cadre_id", "kind", "level", "valid_from"]
    )
    op.create_index("ix_qualification_span_qualification_id", "qualification_span", ["qualification_id"])
    op.create_table(
        "party_membership",
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_party_membership_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("official_on", sa.Date()),
        sa.Column("card_number", sa.String(12)),
        sa.Column("party_cell", sa.String(160)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT),
        sa.PrimaryKeyConstraint("row_id", name="pk_party_membership"),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= recorded_at", name=op.f("ck_party_membership_clock")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_party_membership_period")
        ),
    )
    op.create_index("ix_party_membership_cadre_day", "party_membership", ["cadre_id", "valid_from"])
    op.create_index("ix_party_membership_cadre_id", "party_membership", ["cadre_id"])
    op.create_table(
        "residence",
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column(
            "cadre_id",
            sa.Uuid(),
            sa.ForeignKey("cadre.id", name="fk_residence_cadre_id_cadre"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("address", sa.String(200), nullable=False),
        sa.Column(
            "commune_unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_residence_commune_unit_id_unit")
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT),
        sa.PrimaryKeyConstraint("row_id", name="pk_residence"),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= recorded_at", name=op.f("ck_residence_clock")
        ),
        one_of("residence", "kind", "permanent current"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_residence_period")),
    )
    op.create_index("ix_residence_cadre_id", "residence", ["cadre_id"])


def downgrade() -> None:
    op.drop_table("residence")
    op.drop_table("party_membership")
    op.drop_table("qualification_span")
    op.drop_table("qualification")
    op.drop_table("membership")
    op.drop_table("committee_term")
    op.drop_table("assignment_span")
    op.drop_table("assignment")
    op.drop_table("cadre")
