"""Accounts made with the demo province say so: outside demo mode they don't sign in."""

from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.execute("ALTER TABLE principal ADD COLUMN is_demo BOOLEAN DEFAULT FALSE NOT NULL")


def downgrade() -> None:
    op.execute("ALTER TABLE principal DROP COLUMN is_demo")
