"""Units, titles, posts and the tables of the code lists."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, KEY, one_of

revision = "0001"
down_revision = None


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.create_table(
        "ethnicity",
        sa.Column("slug", KEY, nullable=False),
        sa.Column("name", sa.String(60), nullable=False),
        sa.Column("code_1979", sa.String(2), nullable=False),
        sa.Column("code_2008", sa.String(2)),
        sa.Column("is_minority", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_ethnicity"),
        sa.UniqueConstraint("code_1979", name="uq_ethnicity_code_1979"),
    )
    op.create_table(
        "code_item",
        sa.Column("list_id", KEY, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("list_id", "code", name="pk_code_item"),
        sa.UniqueConstraint("list_id", "rank", name="uq_code_item_list_id_rank"),
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("plan_due_on", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_unit"),
    )
    op.create_table(
        "unit_version",
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column(
            "unit_id",
            sa.Uuid(),
            sa.ForeignKey("unit.id", name="fk_unit_version_unit_id_unit"),
            nullable=False,
        ),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("search_key", KEY, nullable=False),
        sa.Column("sort_key", KEY, nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("form", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("type", sa.String(20)),
        sa.Column("parent_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_unit_version_parent_id_unit")),
        sa.Column("plans_for_itself", sa.Boolean(), nullable=False),
        sa.Column("committee_tier", sa.String(32)),
        sa.Column("sector", sa.String(40)),
        sa.Column("grade", sa.Integer()),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT),
        sa.PrimaryKeyConstraint("row_id", name="pk_unit_version"),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= recorded_at", name=op.f("ck_unit_version_clock")
        ),
        one_of("unit_version", "committee_tier", "province above_grassroots grassroots"),
        one_of("unit_version", "form", "territory body"),
        sa.CheckConstraint(
            "(form = 'territory') = (kind IN ('province', 'district', 'commune'))",
            name=op.f("ck_unit_version_form_kind"),
        ),
        one_of(
            "unit_version",
            "kind",
            "province district commune party_committee party_board council people_committee "
            "department division office front mass_organisation public_service attached_committee "
            "party_cell enterprise",
        ),
        one_of("unit_version", "level", "province district commune"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_version_period")),
    )
    op.create_index("ix_unit_version_code_day", "unit_version", ["code", "valid_from"])
    op.create_index("ix_unit_version_parent", "unit_version", ["parent_id", "valid_from"])
    op.create_index("ix_unit_version_unit_id", "unit_version", ["unit_id"])
    op.create_table(
        "unit_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("basis_number", sa.String(120), nullable=False),
        sa.Column("basis_issuer", sa.String(200), nullable=False),
        sa.Column("basis_signed_on", sa.Date()),
        sa.Column("note", sa.String()),
        sa.Column("certainty", sa.String(60)),
        sa.PrimaryKeyConstraint("id", name="pk_unit_change"),
        one_of("unit_change", "kind", "create merge split rename dissolve reparent"),
    )
    op.create_index("ix_unit_change_on_day", "unit_change", ["on_day"])
    op.create_table(
        "unit_change_part",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "change_id",
            sa.Uuid(),
            sa.ForeignKey("unit_change.id", name="fk_unit_change_part_change_id_unit_change"),
            nullable=False,
        ),
        sa.Column(
            "from_unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_unit_change_part_from_unit_id_unit")
        ),
        sa.Column(
            "to_unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_unit_change_part_to_unit_id_unit")
        ),
        sa.Column("share", sa.String(20), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_unit_change_part"),
    )
    op.create_index("ix_unit_change_part_change_id", "unit_change_part", ["change_id"])
    op.create_index("ix_unit_change_part_from_unit_id", "unit_change_part", ["from_unit_id"])
    op.create_index("ix_unit_change_part_to_unit_id", "unit_change_part", ["to_unit_id"])
    op.create_table(
        "unit_closure",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "ancestor_id",
            sa.Uuid(),
            sa.ForeignKey("unit.id", name="fk_unit_closure_ancestor_id_unit"),
            nullable=False,
        ),
        sa.Column(
            "descendant_id",
            sa.Uuid(),
            sa.ForeignKey("unit.id", name="fk_unit_closure_descendant_id_unit"),
            nullable=False,
        ),
        sa.Column("depth", sa.Integer(), nullable=False),
        sa.Column("via", sa.String(32), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_unit_closure"),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_unit_closure_period")),
        one_of("unit_closure", "via", "tree lineage"),
    )
    op.create_index(
        "ix_unit_closure_down", "unit_closure", ["ancestor_id", "descendant_id", "valid_from", "valid_to"]
    )
    op.create_index(
        "ix_unit_closure_up", "unit_closure", ["descendant_id", "ancestor_id", "valid_from", "valid_to"]
    )
    op.create_table(
        "title",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", KEY, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_title"),
        sa.UniqueConstraint("code", name="uq_title_code"),
    )
    op.create_table(
        "title_version",
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column(
            "title_id",
            sa.Uuid(),
            sa.ForeignKey("title.id", name="fk_title_version_title_id_title"),
            nullable=False,
        ),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("search_key", KEY, nullable=False),
        sa.Column("level", sa.String(32), nullable=False),
        sa.Column("unit_kind", sa.String(32), nullable=False),
        sa.Column("managed_by", sa.String(32), nullable=False),
        sa.Column("is_key", sa.Boolean(), nullable=False),
        sa.Column("is_leadership", sa.Boolean(), nullable=False),
        sa.Column("is_secretary", sa.Boolean(), nullable=False),
        sa.Column("is_key_district", sa.Boolean(), nullable=False),
        sa.Column("term_kind", sa.String(32), nullable=False),
        sa.Column("sensitive_months", sa.Integer()),
        sa.Column("must_be_non_local", sa.Boolean(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT),
        sa.PrimaryKeyConstraint("row_id", name="pk_title_version"),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= recorded_at", name=op.f("ck_title_version_clock")
        ),
        one_of("title_version", "level", "province district commune"),
        one_of(
            "title_version",
            "managed_by",
            "central province_committee district_committee attached_committee department "
            "commune_committee unit_head",
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_title_version_period")),
        one_of("title_version", "term_kind", "appointed_5y elected_term none"),
        one_of(
            "title_version",
            "unit_kind",
            "province district commune party_committee party_board council people_committee "
            "department division office front mass_organisation public_service attached_committee "
            "party_cell enterprise",
        ),
    )
    op.create_index("ix_title_version_managed", "title_version", ["managed_by", "valid_from"])
    op.create_index("ix_title_version_title_id", "title_version", ["title_id"])
    op.create_table(
        "title_standard",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "title_id",
            sa.Uuid(),
            sa.ForeignKey("title.id", name="fk_title_standard_title_id_title"),
            nullable=False,
        ),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("minimum", sa.String(60)),
        sa.Column("clause", sa.String(120), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_title_standard"),
        one_of(
            "title_standard",
            "kind",
            "education political_theory state_management foreign_language it party_member field",
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_title_standard_period")
        ),
    )
    op.create_index("ix_title_standard_title_id", "title_standard", ["title_id"])
    op.create_table(
        "post",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_post_unit_id_unit"), nullable=False
        ),
        sa.Column(
            "title_id", sa.Uuid(), sa.ForeignKey("title.id", name="fk_post_title_id_title"), nullable=False
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_post"),
        sa.UniqueConstraint("unit_id", "title_id", name="uq_post_unit_id_title_id"),
    )
    op.create_index("ix_post_title_id", "post", ["title_id"])
    op.create_index("ix_post_unit_id", "post", ["unit_id"])
    op.create_table(
        "post_quota",
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column(
            "unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_post_quota_unit_id_unit"), nullable=False
        ),
        sa.Column(
            "post_id", sa.Uuid(), sa.ForeignKey("post.id", name="fk_post_quota_post_id_post"), nullable=False
        ),
        sa.Column("quota", sa.Integer(), nullable=False),
        sa.Column("basis_number", sa.String(120)),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", INSTANT, nullable=False),
        sa.Column("superseded_at", INSTANT),
        sa.PrimaryKeyConstraint("row_id", name="pk_post_quota"),
        sa.CheckConstraint(
            "superseded_at IS NULL OR superseded_at >= recorded_at", name=op.f("ck_post_quota_clock")
        ),
        sa.CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_post_quota_period")),
        sa.CheckConstraint("quota >= 0", name=op.f("ck_post_quota_quota")),
    )
    op.create_index("ix_post_quota_post_id", "post_quota", ["post_id"])
    op.create_index("ix_post_quota_unit_id", "post_quota", ["unit_id"])


def downgrade() -> None:
    op.drop_table("post_quota")
    op.drop_table("post")
    op.drop_table("title_standard")
    op.drop_table("title_version")
    op.drop_table("title")
    op.drop_table("unit_closure")
    op.drop_table("unit_change_part")
    op.drop_table("unit_change")
    op.drop_table("unit_version")
    op.drop_table("unit")
    op.drop_table("code_item")
    op.drop_table("ethnicity")
