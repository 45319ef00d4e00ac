"""An index of denials: how many an account has had of late is counted at each one."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Make the index."""
    denied = sa.text("outcome = 'denied'")
    columns = ["issuer", "account", "recorded_at"]
    op.create_index("ix_entry_denied", "entry", columns, sqlite_where=denied, postgresql_where=denied)


def downgrade() -> None:
    """Drop the index."""
    op.drop_index("ix_entry_denied", "entry")
