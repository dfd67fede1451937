"""What the store of Field Notes holds: its tables, their version, and what can be searched."""

from sqlmodel import SQLModel

from field_app.store import tables
from field_app.store.schema import Schema, SearchSource


def _texts(table: str, *columns: str) -> SearchSource:
    return SearchSource(table, "record_id", "case_id", columns, deleted_column="deleted")


SCHEMA = Schema(
    metadata=SQLModel.metadata,
    version=tables.SCHEMA_VERSION,
    migrations=(),
    search=(
        _texts("participant", "alias", "full_name", "pronouns"),
        _texts("contact", "note"),
        _texts("team_member", "name", "organisation", "note"),
        _texts("goal", "words"),
        _texts("missing_episode", "note"),
    ),
)
