"""Who people are at their hospitals' own sign-ins, and turns there that have not come to their end."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("issuer", "subject"),
        sa.UniqueConstraint("account_id", "issuer"),
    )
    op.create_table(
        "hospital_turn",
        sa.Column("browser", sa.LargeBinary(), nullable=False),
        sa.Column("hospital", sa.String(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("browser"),
    )
    op.create_index("ix_hospital_turn_until", "hospital_turn", ["until"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("hospital_turn")
    op.drop_table("identity")
