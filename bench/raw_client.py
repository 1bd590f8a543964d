"""A Socket.IO client as thin as it can be, so that the server is what is measured."""

import json
import threading
from typing import Any

import websocket


class RawClient:
    """One WebSocket. `call` waits for the ack; events are only counted."""

    def __init__(self, url: str, cookie: str = "") -> None:
        address = url.replace("http://", "ws://") + "/socket.io/?EIO=4&transport=websocket"
        self._socket = websocket.create_connection(address, cookie=cookie or None, timeout=30, enable_multithread=False)
        self._socket.recv()
        self._socket.send("40")
        while not self._socket.recv().startswith("40"):
            pass
        self._next_id = 0
        self.messages = 0

    def call(self, event: str, payload: dict[str, Any]) -> dict[str, Any]:
        self._next_id += 1
        self._socket.send(f"42{self._next_id}" + json.dumps([event, payload]))
        wanted = f"43{self._next_id}["
        while True:
            packet = self._take()
            if packet.startswith(wanted):
                answer: dict[str, Any] = json.loads(packet[len(wanted) - 1 :])[0]
                assert answer["ok"], answer
                return answer

    def _take(self) -> str:
        packet = str(self._socket.recv())
        if packet == "2":
            self._socket.send("3")
        elif packet.startswith('42["message"'):
            self.messages += 1
        return packet

    def listen(self, until: int) -> threading.Thread:
        """Counts messages in the background until that many have come."""

        def run() -> None:
            while self.messages < until:
                self._take()

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        return thread

    def close(self) -> None:
        self._socket.close()
