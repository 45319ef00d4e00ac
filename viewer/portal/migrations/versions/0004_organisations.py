"""Organisations: who belongs to them and as what, what was changed, and which servers are to be told of leavers."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_JOINED = sa.text("joined_at IS NOT NULL")


def upgrade() -> None:
    """Make the tables."""
    _people()
    _what_happened()


def _people() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("days", sa.BigInteger(), nullable=False),
        sa.Column("download", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_table(
        "member",
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("invited_at", sa.BigInteger(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("organisation_id", "account_id"),
    )
    op.create_index(op.f("ix_member_account_id"), "member", ["account_id"], unique=False)
    op.create_index(
        "ix_member_joined", "member", ["account_id"], unique=True, sqlite_where=_JOINED, postgresql_where=_JOINED
    )


def _what_happened() -> None:
    op.create_table(
        "organisation_event",
        sa.Column("organisation_id", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"]),
        sa.PrimaryKeyConstraint("organisation_id", "number"),
    )
    op.create_table(
        "telling",
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("door", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.Boolean(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("account_id", "door"),
    )
    op.create_index(op.f("ix_telling_due_at"), "telling", ["due_at"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("telling")
    op.drop_table("organisation_event")
    op.drop_table("member")
    op.drop_table("organisation")
