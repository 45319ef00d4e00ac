"""The log's tree, its checkpoints, and what can be erased of it."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables; entries that are there already become the first leaves, numbered from 0."""
    op.add_column("entry", sa.Column("hpke_key", sa.LargeBinary(), nullable=True))
    op.create_table(
        "node",
        sa.Column("level", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "index"),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("size"),
    )
    op.create_table(
        "erasable",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["number"], ["entry.number"]),
        sa.PrimaryKeyConstraint("number", "name"),
    )
    bind = op.get_bind()
    numbers = bind.execute(sa.text("SELECT number FROM entry ORDER BY number")).scalars().all()
    for number in numbers:
        bind.execute(
            sa.text("UPDATE entry SET number = :to WHERE number = :number"), {"to": number - 1, "number": number}
        )


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("erasable")
    op.drop_table("checkpoint")
    op.drop_table("node")
    op.drop_column("entry", "hpke_key")
