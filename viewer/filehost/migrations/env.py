"""Alembic's door to the file host's database."""

from viewer.database import run_migrations

run_migrations()
