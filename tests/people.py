"""People who use a running server: over HTTP with a session, and over a real socket."""

import socket
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import engineio
import requests
import socketio

Event = tuple[str, dict[str, Any]]
PASSWORD = "correct horse battery"


class _InOrder(engineio.Client):  # type: ignore[misc]  # the library has no types
    """The library starts a thread for every message that comes; they would be kept in any order."""

    def _trigger_event(self, event: str, *arguments: Any, **options: Any) -> Any:
        return super()._trigger_event(event, *arguments, **{**options, "run_async": False})


class _Client(socketio.Client):  # type: ignore[misc]  # the same
    def _engineio_client_class(self) -> type[engineio.Client]:
        return _InOrder


class Person:
    """One account in one browser, so to speak."""

    def __init__(self, url: str, username: str) -> None:
        self.url, self.username = url, username
        self.http = requests.Session()
        self.http.headers["Origin"] = url
        self.events: list[Event] = []
        self._arrived = threading.Condition()
        self.socket: socketio.Client | None = None
        self.patience = 30.0  # seconds to wait for an ack
        self.room = "general"

    def register(self, name: str | None = None) -> "Person":
        names = {"username": self.username, "display_name": name or self.username}
        answer = self.post("/api/auth/register", **names, password=PASSWORD)
        assert answer.status_code == 201, answer.text
        return self

    def sign_in(self) -> "Person":
        answer = self.post("/api/auth/login", username=self.username, password=PASSWORD)
        assert answer.status_code == 200, answer.text
        return self

    def post(self, path: str, **body: Any) -> requests.Response:
        return self.http.post(self.url + path, json=body, timeout=30)

    def request(self, method: str, path: str, **body: Any) -> requests.Response:
        return self.http.request(method, self.url + path, json=body or None, timeout=30)

    def get(self, path: str, **query: Any) -> requests.Response:
        return self.http.get(self.url + path, params=query, timeout=30)

    def connect(self, transport: str = "websocket") -> "Person":
        """Opens a new socket, or polls; events are kept over reconnects."""
        self.socket = _Client(reconnection=False, handle_sigint=False)
        self.socket.on("*", self._keep)
        cookies = "; ".join(f"{name}={value}" for name, value in self.http.cookies.items())
        self.socket.connect(self.url, headers={"Cookie": cookies}, transports=[transport])
        self.wait_for("setup")
        return self

    def cut(self) -> None:
        """Ends the socket without a goodbye, as a network would, and returns when the client has noticed.

        To close it here would let its reader go on with a number that is another connection's by then.
        """
        assert self.socket
        reader = self.socket.eio.read_loop_task
        self.socket.eio.ws.sock.shutdown(socket.SHUT_RDWR)
        reader.join()

    def disconnect(self) -> None:
        """Ends the socket, also one whose server is gone."""
        if self.socket is None:
            return
        connection = self.socket.eio.ws
        if self.socket.connected:
            self.socket.disconnect()
        if connection:
            connection.close()

    def _keep(self, name: str, data: dict[str, Any]) -> None:
        with self._arrived:
            self.events.append((name, data))
            self._arrived.notify_all()

    def call(self, event: str, payload: Any) -> dict[str, Any]:
        """Emits and waits for the ack."""
        assert self.socket
        answer: dict[str, Any] = self.socket.call(event, payload, timeout=self.patience)
        return answer

    def join(self, room: str = "general", **more: Any) -> dict[str, Any]:
        return self.call("join_room", {"room": room, **more})

    def send(self, content: str, room: str = "general", **more: Any) -> dict[str, Any]:
        return self.call("send_message", {"room": room, "content": content, "client_id": new_key(), **more})

    def wait_for(
        self, name: str, test: Callable[[dict[str, Any]], bool] = lambda data: True, seconds: float = 20
    ) -> dict[str, Any]:
        """The first event of that name that passes, past or coming."""
        until = time.monotonic() + seconds
        with self._arrived:
            while True:
                found = next((data for kind, data in self.events if kind == name and test(data)), None)
                if found is not None:
                    return found
                left = until - time.monotonic()
                if left <= 0:
                    raise AssertionError(f"{self.username} got no such {name}; got {[n for n, _ in self.events][-30:]}")
                self._arrived.wait(left)

    def wait_closed(self, reply_id: str, seconds: float = 30) -> dict[str, Any]:
        """The reply as it is once it has ended."""
        ended = ("done", "stopped", "failed", "interrupted")
        is_it = lambda e: e["message"]["id"] == reply_id and e["message"]["llm"]["phase"] in ended  # noqa: E731  one use
        message: dict[str, Any] = self.wait_for("message_updated", is_it, seconds)["message"]
        return message

    def wait_reply(self, question_id: str) -> dict[str, Any]:
        """The reply that was opened for a question."""
        return self.wait_for("message", lambda m: m["reply_to"] == question_id and m["author"]["kind"] != "person")

    def seen(self, name: str) -> list[dict[str, Any]]:
        with self._arrived:
            return [data for kind, data in self.events if kind == name]

    def history(self, room: str = "general", **query: Any) -> list[dict[str, Any]]:
        answer = self.get("/api/chat/history", room=room, limit=200, **query)
        assert answer.ok, answer.text
        messages: list[dict[str, Any]] = answer.json()["messages"]
        return messages


def new_key() -> str:
    return uuid.uuid4().hex
