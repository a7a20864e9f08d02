"""What the database itself refuses: overlapping live rows of one key, and changes of the audit log."""

from migrations.ddl import append_only, drop_append_only, drop_guard, guard

revision = "0006"
down_revision = "0005"

GUARDS = (
    ("unit_version", "no_overlap_unit_version"),
    ("title_version", "no_overlap_title_version"),
    ("title_standard", "no_overlap_title_standard"),
    ("post_quota", "no_overlap_post_quota"),
    ("assignment_span", "no_overlap_seat"),
    ("assignment_span", "no_overlap_main"),
    ("committee_term", "no_overlap_committee_term"),
    ("membership", "no_overlap_membership"),
    ("qualification_span", "no_overlap_qualification"),
    ("party_membership", "no_overlap_party_membership"),
    ("residence", "no_overlap_residence"),
)
# An erasure by law leaves the event and its commitments, and blanks the values with their salt.
ERASURE = (
    "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.event_id = OLD.event_id "
    "AND NEW.before = '' AND NEW.after = '' AND length(NEW.salt) = 0"
)


def upgrade() -> None:
    guard("unit_version", "no_overlap_unit_version", "unit_id")
    guard("title_version", "no_overlap_title_version", "title_id")
    guard("title_standard", "no_overlap_title_standard", "title_id", "kind", two_clocks=False, row="id")
    guard("post_quota", "no_overlap_post_quota", "post_id")
    guard("assignment_span", "no_overlap_seat", "post_id", "seat_no")
    guard("assignment_span", "no_overlap_main", "cadre_id", condition="is_main")
    guard("committee_term", "no_overlap_committee_term", "unit_id", two_clocks=False, row="id")
    guard("membership", "no_overlap_membership", "unit_id", "cadre_id", two_clocks=False, row="id")
    guard("qualification_span", "no_overlap_qualification", "cadre_id", "kind", "name")
    guard("party_membership", "no_overlap_party_membership", "cadre_id")
    guard("residence", "no_overlap_residence", "cadre_id", "kind")
    append_only("audit_event", key="id")
    append_only("audit_value", key="event_id", erasable=ERASURE)


def downgrade() -> None:
    drop_append_only("audit_value")
    drop_append_only("audit_event")
    for table, name in reversed(GUARDS):
        drop_guard(table, name)
