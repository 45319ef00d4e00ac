"""Whose organisation's key an entry of the log is about, for its auditors."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the columns, and the index by which an organisation's entries are paged through."""
    for table in ("key", "entry"):
        op.add_column(table, sa.Column("organisation", sa.String(), server_default="", nullable=False))
    some = sa.text("organisation <> ''")
    columns = ["organisation", "number"]
    op.create_index("ix_entry_organisation", "entry", columns, sqlite_where=some, postgresql_where=some)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_entry_organisation", "entry")
    for table in ("entry", "key"):
        op.drop_column(table, "organisation")
