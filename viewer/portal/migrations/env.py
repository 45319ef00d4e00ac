"""Alembic's door to the portal's database."""

from viewer.database import run_migrations

run_migrations()
