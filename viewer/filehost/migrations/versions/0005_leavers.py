"""Accounts that their portal has disabled, or enabled again."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "leaver",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("issuer", "account"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("leaver")
