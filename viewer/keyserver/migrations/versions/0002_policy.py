"""Policies: claims, limits, consents."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Give keys the rest of their policy; what was made before has named recipients and no limits."""
    op.add_column("key", sa.Column("policy_version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("key", sa.Column("not_before", sa.BigInteger(), nullable=True))
    op.add_column("key", sa.Column("most_each", sa.BigInteger(), nullable=True))
    op.add_column("key", sa.Column("most", sa.BigInteger(), nullable=True))
    op.add_column("key", sa.Column("passkey", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("key", sa.Column("jurisdictions", sa.String(), server_default="", nullable=False))
    op.add_column("key", sa.Column("claimed_by", sa.String(), nullable=True))
    _table("use", sa.Column("releases", sa.BigInteger(), nullable=False))
    _table("request", sa.Column("asked_at", sa.BigInteger(), nullable=False))
    _table(
        "consent", sa.Column("until", sa.BigInteger(), nullable=False), sa.Column("used_by", sa.String(), nullable=True)
    )
    _count_uses()


def _table(name: str, *columns: sa.Column[int] | sa.Column[str]) -> None:
    op.create_table(
        name,
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["key_id"], ["key.id"]),
        sa.PrimaryKeyConstraint("key_id", "account"),
    )


def _count_uses() -> None:
    """A limit that is set from now on counts the releases that have been."""
    op.execute(
        "INSERT INTO use (key_id, account, releases) SELECT key_id, account, count(*) FROM entry "
        "WHERE action = 'release' AND outcome = 'granted' GROUP BY key_id, account"
    )


def downgrade() -> None:
    """Drop what was added."""
    for name in ("consent", "request", "use"):
        op.drop_table(name)
    for name in ("claimed_by", "jurisdictions", "passkey", "most", "most_each", "not_before", "policy_version"):
        op.drop_column("key", name)
