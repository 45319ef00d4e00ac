"""By which of a person's contacts an organisation knows them: administrators see no others."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add the column. Which one was typed is not known of those before: it is the one that others reach them by."""
    op.add_column("member", sa.Column("contact", sa.String(), nullable=False, server_default=""))
    op.execute(
        "UPDATE member SET contact = coalesce((SELECT value FROM contact WHERE contact.account_id = member.account_id "
        "ORDER BY is_main DESC, verified_at IS NULL, verified_at DESC, value LIMIT 1), '')"
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_column("member", "contact")
