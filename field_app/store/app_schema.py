"""What the store of Field Notes holds: its tables, their version, and what can be searched."""

from sqlmodel import SQLModel

from field_app.store import tables
from field_app.store.schema import AttachmentSource, Schema, SearchSource


def _texts(table: str, *columns: str, items: tuple[str, ...] = ()) -> SearchSource:
    return SearchSource(
        table, "record_id", "case_id", columns, deleted_column="deleted", item_columns=items
    )


SCHEMA = Schema(
    metadata=SQLModel.metadata,
    version=tables.SCHEMA_VERSION,
    migrations=(),
    search=(
        _texts("participant", "alias", "full_name", "pronouns"),
        _texts("contact", "note"),
        _texts("team_member", "name", "organisation", "note"),
        _texts("goal", "words", items=("steps",)),
        _texts("missing_episode", "note", items=("told",)),
        _texts("first_response", "late_note", items=("parties", "hand_offs")),
        _texts("safety_plan", items=("entries", "contributors")),
        _texts("strengths_needs_assessment", items=("entries",)),
        _texts("advocacy_plan", "support", "aftercare_contact"),
        _texts("linkage", "provider", items=("follow_ups",)),
        _texts("screening_result", "tool", "assessor"),
        _texts("purchase", "what", "vendor", "justification"),
        _texts("empowerment_session", "note"),
        _texts("workshop_attendance", "title", "note"),
        _texts("meeting", "youth_voice", items=("partners", "decisions")),
        _texts("release", "recipient", "purpose"),
        _texts("already_told", "topic"),
        _texts("hand_over_page", items=("lines",)),
        _texts("welcome_back", "what_would_help", "wants_known"),
        _texts("profile", "gender", "culture"),
    ),
    attachments=(AttachmentSource("attachment", "record_id", "file_key"),),
)
