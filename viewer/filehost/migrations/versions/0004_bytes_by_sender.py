"""Finds what one account has stored lately."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_blob_sender", "blob", ["issuer", "account", "created_at"])


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_blob_sender", "blob")
