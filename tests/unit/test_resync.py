"""What was missed is made right as soon as it can be: also when the database was away just then."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from chat.background import Background
from chat.errors import NotStored
from chat.realtime.resync import Resync


class Process:
    """Its database does not answer as often as `away` says. What is spawned runs when the test says so."""

    def __init__(self, away: int) -> None:
        self.away, self.made_right = away, 0
        self._later: list[Callable[[], None]] = []
        gateway: Any = SimpleNamespace(connections=SimpleNamespace(all=list))
        others: Any = SimpleNamespace(ask=lambda: None)
        background = Background(self._later.append, lambda seconds: None)
        self.resync = Resync(gateway, self, others, background)  # type: ignore[arg-type]  # in place of the rooms' order

    def look(self) -> None:
        if self.away:
            self.away -= 1
            raise NotStored("The database does not answer.")
        self.made_right += 1

    def wait(self) -> None:
        while self._later:
            self._later.pop(0)()


def test_it_is_tried_again_until_the_database_answers() -> None:
    process = Process(away=3)
    process.resync.begin()
    process.wait()
    assert process.made_right == 1


def test_what_is_missed_meanwhile_is_made_right_together() -> None:
    process = Process(away=0)
    for _ in range(3):
        process.resync.begin()
    process.wait()
    assert process.made_right == 1
