"""What almost every other part stands on, wired."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask_socketio import SocketIO

from chat.background import Background, spawning
from chat.config import Config
from chat.db.ids import new_id
from chat.db.opening import open_database
from chat.db.unit_of_work import Database
from chat.hooks import Hooks, build_hooks
from chat.meters import Meters
from chat.publishing import Publisher
from chat.rate_limits import RateLimits
from chat.realtime.runtime import Runtime
from chat.realtime.server import build_socketio
from chat.services.sign_ins import SignIns
from chat.tracing import trace_by
from chat.web.lean import LeanFlask
from chat.web.limits import bound_requests, build_limiter
from chat.web.responses import log_requests, translate_errors

if TYPE_CHECKING:
    from chat.otlp import Otlp

MAX_BODY_BYTES = 4_000_000


@dataclass(frozen=True)
class Ground:
    """What a process stands on that asks models, whether or not anybody comes to it."""

    config: Config
    background: Background
    publisher: Publisher
    db: Database
    limits: RateLimits
    traces: "Otlp | None"


@dataclass(frozen=True)
class Core(Ground):
    flask: LeanFlask
    socketio: SocketIO
    runtime: Runtime
    sign_ins: SignIns
    meters: Meters
    hooks: Hooks


def build_core(config: Config) -> Core:
    runtime = Runtime(config.async_mode)
    meters = Meters()
    app = _flask(config, meters)
    socketio = build_socketio(app, config)
    background = Background(spawning(socketio.start_background_task), socketio.sleep)
    publisher = Publisher()
    db = open_database(config.database_url, publisher, config.sqlite_commit, runtime.own_thread, runtime.input_waits)
    limits = RateLimits(build_limiter().limiter, config)
    bound_requests(app, limits)
    sign_ins = SignIns(db, config.secret_key, config.sign_in.session_days)
    hooks = build_hooks(config, db, background, runtime.run_blocking)
    ground = (config, background, publisher, db, limits, open_traces(config))
    return Core(*ground, app, socketio, runtime, sign_ins, meters, hooks)


def open_traces(config: Config) -> "Otlp | None":
    if config.collector is None:
        return None
    from chat.otlp import Otlp

    traces = Otlp(config.collector, process=new_id())
    trace_by(traces.begin)
    return traces


def _flask(config: Config, meters: Meters) -> LeanFlask:
    app = LeanFlask("chat", static_folder=None)
    app.config.update(SECRET_KEY=config.secret_key, MAX_CONTENT_LENGTH=MAX_BODY_BYTES)
    log_requests(app, meters.requests)
    translate_errors(app)
    return app
