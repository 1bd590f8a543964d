"""A network as bad as a test wants it: a TCP proxy that delays, cuts, resets, stops and narrows what passes through.

It runs in a thread of its own. Numbers of connections and of what happened to them are in `counts`.
"""

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Literal

from tests.running_server import free_port

End = Literal["close", "reset", "freeze", "freeze up", "freeze down"]
Direction = Literal["up", "down"]  # up is towards the server
BOTH: tuple[Direction, ...] = ("up", "down")
PIECE = 4096  # bytes
RESET = struct.pack("ii", 1, 0)  # SO_LINGER: on, for 0 s, so that closing sends RST


@dataclass(frozen=True)
class Weather:
    """How the network is for connections made from now on.

    `latency` and `jitter` are seconds each way; what arrives while a piece is under way travels with the next one.
    With `cut_within` each connection gets one of `ends` after a random number of bytes, both ways together, up to it.
    """

    latency: float = 0.0
    jitter: float = 0.0
    bytes_per_second: float = 0.0  # each way; 0: as fast as it goes
    cut_within: int = 0
    ends: tuple[End, ...] = ("close",)


class _Connection:
    """Two sockets and the bytes between them."""

    def __init__(self, weather: Weather, chance: random.Random, counts: Counter[str]) -> None:
        self._weather, self._chance, self._counts = weather, chance, counts
        self._left = chance.randrange(1, weather.cut_within + 1) if weather.cut_within else -1  # bytes, -1: no end
        self._end: End = chance.choice(weather.ends)
        self._open: dict[Direction, asyncio.Event] = {way: asyncio.Event() for way in BOTH}
        for is_open in self._open.values():
            is_open.set()
        self._writers: list[asyncio.StreamWriter] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
        self._writers.append(writer)
        try:
            server_reader, server_writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            self._counts["refused by the server"] += 1
            self.end("reset", is_ours=False)
            return
        self._writers.append(server_writer)
        await asyncio.gather(self._pump("up", reader, server_writer), self._pump("down", server_reader, writer))

    async def _pump(self, way: Direction, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until one side closes; then both are closed, as the rest of the bytes has been passed on."""
        try:
            while piece := await reader.read(PIECE):
                await self._delay(len(piece))
                for part in self._split(piece):
                    await self._open[way].wait()
                    writer.write(part)
                    await writer.drain()
                    self._counts[f"bytes {way}"] += len(part)
                    if self._left == 0:
                        self._left = -1
                        self.end(self._end)
            self.end("close", is_ours=False)
        except OSError:
            self.end("reset", is_ours=False)

    def _split(self, piece: bytes) -> Iterator[bytes]:
        """The part before the end that this connection shall have, and the part that only passes if it is thawed."""
        if 0 < self._left <= len(piece):
            before, piece = piece[: self._left], piece[self._left :]
            self._left = 0
            yield before
        elif self._left > 0:
            self._left -= len(piece)
        if piece:
            yield piece

    async def _delay(self, size: int) -> None:
        weather = self._weather
        seconds = weather.latency + self._chance.random() * weather.jitter
        if weather.bytes_per_second:
            seconds += size / weather.bytes_per_second
        if seconds:
            await asyncio.sleep(seconds)

    def end(self, how: End, *, is_ours: bool = True) -> None:
        """Closes, resets or silences both sides. A silent one stays open until it is thawed or the network ends."""
        self._counts[how] += is_ours
        if how.startswith("freeze"):
            for way in BOTH:
                if how in ("freeze", f"freeze {way}"):
                    self._open[way].clear()
            return
        for writer in self._writers:
            if how == "reset" and not writer.is_closing():
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                writer.transport.abort()
            writer.close()

    def thaw(self) -> None:
        for is_open in self._open.values():
            is_open.set()


class BadNetwork:
    """Use as a context manager; clients go to `url`. `weather` may be replaced at any time."""

    def __init__(self, server_port: int, weather: Weather | None = None, seed: int = 0) -> None:
        self.weather = weather or Weather()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.counts: Counter[str] = Counter()
        self._server_port, self._chance = server_port, random.Random(seed)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="bad network")
        self._connections: dict[asyncio.Task[None], _Connection] = {}

    def __enter__(self) -> "BadNetwork":
        self._thread.start()
        starting = asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self._listener = asyncio.run_coroutine_threadsafe(starting, self._loop).result(10)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def end_all(self, how: End = "reset") -> None:
        """Does this to every connection there is."""
        self._on_loop(lambda: [connection.end(how) for connection in self._connections.values()])

    def thaw_all(self) -> None:
        """Lets what was frozen go on, with everything that was held back."""
        self._on_loop(lambda: [connection.thaw() for connection in self._connections.values()])

    def _on_loop(self, work: Callable[[], object]) -> None:
        async def run() -> None:
            work()

        asyncio.run_coroutine_threadsafe(run(), self._loop).result(10)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.counts["connections"] += 1
        connection, task = _Connection(self.weather, self._chance, self.counts), asyncio.current_task()
        assert task
        self._connections[task] = connection
        with suppress(asyncio.CancelledError):  # by `_stop`
            await connection.serve(reader, writer, self._server_port)
        del self._connections[task]

    async def _stop(self) -> None:
        self._listener.close()
        tasks = list(self._connections)
        for connection in self._connections.values():
            connection.end("reset", is_ours=False)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)
