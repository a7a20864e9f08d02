"""The order of names carries what a page asks of each person: a district's page then reads the index alone.

Without it a scan for one district's women fetched 1,200 rows from as many pages: 4.5 ms instead of 1.3.
"""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.drop_index("ix_cadre_name", "cadre")
    op.create_index("ix_cadre_name", "cadre", ["sort_key", "id", "unit_id", "sex", "is_stub", "managed_by"])


def downgrade() -> None:
    op.drop_index("ix_cadre_name", "cadre")
    op.create_index("ix_cadre_name", "cadre", ["sort_key", "id"])
