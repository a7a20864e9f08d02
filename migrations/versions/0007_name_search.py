"""Search by name: the words of the folded names, kept by the database.

PostgreSQL: a GIN index over the words of each name, written through (each search would have to read a list of
pending rows). SQLite: an FTS5 index over `cadre_search_name`, kept by triggers on `cadre`; that table gives
each name a row number which VACUUM leaves alone (those of `cadre` change).
"""

from alembic import op

revision = "0007"
down_revision = "0006"

# Words end at blanks alone, as in PostgreSQL's index.
WORDS = "unicode61 remove_diacritics 0 categories 'L* M* N* P* S* C*'"
ADD = "INSERT INTO cadre_search (rowid, name, cadre_id) VALUES (NEW.number, NEW.name, NEW.cadre_id);"
REMOVE = (
    "INSERT INTO cadre_search (cadre_search, rowid, name, cadre_id) "
    "VALUES ('delete', OLD.number, OLD.name, OLD.cadre_id);"
)
# Trigger: when it fires, what it does.
TRIGGERS = {
    "cadre_search_insert": (
        "AFTER INSERT ON cadre",
        "INSERT INTO cadre_search_name (cadre_id, name) VALUES (NEW.id, NEW.search_key);",
    ),
    "cadre_search_update": (
        "AFTER UPDATE OF id, search_key ON cadre",
        ("UPDATE cadre_search_name SET cadre_id = NEW.id, name = NEW.search_key WHERE cadre_id = OLD.id;"),
    ),
    "cadre_search_delete": (
        "AFTER DELETE ON cadre",
        "DELETE FROM cadre_search_name WHERE cadre_id = OLD.id;",
    ),
    "cadre_search_name_insert": ("AFTER INSERT ON cadre_search_name", ADD),
    "cadre_search_name_update": ("AFTER UPDATE ON cadre_search_name", f"{REMOVE} {ADD}"),
    "cadre_search_name_delete": ("AFTER DELETE ON cadre_search_name", REMOVE),
}


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute(
            "CREATE INDEX cadre_search_words ON cadre USING gin "
            "(array_to_tsvector(array_remove(string_to_array(search_key, ' '), ''))) WITH (fastupdate = off)"
        )
        return
    op.execute(
        "CREATE TABLE cadre_search_name (number INTEGER PRIMARY KEY, "
        "cadre_id CHAR(32) NOT NULL UNIQUE REFERENCES cadre (id) DEFERRABLE INITIALLY DEFERRED, "
        "name TEXT NOT NULL)"
    )
    op.execute(
        "CREATE VIRTUAL TABLE cadre_search USING fts5(name, cadre_id UNINDEXED, "
        f"content='cadre_search_name', content_rowid='number', tokenize=\"{WORDS}\")"
    )
    for name, (event, action) in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {name} {event} BEGIN {action} END")
    op.execute("INSERT INTO cadre_search_name (cadre_id, name) SELECT id, search_key FROM cadre")


def downgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        op.execute("DROP INDEX cadre_search_words")
        return
    for name in TRIGGERS:
        op.execute(f"DROP TRIGGER {name}")
    op.execute("DROP TABLE cadre_search")
    op.execute("DROP TABLE cadre_search_name")
