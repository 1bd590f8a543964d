"""A real browser against a real server. ROUNDTABLE_CHROMIUM names the browser (`make e2e` finds or installs one)."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import LIMITS, RunningServer

OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=os.environ["ROUNDTABLE_CHROMIUM"], args=OPTIONS)
        yield running
        running.close()


@pytest.fixture(scope="module")
def ollama() -> Iterator[FakeOllama]:
    with FakeOllama(OllamaBehaviour()) as fake:
        yield fake


@pytest.fixture(scope="module")
def embedded_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """What a new user has: no Ollama, the built-in model answers."""
    with RunningServer(tmp_path_factory.mktemp("data"), LLM_EMBEDDED="on", **LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def meaning_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One with the built-in embeddings."""
    with RunningServer(tmp_path_factory.mktemp("data"), EMBEDDING_MODEL="embedded", **LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def ollama_server(ollama: FakeOllama, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Callable[[RunningServer, str], Visitor]]:
    """Opens a browser of one's own; any error on a page fails the test."""
    visitors: list[Visitor] = []

    def open_browser(server: RunningServer, name: str) -> Visitor:
        visitor = Visitor(browser.new_context(base_url=server.url), server, name)
        visitors.append(visitor)
        return visitor

    yield open_browser
    for visitor in visitors:
        visitor.context.close()
    problems = [problem for visitor in visitors for problem in visitor.problems]
    assert problems == []
