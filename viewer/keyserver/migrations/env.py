"""Alembic's door to the key server's database."""

from viewer.database import run_migrations

run_migrations()
