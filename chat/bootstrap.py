"""The one place where parts are chosen and wired together; used by app.py and by tests alike."""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from chat import __version__, wire
from chat.background import Background
from chat.config import Config
from chat.db.engine import open_engines
from chat.db.migrate import upgrade
from chat.db.unit_of_work import SLOW_SECONDS, Database
from chat.engine import LOOK_EVERY, ModelEngine, build_backends, build_engine, meaning_model
from chat.jobs.clearing import Clearing
from chat.jobs.meanings import Meanings
from chat.jobs.memory import Memory
from chat.jobs.recovery import BEAT_EVERY, Recovery, keep_alive
from chat.jobs.reply_job import ReplyJobs
from chat.jobs.request_job import RequestJobs
from chat.jobs.status_feed import StatusFeed
from chat.jobs.summarising import Summarising
from chat.jobs.team_run import Bounds
from chat.llm.base import Backend
from chat.llm.status import StatusBoard
from chat.publishing import Publisher
from chat.rate_limits import RateLimits
from chat.realtime.broadcast import Broadcast
from chat.realtime.changes import ChangeHandlers
from chat.realtime.connections import Connections
from chat.realtime.gateway import RECHECK_EVERY, Gateway
from chat.realtime.guards import Guards
from chat.realtime.handlers import Handlers
from chat.realtime.opening import Opening
from chat.realtime.outlet import Outlet
from chat.realtime.packets import only_good_polls
from chat.realtime.presence import Presence
from chat.realtime.queue_feed import QueueFeed
from chat.realtime.runtime import Runtime, without_deflate
from chat.realtime.server import MAX_FRAME_BYTES, build_socketio, start_pings
from chat.realtime.strays import SWEEP_EVERY, Strays
from chat.realtime.typing import Typing
from chat.services.fused_search import FusedSearch
from chat.services.passages import Passages
from chat.services.passwords import Passwords
from chat.services.purging import purge
from chat.services.rooms import ensure_general
from chat.services.searching import Searching
from chat.services.shipped_templates import built_in_templates, store_built_in
from chat.services.sign_ins import SEEN_EVERY, SignIns
from chat.web.admin import AdminRoutes
from chat.web.agents import AgentRoutes
from chat.web.api import SESSION_COOKIE, Api
from chat.web.auth import AuthRoutes
from chat.web.chat import ChatRoutes
from chat.web.completions import CompletionRoutes
from chat.web.conversations import ConversationRoutes
from chat.web.embeddings import EmbeddingRoutes
from chat.web.gone import client_has_gone
from chat.web.lean import LeanFlask
from chat.web.limits import bound_requests, build_limiter
from chat.web.llm import LlmRoutes
from chat.web.memory import MemoryRoutes
from chat.web.messages import MessageRoutes
from chat.web.openapi import add_openapi
from chat.web.ops import Ops
from chat.web.permalinks import Permalinks
from chat.web.responses import log_requests, translate_errors
from chat.web.rooms import RoomRoutes
from chat.web.search import SearchRoutes
from chat.web.site import add_site
from chat.web.templates import TemplateRoutes
from chat.web.upkeep import UpkeepRoutes

log = logging.getLogger(__name__)

PURGE_EVERY = 3600.0  # seconds
INDEX_EVERY = 2.0  # so that a search has little to catch up with
MAX_BODY_BYTES = 4_000_000


@dataclass(frozen=True)
class Application:
    """Everything that a launcher or a test needs to hold in its hands."""

    core: "_Core"
    engine: ModelEngine
    replies: ReplyJobs
    requests: RequestJobs
    gateway: Gateway
    api: Api
    ops: Ops
    clearing: Clearing
    searching: Searching
    meanings: Meanings
    summarising: Summarising

    @property
    def wsgi(self) -> Any:
        """The WSGI application to serve."""
        application = only_good_polls(without_deflate(self.core.flask), MAX_FRAME_BYTES)
        hops = self.core.config.trusted_proxies
        return ProxyFix(application, x_for=hops, x_proto=hops, x_host=hops) if hops else application

    def start(self) -> None:
        """Takes up the jobs of the last run and starts the background tasks; the server may listen already."""
        days = self.core.config.audit_days
        purge(self.core.db, days)
        self.engine.look()
        Recovery(self.core.db, self.replies, self.core.background, self.engine.registry.is_awaited).begin()
        self.clearing.begin()
        strays = Strays(self.core.socketio)
        background = self.core.background
        background.every(LOOK_EVERY, self.engine.look)
        background.every(BEAT_EVERY, lambda: keep_alive(self.core.db, self.replies))
        background.every(RECHECK_EVERY, self.gateway.recheck)
        background.every(SWEEP_EVERY, strays.sweep)
        start_pings(self.core.config, self.core.socketio, background)
        background.every(SEEN_EVERY, self.core.sign_ins.write_seen)
        background.every(PURGE_EVERY, lambda: purge(self.core.db, days))
        background.every(INDEX_EVERY, self.searching.catch_up)
        background.every(PURGE_EVERY, self.searching.clean)
        self.meanings.begin()
        self.summarising.begin()

    def close(self) -> None:
        self.engine.close()
        self.core.db.close()


@dataclass(frozen=True)
class _Core:
    """What almost every other part stands on."""

    config: Config
    flask: LeanFlask
    socketio: SocketIO
    runtime: Runtime
    background: Background
    publisher: Publisher
    db: Database
    limits: RateLimits
    sign_ins: SignIns


def create_app(config: Config, backends: Sequence[Backend] | None = None) -> Application:
    """Builds the application and brings its database up to date. `backends` replaces those of the configuration."""
    core = _build_core(config)
    ensure_general(core.db)
    store_built_in(core.db, built_in_templates())  # a file that is no template stops the start
    chosen = build_backends(config) if backends is None else backends
    engine = build_engine(config, chosen, core.db, core.publisher, core.limits, core.background)
    feed = StatusFeed(StatusBoard(), core.publisher, core.background, engine.asker.programs)
    bounds = Bounds(config.team_agents, config.team_seconds, config.team_tokens)
    searching = Searching(core.db, core.runtime.run_blocking)
    meanings = Meanings(core.db, engine.embedder, core.background, meaning_model(config), searching.catch_up)
    near = Passages(core.db, meanings, core.runtime.run_blocking).near
    replies = ReplyJobs(core.db, engine.asker, feed, core.publisher, core.background, bounds, near)
    requests = RequestJobs(engine.asker, core.background, client_has_gone=client_has_gone)
    gateway = _build_realtime(core, engine, feed, replies, requests)
    core.publisher.subscribe(replies.on_event)
    core.publisher.subscribe(requests.open.on_event)
    clearing = Clearing(core.db, core.background)
    core.publisher.subscribe(clearing.on_event)
    search = FusedSearch(core.db, searching, meanings)
    summarising = Summarising(core.db, engine.asker, engine.ask_rules, core.background)
    core.publisher.subscribe(summarising.on_event)
    api, ops = _build_web(core, engine, feed, requests, gateway.presence, search)
    return Application(core, engine, replies, requests, gateway, api, ops, clearing, searching, meanings, summarising)


def _build_core(config: Config) -> _Core:
    runtime = Runtime(config.async_mode)
    app = _flask(config)
    socketio = build_socketio(app, config)
    background = Background(socketio.start_background_task, socketio.sleep)
    publisher = Publisher()
    db = _database(config, publisher, runtime)
    limits = RateLimits(build_limiter().limiter, config)
    bound_requests(app, limits)
    sign_ins = SignIns(db, config.secret_key, config.session_days)
    return _Core(config, app, socketio, runtime, background, publisher, db, limits, sign_ins)


def _build_realtime(
    core: _Core, engine: ModelEngine, feed: StatusFeed, replies: ReplyJobs, requests: RequestJobs
) -> Gateway:
    config, db, limits = core.config, core.db, core.limits
    connections = Connections()
    outlet = Outlet(core.socketio, core.runtime)
    presence = Presence(connections, outlet, db, core.background)
    typing = Typing(outlet)
    server = wire.ServerInfo(
        version=__version__, max_message_chars=config.max_message_chars, llm_rate_limit=config.llm_rate_limit
    )
    gateway = Gateway(
        db=db,
        connections=connections,
        outlet=outlet,
        presence=presence,
        typing=typing,
        sign_ins=core.sign_ins,
        models=engine.models,
        feed=feed,
        requests=requests,
        server=server,
        cookie=SESSION_COOKIE,
        background=core.background,
    )
    gateway.register(core.socketio)
    opening = Opening(db, presence, replies.live)
    handlers = Handlers(
        db=db,
        outlet=outlet,
        presence=presence,
        typing=typing,
        opening=opening,
        limits=limits,
        ask_rules=engine.ask_rules,
        replies=replies,
        requests=requests,
        preloading=engine.preloading,
        max_chars=config.max_message_chars,
    )
    guards = Guards(connections, limits)
    handlers.register(core.socketio, guards)
    ChangeHandlers(db, limits, config.max_message_chars).register(core.socketio, guards)
    queue = QueueFeed(outlet, connections, engine.queue, core.background)
    queue.register(core.socketio, guards)
    core.publisher.subscribe(queue.on_event)
    core.publisher.subscribe(Broadcast(outlet, connections, presence, db, engine.models).on_event)
    core.publisher.subscribe(typing.on_event)
    core.publisher.subscribe(opening.on_event)
    return gateway


def _build_web(
    core: _Core,
    engine: ModelEngine,
    feed: StatusFeed,
    requests: RequestJobs,
    presence: Presence,
    search: FusedSearch,
) -> tuple[Api, Ops]:
    config, db, limits = core.config, core.db, core.limits
    api = Api(core.flask, config, core.sign_ins)
    passwords = Passwords(core.runtime.run_blocking)
    AuthRoutes(db, passwords, core.sign_ins, limits, config).add_to(api)
    AdminRoutes(db, passwords, presence.of, engine.models, engine.cache, config).add_to(api)
    RoomRoutes(db, limits, presence.of).add_to(api)
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
    add_openapi(api)
    ops = Ops(db, engine.models)
    ops.add_to(core.flask)
    Permalinks(db, api).add_to(core.flask)
    add_site(core.flask)
    return api, ops


def _flask(config: Config) -> LeanFlask:
    app = LeanFlask("chat", static_folder=None)
    app.config.update(SECRET_KEY=config.secret_key, MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    log_requests(app)
    translate_errors(app)
    return app


def _database(config: Config, publisher: Publisher, runtime: Runtime) -> Database:
    write, read = open_engines(config.database_url)
    upgrade(write)
    slow = {"auto": SLOW_SECONDS, "loop": math.inf, "thread": 0.0}[config.sqlite_commit]
    return Database(write, read, publisher, runtime.own_thread(), slow, runtime.input_waits)
