"""Policies say whether readers see their own name over the photos."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the column; of what was sent before, nobody has asked for it."""
    op.add_column("key", sa.Column("mark", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("key", "mark")
