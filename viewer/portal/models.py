"""The portal's tables: who may sign in, and which report is whose. Times are seconds since 1970."""

from typing import ClassVar

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

_JOINED = text("joined_at IS NOT NULL")


class Base(DeclarativeBase):
    """All tables of the portal's database."""

    # Times and lengths outgrow 32 bits, which is what PostgreSQL takes for an Integer.
    type_annotation_map: ClassVar = {int: BigInteger}


class Account(Base):
    """A person. `name` is what an administrator gave, or they said themselves; empty until known.

    `jurisdiction` is the country (ISO 3166-1 alpha-2) whose law they say they are under; empty: not said.
    """

    __tablename__ = "account"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    may_send: Mapped[bool]
    created_at: Mapped[int]
    disabled_at: Mapped[int | None]
    jurisdiction: Mapped[str] = mapped_column(default="")
    contacts: Mapped[list["Contact"]] = relationship(back_populates="account")


class Contact(Base):
    """An e-mail address or mobile number in its one form; nobody's proof until verified."""

    __tablename__ = "contact"
    value: Mapped[str] = mapped_column(primary_key=True)
    pseudonym: Mapped[str] = mapped_column(unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    verified_at: Mapped[int | None]
    is_main: Mapped[bool] = mapped_column(default=False)  # where messages go first
    account: Mapped[Account] = relationship(back_populates="contacts")


class Code(Base):
    """A code on its way to a contact; only its HMAC is kept."""

    __tablename__ = "code"
    attempt: Mapped[str] = mapped_column(primary_key=True)
    contact: Mapped[str]
    hmac: Mapped[bytes] = mapped_column(LargeBinary)
    expires_at: Mapped[int] = mapped_column(index=True)
    tries: Mapped[int]
    used_at: Mapped[int | None]


class Session(Base):
    """A signed-in browser or command line; only the hash of its token is kept. `id` is what its person knows it by."""

    __tablename__ = "session"
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    id: Mapped[str] = mapped_column(unique=True, index=True)
    user_agent: Mapped[str]
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    contact: Mapped[str]
    created_at: Mapped[int]
    seen_at: Mapped[int]
    ended_at: Mapped[int | None]
    signed_in_by: Mapped[str]  # code, passkey or oidc
    account: Mapped[Account] = relationship()


class Report(Base):
    """A report that was sent: its id, its sender, and where its key and its file lie.

    Until when it opens, and whether it was withdrawn, is as its key server has told last (received.py).
    """

    __tablename__ = "report"
    id: Mapped[str] = mapped_column(primary_key=True)
    sender_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    key_server: Mapped[str]
    file_host: Mapped[str]
    created_at: Mapped[int]
    not_after: Mapped[int | None]
    revoked: Mapped[bool] = mapped_column(default=False)
    deleted_at: Mapped[int | None]  # by its sender, everywhere: whom it was for is forgotten since


class Recipient(Base):
    """A contact that a report was sent to, as a pseudonym: a stolen database names nobody without account.

    `sealed` is the contact itself, sealed by naming.py; None for reports sent before there was that.
    """

    __tablename__ = "recipient"
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    contact: Mapped[str] = mapped_column(primary_key=True, index=True)
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class Visitor(Base):
    """Somebody who came by the link to a report that names nobody, or was named before: its sender may know them."""

    __tablename__ = "visitor"
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    contact: Mapped[str] = mapped_column(ForeignKey("contact.value"), primary_key=True)


class EventCursor(Base):
    """How far a key server's log has been read, and until when whoever reads it now has it alone."""

    __tablename__ = "event_cursor"
    key_server: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]  # of the last entry read, -1 before the first
    claimed_until: Mapped[int]


class Notice(Base):
    """A message to a sender that has not gone out yet: `kind` is one of notices.WORDS.

    `account` is whom it names, as the log does; empty where it names nobody.
    """

    __tablename__ = "notice"
    id: Mapped[str] = mapped_column(primary_key=True)
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"))
    kind: Mapped[str]
    account: Mapped[str]
    due_at: Mapped[int] = mapped_column(index=True)
    tries: Mapped[int]


class Limit(Base):
    """How often something happened in one window of time, which ends at `window`."""

    __tablename__ = "limit_count"
    key: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True, index=True)
    count: Mapped[int]


class Organisation(Base):
    """People who are looked after together. `days` and `download` are for reports whose sender says nothing of it."""

    __tablename__ = "organisation"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[int]
    days: Mapped[int]
    download: Mapped[bool]
    recovery_key: Mapped[str | None]  # public, as base64url


class Member(Base):
    """Somebody whom an organisation has invited; `joined_at` is None until they have said yes.

    `name`, `role` (one of organisations.ROLES) and `contact` are what administrators gave: of an account's contacts
    the one that they know. Many may invite one person, who is in one of them at most.
    """

    __tablename__ = "member"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    name: Mapped[str]
    role: Mapped[str]
    invited_at: Mapped[int]
    joined_at: Mapped[int | None]
    contact: Mapped[str] = mapped_column(default="")
    organisation: Mapped[Organisation] = relationship()
    account: Mapped[Account] = relationship()
    __table_args__ = (
        Index("ix_member_joined", "account_id", unique=True, sqlite_where=_JOINED, postgresql_where=_JOINED),
    )


class Recovery(Base):
    """A report's link share, sealed by its sender to their organisation's recovery key: nothing that we could open."""

    __tablename__ = "recovery"
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"))
    sealed: Mapped[bytes] = mapped_column(LargeBinary)


class OrganisationEvent(Base):
    """What was changed in an organisation: `number` counts from 0, `by` and `about` are accounts.

    `by` is empty for whoever runs the portal, `about` where it is about nobody; `details` is JSON. It holds no contact.
    """

    __tablename__ = "organisation_event"
    organisation_id: Mapped[str] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[int]
    by: Mapped[str]
    action: Mapped[str]
    about: Mapped[str]
    details: Mapped[str]


class Telling(Base):
    """That an account was disabled, or enabled again, as one server is told it at a door (telling.py).

    `number` orders the changes of one account; `due_at` is None once the server has confirmed the newest.
    """

    __tablename__ = "telling"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    door: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
    disabled: Mapped[bool]
    due_at: Mapped[int | None] = mapped_column(index=True)
    tries: Mapped[int]
