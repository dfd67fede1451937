"""One transaction of the store, in two ways at once: SQLite's own connection, and a session.

Sync asks forty small questions in a transaction. SQLite answers each in some ten microseconds; a
session takes half a millisecond to be made and handed back. So it is made when somebody wants
mapped objects, and both see the same transaction.
"""

from collections.abc import Callable

from sqlmodel import Session

from field_app.store.connection import JournalledConnection


class Work:
    """What is done in one transaction.

    Attributes:
        driver: SQLite's connection, inside the transaction. Never commit it.
    """

    def __init__(self, driver: JournalledConnection, make_session: Callable[[], Session]) -> None:
        """Used by `Database`."""
        self.driver = driver
        self._make_session = make_session
        self.made_session: Session | None = None

    @property
    def session(self) -> Session:
        """The session of this transaction, made when it is first asked for."""
        if self.made_session is None:
            self.made_session = self._make_session()
        return self.made_session


def driver_of(session: Session) -> JournalledConnection:
    """Return SQLite's own connection, inside the session's transaction."""
    found = session.connection().connection.driver_connection
    assert isinstance(found, JournalledConnection)  # noqa: S101 - the store has no other
    return found
