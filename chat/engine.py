"""The model engine as a whole: backends by configuration, and the parts between a question and its answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from chat.backend_settings import BackendSetting
from chat.background import Background
from chat.config import Config
from chat.db.unit_of_work import Database
from chat.events import CacheEmptied, Event, ModelsChanged, QueueChanged
from chat.jobs.asking import Asker
from chat.jobs.choosing import Chooser
from chat.jobs.embedding import Embedder
from chat.jobs.model_history import ModelHistory
from chat.jobs.model_tasks import ModelTasks
from chat.jobs.preloading import Preloading
from chat.jobs.queue_view import QueueView
from chat.jobs.scheduler import Scheduler
from chat.jobs.shared_scheduler import SharedScheduler
from chat.jobs.sharing import Sharing
from chat.jobs.upkeep import Upkeep
from chat.jobs.watchdog import Patience, Watchdog
from chat.llm.base import Backend
from chat.llm.cache import ResponseCache
from chat.llm.detected import Detected, Place, build_backend
from chat.llm.e5 import E5, E5_BACKEND, E5_MODEL, is_installed
from chat.llm.embedded import Embedded
from chat.llm.flights import Flights
from chat.llm.handles import handle_of
from chat.llm.model_list import ModelList
from chat.llm.pace import Pace
from chat.llm.registry import Registry
from chat.llm.router import Router
from chat.llm.scripted import Scripted
from chat.llm.warmth import Warmth
from chat.publishing import Publisher
from chat.rate_limits import RateLimits
from chat.services.addressees import AskRules
from chat.services.model_loads import list_answers, list_loads, record_load
from chat.services.replies import AskedModel
from chat.shared_events import AnswerLearned, LoadLearned

if TYPE_CHECKING:
    from chat.cluster.store import Store

LOOK_EVERY = 4.0  # seconds between two looks at the backends: one that comes or goes is noticed within five
OWN_KINDS = (E5.kind, Embedded.kind, Scripted.kind)  # of backends that run in the process that asks them
GLANCE_SECONDS = 0.5  # that a look waits for the answers, for what is done with them


@dataclass(frozen=True)
class ModelEngine:
    registry: Registry
    scheduler: Scheduler
    warmth: Warmth
    pace: Pace
    cache: ResponseCache
    asker: Asker
    embedder: Embedder
    models: ModelList
    ask_rules: AskRules
    upkeep: Upkeep
    preloading: Preloading
    queue: QueueView
    history: ModelHistory

    def begin(self, background: Background) -> None:
        self.scheduler.begin(background)
        self.look()
        background.every(LOOK_EVERY, self.look)

    def look(self) -> None:
        """Looks at all backends: which models there are, and what is in memory."""
        self.registry.glance(GLANCE_SECONDS)
        for entry in (*self.registry.models(), *self.registry.embedders()):
            if entry.facts.loaded:
                self.warmth.saw_loaded(entry.backend.name, entry.name)
        self.preloading.look()

    def hear(self, event: Event) -> None:
        """To be subscribed to the others: what they learn of models is true here as well."""
        match event:
            case CacheEmptied():
                self.cache.clear_own()
            case LoadLearned(backend, model, load_ms, is_cold):
                self.warmth.seed([(backend, model, load_ms, is_cold)])
            case AnswerLearned(backend, model, seconds, tokens_per_second):
                self.pace.seed([(backend, model, seconds, tokens_per_second)])
            case _:
                self.scheduler.hear(event)

    def close(self) -> None:
        self.upkeep.shut_down()
        self.scheduler.close()
        self.registry.close()


def build_backends(config: Config) -> list[Backend]:
    """In the order in which they are preferred; the embedded ones are last."""
    backends: list[Backend] = [_backend(setting, config) for setting in config.llm_backends]
    if config.llm_scripted:
        backends.append(Scripted())
    if config.llm_embedded:
        backends.append(Embedded(idle_seconds=config.embedded_idle_seconds))
    if meaning_model(config) == f"{E5_BACKEND}/{E5_MODEL}":
        backends.append(E5(idle_seconds=config.embedded_idle_seconds))
    return backends


def meaning_model(config: Config) -> str | None:
    """The name of the model that reads messages for the search by meaning; None where nobody does."""
    wanted = config.embedding_model
    if wanted.lower() == "off" or wanted.lower() == "auto" and not is_installed():
        return None
    return f"{E5_BACKEND}/{E5_MODEL}" if wanted.lower() in ("auto", "embedded") else wanted


def _backend(setting: BackendSetting, config: Config) -> Backend:
    where = (setting.name, setting.url, setting.key, setting.models)
    place = Place(*where, setting.parallel, config.llm_parallel, config.llm_keep_alive)
    return Detected(place) if setting.kind == "auto" else build_backend(setting.kind, place)


def build_engine(
    config: Config,
    backends: Sequence[Backend],
    db: Database,
    publisher: Publisher,
    limits: RateLimits,
    background: Background,
    store: "Store | None" = None,
) -> ModelEngine:
    """`store` is where the processes of one server keep what they share."""
    warmth = Warmth(on_record=partial(_keep_load, db, publisher), spawn=background.spawn)
    warmth.seed(list_loads(db))
    registry = Registry(backends, config.llm_model, on_change=lambda: publisher.publish([ModelsChanged()]))
    patience = Patience(config.llm_load_timeout, config.llm_timeout, config.llm_answer_timeout)
    scheduler = _build_scheduler(config, backends, db, publisher)
    router = Router(warmth, config.llm_max_retries)
    pace = Pace(on_record=lambda *seen: publisher.publish([AnswerLearned(*seen)]))
    pace.seed((seen.backend, seen.model, seen.seconds, seen.tokens_per_second) for seen in list_answers(db))
    chooser, watchdog = Chooser(scheduler, warmth, pace), Watchdog(patience, background)
    cache = ResponseCache(config.llm_cache_ttl, config.llm_cache_mb * 1_000_000, shared=store)
    cache.on_clear = lambda: publisher.publish([CacheEmptied()])
    asker = Asker(
        registry,
        router,
        scheduler,
        chooser,
        Sharing(cache, store.claim if store else None),
        Flights(background.spawn),
        watchdog,
        look_again=registry.look_again,
    )
    embedder = Embedder(registry, router, scheduler, chooser, watchdog)
    rules = AskRules(
        find_model=lambda handle: _find_model(registry, config.llm_model, handle),
        default=lambda: _default_model(registry, config.llm_model),
        take=lambda user_id: limits.take("ask", user_id),
    )
    upkeep = Upkeep(registry, warmth, watchdog, ModelTasks(publisher, background, registry.refresh))
    preloading = Preloading(registry, scheduler, upkeep, config.llm_preload)
    shown = (QueueView(db, scheduler, chooser), ModelHistory(db, registry, pace))
    learned, models = (warmth, pace), ModelList(registry, warmth)
    return ModelEngine(registry, scheduler, *learned, cache, asker, embedder, models, rules, upkeep, preloading, *shown)


def _keep_load(db: Database, publisher: Publisher, backend: str, model: str, load_ms: int, is_cold: bool) -> None:
    record_load(db, backend, model, load_ms, is_cold)
    publisher.publish([LoadLearned(backend, model, load_ms, is_cold)])


def _build_scheduler(config: Config, backends: Sequence[Backend], db: Database, publisher: Publisher) -> Scheduler:
    """Several processes stand in one line, but for the models that each of them has in itself."""
    on_change = lambda: publisher.publish([QueueChanged()])  # noqa: E731  a name for the lines below
    if not config.redis_url:
        return Scheduler(config.llm_queue_limit, on_change)
    own = {backend.name for backend in backends if backend.kind in OWN_KINDS}
    return SharedScheduler(config.llm_queue_limit, on_change, db, own)


def _find_model(registry: Registry, default: str, handle: str) -> AskedModel | None:
    """Who is asked for by name is asked, even if nobody can answer now: the reply then says what to do."""
    entry = registry.find_handle(handle)
    if entry:
        return AskedModel(entry.id if registry.is_exact(entry, handle) else handle_of(entry.name), entry.name)
    return AskedModel(default, default) if handle.lower() == default.lower() else None


def _default_model(registry: Registry, default: str) -> AskedModel:
    entry = registry.default()
    return AskedModel(handle_of(entry.name), entry.name) if entry else AskedModel(default, default)
