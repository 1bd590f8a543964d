"""Twenty pages talk over a network that delays, cuts, resets and silences them, while the server is killed again and
again. Nothing acknowledged is lost, nothing is there twice, and all pages end up with what is stored."""

import random
import time
from pathlib import Path

import pytest

from tests.bad_network import BadNetwork, Weather
from tests.crowd import Crowd
from tests.running_server import LIMITS, WAYS, RunningServer

KILLS, PAGES = 25, 20
ENDS = ("close", "reset", "freeze", "freeze up", "freeze down")
STORM = Weather(latency=0.001, jitter=0.01, cut_within=300_000, ends=ENDS)


@pytest.mark.parametrize("way", ["as usual", "commit in a thread"])
def test_25_kills_under_load_lose_nothing_acknowledged(tmp_path: Path, way: str) -> None:
    chance, slowest = random.Random(), 0.0
    with RunningServer(tmp_path, **WAYS[way], **LIMITS) as server:
        with BadNetwork(server.port, STORM) as network, Crowd(server, PAGES, network.url) as crowd:
            for _ in range(KILLS):
                time.sleep(0.2 + chance.random())
                server.kill()
                began = time.monotonic()
                server.start()
                slowest = max(slowest, time.monotonic() - began)
                crowd.check_kept()
            time.sleep(1)
            network.weather = Weather()
            network.end_all("reset")
            crowd.check()
            print(f"{KILLS} kills, slowest start {slowest:.1f} s, {crowd.counts()}, {dict(network.counts)}")
            assert network.counts["reset"] and crowd.written > 10 * KILLS
            assert any(network.counts[end] for end in ENDS if end.startswith("freeze"))
        assert "Traceback" not in server.log()
