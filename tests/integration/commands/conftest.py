"""A server of its own for each test: commands change what is in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.running_server import LIMITS, RunningServer


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path, LLM_SCRIPTED="on", **LIMITS) as running:
        yield running
