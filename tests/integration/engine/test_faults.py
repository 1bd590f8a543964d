"""Sixty faults on each of six kinds of backend, through the whole engine: what is said, what is kept, what comes next.

`-s` prints how many of all went as they must.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest

from chat.jobs.watchdog import Patience
from chat.llm.cancelling import CancelToken
from chat.llm.detected import Kind, Place, build_backend
from tests.fakes.asking import Asked, text_of
from tests.fakes.engine import Engine, asks
from tests.fakes.faults import Fault, befalling
from tests.fakes.llama_router import FakeLlamaRouter
from tests.fakes.lm_studio import FakeLmStudio
from tests.fakes.lm_studio_v0 import FakeLmStudioV0
from tests.fakes.ollama import FakeOllama
from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.fakes.speech import stage_of
from tests.integration.engine.checks import code_of, nothing_is_left, soon, told_wrongly
from tests.integration.engine.fault_table import FAULTS

AT_ONCE = 6
ANSWER = "Hello from the other side."
PATIENCE = Patience(load=1.0, silence=1.0, answer=10.0)
TITLES = {
    "ollama": "Ollama",
    "lmstudio": "LM Studio",
    "lmstudio-v0": "LM Studio",
    "llama": "llama-server",
    "llama-router": "llama-server",
}
Server = FakeOllama | FakeOpenAI


def _server(kind: str, port: int = 0) -> Server:
    if kind == "ollama":
        return FakeOllama(port=port)
    if kind == "lmstudio":
        return FakeLmStudio(port=port)
    if kind == "lmstudio-v0":
        return FakeLmStudioV0(port=port)
    if kind == "llama-router":
        return FakeLlamaRouter(port=port)
    return FakeOpenAI(OpenAIBehaviour("llama" if kind == "llama" else "openai"), port)


def _warm(server: Server) -> None:
    if isinstance(server, FakeLlamaRouter):
        server.states["llama3"] = "loaded"
    elif isinstance(server, FakeLmStudio | FakeLmStudioV0):
        server.loaded.add("llama3")
    elif isinstance(server, FakeOllama):
        server.loaded.add("llama3:latest")


class Trial:
    """One fault, and the question after it. `problems` says what was not as it must be."""

    def __init__(self, kind: Kind, fault: Fault) -> None:
        self.kind, self.fault = kind, fault
        self.problems: list[str] = []

    def run(self) -> list[str]:
        with _server(self.kind) as server:
            if not self.fault.is_cold:
                _warm(server)
            backend = build_backend(self.kind, Place("gpu", server.url))
            engine = Engine(backend, patience=PATIENCE)
            asked = self._befall(server, engine)
            self._check_end(asked)
            self._check_free(server, engine)
            if self.fault.at != "gone":
                server.intercept = lambda _: False
                self._check_next(server, engine)
        if self.fault.at == "gone":
            with _server(self.kind, server.port) as again:
                self._check_next(again, engine)
        return self.problems

    def _befall(self, server: Server, engine: Engine) -> Asked:
        server.intercept = befalling(self.kind, self.fault)
        if self.fault.at == "gone":
            server.stop()
        elif self.fault.at == "list":
            engine.registry.refresh()
        asked = Asked(lambda cancel: engine.asker.ask(asks("hello", "llama3"), cancel))
        asked.wait_end(20)
        return asked

    def _check_end(self, asked: Asked) -> None:
        fault, error = self.fault, asked.error
        code = code_of(error)
        self._expect(code == fault.code, f"ended as {code}, not {fault.code}: {error}")
        kept = text_of(asked.chunks)
        expected = fault.text or (ANSWER if fault.code is None else "")
        self._expect(kept == expected, f"kept {kept!r}, not {expected!r}")
        if error:
            self.problems += told_wrongly(error, TITLES.get(self.kind, "gpu"), "llama3")

    def _check_free(self, server: Server, engine: Engine) -> None:
        free = soon(lambda: engine.scheduler.line("gpu") == 0)
        self._expect(free, "the slot is not free")
        self._expect(soon(lambda: server.open_connections == 0), f"{server.open_connections} connections are open")

    def _check_next(self, server: Server, engine: Engine) -> None:
        engine.registry.refresh()
        before = len(server.chats())
        try:
            text = text_of(engine.asker.ask(asks("hello", "llama3"), CancelToken()))
        except Exception as error:  # it is what the outcome is about
            text = repr(error)
        expected = self.fault.text if self.fault.code is None and self.fault.text else ANSWER
        self._expect(text == expected, f"then there was {text!r}")
        is_new = any(stage_of(self.kind, seen) == "answer" for seen in server.chats()[before:])
        self._expect(is_new == (self.fault.code is not None), "a failure was cached" if not is_new else "not cached")

    def _expect(self, is_so: bool, otherwise: str) -> None:
        if not is_so:
            self.problems.append(otherwise)


@cache
def outcomes(kind: Kind) -> dict[str, list[str]]:
    """The problems of each fault; several run at once, because some of them only wait."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        found = pool.map(lambda fault: Trial(kind, fault).run(), FAULTS[kind])
        return {fault.name: problems for fault, problems in zip(FAULTS[kind], found, strict=True)}


@pytest.mark.parametrize("kind", FAULTS)
def test_there_are_sixty_different_ones(kind: Kind) -> None:
    assert len({fault.name for fault in FAULTS[kind]}) == len(FAULTS[kind]) == 60


@pytest.mark.parametrize(("kind", "name"), [(kind, fault.name) for kind in FAULTS for fault in FAULTS[kind]])
def test_a_fault_is_named_rightly_costs_nothing_and_the_next_question_works(kind: Kind, name: str) -> None:
    assert outcomes(kind)[name] == []


@pytest.fixture(scope="module", autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """Of all of them."""
    with nothing_is_left():
        yield


def test_all_of_them() -> None:
    good = [problems == [] for kind in FAULTS for problems in outcomes(kind).values()]
    print(f"\n{sum(good)} / {len(good)} faults of {len(FAULTS)} kinds of backend went as they must")
    assert len(good) == 360 and all(good)
