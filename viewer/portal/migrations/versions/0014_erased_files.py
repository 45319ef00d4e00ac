"""File hosts hear of accounts that were erased before they could: they still keep those accounts' sealed files."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Let them be told, as of any account that is erased from now on."""
    op.execute(
        "INSERT INTO telling (account_id, door, number, disabled, due_at, tries) "
        "SELECT account_id, door || '/erasure', number, disabled, 0, 0 FROM telling WHERE door LIKE '% blobs' "
        "AND account_id IN (SELECT account_id FROM telling WHERE door LIKE '% erasure')"
    )


def downgrade() -> None:
    """Tell no more of it."""
    op.execute("DELETE FROM telling WHERE door LIKE '% blobs/erasure'")
