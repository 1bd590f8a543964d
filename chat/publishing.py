"""Lets recorded events out to their subscribers, in the order in which they were committed."""

import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from chat.events import Event

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _OfOthers:
    event: Event


class Publisher:
    """Hands every event to every subscriber. A failing subscriber is logged and stops no other.

    What has happened in other processes of the same server goes to those who ask for it, in one order with our own.

    Whoever drains while somebody else is draining leaves it to them: the order of appending is the order that every
    subscriber sees, even if a subscriber yields to other green threads in the middle.
    """

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Event], None]] = []
        self._hearers: list[Callable[[Event], None]] = []
        self._waiting: deque[Event | _OfOthers] = deque()
        self._draining = threading.Lock()

    def subscribe(self, subscriber: Callable[[Event], None]) -> None:
        self._subscribers.append(subscriber)

    def subscribe_to_others(self, subscriber: Callable[[Event], None]) -> None:
        """To what other processes tell of, and to nothing of ours."""
        self._hearers.append(subscriber)

    def publish(self, events: Iterable[Event]) -> None:
        self.append(events)
        self.drain()

    def hear(self, events: Iterable[Event]) -> None:
        """Delivers what has happened in another process."""
        self._waiting.extend(map(_OfOthers, events))
        self.drain()

    def append(self, events: Iterable[Event]) -> None:
        """Fixes the place of `events` in the order without delivering yet: safe while holding a lock."""
        self._waiting.extend(events)

    def drain(self) -> None:
        """Delivers what was appended, unless somebody is at it already."""
        # Asked again after the release: whoever appended just before it has left the event to us.
        while self._waiting and self._draining.acquire(blocking=False):
            try:
                while self._waiting:
                    self._deliver(self._waiting.popleft())
            finally:
                self._draining.release()

    def _deliver(self, waiting: Event | _OfOthers) -> None:
        if isinstance(waiting, _OfOthers):
            self._hand(waiting.event, self._hearers)
        else:
            self._hand(waiting, self._subscribers)

    def _hand(self, event: Event, subscribers: Iterable[Callable[[Event], None]]) -> None:
        for subscriber in subscribers:
            try:
                subscriber(event)
            except Exception:  # one failing subscriber must stop no other
                log.exception("a subscriber failed on %s", type(event).__name__)
