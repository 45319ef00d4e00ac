"""Who came by the link to a report that names nobody."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "visitor",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["contact"], ["contact.value"]),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.PrimaryKeyConstraint("report_id", "contact"),
    )


def downgrade() -> None:
    """Drop the table."""
    op.drop_table("visitor")
