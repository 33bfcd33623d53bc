"""Read by Alembic: runs revisions on the connection, and within the transaction, of the caller."""

from alembic import context

from rag.store.sql.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
