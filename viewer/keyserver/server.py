"""What the key server's views work with."""

import logging
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from .. import leavers, proofs, witness_key
from ..config import Settings
from ..database import Database
from ..passes import Pass
from ..problems import Problem
from ..proofs import Proof
from .commits import Commits
from .log import Log
from .models import Key
from .sign_in import OwnSignIn
from .vault import Vault
from .witnesses import Witnesses

_log = logging.getLogger("safelight")


@dataclass(frozen=True)
class KeyServer:
    """One key server: `url` is its base URL, `secret` its 32 bytes; whatever it writes goes through `commits`."""

    url: str
    secret: bytes = field(repr=False)
    database: Database
    vault: Vault
    log: Log
    commits: Commits
    witnesses: Witnesses
    sign_in: OwnSignIn | None  # that is demanded besides a pass

    @classmethod
    def of(cls, settings: Settings) -> "KeyServer":
        """Return the key server of an installation. Raises NotMigrated, and SettingsError for another log's number."""
        database = Database(settings, "keyserver")
        database.check()
        log = Log(settings.keyserver_url, settings.keyserver_secret, settings.keyserver_log)
        with database.read() as session:
            log.check_origin(session)
        vault = Vault(settings.keyserver_keks)
        witnesses = Witnesses(database, witness_key.witnesses(settings))
        commits = Commits(database, log.close, witnesses.wake)
        url, secret = settings.keyserver_url, settings.keyserver_secret
        own = OwnSignIn.of(settings.keyserver_sign_in, url, secret, database, commits)
        return cls(url, secret, database, vault, log, commits, witnesses, own)

    def fault(self) -> str:
        """Return in one word what keeps it from releasing while its database is well; empty where nothing does."""
        try:
            self.witnesses.check()
        except Problem:
            return "stopped"
        with self.database.read() as session:
            wrapped = session.scalar(select(Key.wrapped_share).where(Key.deleted_at.is_(None)).limit(1))
        return "key" if wrapped is not None and not self.vault.has_key_of(wrapped) else ""

    def wipe(self) -> None:
        """Leave nothing in the database's files of what was erased, as far as it is up to us (dialect.wipe)."""
        if not self.database.dialect.wipe():
            _log.warning("traces of what was erased are left in the database's files: a program reads it just now")

    def use(self, proof: Proof, asker: Pass) -> None:
        """Note a proof as used. Raises Problem 401 where it was before, 404 for an account that has been disabled."""

        def use(session: Session) -> None:
            proofs.use(session, proof)
            leavers.refuse(session, asker)

        self.commits.run(use)
