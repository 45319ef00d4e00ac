"""The country whose law a person says they are under."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the column: nobody has said it yet."""
    op.add_column("account", sa.Column("jurisdiction", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    """Drop it."""
    op.drop_column("account", "jurisdiction")
