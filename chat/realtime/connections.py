"""Who is connected by which socket; the only state that realtime keeps about people."""

from dataclasses import dataclass, field, replace

from chat import wire
from chat.services.sign_ins import Principal


@dataclass(eq=False)
class Connection:
    """One socket. `open_rooms` are the ids of the rooms that it shows, not a permission for anything.

    `is_away` says that nobody has been at it for a while, `watches_queue` that it shows who waits for the models.
    """

    sid: str
    principal: Principal
    open_rooms: set[str] = field(default_factory=set)
    is_away: bool = False
    watches_queue: bool = False

    @property
    def user(self) -> wire.User:
        return self.principal.user


class Connections:
    def __init__(self) -> None:
        self._by_sid: dict[str, Connection] = {}
        self._by_user: dict[str, set[str]] = {}

    def add(self, connection: Connection) -> None:
        self._by_sid[connection.sid] = connection
        self._by_user.setdefault(connection.user.id, set()).add(connection.sid)

    def remove(self, sid: str) -> Connection | None:
        connection = self._by_sid.pop(sid, None)
        if connection:
            sids = self._by_user[connection.user.id]
            sids.discard(sid)
            if not sids:
                del self._by_user[connection.user.id]
        return connection

    def find(self, sid: str) -> Connection | None:
        return self._by_sid.get(sid)

    def of_user(self, user_id: str) -> list[Connection]:
        return [self._by_sid[sid] for sid in self._by_user.get(user_id, ())]

    def of_token(self, token_id: str) -> list[Connection]:
        return [c for c in self._by_sid.values() if c.principal.token_id == token_id]

    def rename(self, user: wire.User) -> None:
        """Whatever they send from now on is sent under the new name."""
        for connection in self.of_user(user.id):
            connection.principal = replace(connection.principal, user=user)

    def people(self) -> int:
        """How many different people are connected."""
        return len(self._by_user)

    def all(self) -> list[Connection]:
        return list(self._by_sid.values())

    def __len__(self) -> int:
        return len(self._by_sid)
