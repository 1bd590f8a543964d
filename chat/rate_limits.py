"""How often a person may do what, counted over HTTP and sockets together with the storage that Flask-Limiter uses.

Among several processes each counts what it hears of the others as well. Counting in Redis itself would be exact, but to
wait for it inside a unit of work would stop everybody.
"""

import math
import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Literal

from limits import RateLimitItem, RateLimitItemPerMinute
from limits.strategies import RateLimiter

from chat.config import Config
from chat.errors import TooFast
from chat.events import Counted, Event
from chat.rate_windows import Windows

Kind = Literal[
    "ask", "message", "login", "account", "event", "change", "rename", "load", "search", "check", "request", "hook"
]
ACCOUNT_FACTOR = 5  # so many addresses must guess at once before the account's own person has to wait as well
MESSAGES_PER_SEARCH = 5  # one that looks far may take a core for seconds
MESSAGES_PER_HOOK = 10  # a program gone wild must not fill a room
MESSAGES_PER_CHANGE = 10  # of a room: it reaches everybody who sees the room, and the audit log
RENAMES = 5  # a minute; one reaches everybody who shares a room with the person or reads what they wrote
EVENTS_PER_MESSAGE = 5  # typing, reading, opening rooms: whoever may send a message may do so much beside it

# These bound what one process has to do, and come too often to tell the others.
_OWN: frozenset[Kind] = frozenset({"event", "request"})

_WORDS: dict[Kind, str] = {
    "ask": "You have asked the models {} times in a minute, which is the most here.",
    "message": "You have sent {} messages in a minute, which is the most here.",
    "login": "There were {} attempts in a minute, which is the most here.",
    "account": "There were {} attempts on this account in a minute, which is the most here.",
    "load": "You have had models loaded {} times in a minute, which is the most here.",
    "search": "You have searched {} times in a minute, which is the most here.",
    "check": "You have tried templates out {} times in a minute, which is the most here.",
    "event": "You have sent {} events in a minute, which is the most here.",
    "change": "You have changed rooms and who is in them {} times in a minute, which is the most here.",
    "rename": "You have changed your name {} times in a minute, which is the most here.",
    "hook": "{} messages were posted to this webhook in a minute, which is the most here.",
    "request": "There were {} requests from your address in a minute, which is the most here.",
}


class _PerMinute(RateLimitItemPerMinute):
    def key_for(self, *identifiers: Any) -> str:
        """Without the limit itself, which never changes, and without a look at the type of each part."""
        return "/".join(identifiers)


class RateLimits:
    """Moving windows of one minute: exact, and a refusal says when to come back. `tell` is for the other processes."""

    def __init__(self, strategy: RateLimiter, config: Config) -> None:
        self._strategy = strategy
        self.refused: Counter[Kind] = Counter()  # since the start
        self.tell: Callable[[Event], None] | None = None
        self._items: dict[Kind, RateLimitItem] = {
            "ask": _PerMinute(config.llm_rate_limit),
            "message": _PerMinute(config.message_rate_limit),
            "login": _PerMinute(config.login_rate_limit),
            "account": _PerMinute(config.login_rate_limit * ACCOUNT_FACTOR),
            "load": _PerMinute(config.llm_rate_limit),
            "check": _PerMinute(max(1, config.message_rate_limit // MESSAGES_PER_CHANGE)),
            "search": _PerMinute(max(1, config.message_rate_limit // MESSAGES_PER_SEARCH)),
            "event": _PerMinute(config.message_rate_limit * EVENTS_PER_MESSAGE),
            "change": _PerMinute(max(1, config.message_rate_limit // MESSAGES_PER_CHANGE)),
            "hook": _PerMinute(max(1, config.message_rate_limit // MESSAGES_PER_HOOK)),
            "rename": _PerMinute(RENAMES),
            "request": _PerMinute(config.request_rate_limit),
        }

    def take(self, kind: Kind, who: str) -> None:
        """Counts one. Raises `TooFast` with `retry_after` in whole seconds."""
        item = self._items[kind]
        if self._strategy.hit(item, kind, who):
            if self.tell and kind not in _OWN:
                self.tell(Counted(kind, who))
            return
        self.refused[kind] += 1
        reset = self._strategy.get_window_stats(item, kind, who).reset_time
        wait = max(1, math.ceil(reset - time.time()))
        raise TooFast(f"{_WORDS[kind].format(item.amount)} Try again in {wait} s.", retry_after=wait)

    def hear(self, event: Event) -> None:
        """To be subscribed to the others."""
        match event:
            case Counted(kind, who) if item := self._items.get(kind):  # type: ignore[call-overload]  # any str
                windows = self._strategy.storage
                assert isinstance(windows, Windows)
                windows.add(item.key_for(kind, who), item.get_expiry())
