"""How fast a message is sent, stored and heard, as a ratio to a bare Flask-SocketIO server in the same run.

Ours is signed in, checked, and on disk (`synchronous=FULL`) before its ack; the peer does nothing of that. The same
client asks both in turns, because absolute numbers say more about the machine and its other work than about either.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import requests

from bench.raw_client import RawClient
from tests.people import Person, new_key
from tests.running_server import LIMITS, ROOT, RunningServer, free_port

ROUNDS, WARM_UP, MESSAGES = 7, 50, 300
TEXT = "x" * 80
RESULTS = ROOT / "bench" / "results"


@contextmanager
def bare_server() -> Iterator[str]:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "bench/bare_server.py"], cwd=ROOT, env={**os.environ, "PORT": str(port)}
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                requests.get(f"{url}/readyz", timeout=1)
                break
            except requests.ConnectionError:
                time.sleep(0.05)
        yield url
    finally:
        process.terminate()
        process.wait(10)


@contextmanager
def our_server() -> Iterator[tuple[str, str]]:
    """The address and one person's cookie."""
    with tempfile.TemporaryDirectory() as data, RunningServer(Path(data), **LIMITS) as server:
        person = Person(server.url, "bench").register()
        yield server.url, "; ".join(f"{name}={value}" for name, value in person.http.cookies.items())


class Room:
    """One sender and further members who only listen, all on one server."""

    def __init__(self, url: str, cookie: str, members: int) -> None:
        self._clients = [RawClient(url, cookie) for _ in range(members)]
        for client in self._clients:
            client.call("join_room", {"room": "general"})

    def messages_per_second(self, count: int) -> float:
        """One message in flight; the clock stops when the last member has heard the last one."""
        sender, *others = self._clients
        listening = [client.listen(client.messages + count) for client in others]
        began = time.perf_counter()
        for _ in range(count):
            sender.call("send_message", {"room": "general", "content": TEXT, "client_id": new_key()})
        for thread in listening:
            thread.join(60)
        return count / (time.perf_counter() - began)

    def close(self) -> None:
        for client in self._clients:
            client.close()


def compare(members: int, ours: tuple[str, str], bare: str) -> dict[str, float]:
    rooms = {"ours": Room(*ours, members), "bare": Room(bare, "", members)}
    for room in rooms.values():
        room.messages_per_second(WARM_UP)
    rates = [{name: room.messages_per_second(MESSAGES) for name, room in rooms.items()} for _ in range(ROUNDS)]
    for room in rooms.values():
        room.close()
    ratios = [rate["ours"] / rate["bare"] for rate in rates]
    return {
        "members": members,
        "ours_messages_per_second": round(statistics.median(rate["ours"] for rate in rates)),
        "bare_messages_per_second": round(statistics.median(rate["bare"] for rate in rates)),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_min": round(min(ratios), 2),
        "ratio_max": round(max(ratios), 2),
    }


def main() -> None:
    with our_server() as ours, bare_server() as bare:
        rows = [compare(members, ours, bare) for members in (1, 20)]
    print(
        f"{'members':>8} {'ours msg/s':>11} {'bare msg/s':>11} {'ratio':>6}   (median of {ROUNDS} rounds, min to max)"
    )
    for row in rows:
        spread = f"{row['ratio_min']} to {row['ratio_max']}"
        print(
            f"{row['members']:>8} {row['ours_messages_per_second']:>11} {row['bare_messages_per_second']:>11} "
            f"{row['ratio']:>6}   ({spread})"
        )
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "messages.json").write_text(json.dumps(rows, indent=2) + "\n")


if __name__ == "__main__":
    main()
