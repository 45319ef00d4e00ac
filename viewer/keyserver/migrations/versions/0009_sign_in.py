"""Sign-ins at an institution's own provider, and by what owner and first opener are known there."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make the table and the column."""
    op.create_table(
        "sign_in",
        sa.Column("id", sa.LargeBinary(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("key_id", sa.String(), nullable=False),
        sa.Column("returns", sa.String(), nullable=False),
        sa.Column("binding", sa.LargeBinary(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("browser", sa.LargeBinary(), unique=True),
        sa.Column("code", sa.LargeBinary()),
        sa.Column("jkt", sa.String()),
        sa.Column("subject", sa.String()),
        sa.Column("person", sa.String()),
        sa.Column("contacts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sign_in_until", "sign_in", ["until"])
    op.create_index("ix_sign_in_account", "sign_in", ["issuer", "account", "key_id"])
    for name in ("owner_contact", "claimed_person"):
        op.add_column("key", sa.Column(name, sa.String()))


def downgrade() -> None:
    """Drop them."""
    for name in ("claimed_person", "owner_contact"):
        op.drop_column("key", name)
    op.drop_table("sign_in")
