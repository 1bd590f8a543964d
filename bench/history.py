"""Whether a page of a room takes longer the more was ever said there."""

import http.client
import json
import statistics
import time
from contextlib import ExitStack

from bench import servers
from bench.report import Finding, Measure, Observation, Spread
from bench.rounds import WARM_UP_SECONDS, Options
from bench.servers import Served

PEOPLE, SMALL, LARGE = 100, 5_000, 5_000_000
PAGE = 100


class Reader:
    """One person who reads over a connection that stays open. `said` is how many messages the room has."""

    def __init__(self, server: Served, said: int) -> None:
        self.said = said
        self._connection = http.client.HTTPConnection(server.url.removeprefix("http://"))
        self._connection.connect()
        self._headers = {"Cookie": server.cookies[0]}
        self._path = f"/api/chat/history?room={server.room}&limit={PAGE}"

    def read(self, before: int | None) -> float:
        """Seconds for the page that ends before a seq, or for the newest."""
        path = self._path if before is None else f"{self._path}&before={before}"
        began = time.perf_counter()
        self._connection.request("GET", path, headers=self._headers)
        body = self._connection.getresponse().read()
        took = time.perf_counter() - began
        last = (before or self.said + 1) - 1
        assert [message["seq"] for message in json.loads(body)["messages"]] == list(range(last - PAGE + 1, last + 1))
        return took


def measure(options: Options) -> Finding:
    """Two pages of two rooms, in turns. Filling the large room takes minutes and 3 GB of the disk."""
    measures: list[Measure] = []
    observations: list[Observation] = []
    with ExitStack() as stack:
        rooms = [(stack.enter_context(servers.ours(PEOPLE, said=said)), said) for said in (SMALL, LARGE)]
        # When both are full: the servers hang up on those who are idle for a while.
        small, large = (Reader(server, said) for server, said in rooms)
        for page in ("newest", "middle"):
            _medians(small, large, page, WARM_UP_SECONDS)
            found = [_medians(small, large, page, options.seconds) for _ in range(options.rounds)]
            ratio = Spread.of(of_large / of_small for of_small, of_large in found)
            what = f"{page} page of {LARGE:,} messages ÷ of {SMALL:,}"
            measures.append(Measure(what, ratio, must=1.3, aim=1.05, is_cost=True))
            for reader, ms in zip((small, large), zip(*found, strict=True), strict=True):
                observations.append({"page": page, "messages": reader.said, "median ms": statistics.median(ms)})
    return Finding(measures, observations)


def _medians(small: Reader, large: Reader, page: str, seconds: float) -> tuple[float, float]:
    """Milliseconds for that page in each room, asked for in turns as often as fits into `seconds`."""
    took: tuple[list[float], list[float]] = ([], [])
    end = time.perf_counter() + seconds
    while not took[0] or time.perf_counter() < end:
        for reader, found in zip((small, large), took, strict=True):
            found.append(reader.read(None if page == "newest" else reader.said // 2))
    return statistics.median(took[0]) * 1000, statistics.median(took[1]) * 1000
