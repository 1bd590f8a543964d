"""A server is replaced by the next one behind a proxy while people talk: everybody moves over and misses nothing."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import socketio

from tests.crowd import Crowd
from tests.people import Person, new_key
from tests.proxies import Proxy
from tests.raw_socket import cookies_of
from tests.running_redis import RunningRedis
from tests.running_server import LIMITS, RunningServer

PAGES, REPLACED = 20, 2  # an even number: the first is asked for the history in the end
Generations = tuple[RunningServer, RunningServer]


@pytest.fixture
def settings() -> dict[str, str]:
    return {"TRUSTED_PROXIES": "1", "LLM_SCRIPTED": "on", **LIMITS}


@pytest.fixture
def generations(tmp_path: Path, settings: dict[str, str]) -> Iterator[Generations]:
    """The same data on two ports; the first is running."""
    with RunningServer(tmp_path, **settings) as first:
        second = RunningServer(tmp_path, **settings)
        yield first, second
        if second.process and second.process.poll() is None:
            second.stop()


def _stop(server: RunningServer) -> None:
    status, _ = server.stop()
    assert status == 0, server.log()


def _replace(old: RunningServer, new: RunningServer) -> None:
    """One after the other, as two without Redis must not have one database at once."""
    _stop(old)
    new.start()


def _talk_through(proxy: Proxy, generations: Generations, replace: Callable[..., None]) -> None:
    """Pages talk while the servers replace each other."""
    old, new = generations
    with Crowd(old, PAGES, proxy.url) as crowd:
        for _ in range(REPLACED):
            time.sleep(1)
            replace(old, new)
            old, new = new, old
        time.sleep(2)
        crowd.check()
        print(crowd.counts())
        assert sum(tab.connects > 1 for tab in crowd.tabs) == PAGES and crowd.written > PAGES * REPLACED
    assert "Traceback" not in old.log()


def test_nothing_acknowledged_is_lost_while_servers_replace_each_other(
    start: Callable[..., Proxy], generations: Generations
) -> None:
    old, new = generations
    _talk_through(start(old.port, new.port), generations, _replace)


@pytest.mark.parametrize("start", ["nginx"], indirect=True)
def test_with_redis_the_next_server_begins_before_the_last_one_ends(
    start: Callable[..., Proxy], tmp_path: Path, settings: dict[str, str]
) -> None:
    """And nginx is reloaded in between."""
    with RunningRedis() as redis, RunningServer(tmp_path, REDIS_URL=redis.url, **settings) as first:
        second = RunningServer(tmp_path, REDIS_URL=redis.url, **settings)
        proxy = start(first.port, second.port)

        def replace(old: RunningServer, new: RunningServer) -> None:
            new.start()
            proxy.reload()
            time.sleep(1)
            _stop(old)

        _talk_through(proxy, (first, second), replace)


class _Page:
    """The library's own client, as programs use it: comes back by itself, opens its room, asks for what it missed."""

    def __init__(self, person: Person, url: str) -> None:
        self.heard: dict[str, dict[str, Any]] = {}
        self.story: list[tuple[float, str]] = []  # when it came and went, for whoever reads why a test has failed
        self._arrived = threading.Condition()
        self._socket = socketio.Client(handle_sigint=False, reconnection_delay=0.2, reconnection_delay_max=1)
        self._socket.on("connect", self._open)
        self._socket.on("disconnect", lambda reason: self._note(f"disconnected: {reason}"))
        self._socket.on("connect_error", lambda reason: self._note(f"refused: {reason}"))
        self._socket.on("message", self._keep)
        self._socket.on("server_restarting", lambda told: self._keep({"id": "restarting", **told}))
        self._socket.connect(url, headers={"Cookie": cookies_of(person)}, transports=["websocket"])

    @property
    def connects(self) -> int:
        return sum(what == "connected" for _, what in self.story)

    def _note(self, what: str) -> None:
        self.story.append((time.monotonic(), what))

    def _open(self) -> None:
        self._note("connected")
        after = max((message.get("seq", 0) for message in self.heard.values()), default=0)
        self._socket.emit("join_room", {"room": "general", "after": after}, callback=self._catch_up)

    def _catch_up(self, answer: dict[str, Any]) -> None:
        for message in answer["messages"]:
            self._keep(message)

    def _keep(self, message: dict[str, Any]) -> None:
        with self._arrived:
            self.heard[message["id"]] = message
            self._arrived.notify_all()

    def wait_for(self, what: str) -> dict[str, Any]:
        with self._arrived:
            assert self._arrived.wait_for(lambda: what in self.heard, 30), f"did not hear {what}"
            return self.heard[what]

    def close(self) -> None:
        self._socket.disconnect()


def _come(server: RunningServer, url: str) -> Person:
    """Somebody with an account, who is signed in at `url` as well."""
    at_home = Person(server.url, f"p{new_key()[:12]}").register()
    person = Person(url, at_home.username)
    person.http.cookies.update(at_home.http.cookies.get_dict())
    return person


def _post(person: Person, content: str) -> str:
    """Over HTTP, again until it is taken, as programs may; the message's id."""
    key = new_key()
    for _ in range(20):
        answer = person.post("/api/chat/message", room="general", content=content, client_id=key)
        if answer.ok:
            return str(answer.json()["message"]["id"])
        assert answer.status_code == 503, answer.text
        time.sleep(0.25)
    raise AssertionError("it was never taken")


def test_a_program_is_told_comes_back_by_itself_and_catches_up(
    start: Callable[..., Proxy], generations: Generations
) -> None:
    old, new = generations
    proxy = start(old.port, new.port)
    ada = _come(old, proxy.url).connect()
    ada.join()
    page = _Page(_come(old, proxy.url), proxy.url)
    page.wait_for(ada.send("before")["message"]["id"])
    _replace(old, new)
    assert page.wait_for("restarting")["retry_after"] > 0
    assert page.wait_for(_post(ada, "meanwhile"))["content"] == "meanwhile"
    assert page.connects == 2, page.story
    page.close()
    ada.disconnect()
