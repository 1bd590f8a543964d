"""Ends connections that hold a place without anybody behind them: never signed in, or cut off from their sign-in."""

import logging
import time

from flask_socketio import SocketIO

from chat.background import Background

GRACE_SECONDS = 20.0  # from the WebSocket to the sign-in; a slow phone needs two or three
EVERY_SECONDS = 5.0
log = logging.getLogger(__name__)


class Strays:
    def __init__(self, socketio: SocketIO, background: Background) -> None:
        self._server = socketio.server
        self._background = background
        self._since: dict[str, float] = {}

    def sweep_for_ever(self) -> None:
        """Never returns; runs in the background."""
        while True:
            self._background.sleep(EVERY_SECONDS)
            self.sweep(time.monotonic())

    def sweep(self, now: float) -> None:
        engine, manager = self._server.eio, self._server.manager
        strays = {sid: socket for sid, socket in list(engine.sockets.items()) if not manager.sid_from_eio_sid(sid, "/")}
        self._since = {sid: self._since.get(sid, now) for sid in strays}
        for sid, since in self._since.items():
            if now - since > GRACE_SECONDS:
                log.info("connection %s has no sign-in and is closed", sid)
                strays[sid].close(wait=False)
