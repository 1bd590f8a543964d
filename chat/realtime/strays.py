"""Ends connections that hold a place without anybody behind them: never signed in, or cut off from their sign-in."""

import logging
import time

from flask_socketio import SocketIO

GRACE_SECONDS = 20.0  # from the WebSocket to the sign-in; a slow phone needs two or three
SWEEP_EVERY = 5.0  # seconds
log = logging.getLogger(__name__)


class Strays:
    def __init__(self, socketio: SocketIO) -> None:
        self._server = socketio.server
        self._since: dict[str, float] = {}

    def sweep(self, now: float | None = None) -> None:
        """`now` in seconds of the monotonic clock."""
        now = time.monotonic() if now is None else now
        engine, manager = self._server.eio, self._server.manager
        strays = {sid: socket for sid, socket in list(engine.sockets.items()) if not manager.sid_from_eio_sid(sid, "/")}
        self._since = {sid: self._since.get(sid, now) for sid in strays}
        for sid, since in self._since.items():
            if now - since > GRACE_SECONDS:
                log.info("connection %s has no sign-in and is closed", sid)
                strays[sid].close(wait=False)
