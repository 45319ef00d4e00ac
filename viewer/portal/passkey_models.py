"""The portal's tables of passkeys. Times are seconds since 1970."""

from sqlalchemy import ForeignKey, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from .models import Account, Base


class Passkey(Base):
    """A passkey (a WebAuthn credential) of an account. `public_key` is COSE's, `transports` are words with spaces.

    From `counts_from` on, a sign-in with it is one by passkey; before, it is worth the code by which it was added.
    A row that was removed stays: it says that the account has had one.
    """

    __tablename__ = "passkey"
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("account.id"), index=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int]
    name: Mapped[str]
    transports: Mapped[str]
    backed_up: Mapped[bool]
    created_at: Mapped[int]
    counts_from: Mapped[int]
    used_at: Mapped[int | None]
    removed_at: Mapped[int | None]
    account: Mapped[Account] = relationship()


class UsedChallenge(Base):
    """A challenge that somebody has answered, well or not: no second answer to it is good."""

    __tablename__ = "used_challenge"
    challenge: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    expires_at: Mapped[int] = mapped_column(index=True)
