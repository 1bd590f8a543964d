"""The queue is told to those who look, a burst of changes once, and what several see alike only once."""

from collections.abc import Callable, Collection

import pytest

from chat import wire
from chat.background import Background
from chat.events import ModelsChanged, QueueChanged
from chat.realtime.connections import Connection, Connections
from chat.realtime.queue_feed import PUSH_EVERY, QueueFeed
from chat.services.sign_ins import Principal
from chat.wire import Out


class World:
    """The view, the way out and the clock: ada and mira see the same, jonas something else."""

    def __init__(self) -> None:
        self.sent: list[tuple[list[wire.BackendQueue], list[str]]] = []
        self.looked_for: list[set[str]] = []
        self.slept: list[float] = []
        self.spawned: list[Callable[[], None]] = []
        self.connections = Connections()
        self.during_sleep: Callable[[], None] = lambda: None

    def seen_by_each(self, user_ids: Collection[str]) -> dict[str, list[wire.BackendQueue]]:
        self.looked_for.append(set(user_ids))
        alike = [wire.BackendQueue(backend="gpu", slots=1, entries=[], more=0)]
        return {user: [] if user == "jonas" else alike for user in user_ids}

    def seen_by(self, user_id: str) -> list[wire.BackendQueue]:
        return self.seen_by_each([user_id])[user_id]

    def send(self, payload: Out, to: list[str]) -> None:
        assert isinstance(payload, wire.QueueChanged)
        self.sent.append((payload.queues, to))

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.during_sleep()

    def watcher(self, feed: QueueFeed, user_id: str) -> Connection:
        user = wire.User(id=user_id, username=user_id, display_name=user_id)
        connection = Connection(f"socket of {user_id}", Principal(user, "token", "session"))
        self.connections.add(connection)
        feed.on_watch_queue(connection, wire.WatchQueue(is_on=True))
        return connection

    def run(self) -> None:
        while self.spawned:
            self.spawned.pop(0)()


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def feed(world: World) -> QueueFeed:
    background = Background(world.spawned.append, world.sleep)
    return QueueFeed(world, world.connections, world, background)  # type: ignore[arg-type]  # a fake


def test_a_burst_is_told_once_to_each_who_looks(world: World, feed: QueueFeed) -> None:
    for name in ("ada", "mira", "jonas"):
        world.watcher(feed, name)
    for _ in range(50):
        feed.on_event(QueueChanged())
    world.run()
    assert world.slept == [PUSH_EVERY]
    assert sorted(to for _, to in world.sent) == [["socket of ada", "socket of mira"], ["socket of jonas"]]


def test_what_changes_meanwhile_is_told_after_it(world: World, feed: QueueFeed) -> None:
    world.watcher(feed, "ada")
    changes = [feed.on_event] * 2
    world.during_sleep = lambda: changes.pop()(QueueChanged()) if changes else None
    feed.on_event(QueueChanged())
    world.run()
    assert len(world.sent) == 1, "what came before the look is in it"
    feed.on_event(QueueChanged())
    world.run()
    assert len(world.sent) == 2


def test_nobody_looks_nothing_is_done(world: World, feed: QueueFeed) -> None:
    feed.on_event(QueueChanged())
    ada = world.watcher(feed, "ada")
    feed.on_watch_queue(ada, wire.WatchQueue(is_on=False))
    feed.on_event(QueueChanged())
    world.watcher(feed, "mira")
    feed.on_event(ModelsChanged())
    assert world.spawned == [] and world.sent == []


def test_whoever_looks_away_while_it_is_prepared_hears_nothing(world: World, feed: QueueFeed) -> None:
    ada = world.watcher(feed, "ada")
    feed.on_event(QueueChanged())
    world.connections.remove(ada.sid)
    world.run()
    assert world.sent == []
