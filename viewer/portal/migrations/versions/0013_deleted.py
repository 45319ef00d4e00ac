"""Since when reports are deleted everywhere."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Make the column; before, nothing could be deleted."""
    op.add_column("report", sa.Column("deleted_at", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("report", "deleted_at")
