"""What revisions are built of. Landed revisions call these: add functions, never change what one writes."""

from alembic import op
from sqlalchemy import CheckConstraint, DateTime, String, Text

KEY = Text().with_variant(String(collation="C"), "postgresql")
"""Text compared byte by byte: PostgreSQL would otherwise follow the locale of the database."""

INSTANT = DateTime(timezone=True)


def one_of(table: str, column: str, values: str) -> CheckConstraint:
    """A column that holds one of these words."""
    listed = ", ".join(f"'{value}'" for value in values.split())
    return CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def guard(
    table: str, name: str, *keys: str, condition: str = "", two_clocks: bool = True, row: str = "row_id"
) -> None:
    """No two live rows with equal `keys` overlap in `[valid_from, valid_to)`; one name in both catalogues.

    PostgreSQL: an exclusion constraint. SQLite: a trigger on insert (`<name>_insert`) and one on update
    (`<name>_update`), with an index on the live rows (`<name>_live`), without which the cost is quadratic.
    Batch operations drop the triggers of their table: whoever rebuilds a table calls this again.

    Args:
        table: the dated table.
        name: of the guard; an error of the database bears it.
        keys: columns whose equality makes two rows rivals.
        condition: a boolean column; rows in which it is false are no rivals.
        two_clocks: superseded rows are no rivals.
        row: the primary key.
    """
    if op.get_context().dialect.name == "postgresql":
        live = " AND ".join(
            part for part in ("superseded_at IS NULL" if two_clocks else "", condition) if part
        )
        equal = ", ".join(f"{key} WITH =" for key in keys)
        op.execute(
            f"ALTER TABLE {table} ADD CONSTRAINT {name} EXCLUDE USING gist "
            f"({equal}, daterange(valid_from, valid_to, '[)') WITH &&)" + (f" WHERE ({live})" if live else "")
        )
        return
    parts = [
        f"{{0}}.{word}" for word in (["superseded_at IS NULL"] if two_clocks else []) + [condition] if word
    ]
    live = " AND ".join(part.format("x").removeprefix("x.") for part in parts)
    op.execute(
        f"CREATE INDEX {name}_live ON {table} ({', '.join(keys)}, valid_from)"
        + (f" WHERE {live}" if live else "")
    )
    rivals = [f"other.{key} = NEW.{key}" for key in keys] + [part.format("other") for part in parts]
    rivals += ["other.valid_from < coalesce(NEW.valid_to, '9999-12-31')"]
    rivals += ["coalesce(other.valid_to, '9999-12-31') > NEW.valid_from"]
    when = " AND ".join(part.format("NEW") for part in parts) or "true"
    watched = [
        *keys,
        "valid_from",
        "valid_to",
        *(["superseded_at"] if two_clocks else []),
        *([condition] if condition else []),
    ]
    for verb, event, itself in (
        ("insert", "INSERT", ""),
        ("update", f"UPDATE OF {', '.join(watched)}", f" AND other.{row} <> OLD.{row}"),
    ):
        rival = f"SELECT 1 FROM {table} AS other WHERE {' AND '.join(rivals)}{itself}"  # noqa: S608 - our words
        # A day that isn't written as one would compare wrongly, and slip past ('+0 days': 30 February too).
        no_day = " OR ".join(
            f"NEW.{end} IS NOT date(NEW.{end}, '+0 days')" for end in ("valid_from", "valid_to")
        )
        op.execute(
            f"CREATE TRIGGER {name}_{verb} BEFORE {event} ON {table} WHEN {when} BEGIN "
            f"SELECT RAISE(ABORT, '{name}') WHERE EXISTS ({rival}) OR {no_day}; END"
        )


def drop_guard(table: str, name: str) -> None:
    """Take a guard away."""
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        return
    op.execute(f"DROP TRIGGER {name}_insert")
    op.execute(f"DROP TRIGGER {name}_update")
    op.execute(f"DROP INDEX {name}_live")


def append_only(table: str, *, key: str, erasable: str = "") -> None:
    """Rows of `table` are never changed or deleted, not even with SQL alone.

    Args:
        table: what is protected.
        key: its primary key; SQLite's INSERT OR REPLACE would delete the old row without asking a trigger.
        erasable: a condition on OLD and NEW under which an update passes all the same.
    """
    name = f"{table}_append_only"
    allowed = f" AND NOT ({erasable})" if erasable else ""
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"RAISE EXCEPTION '{name}' USING ERRCODE = 'restrict_violation'; END $$"
        )
        when = f"WHEN (NOT ({erasable})) " if erasable else ""
        for verb, timing, level, condition in (
            ("update", "UPDATE", "ROW", when),
            ("delete", "DELETE", "ROW", ""),
            ("truncate", "TRUNCATE", "STATEMENT", ""),
        ):
            op.execute(
                f"CREATE TRIGGER {name}_{verb} BEFORE {timing} ON {table} FOR EACH {level} {condition}"
                f"EXECUTE FUNCTION {name}()"
            )
        return
    same = f"SELECT 1 FROM {table} WHERE {key} = NEW.{key} OR rowid = NEW.rowid"  # noqa: S608 - our own words
    for verb, timing, condition in (
        ("update", "UPDATE", f"true{allowed}"),
        ("delete", "DELETE", "true"),
        ("insert", "INSERT", f"EXISTS ({same})"),
    ):
        op.execute(
            f"CREATE TRIGGER {name}_{verb} BEFORE {timing} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{name}'); END"
        )


def drop_append_only(table: str) -> None:
    """Let rows of `table` be changed again."""
    name = f"{table}_append_only"
    if op.get_context().dialect.name == "postgresql":
        op.execute(f"DROP FUNCTION {name}() CASCADE")
        return
    for verb in ("update", "delete", "insert"):
        op.execute(f"DROP TRIGGER {name}_{verb}")
