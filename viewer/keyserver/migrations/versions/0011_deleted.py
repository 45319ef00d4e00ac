"""Owners delete keys for good."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the column; before, a key could only be revoked."""
    op.add_column("key", sa.Column("deleted_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop it. What was deleted stays without a share, and revoked."""
    op.drop_column("key", "deleted_at")
