"""How many cores the built-in model may count on."""

import os
from types import SimpleNamespace

from chat.llm.embedded import usable_cores


def test_where_the_system_says_which_cores_are_ours_only_those_count() -> None:
    assert usable_cores(SimpleNamespace(sched_getaffinity=lambda _: {0, 3}, cpu_count=lambda: 8)) == 2


def test_where_it_does_not_all_count() -> None:
    assert usable_cores(SimpleNamespace(cpu_count=lambda: 8)) == 8
    assert usable_cores(SimpleNamespace(cpu_count=lambda: None)) == 1


def test_here_there_is_at_least_one() -> None:
    assert 1 <= usable_cores() <= (os.cpu_count() or 1)
