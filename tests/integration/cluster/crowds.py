"""A crowd in each of many rooms, as one."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self, TypeVar

from chat.domain.reply_states import OPEN_PHASES
from tests.crowd import Crowd
from tests.services.teams import until
from tests.stored import Server, stored_room
from tests.tabs import Tab

PAUSE = 5.0  # seconds between two messages of a page
PATIENCE = 10.0  # seconds, with all of it on one machine
ASK_EVERY = 40
SETTLE_SECONDS = 60.0
T = TypeVar("T")


class Crowds:
    """`rooms` rooms of `pages` pages each, which now and then ask a model. They talk from entering until leaving."""

    def __init__(self, server: Server, rooms: int, pages: int) -> None:
        self._server, self._rooms = server, range(rooms)
        self._all: Sequence[Crowd] = self._at_once(
            lambda _: Crowd(server, pages, pause=PAUSE, patience=PATIENCE, ask_every=ASK_EVERY, is_one_process=False)
        )

    def __enter__(self) -> Self:
        for crowd in self._all:
            crowd.__enter__()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._at_once(lambda room: self._all[room].__exit__())

    def _at_once(self, work: Callable[[int], T]) -> list[T]:
        with ThreadPoolExecutor(len(self._rooms)) as pool:
            return list(pool.map(work, self._rooms))

    @property
    def tabs(self) -> list[Tab]:
        return [tab for crowd in self._all for tab in crowd.tabs]

    def wait_until_here(self) -> None:
        """Until everybody has been in their room."""
        until(lambda: all(tab.model.past for tab in self.tabs), SETTLE_SECONDS)

    def acknowledged(self) -> int:
        return sum(len(tab.acknowledged) for tab in self.tabs)

    def talk_on(self, messages: int) -> None:
        """Until so many more have been acknowledged."""
        enough = self.acknowledged() + messages
        until(lambda: self.acknowledged() >= enough, SETTLE_SECONDS)

    def check_kept(self) -> None:
        for crowd in self._all:
            crowd.check_kept()

    def replies(self) -> Counter[str]:
        """How many are in which phase, by what is stored."""
        stored = (stored_room(self._server, crowd.room).replies() for crowd in self._all)
        return sum(stored, start=Counter())

    def settle(self, seconds: float) -> None:
        """Writes nothing new, and hears on until every reply is closed."""
        for crowd in self._all:
            crowd.fall_silent()
        until(lambda: not OPEN_PHASES & self.replies().keys(), seconds)

    def check(self) -> None:
        self._at_once(lambda room: self._all[room].check())

    def counts(self) -> dict[str, object]:
        told = [crowd.counts() for crowd in self._all]
        return {
            "clients": len(self.tabs),
            "rooms": len(told),
            "acknowledged": self.acknowledged(),
            "deliveries": sum(tab.heard["message"] for tab in self.tabs),
            "reconnects": sum(tab.connects - 1 for tab in self.tabs),
            "joins": sum(tab.joins for tab in self.tabs),
            "sent again": sum(int(str(one["sent again"])) for one in told),
            "refused": dict(sum((tab.refusals for tab in self.tabs), start=Counter())),
            "replies": dict(self.replies()),
        }
