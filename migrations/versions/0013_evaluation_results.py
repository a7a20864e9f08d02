"""Yearly grades say where and among whom they were given, who recorded them, and who confirmed them."""

from alembic import op

revision = "0013"
down_revision = "0012"

_COLUMNS = (
    "peers",
    "graded_unit_id",
    "state",
    "recorded_by",
    "hands",
    "confirmed_by",
    "confirmed_on",
    "confirmed_findings",
    "parameter_digest",
)


_TWO_HANDS = "confirmed_by IS NULL OR recorded_by IS NULL OR confirmed_by <> recorded_by"
_CONFIRMED = "(state = 'confirmed') = (confirmed_on IS NOT NULL)"


def _check(name: str, condition: str) -> str:
    return f" CONSTRAINT ck_evaluation_{name} CHECK ({condition})"


def _words(column: str, words: str) -> str:
    listed = ", ".join(f"'{word}'" for word in words.split())
    return "VARCHAR(32)" + _check(column, f"{column} IN ({listed})")


def _link(column: str, target: str) -> str:
    kind = "UUID" if op.get_context().dialect.name == "postgresql" else "CHAR(32)"
    return f"{kind} CONSTRAINT fk_evaluation_{column}_{target} REFERENCES {target} (id)"


def upgrade() -> None:
    # Column by column: SQLite can't add a constraint to a table that stands.
    for column, kind in (
        ("peers", _words("peers", "leaders staff")),
        ("graded_unit_id", _link("graded_unit_id", "unit")),
        ("state", f"{_words('state', 'recorded confirmed')} DEFAULT 'recorded' NOT NULL"),
        ("recorded_by", _link("recorded_by", "principal")),
        ("hands", "VARCHAR DEFAULT '[]' NOT NULL"),
        (
            "confirmed_by",
            _link("confirmed_by", "principal") + _check("two_hands", _TWO_HANDS),
        ),
        (
            "confirmed_on",
            "DATE" + _check("confirmed", _CONFIRMED),
        ),
        ("confirmed_findings", "VARCHAR"),
        ("parameter_digest", "VARCHAR(64)"),
    ):
        op.execute(f"ALTER TABLE evaluation ADD COLUMN {column} {kind}")
    # Who was graded before keeps the unit that has his file; nobody has confirmed those grades.
    op.execute(
        "UPDATE evaluation SET graded_unit_id = "
        "(SELECT cadre.unit_id FROM cadre WHERE cadre.id = evaluation.cadre_id)"
    )
    op.create_index("ix_evaluation_graded", "evaluation", ["graded_unit_id", "year"])


def downgrade() -> None:
    op.drop_index("ix_evaluation_graded", "evaluation")
    # The checks go first: SQLite drops no column that another one's check names.
    for column in reversed(_COLUMNS):
        op.execute(f"ALTER TABLE evaluation DROP COLUMN {column}")
