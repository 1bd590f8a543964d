"""The model engine as a whole: backends by configuration, and the parts between a question and its answer."""

from collections.abc import Sequence
from dataclasses import dataclass

from chat.background import Background
from chat.config import Config
from chat.db.unit_of_work import Database
from chat.events import ModelsChanged
from chat.jobs.asking import Asker
from chat.jobs.scheduler import Scheduler
from chat.jobs.watchdog import Patience, Watchdog
from chat.llm.base import Backend
from chat.llm.cache import ResponseCache
from chat.llm.embedded import Embedded
from chat.llm.flights import Flights
from chat.llm.model_list import ModelList
from chat.llm.ollama import Ollama
from chat.llm.openai_compat import OpenAICompat
from chat.llm.registry import Registry
from chat.llm.router import Router
from chat.llm.scripted import Scripted
from chat.llm.warmth import Warmth
from chat.publishing import Publisher
from chat.rate_limits import RateLimits
from chat.services.messages import AskRules
from chat.services.model_loads import list_loads, record_load
from chat.services.replies import AskedModel

LOOK_EVERY = 4.0  # seconds between two looks at the backends: one that comes or goes is noticed within five


@dataclass(frozen=True)
class ModelEngine:
    registry: Registry
    asker: Asker
    models: ModelList
    ask_rules: AskRules

    def close(self) -> None:
        self.registry.close()


def build_backends(config: Config) -> list[Backend]:
    """In the order in which they are preferred; the embedded model is last."""
    backends: list[Backend] = []
    if config.ollama_base_url:
        backends.append(Ollama("ollama", config.ollama_base_url, parallelism=config.llm_parallel))
    if config.openai_base_url:
        backends.append(
            OpenAICompat("openai", config.openai_base_url, config.openai_api_key, parallelism=config.llm_parallel)
        )
    if config.llm_scripted:
        backends.append(Scripted())
    if config.llm_embedded:
        backends.append(Embedded(idle_seconds=config.embedded_idle_seconds))
    return backends


def build_engine(
    config: Config,
    backends: Sequence[Backend],
    db: Database,
    publisher: Publisher,
    limits: RateLimits,
    background: Background,
) -> ModelEngine:
    warmth = Warmth(on_record=lambda backend, model, load_ms: record_load(db, backend, model, load_ms))
    warmth.seed(list_loads(db))
    registry = Registry(backends, config.llm_model, on_change=lambda: publisher.publish([ModelsChanged()]))
    patience = Patience(config.llm_load_timeout, config.llm_timeout, config.llm_answer_timeout)
    asker = Asker(
        registry,
        Router(registry, warmth, config.llm_max_retries),
        Scheduler(config.llm_queue_limit),
        ResponseCache(config.llm_cache_ttl, config.llm_cache_mb * 1_000_000),
        Flights(background.spawn),
        Watchdog(patience, background),
        look_again=lambda: background.spawn(registry.refresh),
    )
    rules = AskRules(
        find_model=lambda handle: _find_model(registry, config.llm_model, handle),
        default=lambda: _default_model(registry, config.llm_model),
        take=lambda user_id: limits.take("ask", user_id),
    )
    return ModelEngine(registry, asker, ModelList(registry, warmth), rules)


def _find_model(registry: Registry, default: str, handle: str) -> AskedModel | None:
    """Who is asked for by name is asked, even if nobody can answer now: the reply then says what to do."""
    entry = registry.find_handle(handle)
    if entry:
        return AskedModel(entry.id, entry.name)
    return AskedModel(default, default) if handle.lower() == default.lower() else None


def _default_model(registry: Registry, default: str) -> AskedModel:
    entry = registry.default()
    return AskedModel(entry.id, entry.name) if entry else AskedModel(default, default)
