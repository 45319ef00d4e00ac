"""The portal's tables of hospitals' own sign-ins (hospitals.py)."""

from sqlalchemy import ForeignKey, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from .models import Base


class Identity(Base):
    """Who somebody is at a hospital's provider, by its own lasting name for them, and whose account that is.

    An account has one at most of each provider.
    """

    __tablename__ = "identity"
    issuer: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"))
    created_at: Mapped[int]
    __table_args__ = (UniqueConstraint("account_id", "issuer"),)


class HospitalRemoved(Base):
    """A hospital's sign-in that a person has removed: good for their account no more until they allow it again."""

    __tablename__ = "hospital_removed"
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), primary_key=True)
    issuer: Mapped[str] = mapped_column(primary_key=True)
    removed_at: Mapped[int]


class HospitalTurn(Base):
    """A turn at a hospital's provider that a browser has begun: `browser` is the SHA-256 of what only it has."""

    __tablename__ = "hospital_turn"
    browser: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    hospital: Mapped[str]
    until: Mapped[int] = mapped_column(index=True)
