"""Tells whoever looks at the models who is being answered and who waits, as far as they may know."""

from flask_socketio import SocketIO

from chat import events, wire
from chat.background import Background
from chat.jobs.queue_view import QueueView
from chat.realtime.connections import Connection, Connections
from chat.realtime.guards import Guards
from chat.realtime.outlet import Outlet

PUSH_EVERY = 0.4  # seconds: what changes in between is told together


class QueueFeed:
    """Only sockets that asked for it hear it; what each person may see is read anew for every push."""

    def __init__(self, outlet: Outlet, connections: Connections, view: QueueView, background: Background) -> None:
        self._outlet, self._connections = outlet, connections
        self._view, self._background = view, background
        self._has_changed = self._is_pushing = False

    def register(self, socketio: SocketIO, guards: Guards) -> None:
        socketio.server.on("watch_queue", guards.guard("watch_queue", wire.WatchQueue, self.on_watch_queue))

    def on_watch_queue(self, caller: Connection, ask: wire.WatchQueue) -> wire.QueueAnswer:
        """Before it is read, so that no change falls between the two."""
        caller.watches_queue = ask.is_on
        return wire.QueueAnswer(queues=self._view.seen_by(caller.user.id))

    def on_event(self, event: events.Event) -> None:
        """A subscriber of the publisher."""
        if not isinstance(event, events.QueueChanged):
            return
        self._has_changed = True
        if not self._is_pushing and self._watchers():
            self._is_pushing = True
            self._background.spawn(self._push_changes)

    def _push_changes(self) -> None:
        try:
            while self._has_changed:
                self._background.sleep(PUSH_EVERY)
                self._has_changed = False
                self._push()
        finally:
            self._is_pushing = False

    def _push(self) -> None:
        watchers = self._watchers()
        sockets: dict[int, list[str]] = {}
        seen = self._view.seen_by_each({watcher.user.id for watcher in watchers})
        for watcher in watchers:
            sockets.setdefault(id(seen[watcher.user.id]), []).append(watcher.sid)
        for queues in {id(queues): queues for queues in seen.values()}.values():
            self._outlet.send(wire.QueueChanged(queues=queues), to=sockets[id(queues)])

    def _watchers(self) -> list[Connection]:
        return [connection for connection in self._connections.all() if connection.watches_queue]
