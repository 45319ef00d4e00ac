"""Proofs that have been used."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "used_proof",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_used_proof_until"), "used_proof", ["until"])


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("used_proof")
