"""Backends that write down what they really do and when: what people are shown is compared with it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

from tests.fakes.llama_router import FakeLlamaRouter
from tests.fakes.lm_studio import FakeLmStudio
from tests.fakes.lm_studio_v0 import FakeLmStudioV0
from tests.fakes.ollama import FakeOllama
from tests.fakes.openai import FakeOpenAI
from tests.fakes.serving import Exchange

Work = Literal["loading", "prompt", "generating"]


@dataclass
class Span:
    """From when to when, by the monotonic clock, a backend was at it; `of` is a model that it loads, or a question."""

    work: Work
    of: str
    began: float
    ended: float = float("inf")


class TruthLog:
    """All spans of one backend, in the order in which they began."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self._answering: dict[str, Span] = {}

    @contextmanager
    def loading(self, model: str) -> Iterator[None]:
        span = self._begin("loading", model)
        try:
            yield
        finally:
            span.ended = time.monotonic()

    @contextmanager
    def answering(self, exchange: Exchange) -> Iterator[None]:
        """It reads the question, and from the first `said` on it writes."""
        asked = _question(exchange)
        self._answering[asked] = self._begin("prompt", asked)
        try:
            yield
        finally:
            self._answering.pop(asked).ended = time.monotonic()

    def said(self, exchange: Exchange) -> None:
        asked = _question(exchange)
        if self._answering[asked].work == "prompt":
            self._answering[asked].ended = time.monotonic()
            self._answering[asked] = self._begin("generating", asked)

    def _begin(self, work: Work, of: str) -> Span:
        span = Span(work, of, time.monotonic())
        self.spans.append(span)
        return span


def _question(exchange: Exchange) -> str:
    return str(exchange.seen.body["messages"][-1]["content"])


class TrueOllama(FakeOllama):
    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.truth = TruthLog()

    def _load(self, exchange: Exchange, name: str) -> None:
        if name in self.loaded:
            return
        with self.truth.loading(name):
            super()._load(exchange, name)

    def _stream(self, exchange: Exchange, name: str, fault: str) -> None:
        with self.truth.answering(exchange):
            super()._stream(exchange, name, fault)

    def _say(self, exchange: Exchange, line: str) -> None:
        self.truth.said(exchange)
        super()._say(exchange, line)


class TrueOpenAI(FakeOpenAI):
    """With `is_silent`, a model that is not in `loaded` is loaded when it is asked, and nothing tells of it."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        self.truth = TruthLog()
        self.is_silent = False
        self.loaded: set[str] = set()
        super().__init__(*arguments, **named)

    def begin_load(self) -> None:
        super().begin_load()
        if self.behaviour.load_seconds:
            span = Span("loading", self.behaviour.models[0], time.monotonic(), self._ready_at)
            self.truth.spans.append(span)

    def _chat(self, exchange: Exchange) -> None:
        model = exchange.seen.body["model"]
        if self.is_silent and model not in self.loaded:
            with self.truth.loading(model):
                exchange.pause(self.behaviour.load_seconds)
            self.loaded.add(model)
        super()._chat(exchange)

    def _stream(self, exchange: Exchange, fault: str) -> None:
        with self.truth.answering(exchange):
            super()._stream(exchange, fault)

    def _send(self, exchange: Exchange, event: dict[str, Any]) -> None:
        if any(choice["delta"].get("content") for choice in event["choices"]):
            self.truth.said(exchange)
        super()._send(exchange, event)


class TrueLmStudio(FakeLmStudio, TrueOpenAI):
    def begin_load(self) -> None:
        FakeLmStudio.begin_load(self)

    def _load(self, exchange: Exchange, model: str) -> None:
        with self.truth.loading(model):
            super()._load(exchange, model)


class TrueLmStudioV0(FakeLmStudioV0, TrueOpenAI):
    def begin_load(self) -> None:
        FakeLmStudioV0.begin_load(self)

    def _load(self, exchange: Exchange, model: str) -> None:
        if model not in self.loaded:
            with self.truth.loading(model):
                super()._load(exchange, model)


class TrueLlamaRouter(FakeLlamaRouter, TrueOpenAI):
    def begin_load(self) -> None:
        FakeLlamaRouter.begin_load(self)

    def _load(self, model: str) -> None:
        with self.truth.loading(model):
            super()._load(model)
