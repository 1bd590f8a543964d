"""The one place where parts are chosen and wired together; used by app.py and by tests alike."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.middleware.proxy_fix import ProxyFix

from chat.config import Config
from chat.core import Core, build_core
from chat.db.unit_of_work import run_in_place
from chat.engine import ModelEngine
from chat.jobs.clearing import Clearing
from chat.jobs.memory import Memory
from chat.jobs.request_job import RequestJobs
from chat.jobs.retention import Retention
from chat.joining import Cluster
from chat.live import build_realtime
from chat.llm.base import Backend
from chat.realtime.gateway import RECHECK_EVERY, Gateway
from chat.realtime.packets import only_good_polls
from chat.realtime.runtime import without_deflate
from chat.realtime.server import MAX_FRAME_BYTES, start_pings
from chat.realtime.strays import SWEEP_EVERY, Strays
from chat.services.fused_search import FusedSearch
from chat.services.health import DatabaseHealth
from chat.services.passwords import Passwords
from chat.services.purging import purge
from chat.services.rooms import ensure_general
from chat.services.shipped_templates import built_in_templates, store_built_in
from chat.services.sign_ins import SEEN_EVERY
from chat.web.admin import AdminRoutes
from chat.web.agents import AgentRoutes
from chat.web.api import Api
from chat.web.auth import AuthRoutes
from chat.web.chat import ChatRoutes
from chat.web.completions import CompletionRoutes
from chat.web.conversations import ConversationRoutes
from chat.web.embeddings import EmbeddingRoutes
from chat.web.gone import client_has_gone
from chat.web.hooks import HookRoutes
from chat.web.llm import LlmRoutes
from chat.web.memory import MemoryRoutes
from chat.web.messages import MessageRoutes
from chat.web.metrics import Metrics, ModelSources, ServerSources
from chat.web.oidc import build_oidc
from chat.web.openapi import add_openapi
from chat.web.ops import Ops
from chat.web.permalinks import Permalinks
from chat.web.rooms import RoomRoutes
from chat.web.search import SearchRoutes
from chat.web.site import add_site
from chat.web.templates import TemplateRoutes
from chat.web.upkeep import UpkeepRoutes
from chat.working import Working, build_working

log = logging.getLogger(__name__)

PURGE_EVERY = 3600.0  # seconds
INDEX_EVERY = 2.0  # so that a search has little to catch up with


@dataclass(frozen=True)
class Application:
    """Everything that a launcher or a test needs to hold in its hands."""

    core: Core
    working: Working
    requests: RequestJobs
    gateway: Gateway
    cluster: Cluster | None
    api: Api
    ops: Ops
    clearing: Clearing

    @property
    def engine(self) -> ModelEngine:
        return self.working.engine

    @property
    def wsgi(self) -> Any:
        """The WSGI application to serve."""
        application = only_good_polls(without_deflate(self.core.flask), MAX_FRAME_BYTES)
        hops = self.core.config.trusted_proxies
        return ProxyFix(application, x_for=hops, x_proto=hops, x_host=hops) if hops else application

    def start(self) -> None:
        """Takes up the jobs of the last run and starts the background tasks; the server may listen already."""
        kept = (self.core.config.audit_days, self.core.config.job_days)
        purge(self.core.db, *kept)
        self.working.begin()
        self.clearing.begin()
        strays = Strays(self.core.socketio)
        background, searching = self.core.background, self.working.searching
        if self.cluster:
            self.cluster.begin()
        background.every(RECHECK_EVERY, self.gateway.recheck)
        background.every(SWEEP_EVERY, strays.sweep)
        start_pings(self.core.config, self.core.socketio, background)
        background.every(SEEN_EVERY, self.core.sign_ins.write_seen)
        background.every(PURGE_EVERY, lambda: purge(self.core.db, *kept))
        background.every(INDEX_EVERY, searching.catch_up)
        background.every(PURGE_EVERY, searching.clean)
        self.core.hooks.sender.begin()
        self.working.meanings.begin()
        Retention(self.core.db, background, self.core.config).begin()

    def close(self) -> None:
        self.engine.close()
        self.core.db.close()
        if self.core.traces:
            self.core.traces.close()


def create_app(config: Config, backends: Sequence[Backend] | None = None) -> Application:
    """Builds the application and brings its database up to date. `backends` replaces those of the configuration."""
    core = build_core(config)
    ensure_general(core.db)
    store_built_in(core.db, built_in_templates())  # a file that is no template stops the start
    # SQLite searches in this process. While PostgreSQL does, others go on as they do while it does anything else.
    run_search = core.runtime.run_blocking if core.db.dialect == "sqlite" else run_in_place
    working = build_working(core, backends, run_search)
    requests = RequestJobs(working.engine.asker, core.background, client_has_gone=client_has_gone)
    gateway, cluster = build_realtime(core, working, requests)
    working.take_part()
    core.publisher.subscribe(requests.open.on_event)
    clearing = Clearing(core.db, core.background)
    core.publisher.subscribe(clearing.on_event)
    api, ops = _build_web(core, working, requests, gateway)
    ops.hears_others = (lambda: cluster.is_up) if cluster else None
    return Application(core, working, requests, gateway, cluster, api, ops, clearing)


def _build_web(core: Core, working: Working, requests: RequestJobs, gateway: Gateway) -> tuple[Api, Ops]:
    config, db, limits = core.config, core.db, core.limits
    engine, feed = working.engine, working.feed
    search = FusedSearch(db, working.searching, working.meanings)
    api = Api(core.flask, config, core.sign_ins)
    passwords = Passwords(core.runtime.run_blocking, is_on=config.sign_in.passwords)
    AuthRoutes(db, passwords, core.sign_ins, limits, config).add_to(api)
    build_oidc(config, db, api, passwords, core.sign_ins, limits).add_to(api)
    AdminRoutes(db, passwords, core.sign_ins, gateway.presence.of, engine.models, engine.cache, config).add_to(api)
    RoomRoutes(db, limits, gateway.presence.of).add_to(api)
    HookRoutes(core.hooks.incoming, core.hooks.outgoing, limits).add_to(api)
    ChatRoutes(db, engine.ask_rules, limits, config.max_message_chars).add_to(api)
    MessageRoutes(db, limits, config.max_message_chars).add_to(api)
    SearchRoutes(search, limits).add_to(api)
    UpkeepRoutes(db, engine.upkeep, limits, core.sign_ins).add_to(api)
    memory = Memory(db, engine.asker, requests)
    LlmRoutes(db, memory, engine.models, feed, engine.cache, engine.queue, engine.history, limits).add_to(api)
    CompletionRoutes(memory, engine.models, limits).add_to(api)
    ConversationRoutes(db).add_to(api)
    MemoryRoutes(db, engine.asker, engine.ask_rules, limits).add_to(api)
    AgentRoutes(db, engine.ask_rules, limits).add_to(api)
    TemplateRoutes(db, limits).add_to(api)
    EmbeddingRoutes(engine.embedder, requests, limits).add_to(api)
    sources = ServerSources(core.meters, limits, gateway.traffic)
    core.publisher.subscribe(sources.on_event)
    of_models = ModelSources(engine.asker, engine.cache, engine.models)
    Metrics(sources, of_models, config.metrics.token).add_to(api)
    add_openapi(api)
    ops = Ops(DatabaseHealth(db), engine.models)
    ops.add_to(core.flask)
    Permalinks(db, api).add_to(core.flask)
    add_site(core.flask)
    return api, ops
