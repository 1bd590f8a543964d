"""A pretended LM Studio before 0.4: its first own API beside OpenAI's."""

from typing import Any

from tests.fakes.openai import REFUSALS, FakeOpenAI, OpenAIBehaviour, refuse
from tests.fakes.serving import Exchange

STATS = {"tokens_per_second": 51.4, "time_to_first_token": 0.111, "generation_time": 0.954, "stop_reason": "eosFound"}


class FakeLmStudioV0(FakeOpenAI):
    """`loaded` is what is in memory, `loads` counts the finished loads; a question loads its model, in silence."""

    def __init__(self, behaviour: OpenAIBehaviour | None = None, port: int = 0) -> None:
        super().__init__(behaviour or OpenAIBehaviour(dialect="lmstudio"), port)
        self.loaded: set[str] = set()
        self.loads = 0

    def begin_load(self) -> None:
        """Nothing is loaded before somebody asks; until then every route answers."""
        self._ready_at = 0.0

    def answer(self, exchange: Exchange) -> None:
        own = {"/api/v0/models": self._models, "/api/v0/chat/completions": self._own_chat}.get(exchange.seen.path)
        if own is None or not self._may_pass(exchange):
            super().answer(exchange)
        else:
            own(exchange)

    def _models(self, exchange: Exchange) -> None:
        exchange.json({"object": "list", "data": [self._own_listed(name) for name in self.behaviour.models]})

    def _own_listed(self, name: str) -> dict[str, Any]:
        facts = {"type": "embeddings" if "embed" in name else "llm", "arch": "llama", "max_context_length": 131_072}
        state: dict[str, Any] = {"state": "not-loaded"}
        if name in self.loaded:
            state = {"state": "loaded", "loaded_context_length": 4096}
        return {"id": name, "object": "model", "publisher": "someone", **facts, **state}

    def _own_chat(self, exchange: Exchange) -> None:
        body = exchange.seen.body
        if body["stream"]:
            self._load(exchange, body["model"])
            self._chat(exchange)
            return
        fault = self._fault() if body["model"] in self.behaviour.models else "not found"
        if fault in REFUSALS:
            refuse(exchange, fault, body["model"])
            return
        if fault == "hang":
            exchange.pause(3600)
        self._load(exchange, body["model"])
        message = {"role": "assistant", "content": "I"}
        exchange.json({"choices": [{"index": 0, "message": message, "finish_reason": "length"}], "stats": STATS})

    def _load(self, exchange: Exchange, model: str) -> None:
        if model not in self.loaded and model in self.behaviour.models:
            exchange.pause(self.behaviour.load_seconds)
            self.loaded.add(model)
            self.loads += 1

    def _send(self, exchange: Exchange, event: dict[str, Any]) -> None:
        is_last = any(choice["finish_reason"] for choice in event["choices"])
        super()._send(exchange, {**event, "stats": STATS} if is_last else event)
