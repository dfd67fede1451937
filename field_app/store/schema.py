"""What the store of Field Notes holds: its tables, their version, and what can be searched."""

from sqlmodel import SQLModel

from field_app.store import tables
from field_app.store.database import Schema
from field_app.store.search import SearchSource

SCHEMA = Schema(
    metadata=SQLModel.metadata,
    version=tables.SCHEMA_VERSION,
    migrations=(),
    search=(
        SearchSource("participant", "record_id", "case_id", ("alias", "full_name", "pronouns")),
        SearchSource("contact", "record_id", "case_id", ("note",)),
        SearchSource("team_member", "record_id", "case_id", ("name", "organisation", "note")),
        SearchSource("goal", "record_id", "case_id", ("words",)),
        SearchSource("missing_episode", "record_id", "case_id", ("note",)),
    ),
)
