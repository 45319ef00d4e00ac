"""The key server's tables: keys with their policy, and the log. Times are seconds since 1970."""

from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

_DENIED = text("outcome = 'denied'")
_OF_SOME = text("organisation <> ''")


class Base(DeclarativeBase):
    """All tables of the key server's database."""

    # Times and lengths outgrow 32 bits, which is what PostgreSQL takes for an Integer.
    type_annotation_map: ClassVar = {int: BigInteger}


class Key(Base):
    """A server share, wrapped, with its policy. The owner is (issuer, account).

    Its policy, uses, consents and requests are only changed in a write transaction, of which there is one at a time.
    Accounts in these tables are of the key's own issuer.
    """

    __tablename__ = "key"
    id: Mapped[str] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    account: Mapped[str]
    organisation: Mapped[str]  # of its issuer, as the pass said that made the key; empty: none
    owner_contact: Mapped[str | None]  # as the pass said that made the key; a pseudonym
    wrapped_share: Mapped[bytes] = mapped_column(LargeBinary)  # empty once it is deleted
    created_at: Mapped[int]
    not_after: Mapped[int]
    revoked_at: Mapped[int | None]
    deleted_at: Mapped[int | None]  # by its owner: the share is destroyed, and it is revoked, too
    file_sha256: Mapped[str | None]
    file_length: Mapped[int | None]
    policy_version: Mapped[int]
    not_before: Mapped[int | None]
    most_each: Mapped[int | None]
    most: Mapped[int | None]
    passkey: Mapped[bool]
    jurisdictions: Mapped[str]  # with spaces between; empty: any
    download: Mapped[bool]  # whether who opens it may save it
    mark: Mapped[bool]  # whether who opens it sees their own name over the photos
    claimed_by: Mapped[str | None]  # the account that opened it first, where nobody is named
    claimed_person: Mapped[str | None]  # the person of the institution's sign-in who did, where there was one
    recipients: Mapped[list["Recipient"]] = relationship(cascade="all, delete-orphan")


class Recipient(Base):
    """A contact that may get the share, as a pseudonym under the key server's secret."""

    __tablename__ = "recipient"
    key_id: Mapped[str] = mapped_column(ForeignKey("key.id"), primary_key=True)
    contact: Mapped[str] = mapped_column(primary_key=True)


class Use(Base):
    """How many releases of a key an account has had; those by consent are not counted."""

    __tablename__ = "use"
    key_id: Mapped[str] = mapped_column(ForeignKey("key.id"), primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    releases: Mapped[int]


class Request(Base):
    """An account that was refused has asked the owner, and waits."""

    __tablename__ = "request"
    key_id: Mapped[str] = mapped_column(ForeignKey("key.id"), primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    asked_at: Mapped[int]


class Consent(Base):
    """The owner's word that an account may open once more; `used_by` is the release's idempotency key."""

    __tablename__ = "consent"
    key_id: Mapped[str] = mapped_column(ForeignKey("key.id"), primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    until: Mapped[int]
    used_by: Mapped[str | None]


class Entry(Base):
    """One line of the log. `number` counts from 0 without gaps; `body` is canonical JSON, never written again.

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
    hpke_key: Mapped[bytes | None] = mapped_column(LargeBinary)  # to which the answer was sealed
    organisation: Mapped[str]  # of the key that it is about, whose auditors may read it; empty: none
    body: Mapped[bytes] = mapped_column(LargeBinary)
    # NULLs are distinct in both databases: denials carry none and never stand in a retry's way.
    __table_args__ = (
        UniqueConstraint("issuer", "account", "key_id", "idempotency_key"),
        # Of denials alone: a grant has nothing to write here.
        Index("ix_entry_denied", "issuer", "account", "recorded_at", sqlite_where=_DENIED, postgresql_where=_DENIED),
        Index("ix_entry_organisation", "organisation", "number", sqlite_where=_OF_SOME, postgresql_where=_OF_SOME),
    )


class Leaver(Base):
    """An account that its issuer has disabled, or enabled again: the change with the highest number (leavers.py)."""

    __tablename__ = "leaver"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    disabled: Mapped[bool]


class SignIn(Base):
    """A sign-in at the institution's own provider (sign_in.py): begun, or with `jkt` good for that session key.

    Of the secrets only hashes are here. `contacts` are those that the provider vouches for, as pseudonyms.
    """

    __tablename__ = "sign_in"
    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    issuer: Mapped[str]
    account: Mapped[str]
    key_id: Mapped[str]
    returns: Mapped[str]
    binding: Mapped[bytes] = mapped_column(LargeBinary)
    until: Mapped[int] = mapped_column(index=True)
    browser: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    code: Mapped[bytes | None] = mapped_column(LargeBinary)
    jkt: Mapped[str | None]
    subject: Mapped[str | None]
    person: Mapped[str | None]  # a pseudonym of the subject
    contacts: Mapped[str]  # with spaces between
    __table_args__ = (Index("ix_sign_in_account", "issuer", "account", "key_id"),)


class UsedProof(Base):
    """A proof that has been used, as the hash of its key and id; kept until it would be too old anyway."""

    __tablename__ = "used_proof"
    id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    until: Mapped[int] = mapped_column(index=True)


class Node(Base):
    """A complete subtree of the log's tree: (level, index) as in sealed/merkle.py. Never written again."""

    __tablename__ = "node"
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class Checkpoint(Base):
    """What the log said of itself at the end of a transaction: a signed note (LOG.md section 3)."""

    __tablename__ = "checkpoint"
    size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int]
    note: Mapped[str]


class Erasable(Base):
    """A value that an entry only commits to; without this row nobody can tell any more what it was."""

    __tablename__ = "erasable"
    number: Mapped[int] = mapped_column(ForeignKey("entry.number"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    value: Mapped[str]
