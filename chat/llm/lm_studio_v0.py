"""LM Studio before 0.4: its first own API tells what is in memory and how fast it wrote, but nothing while it loads.

A model that is not in memory is loaded by the shortest question, so that the load can be told from reading the prompt.
"""

import json
from collections.abc import Iterator
from functools import partial
from time import monotonic

from chat.errors import ModelError
from chat.llm.base import ChatRequest, Chunk, DoneChunk
from chat.llm.cancelling import CancelToken
from chat.llm.error_text import error_text
from chat.llm.failures import explained
from chat.llm.http_errors import Broken, Refused
from chat.llm.openai_compat import OpenAICompat
from chat.llm.openai_models import model_facts
from chat.llm.warming import Load, Loads, after_load, as_load
from chat.llm.writing import Writing

MODELS = "/api/v0/models"


class LmStudioV0(OpenAICompat):
    """The server at `url` (with or without its `/v1`)."""

    kind = "lmstudio-v0"
    abilities = frozenset({"load"})
    models_path = MODELS
    chat_path = "/api/v0/chat/completions"  # as OpenAI's, with `stats` at the end

    def __init__(self, name: str, url: str, api_key: str = "", parallelism: int = 1) -> None:
        start = "Start its server with: lms server start"
        super().__init__(name, url, api_key, parallelism=parallelism, title="LM Studio", advice=start)
        self._loads = Loads()

    def chat(self, request: ChatRequest, cancel: CancelToken) -> Iterator[Chunk]:
        """Loads the model if it is not in memory, then streams its answer. Raises as `Backend.chat` says."""
        load_ms = yield from self._warm_up(request.model, cancel)
        yield from after_load(super().chat(request, cancel), load_ms)

    def load(self, model: str, cancel: CancelToken) -> Iterator[Chunk]:
        """As `Backend.load` says; shared with the questions that wait for the same model."""
        yield from as_load(self._warm_up(model, cancel))

    def _warm_up(self, model: str, cancel: CancelToken) -> Load:
        if self._is_loaded(model, cancel):
            return None
        message = f"LM Studio is loading {model}"
        return (yield from self._loads.follow(model, partial(self._load, model), cancel, message))

    def _is_loaded(self, model: str, cancel: CancelToken) -> bool:
        """True also where it does not say: then its own loading on demand has to do."""
        try:
            listed = model_facts(self.http.get_json(MODELS, cancel))
        except (Refused, Broken, ModelError):
            cancel.raise_if_cancelled()
            return True
        return next((facts.loaded is not False for facts in listed if facts.name == model), True)

    def _load(self, model: str, token: CancelToken) -> Iterator[Chunk]:
        began = monotonic()
        asked = [{"role": "user", "content": "."}]
        body = {"model": model, "messages": asked, "max_tokens": 1, "stream": False}
        with explained(model, self._advice, Writing()):
            answer = self.http.post_json(self.chat_path, body, token)
            if not isinstance(answer, dict) or "choices" not in answer:  # errors come with status 200, too
                raise Refused(500, error_text(json.dumps(answer)) or "the load gave no answer")
        yield DoneChunk(load_ms=round((monotonic() - began) * 1000))
