"""Whether the client of the current request has closed its connection: nothing tells before an answer is written."""

import _socket  # green threads replace the class that `socket` has, and its recv would wait
from socket import MSG_DONTWAIT, MSG_PEEK
from typing import Any

from flask import request


def client_has_gone() -> bool:
    """Looks, and takes nothing. False also where the server does not let us look."""
    connection = _connection(request.environ)
    if connection is None:
        return False
    try:
        plain = _socket.socket(fileno=connection.fileno())
    except OSError:
        return True
    try:
        return plain.recv(1, MSG_PEEK | MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False
    except OSError:
        return True
    finally:
        plain.detach()  # it stays the server's


def _connection(wsgi: dict[str, Any]) -> Any:
    """The socket, where each of the three servers keeps it."""
    body = wsgi["wsgi.input"]
    if hasattr(body, "get_socket"):
        return body.get_socket()  # eventlet's
    gevents = getattr(getattr(body, "rfile", None), "raw", None)
    return wsgi.get("werkzeug.socket") or getattr(gevents, "_sock", None)
