"""The file host's tables."""

from typing import ClassVar

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """All tables of the file host's database."""

    # Times and lengths outgrow 32 bits, which is what PostgreSQL takes for an Integer.
    type_annotation_map: ClassVar = {int: BigInteger}


class Blob(Base):
    """A sealed report that has arrived whole: its length in bytes, its SHA-256 in hex, who stored it and when."""

    __tablename__ = "blob"
    __table_args__ = (Index("ix_blob_sender", "issuer", "account", "created_at"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    length: Mapped[int]
    sha256: Mapped[str]
    issuer: Mapped[str]
    account: Mapped[str]
    created_at: Mapped[int]


class Upload(Base):
    """A sealed report that has not come whole: of `length` bytes, `received` are on the disk; dropped after `until`.

    `begun` is a random name for this beginning: what belonged to an earlier one does not go on here.
    """

    __tablename__ = "upload"
    __table_args__ = (Index("ix_upload_sender", "issuer", "account"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    length: Mapped[int]
    received: Mapped[int]
    begun: Mapped[str]
    issuer: Mapped[str]
    account: Mapped[str]
    until: Mapped[int] = mapped_column(index=True)


class Leaver(Base):
    """An account that its issuer has disabled, or enabled again: the change with the highest number (leavers.py)."""

    __tablename__ = "leaver"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    disabled: Mapped[bool]


class UsedProof(Base):
    """A proof that has been used, as the hash of its key and id; kept until it would be too old anyway."""

    __tablename__ = "used_proof"
    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    until: Mapped[int] = mapped_column(index=True)


class Witnessed(Base):
    """The newest checkpoint of a log that was cosigned here: a note with both signatures, by its origin's hash."""

    __tablename__ = "witnessed"
    origin_hash: Mapped[str] = mapped_column(primary_key=True)
    note: Mapped[str]
