"""Runs migrations on the connection that the caller hands in."""

from alembic import context
from sqlmodel import SQLModel

from sync.server import tables

assert tables  # noqa: S101 - imported so that the metadata knows every table

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
