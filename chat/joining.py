"""Makes this process one of several that are one server, which hear each other over the Redis of `REDIS_URL`."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from chat.background import Background
from chat.config import Config
from chat.core import Core, Ground
from chat.events import Event
from chat.realtime.elsewhere import Elsewhere
from chat.realtime.gateway import Gateway
from chat.realtime.resync import CUT_SECONDS, Resync
from chat.realtime.room_order import LOOK_ALONE_SECONDS, LOOK_SECONDS, RoomOrder

if TYPE_CHECKING:
    from chat.cluster.relay import Relay
    from chat.cluster.store import Store
    from chat.working import Working

Subscribers = Sequence[Callable[[Event], None]]


@dataclass
class Cluster:
    """This process among the others."""

    relay: "Relay"
    order: RoomOrder
    resync: Resync
    background: Background
    _looked_at: float = 0.0
    _cut_at: float = 0.0

    @property
    def is_up(self) -> bool:
        """Whether the others are heard."""
        return self.relay.channel.is_up

    def begin(self) -> None:
        self._looked_at = self._cut_at = time.monotonic()
        self.relay.begin()
        self.background.every(LOOK_ALONE_SECONDS, self._look)

    def _look(self) -> None:
        """Seldom while others are heard, often while they are not: rooms are then as far apart as two looks."""
        now = time.monotonic()
        if not self.is_up or now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self.order.look()
        if not self.is_up and now - self._cut_at >= CUT_SECONDS:
            self._cut_at = now
            self.resync.cut_all()


def open_store(config: Config, background: Background) -> "Store | None":
    """Where the processes of one server keep what they share; None for one that is alone."""
    if not config.redis_url:
        return None
    from chat.cluster.store import Store  # as below

    return Store(config.redis_url, background)


def join_as_worker(ground: Ground, name: str, working: "Working") -> "Relay":
    """Tells the servers what happens here, and hears what ends work. What is missed meanwhile, the rows say."""
    from chat.cluster.channel import Channel
    from chat.cluster.relay import Relay

    publisher, background = ground.publisher, ground.background
    for subscriber in (working.replies.on_event, working.summarising.on_event, working.engine.hear):
        publisher.subscribe_to_others(subscriber)
    relay = Relay(name, Channel(ground.config.redis_url, background), publisher, background, on_missed=lambda: None)
    publisher.subscribe(relay.on_event)
    return relay


def join(core: Core, gateway: Gateway, elsewhere: Elsewhere, outward: Subscribers, hearing: Subscribers) -> Cluster:
    """Subscribes `outward` to what is to reach sockets, and `hearing` to what other processes tell."""
    from chat.cluster.channel import Channel  # redis takes a tenth of a second to import, which nobody else needs
    from chat.cluster.relay import Relay

    publisher, background = core.publisher, core.background
    order = RoomOrder(outward, core.db, background, publisher.hear)
    publisher.subscribe(order.on_event)
    for subscriber in (elsewhere.on_event, order.on_event, core.limits.hear, *hearing):
        publisher.subscribe_to_others(subscriber)
    resync = Resync(gateway, order, elsewhere, background)
    channel = Channel(core.config.redis_url, background)
    relay = Relay(elsewhere.process, channel, publisher, background, resync.begin)
    publisher.subscribe(relay.on_event)
    core.limits.tell = relay.on_event  # not by the publisher: what is counted inside a unit of work lets nothing out
    return Cluster(relay, order, resync, background)
