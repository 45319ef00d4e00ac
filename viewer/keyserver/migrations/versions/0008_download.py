"""Policies say whether photos may be saved."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Make the column; of what was sent before, nobody has said so."""
    op.add_column("key", sa.Column("download", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("key", "download")
