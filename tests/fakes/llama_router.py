"""A pretended llama-server in router mode: several models, loaded on demand. `python -m tests.fakes.llama_router`."""

import json
import threading
from queue import Empty, Queue
from typing import Any, Literal
from urllib.parse import unquote

from tests.fakes.openai import FakeOpenAI, OpenAIBehaviour
from tests.fakes.serving import Exchange, serve_forever

STEPS = 4  # reports of a load or download
DOWNLOAD_BYTES = 2_000_000_000
STAGES = ["text_model", "mmproj_model"]


class FakeLlamaRouter(FakeOpenAI):
    """`states` are the models' (`unloaded`, `loading`, `loaded`), `loads` counts the loads that were begun.

    With `is_mute` there are no events, as in older releases; with `exit_code` the next load fails. `release` says how
    events look: the early ones name one stage at a time, the documented ones have one name, and what is built has two.
    """

    def __init__(self, behaviour: OpenAIBehaviour | None = None, port: int = 0) -> None:
        super().__init__(behaviour or OpenAIBehaviour("llama"), port)
        self.states = dict.fromkeys(self.behaviour.models, "unloaded")
        self.loads = 0
        self.is_mute = False
        self.release: Literal["early", "documented", "built"] = "built"
        self.exit_code: int | None = None
        self.downloadable = ""
        self.downloaded = 0
        self.download_seconds = 0.2
        self._ended = threading.Event()
        self._listeners: list[Queue[dict[str, Any]]] = []

    def begin_load(self) -> None:
        """Nothing is loaded before somebody asks; until then every route answers."""
        self._ready_at = 0.0

    def stop(self) -> None:
        self._ended.set()
        super().stop()

    def answer(self, exchange: Exchange) -> None:
        routes = {
            "/props": lambda e: e.json({"role": "router", "max_instances": 4, "models_autoload": True}),
            "/models": self._models_or_download,
            "/v1/models": self._models,
            "/models/load": self._begin,
            "/models/unload": self._end,
            "/models/sse": self._events,
        }
        route = routes.get(exchange.seen.path.partition("?")[0])
        if route is None or not self._may_pass(exchange):
            super().answer(exchange)
        else:
            route(exchange)

    def _models_or_download(self, exchange: Exchange) -> None:
        if exchange.seen.method == "GET":
            self._models(exchange)
            return
        if exchange.seen.method == "DELETE":
            self._delete(exchange)
            return
        model = exchange.seen.body["model"]
        if model == self.downloadable:
            self.behaviour.models += (model,)
            self.states[model] = "downloading"
            threading.Thread(target=self._download, args=(model,), daemon=True).start()
        exchange.json({"success": True})

    def _download(self, model: str) -> None:
        for _ in range(STEPS):
            if self._ended.wait(self.download_seconds / STEPS) or model not in self.states:
                return
            self.downloaded += DOWNLOAD_BYTES // STEPS
        self.states[model] = "unloaded"

    def _delete(self, exchange: Exchange) -> None:
        model = unquote(exchange.seen.path.partition("model=")[2])
        if model not in self.states:
            exchange.json({"error": {"code": 404, "message": f"model '{model}' not found", "type": "x"}}, 404)
            return
        self._forget(model)
        exchange.json({"success": True})

    def _forget(self, model: str) -> None:
        del self.states[model]
        self.behaviour.models = tuple(name for name in self.behaviour.models if name != model)

    def _end(self, exchange: Exchange) -> None:
        """Unloads; cancels a load or a download that is under way."""
        model = exchange.seen.body["model"]
        if self.states.get(model) == "downloading":
            self._forget(model)
        elif model in self.states:
            self.states[model] = "unloaded"
        exchange.json({"success": True})

    def _models(self, exchange: Exchange) -> None:
        exchange.json({"object": "list", "data": [self._own_listed(name) for name in self.behaviour.models]})

    def _own_listed(self, name: str) -> dict[str, Any]:
        failed = {"failed": True, "exit_code": self.exit_code} if self.exit_code is not None else {}
        status: dict[str, Any] = {"value": self.states[name], **failed}
        if self.states[name] == "downloading":
            status["progress"] = {"https://files/one.gguf": {"done": self.downloaded, "total": DOWNLOAD_BYTES}}
        return {"id": name, "object": "model", "owned_by": "llamacpp", "status": status}

    def _begin(self, exchange: Exchange) -> None:
        model, fault = exchange.seen.body["model"], self._fault()
        if fault == "hang":
            exchange.pause(3600)
        if fault == "not found" or model not in self.states:
            exchange.json({"error": {"code": 400, "message": f"model '{model}' not found", "type": "x"}}, 400)
        elif self.states[model] != "unloaded":
            exchange.json({"error": {"code": 400, "message": "model is already running", "type": "x"}}, 400)
        else:
            self.loads += 1
            self.states[model] = "loading"
            self._tell(model, {"status": "loading"})
            threading.Thread(target=self._load, args=(model,), daemon=True).start()
            exchange.json({"success": True})

    def _load(self, model: str) -> None:
        for stage in STAGES:
            for step in range(1, STEPS + 1):
                if self._ended.wait(self.behaviour.load_seconds / STEPS / len(STAGES)):
                    return
                if self.states[model] != "loading":
                    return
                progress: dict[str, Any] = {"stages": STAGES, "current": stage, "value": step / STEPS}
                if self.release == "early":
                    progress = {"stage": stage, "value": step / STEPS}
                self._tell(model, {"status": "loading", "progress": progress})
        self.states[model] = "loaded" if self.exit_code is None else "unloaded"
        self._tell(model, {"status": self.states[model]})

    def _tell(self, model: str, data: dict[str, Any]) -> None:
        is_childs = data != {"status": "loading"}
        event = "status_change" if is_childs and self.release == "built" else "model_status"
        for listener in self._listeners:
            listener.put({"model": model, "event": event, "data": data})

    def _events(self, exchange: Exchange) -> None:
        if self.is_mute:
            self._unknown(exchange)
            return
        listener: Queue[dict[str, Any]] = Queue()
        self._listeners.append(listener)
        try:
            exchange.begin_stream("text/event-stream")
            while True:
                exchange.pause(0.01)
                try:
                    exchange.raw(f"data: {json.dumps(listener.get_nowait())}\n\n".encode())
                except Empty:
                    continue
        finally:
            self._listeners.remove(listener)

    def _embed(self, exchange: Exchange) -> None:
        if exchange.seen.body["model"] in self.states:
            self.states[exchange.seen.body["model"]] = "loaded"  # on demand, as for a chat
        super()._embed(exchange)

    def _chat(self, exchange: Exchange) -> None:
        if exchange.seen.body["model"] in self.states:
            self.states[exchange.seen.body["model"]] = "loaded"  # on demand, and in silence
        super()._chat(exchange)


if __name__ == "__main__":
    serve_forever(FakeLlamaRouter(OpenAIBehaviour("llama", load_seconds=3.0, token_seconds=0.05), 8080))
