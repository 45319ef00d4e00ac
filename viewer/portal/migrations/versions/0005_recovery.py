"""Recovery keys of organisations, what senders seal to them, and who used one, for the notice of it."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make table and columns."""
    op.add_column("organisation", sa.Column("recovery_key", sa.String(), nullable=True))
    op.create_table(
        "recovery",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("report_id"),
    )
    op.add_column("notice", sa.Column("account", sa.String(), server_default="", nullable=False))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("notice", "account")
    op.drop_table("recovery")
    op.drop_column("organisation", "recovery_key")
