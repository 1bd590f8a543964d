"""Tells the other processes what happened here, and hears from them.

Redis forgets what it could not deliver. So every process numbers what it says, and says now and then how far it is:
whoever has missed something knows.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from chat.background import Background
from chat.cluster.channel import AGAIN_AFTER, Channel
from chat.cluster.packing import TOLD, Packet, Unreadable, begins, pack, unpack
from chat.events import Counted, Event, PeerFound, PeerLost
from chat.publishing import Publisher

BEAT_SECONDS = 2.0
LOST_SECONDS = 7.0  # without a beat until a process counts as gone
AT_ONCE = 500  # events in one packet
log = logging.getLogger(__name__)
_TOLD = frozenset(TOLD)
_CAN_WAIT = frozenset({Counted})  # told with what happens next, or with the beat; alone they were half of all packets


@dataclass(slots=True)
class _Peer:
    """The number of the last event that was heard of it, and when anything was (in seconds of the clock)."""

    last: int
    heard_at: float


class Relay:
    """`name` is this process's. `on_missed()` is called when something that others have told was not heard here."""

    def __init__(
        self,
        name: str,
        channel: Channel,
        publisher: Publisher,
        background: Background,
        on_missed: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.channel = channel
        self._name, self._publisher, self._background = name, publisher, background
        self._ours = begins(name)
        self._on_missed, self._clock = on_missed, clock
        self._said = 0
        self._waiting: list[Event] = []
        self._saying = threading.Lock()
        self._peers: dict[str, _Peer] = {}

    def begin(self) -> None:
        self._background.spawn(self._listen)
        self._background.every(BEAT_SECONDS, self._beat)

    def on_event(self, event: Event) -> None:
        """A subscriber of the publisher; returns at once."""
        if type(event) in _TOLD:
            self._waiting.append(event)
            if type(event) not in _CAN_WAIT:
                self._begin_saying()

    def _begin_saying(self) -> None:
        if self._saying.acquire(blocking=False):
            self._background.spawn(self._say_all)

    def _beat(self) -> None:
        """Says how far we are, also when nothing has happened; whoever is saying something says that, too."""
        if self._saying.acquire(blocking=False):
            self._say_all()

    def _say_all(self) -> None:
        """Whoever does so has taken `_saying`. Says at least how far we are."""
        try:
            while True:
                if not self._say(AT_ONCE):
                    self._background.sleep(AGAIN_AFTER)
                if not self._waiting:
                    break
        finally:
            self._saying.release()
        if self._waiting:  # it came just before the release, and was left to us
            self._begin_saying()

    def _say(self, most: int) -> bool:
        """What cannot be said now is never said: its number tells the others that it is missing."""
        told = self._take_waiting(most)
        if self.channel.publish(pack(Packet(self._name, self._said, told))):
            return True
        self._take_waiting(len(self._waiting))
        return False

    def _take_waiting(self, most: int) -> list[Event]:
        told = self._waiting[:most]
        del self._waiting[: len(told)]
        self._said += len(told)
        return told

    def _listen(self) -> None:
        for data in self.channel.messages():
            try:
                self.take(data)
            except Exception:  # whatever one message does, the next ones are heard
                log.exception("what another process told could not be taken in")

    def take(self, data: bytes | None) -> None:
        """One message of the channel; None when we begin to hear, because we may have heard nothing for a while."""
        if data is None:
            for peer in self._peers.values():
                peer.heard_at = self._clock()
            self._on_missed()
            return
        if data.startswith(self._ours):  # at least at every beat
            self._forget_lost()
            return
        try:
            packet = unpack(data)
        except Unreadable as problem:
            log.warning("what another process says cannot be read (%s); is it another version?", problem)
            self._on_missed()
            return
        self._hear(packet)

    def _hear(self, packet: Packet) -> None:
        peer = self._peers.get(packet.sender)
        if peer is None:
            peer = self._peers[packet.sender] = _Peer(packet.first - 1, 0.0)
            self._publisher.hear([PeerFound(packet.sender)])
        missed = packet.first - peer.last - 1
        fresh = packet.events[max(0, -missed) :]
        peer.last, peer.heard_at = max(peer.last, packet.last), self._clock()
        self._publisher.hear(event for event in fresh if event)
        if missed > 0:
            log.info("%d events of another process were missed", missed)
            self._on_missed()

    def _forget_lost(self) -> None:
        lost = [name for name, peer in self._peers.items() if self._clock() - peer.heard_at > LOST_SECONDS]
        for name in lost:
            log.warning("process %s is not heard any more", name)
            del self._peers[name]
        self._publisher.hear([PeerLost(name) for name in lost])
