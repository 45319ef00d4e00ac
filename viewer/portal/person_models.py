"""Tables around a person's own page: messages to them on their way, and whom senders go on knowing."""

from sqlalchemy import ForeignKey
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
