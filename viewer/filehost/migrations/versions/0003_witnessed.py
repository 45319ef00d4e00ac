"""Logs that are witnessed."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "witnessed",
        sa.Column("origin_hash", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("origin_hash"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("witnessed")
