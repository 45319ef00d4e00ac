"""Tables around a person: messages to them on their way, whom senders go on knowing, and what they have received."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from .models import Base


class Letter(Base):
    """A message to a person that has not gone out yet (telling_person.py)."""

    __tablename__ = "letter"
    id: Mapped[str] = mapped_column(primary_key=True)
    contact: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str]
    due_at: Mapped[int] = mapped_column(index=True)
    tries: Mapped[int]


class Former(Base):
    """Somebody around a report by a contact that they have removed since: its sender still knows their name."""

    __tablename__ = "former"
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)


class Opened(Base):
    """That somebody has opened a report, and when first: as its key server has told."""

    __tablename__ = "opened"
    report_id: Mapped[str] = mapped_column(ForeignKey("report.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True, index=True)
    first_at: Mapped[int]


class Handover(Base):
    """A link on its way from a person's phone to their computer (handovers.py): which, is known to neither of us.

    `session` is that of the computer; it and the phone are told by their User-Agent. `sealed` goes once it was taken.
    """

    __tablename__ = "handover"
    id: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    session: Mapped[str]
    computer: Mapped[str]
    phone: Mapped[str]
    begun_at: Mapped[int] = mapped_column(index=True)
    left_at: Mapped[int | None]
    taken_at: Mapped[int | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
