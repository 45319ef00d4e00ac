"""The key server's tables: keys with their policy, and the log. Times are seconds since 1970."""

from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """All tables of the key server's database."""

    # Times and lengths outgrow 32 bits, which is what PostgreSQL takes for an Integer.
    type_annotation_map: ClassVar = {int: BigInteger}


class Key(Base):
    """A server share, wrapped, with its policy. The owner is (issuer, account)."""

    __tablename__ = "key"
    id: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    account: Mapped[str]
    wrapped_share: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[int]
    not_after: Mapped[int]
    revoked_at: Mapped[int | None]
    file_sha256: Mapped[str | None]
    file_length: Mapped[int | None]
    recipients: Mapped[list["Recipient"]] = relationship()


class Recipient(Base):
    """A contact that may get the share, as a pseudonym under the key server's secret."""

    __tablename__ = "recipient"
    key_id: Mapped[str] = mapped_column(ForeignKey("key.id"), primary_key=True)
    contact: Mapped[str] = mapped_column(primary_key=True)


class Entry(Base):
    """One line of the log. `number` has no gaps; `body` is canonical JSON and is never written again.

    The columns beside `body` repeat what queries and the idempotency rule need.
    """

    __tablename__ = "entry"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    recorded_at: Mapped[int]
    key_id: Mapped[str] = mapped_column(index=True)
    issuer: Mapped[str]
    account: Mapped[str]
    action: Mapped[str]
    outcome: Mapped[str]
    idempotency_key: Mapped[str | None]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    # NULLs are distinct in both databases: denials carry none and never stand in a retry's way.
    __table_args__ = (UniqueConstraint("issuer", "account", "key_id", "idempotency_key"),)
