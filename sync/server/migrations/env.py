"""Runs migrations on the connection that the caller hands in."""

from alembic import context

from sync.server.tables import ServerTable

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ServerTable.metadata,
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
