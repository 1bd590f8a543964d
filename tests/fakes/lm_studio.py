"""A pretended LM Studio from 0.4 on: its own API beside OpenAI's. `python -m tests.fakes.lm_studio --help`."""

import argparse
import json
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.openai import REFUSALS, FakeOpenAI, OpenAIBehaviour
from tests.fakes.serving import Exchange, serve_forever

STEPS = 4  # reports of a load
DOWNLOAD_BYTES = 2_000_000_000


class FakeLmStudio(FakeOpenAI):
    """`loaded` is what is in memory, `loads` counts the finished loads; each takes the behaviour's `load_seconds`.

    `downloadable` is the one model that can be downloaded beside those that are there.
    """

    def __init__(self, behaviour: OpenAIBehaviour | None = None, port: int = 0) -> None:
        super().__init__(behaviour or OpenAIBehaviour(dialect="lmstudio"), port)
        self.loaded: set[str] = set()
        self.downloadable = ""
        self.downloaded = 0
        self.download_fails = False
        self.loads = 0

    def begin_load(self) -> None:
        """Nothing is loaded before somebody asks; until then every route answers."""
        self._ready_at = 0.0

    def answer(self, exchange: Exchange) -> None:
        routes = {
            "/api/v1/models": self._models,
            "/api/v1/chat": self._own_chat,
            "/api/v1/models/unload": self._unload,
            "/api/v1/models/download": self._download,
            "/api/v1/models/download/status/job-1": self._download_status,
        }
        own = routes.get(exchange.seen.path)
        if own is None:
            super().answer(exchange)
        elif self._may_pass(exchange):
            own(exchange)
        else:
            exchange.json({"error": {"message": "Malformed LM Studio API token", "type": "invalid_request"}}, 401)

    def _models(self, exchange: Exchange) -> None:
        exchange.json({"models": [self._own_listed(name) for name in self.behaviour.models]})

    def _own_listed(self, key: str) -> dict[str, Any]:
        instance = {"id": key, "config": {"context_length": 4096, "parallel": 4}}
        return {
            "type": "embedding" if "embed" in key else "llm",
            "key": key,
            "display_name": key,
            "size_bytes": 17_990_911_801,
            "loaded_instances": [instance] if key in self.loaded else [],
            "max_context_length": 262_144,
            "capabilities": {"vision": True, "trained_for_tool_use": True},
        }

    def _own_chat(self, exchange: Exchange) -> None:
        model, fault = exchange.seen.body["model"], self._fault()
        exchange.begin_stream("text/event-stream")
        self._event(exchange, "chat.start", model_instance_id=model)
        if model not in self.behaviour.models:
            fault = "not found"
        if fault in REFUSALS:
            _, text, kind, _ = REFUSALS[fault]
            kind = "model_not_found" if fault == "not found" else kind
            self._event(exchange, "error", error={"type": kind, "message": text.format(model=model)})
            exchange.end_stream()
            return
        if fault == "hang":
            exchange.pause(3600)
        if model not in self.loaded:
            self._load(exchange, model)
        self._event(exchange, "message.delta", content="I")
        self._event(exchange, "chat.end", result={"model_instance_id": model, "stats": {"input_tokens": 1}})
        exchange.end_stream()

    def _unload(self, exchange: Exchange) -> None:
        self.loaded.discard(exchange.seen.body["instance_id"])
        exchange.json({"instance_id": exchange.seen.body["instance_id"]})

    def _download(self, exchange: Exchange) -> None:
        model = exchange.seen.body["model"]
        if model in self.behaviour.models:
            exchange.json({"status": "already_downloaded"})
        elif model != self.downloadable:
            exchange.json({"error": {"type": "model_not_found", "message": f"Model {model} not found"}}, 404)
        else:
            exchange.json({"job_id": "job-1", "status": "downloading", "total_size_bytes": DOWNLOAD_BYTES})

    def _download_status(self, exchange: Exchange) -> None:
        """Every look sees another quarter of it."""
        self.downloaded += DOWNLOAD_BYTES // 4
        job = {"job_id": "job-1", "total_size_bytes": DOWNLOAD_BYTES, "downloaded_bytes": self.downloaded}
        if self.download_fails:
            exchange.json({**job, "status": "failed"})
        elif self.downloaded < DOWNLOAD_BYTES:
            end = datetime.now(UTC) + timedelta(seconds=30)
            running = {"bytes_per_second": 50_000_000, "estimated_completion": end.isoformat()}
            exchange.json({**job, **running, "status": "downloading"})
        else:
            self.behaviour.models += (self.downloadable,)
            exchange.json({**job, "status": "completed"})

    def _load(self, exchange: Exchange, model: str) -> None:
        self._event(exchange, "model_load.start", model_instance_id=model)
        for step in range(1, STEPS + 1):
            exchange.pause(self.behaviour.load_seconds / STEPS)
            self._event(exchange, "model_load.progress", model_instance_id=model, progress=step / STEPS)
        self.loaded.add(model)
        self.loads += 1
        seconds = self.behaviour.load_seconds
        self._event(exchange, "model_load.end", model_instance_id=model, load_time_seconds=seconds)

    def _event(self, exchange: Exchange, name: str, **fields: Any) -> None:
        exchange.raw(f"event: {name}\ndata: {json.dumps({'type': name, **fields})}\n\n".encode())

    def _embed(self, exchange: Exchange) -> None:
        self.loaded.add(exchange.seen.body["model"])  # on demand, as for a chat
        super()._embed(exchange)

    def _chat(self, exchange: Exchange) -> None:
        self.loaded.add(exchange.seen.body["model"])  # on demand, and in silence
        super()._chat(exchange)


def _main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=1234)
    parser.add_argument("--load-seconds", type=float, default=3.0)
    parser.add_argument("--token-seconds", type=float, default=0.05)
    given = parser.parse_args()
    behaviour = OpenAIBehaviour("lmstudio", load_seconds=given.load_seconds, token_seconds=given.token_seconds)
    serve_forever(FakeLmStudio(behaviour, given.port))


if __name__ == "__main__":
    _main()
