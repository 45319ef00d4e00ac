"""Until when reports open, who has opened them, and links on their way from a phone to a computer."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add them. What key servers have told before is not read again: of older reports nothing is known."""
    op.add_column("report", sa.Column("not_after", sa.BigInteger(), nullable=True))
    op.add_column("report", sa.Column("revoked", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "opened",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("report_id", "account_id"),
    )
    op.create_index("ix_opened_account_id", "opened", ["account_id"])
    op.create_table(
        "handover",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("computer", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("taken_at", sa.BigInteger(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_handover_account_id", "handover", ["account_id"])
    op.create_index("ix_handover_begun_at", "handover", ["begun_at"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("handover")
    op.drop_table("opened")
    op.drop_column("report", "revoked")
    op.drop_column("report", "not_after")
