"""Who is here by the other processes of the server, as each of them tells the others."""

from collections.abc import Callable

from chat import events, wire
from chat.events import Event

Statuses = dict[str, tuple[wire.User, wire.PresenceStatus]]


class Elsewhere:
    """`process` is this one's name; `tell` publishes an event, `on_change` is told whose presence may be another."""

    def __init__(self, process: str, tell: Callable[[Event], None]) -> None:
        self.process, self._tell = process, tell
        self._here: Statuses = {}  # as we have told it; whoever is not in it is offline
        self._others: dict[str, Statuses] = {}  # by process
        self.on_change: Callable[[wire.User], None] = lambda user: None

    def note_here(self, user: wire.User, status: wire.PresenceStatus) -> None:
        """Tells the others what somebody's sockets of this process say."""
        if status != self._here.get(user.id, (user, "offline"))[1]:
            _put(self._here, user, status)
            self._tell(events.PresenceTold(self.process, ((user, status),)))

    def ask(self) -> None:
        """Has all the others tell everything, because something was missed."""
        self._tell(events.PresenceAsked())

    def best_of(self, user_id: str, here: wire.PresenceStatus) -> wire.PresenceStatus:
        """A person is online with any socket that is, wherever it is."""
        found = {here, *(told[user_id][1] for told in self._others.values() if user_id in told)}
        return "online" if "online" in found else "away" if "away" in found else "offline"

    def on_event(self, event: Event) -> None:
        """To be subscribed to the others."""
        match event:
            case events.PeerFound():
                self.ask()
            case events.PresenceAsked():
                self._tell(events.PresenceTold(self.process, tuple(self._here.values()), is_all=True))
            case events.PresenceTold(process, told, is_all):
                self._take(process, told, is_all=is_all)
            case events.PeerLost(process):
                self._take(process, (), is_all=True)

    def _take(self, process: str, told: tuple[tuple[wire.User, wire.PresenceStatus], ...], *, is_all: bool) -> None:
        known = self._others.setdefault(process, {})
        changed = [user for user, _ in (*told, *(known.values() if is_all else ()))]
        if is_all:
            known.clear()
        for user, status in told:
            _put(known, user, status)
        for user in changed:
            self.on_change(user)


def _put(statuses: Statuses, user: wire.User, status: wire.PresenceStatus) -> None:
    if status == "offline":
        statuses.pop(user.id, None)
    else:
        statuses[user.id] = (user, status)
