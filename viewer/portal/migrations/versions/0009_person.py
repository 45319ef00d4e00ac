"""A person's own page: names for their sessions, a main contact, and messages to them that are on their way."""

import sqlalchemy as sa
from alembic import op

from viewer.portal.ids import new_id

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Add columns and tables; what is signed in stays so, under names made up here."""
    op.add_column("session", sa.Column("id", sa.String(), server_default="", nullable=False))
    op.add_column("session", sa.Column("user_agent", sa.String(), server_default="", nullable=False))
    connection, session = op.get_bind(), sa.table("session", sa.column("token_hash"), sa.column("id"))
    for (token_hash,) in connection.execute(sa.select(session.c.token_hash)).all():
        connection.execute(sa.update(session).where(session.c.token_hash == token_hash).values(id=new_id()))
    op.create_index("ix_session_id", "session", ["id"], unique=True)
    op.add_column("contact", sa.Column("is_main", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "letter",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("contact", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(op.f("ix_letter_due_at"), "letter", ["due_at"], unique=False)
    op.create_table(
        "former",
        sa.Column("report_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"]),
        sa.PrimaryKeyConstraint("report_id", "account_id"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("former")
    op.drop_table("letter")
    op.drop_column("contact", "is_main")
    op.drop_index("ix_session_id", "session")
    op.drop_column("session", "user_agent")
    op.drop_column("session", "id")
