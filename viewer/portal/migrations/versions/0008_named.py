"""Contacts that reports are sent to, sealed: so that a code can go to whoever is named, before they have an account."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add the column. Of reports sent before, only the pseudonyms are known."""
    op.add_column("recipient", sa.Column("sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("recipient", "sealed")
