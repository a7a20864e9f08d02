"""Runs the migrations: on the connection that app.services.database hands over, else on the settings' own."""

from typing import Literal

import sqlalchemy as sa
from alembic import context

import app.models  # noqa: F401 - maps every table
from app.models.base import METADATA
from app.services.database import migrating
from app.settings import Settings

Kind = Literal[
    "schema", "table", "column", "index", "unique_constraint", "foreign_key_constraint", "check_constraint"
]


def ours(
    _item: sa.schema.SchemaItem,
    name: str | None,
    _kind: Kind,
    reflected: bool,  # noqa: FBT001 - alembic calls it so
    compare_to: sa.schema.SchemaItem | None,
) -> bool:
    """Leave alone what a comparison with the models can't know: what guards and name search need."""
    return not (reflected and compare_to is None and (name or "").startswith(("no_overlap_", "cadre_search")))


def run(connection: sa.Connection) -> None:
    """Run what was asked for on `connection`."""
    sqlite = connection.dialect.name == "sqlite"
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        compare_type=True,
        include_object=ours,
        render_as_batch=sqlite,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


given: sa.Connection | None = context.config.attributes.get("connection")
if context.is_offline_mode():
    raise SystemExit("migrations ask the database what it is: run them online")
if given is not None:
    run(given)
else:
    with migrating(Settings()) as own:
        run(own)
