"""The peer: Flask-SocketIO on eventlet and nothing behind it: no sign-in, no checks, no database; with TCP_NODELAY.

What a sender sends is what everybody in the room gets.
"""

import warnings

warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated.*")
import eventlet  # noqa: E402  the warning is filtered first

eventlet.monkey_patch()

import os  # noqa: E402  everything below must see the patched standard library
import socket  # noqa: E402  the same
from typing import Any  # noqa: E402  the same

from eventlet import wsgi  # noqa: E402  the same
from flask import Flask  # noqa: E402  the same
from flask_socketio import SocketIO, emit, join_room  # noqa: E402  the same

app = Flask(__name__)
socketio = SocketIO(app, async_mode="eventlet", async_handlers=False, manage_session=False)


@app.get("/readyz")
def readyz() -> str:
    return "ok"


@socketio.on("join_room")  # type: ignore[untyped-decorator]  # the library has no types
def on_join_room(data: dict[str, Any]) -> dict[str, Any]:
    join_room(data["room"])
    return {"ok": True}


@socketio.on("send_message")  # type: ignore[untyped-decorator]  # the library has no types
def on_send_message(data: dict[str, Any]) -> dict[str, Any]:
    emit("message", data, to=data["room"])
    return {"ok": True}


if __name__ == "__main__":
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind(("127.0.0.1", int(os.environ["PORT"])))
    listener.listen(1024)
    wsgi.server(listener, app, log_output=False, max_size=20_000)
