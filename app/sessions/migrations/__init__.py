"""The database's schema, version by version; Alembic reads these files, nothing imports them."""
