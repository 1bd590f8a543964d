"""Ids sort in the order in which they were made, also within a millisecond and when the clock goes back."""

import pytest

from chat.db import ids


def test_ids_sort_in_their_order_whatever_the_clock_does(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([2_000_000_000_000] * 500 + [1_900_000_000_000] * 500 + [2_000_000_000_001])
    monkeypatch.setattr(ids, "_last", ids._Last())
    monkeypatch.setattr(ids, "now_ms", lambda: next(clock))
    made = [ids.new_id() for _ in range(1001)]
    assert made == sorted(set(made)) and {len(one) for one in made} == {26}
