"""The one place where parts are chosen and wired together; used by app.py and by tests alike."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask
from flask_socketio import SocketIO
from werkzeug.middleware.proxy_fix import ProxyFix

from chat import __version__, wire
from chat.config import Config
from chat.db.engine import measure_sync_ms, open_engines
from chat.db.migrate import upgrade
from chat.db.unit_of_work import Database
from chat.domain.origins import origin_allowed
from chat.engine import ModelEngine, build_backends, build_engine
from chat.jobs.recovery import recover
from chat.jobs.reply_job import ReplyJobs
from chat.jobs.request_job import RequestJobs
from chat.jobs.status_feed import StatusFeed
from chat.llm.base import Backend
from chat.llm.status import StatusBoard
from chat.publishing import Publisher
from chat.rate_limits import RateLimits
from chat.realtime.broadcast import Broadcast
from chat.realtime.connections import Connections
from chat.realtime.gateway import Gateway
from chat.realtime.guards import Guards
from chat.realtime.handlers import Handlers
from chat.realtime.outlet import Outlet
from chat.realtime.presence import Presence
from chat.realtime.runtime import Runtime, without_deflate
from chat.services.passwords import Passwords
from chat.services.rooms import ensure_general
from chat.services.sign_ins import SignIns
from chat.web.api import SESSION_COOKIE, Api
from chat.web.auth import AuthRoutes
from chat.web.chat import ChatRoutes
from chat.web.limits import add_limits
from chat.web.llm import LlmRoutes
from chat.web.openapi import add_openapi
from chat.web.ops import Ops
from chat.web.responses import translate_errors
from chat.web.rooms import RoomRoutes
from chat.web.site import add_site

SLOW_SYNC_MS = 2.0  # from here on, commits run in a native thread and are shared (db/unit_of_work)
MAX_FRAME_BYTES = 65_536  # eventlet unmasks frames byte by byte: 100 KB would stop everybody for 20 ms
MAX_BODY_BYTES = 4_000_000


class _Json:
    """orjson in the shape that python-socketio wants."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return orjson.loads(text)


@dataclass
class Application:
    """Everything that a launcher or a test needs to hold in its hands."""

    config: Config
    flask: Flask
    socketio: SocketIO
    runtime: Runtime
    db: Database
    publisher: Publisher
    engine: ModelEngine
    replies: ReplyJobs
    requests: RequestJobs
    feed: StatusFeed
    sign_ins: SignIns
    limits: RateLimits
    gateway: Gateway
    api: Api
    ops: Ops

    @property
    def wsgi(self) -> Any:
        """The WSGI application to serve."""
        return without_deflate(self.flask)

    def start(self) -> None:
        """Takes up the jobs of the last run and starts the background tasks; the server may listen already."""
        self.engine.registry.refresh()
        recover(self.db, self.replies)
        self.socketio.start_background_task(self.engine.watch_backends)
        self.socketio.start_background_task(self.gateway.recheck_for_ever)

    def close(self) -> None:
        self.engine.close()
        self.db.close()


def create_app(config: Config, backends: Sequence[Backend] | None = None) -> Application:
    """Builds the application and brings its database up to date. `backends` replaces those of the configuration."""
    runtime = Runtime(config.async_mode)
    app = _flask(config)
    socketio = _socketio(app, config)
    publisher = Publisher()
    db = _database(config, publisher, runtime)
    limits = RateLimits(add_limits(app).limiter, config)
    sign_ins = SignIns(db, config.secret_key, config.session_days)

    spawn, sleep = socketio.start_background_task, _sleep(socketio)
    chosen = build_backends(config) if backends is None else backends
    engine = build_engine(config, chosen, db, publisher, limits, spawn, sleep)
    feed = StatusFeed(StatusBoard(), publisher, spawn, sleep)
    replies = ReplyJobs(db, engine.asker, feed, publisher, spawn, sleep)
    requests = RequestJobs(engine.asker, spawn)

    connections = Connections()
    outlet = Outlet(socketio, runtime)
    presence = Presence(connections, outlet, db, spawn, sleep)
    server = wire.ServerInfo(
        version=__version__, max_message_chars=config.max_message_chars, llm_rate_limit=config.llm_rate_limit
    )
    gateway = Gateway(
        db,
        connections,
        outlet,
        presence,
        sign_ins,
        engine.models,
        feed,
        requests,
        server,
        SESSION_COOKIE,
        spawn,
        sleep,
    )
    gateway.register(socketio)
    Handlers(db, outlet, presence, limits, engine.ask_rules, replies, requests, config.max_message_chars).register(
        socketio, Guards(connections, limits)
    )
    publisher.subscribe(Broadcast(outlet, connections, presence, db, engine.models).on_event)
    publisher.subscribe(replies.on_event)

    api = Api(app, config, sign_ins)
    AuthRoutes(db, Passwords(runtime.run_blocking), sign_ins, limits, config).add_to(api)
    RoomRoutes(db, presence.add_to).add_to(api)
    ChatRoutes(db, engine.ask_rules, limits, config.max_message_chars).add_to(api)
    LlmRoutes(engine.asker, engine.models, feed, limits).add_to(api)
    add_openapi(api)
    ops = Ops(db, engine.models)
    ops.add_to(app)
    add_site(app)
    ensure_general(db)
    return Application(
        config,
        app,
        socketio,
        runtime,
        db,
        publisher,
        engine,
        replies,
        requests,
        feed,
        sign_ins,
        limits,
        gateway,
        api,
        ops,
    )


def _flask(config: Config) -> Flask:
    app = Flask("chat", static_folder=None)
    app.config.update(SECRET_KEY=config.secret_key, MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    if config.trusted_proxies:
        hops = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's documented way
    translate_errors(app)
    return app


def _socketio(app: Flask, config: Config) -> SocketIO:
    def is_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        host, scheme = environ.get("HTTP_HOST", ""), environ.get("wsgi.url_scheme", "http")
        return origin_allowed(origin, host, scheme, config.allowed_origins)

    return SocketIO(
        app,
        async_mode=config.async_mode,
        async_handlers=False,  # True would handle the messages of one client in any order
        manage_session=False,
        cors_allowed_origins=is_allowed,
        cors_credentials=False,
        max_http_buffer_size=MAX_FRAME_BYTES,
        http_compression=False,
        json=_Json,
        ping_interval=25,
        ping_timeout=20,
    )


def _database(config: Config, publisher: Publisher, runtime: Runtime) -> Database:
    write, read = open_engines(config.database_url)
    upgrade(write)
    is_slow = write.dialect.name == "sqlite" and measure_sync_ms(config.data_dir) > SLOW_SYNC_MS
    return Database(write, read, publisher, runtime.run_blocking if is_slow else None)


def _sleep(socketio: SocketIO) -> Callable[[float], None]:
    return lambda seconds: socketio.sleep(seconds)
