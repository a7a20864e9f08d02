"""Who may come in, and what is written down about it."""

import sqlalchemy as sa
from alembic import op

from migrations.ddl import INSTANT, KEY, one_of

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "principal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("cadre_id", sa.Uuid(), sa.ForeignKey("cadre.id", name="fk_principal_cadre_id_cadre")),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("username", KEY, nullable=False),
        sa.Column("display_name", sa.String(120), nullable=False),
        sa.Column("password_hash", sa.String()),
        sa.Column("auth_version", sa.Integer(), nullable=False),
        sa.Column("disabled_at", INSTANT),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_principal"),
        one_of("principal", "kind", "person service inspection"),
        sa.UniqueConstraint("username", name="uq_principal_username"),
    )
    op.create_table(
        "role_grant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), sa.ForeignKey("unit.id", name="fk_role_grant_unit_id_unit")),
        sa.Column("cadre_id", sa.Uuid(), sa.ForeignKey("cadre.id", name="fk_role_grant_cadre_id_cadre")),
        sa.Column(
            "principal_id",
            sa.Uuid(),
            sa.ForeignKey("principal.id", name="fk_role_grant_principal_id_principal"),
            nullable=False,
        ),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column(
            "proposed_by",
            sa.Uuid(),
            sa.ForeignKey("principal.id", name="fk_role_grant_proposed_by_principal"),
        ),
        sa.Column(
            "confirmed_by",
            sa.Uuid(),
            sa.ForeignKey("principal.id", name="fk_role_grant_confirmed_by_principal"),
        ),
        sa.Column("confirmed_at", INSTANT),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.PrimaryKeyConstraint("id", name="pk_role_grant"),
        sa.CheckConstraint("(unit_id IS NULL) <> (cadre_id IS NULL)", name=op.f("ck_role_grant_one_target")),
        sa.CheckConstraint(
            "confirmed_by IS NULL OR proposed_by IS NULL OR confirmed_by <> proposed_by",
            name=op.f("ck_role_grant_two_persons"),
        ),
    )
    op.create_index("ix_role_grant_principal_id", "role_grant", ["principal_id"])
    op.create_table(
        "sign_in",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "principal_id",
            sa.Uuid(),
            sa.ForeignKey("principal.id", name="fk_sign_in_principal_id_principal"),
            nullable=False,
        ),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("last_seen_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT),
        sa.Column("user_agent", sa.String(200)),
        sa.Column("address", sa.String(64)),
        sa.PrimaryKeyConstraint("id", name="pk_sign_in"),
        sa.UniqueConstraint("secret_hash", name="uq_sign_in_secret_hash"),
    )
    op.create_index("ix_sign_in_open", "sign_in", ["principal_id", "ended_at"])
    op.create_table(
        "sign_in_attempt",
        sa.Column("key", sa.String(160), nullable=False),
        sa.Column("window_at", INSTANT, nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_sign_in_attempt"),
    )
    op.create_table(
        "signing_key",
        sa.Column("kid", sa.String(40), nullable=False),
        sa.Column("public_pem", sa.String(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("kid", name="pk_signing_key"),
        one_of("signing_key", "state", "next active retiring revoked"),
    )
    op.create_table(
        "denied_token",
        sa.Column("jti", sa.String(40), nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("jti", name="pk_denied_token"),
    )
    op.create_table(
        "idempotency_key",
        sa.Column(
            "principal_id",
            sa.Uuid(),
            sa.ForeignKey("principal.id", name="fk_idempotency_key_principal_id_principal"),
            nullable=False,
        ),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("method", sa.String(8), nullable=False),
        sa.Column("path", sa.String(400), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("permission", sa.String(60), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("headers", sa.String()),
        sa.Column("body", sa.LargeBinary()),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("principal_id", "key", name="pk_idempotency_key"),
    )
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid()),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("actor_id", sa.Uuid()),
        sa.Column("actor", sa.String(60), nullable=False),
        sa.Column("client", sa.String(40), nullable=False),
        sa.Column("action", sa.String(60), nullable=False),
        sa.Column("object_type", sa.String(40)),
        sa.Column("object_id", sa.String(64)),
        sa.Column("outcome", sa.String(32), nullable=False),
        sa.Column("request_id", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(500)),
        sa.Column("detail", sa.String()),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_event"),
        one_of("audit_event", "outcome", "done refused read"),
    )
    op.create_index("ix_audit_event_actor", "audit_event", ["actor_id", "id"])
    op.create_index("ix_audit_event_at", "audit_event", ["at"])
    op.create_index("ix_audit_event_object", "audit_event", ["object_type", "object_id", "id"])
    op.create_index("ix_audit_event_request_id", "audit_event", ["request_id"])
    op.create_index("ix_audit_event_unit", "audit_event", ["unit_id", "id"])
    op.create_table(
        "audit_value",
        sa.Column(
            "event_id",
            sa.Uuid(),
            sa.ForeignKey("audit_event.id", name="fk_audit_value_event_id_audit_event"),
            nullable=False,
        ),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.String(), nullable=False),
        sa.Column("after", sa.String(), nullable=False),
        sa.Column("erased_at", INSTANT),
        sa.PrimaryKeyConstraint("event_id", name="pk_audit_value"),
    )


def downgrade() -> None:
    op.drop_table("audit_value")
    op.drop_table("audit_event")
    op.drop_table("idempotency_key")
    op.drop_table("denied_token")
    op.drop_table("signing_key")
    op.drop_table("sign_in_attempt")
    op.drop_table("sign_in")
    op.drop_table("role_grant")
    op.drop_table("principal")
