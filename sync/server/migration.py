"""Bringing a database to the tables of this release."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from sync.server.database import Database


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.attributes["connection"] = connection
    return config


def newest_revision() -> str:
    """Return the revision of this release."""
    return ScriptDirectory.from_config(_config()).get_current_head() or ""


def present_revision(database: Database) -> str | None:
    """Return the revision of a database; None when it has no tables of ours."""
    with database.read() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(database: Database) -> None:
    """Bring a database to this release, in one transaction."""

    def run(connection: Connection) -> None:
        command.upgrade(_config(connection), "head")

    database.write(run)
