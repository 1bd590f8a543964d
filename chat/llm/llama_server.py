"""llama.cpp's llama-server with one model: tells how far it has read the prompt, and how many it serves at once."""

from collections.abc import Sequence

from chat.errors import ModelUnreachable
from chat.llm.base import ModelFacts
from chat.llm.http_errors import Broken, Refused
from chat.llm.json_values import whole
from chat.llm.openai_compat import OpenAICompat


class LlamaServer(OpenAICompat):
    """As any server with OpenAI's API, and more. `parallelism` None is its own number of slots, once it tells it."""

    kind = "llama"

    def __init__(
        self,
        name: str,
        url: str,
        api_key: str = "",
        models: Sequence[str] | None = None,
        parallelism: int | None = None,
        usual_parallelism: int = 1,
    ) -> None:
        super().__init__(
            name,
            url,
            api_key,
            models,
            is_llama=True,
            parallelism=parallelism or usual_parallelism,
            title="llama-server",
            advice="Start it with: llama-server -m MODEL.gguf",
        )
        self._has_own_parallelism = parallelism is None

    def list_models(self) -> list[ModelFacts]:
        listed = super().list_models()
        if self._has_own_parallelism and any(facts.loaded for facts in listed):
            self.parallelism = self._total_slots() or self.parallelism
        return listed

    def _total_slots(self) -> int | None:
        try:
            told = self.http.get_json("/props")
        except (Refused, Broken, ModelUnreachable):
            return None
        return whole(told.get("total_slots")) if isinstance(told, dict) else None
