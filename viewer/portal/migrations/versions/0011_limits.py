"""Counts that are over are found by when they end, so that strangers leave nothing behind for good."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the index. What was counted before ends when its window began: it starts anew, once."""
    op.create_index("ix_limit_count_window", "limit_count", ["window"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index("ix_limit_count_window", "limit_count")
