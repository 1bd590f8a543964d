"""The realtime part, wired: sockets in and out, joined with the other processes of the server where there are any."""

from collections.abc import Callable

from chat import __version__, wire
from chat.core import Core
from chat.db.ids import new_id
from chat.engine import ModelEngine
from chat.events import Event
from chat.jobs.reply_job import ReplyJobs
from chat.jobs.request_job import RequestJobs
from chat.jobs.status_feed import StatusFeed
from chat.joining import Cluster, join
from chat.realtime.broadcast import Broadcast
from chat.realtime.changes import ChangeHandlers
from chat.realtime.connections import Connections
from chat.realtime.elsewhere import Elsewhere
from chat.realtime.gateway import Gateway
from chat.realtime.guards import Guards
from chat.realtime.handlers import Handlers
from chat.realtime.heard_replies import HeardReplies
from chat.realtime.opening import Opening
from chat.realtime.outlet import Outlet
from chat.realtime.presence import Presence
from chat.realtime.queue_feed import QueueFeed
from chat.realtime.typing import Typing
from chat.web.api import SESSION_COOKIE
from chat.working import Working


def build_realtime(core: Core, working: Working, requests: RequestJobs) -> tuple[Gateway, Cluster | None]:
    engine, feed, replies = working.engine, working.feed, working.replies
    elsewhere = Elsewhere(new_id(), _telling(core)) if core.config.redis_url else None
    gateway = _build_gateway(core, engine, feed, requests, elsewhere)
    heard = HeardReplies()
    opening = Opening(core.db, gateway.presence, replies.live, heard)
    _add_handlers(core, engine, gateway, opening, replies)
    broadcast = Broadcast(gateway.outlet, gateway.connections, gateway.presence, core.db, engine.models, gateway.greet)
    outward = (broadcast.on_event, gateway.typing.on_event, opening.on_event)
    if not elsewhere:
        for subscriber in outward:
            core.publisher.subscribe(subscriber)
        return gateway, None
    hearing = (engine.hear, heard.hear, feed.hear, replies.on_event, requests.open.on_event)
    return gateway, join(core, gateway, elsewhere, (*outward, heard.on_event, feed.on_closed), hearing)


def _telling(core: Core) -> Callable[[Event], None]:
    return lambda event: core.publisher.publish([event])


def _build_gateway(
    core: Core, engine: ModelEngine, feed: StatusFeed, requests: RequestJobs, elsewhere: Elsewhere | None
) -> Gateway:
    config, db = core.config, core.db
    connections = Connections()
    outlet = Outlet(core.socketio, core.runtime)
    server = wire.ServerInfo(
        version=__version__, max_message_chars=config.max_message_chars, llm_rate_limit=config.llm_rate_limit
    )
    gateway = Gateway(
        db=db,
        connections=connections,
        outlet=outlet,
        presence=Presence(connections, outlet, db, core.background, elsewhere=elsewhere),
        typing=Typing(_telling(core)),
        sign_ins=core.sign_ins,
        models=engine.models,
        feed=feed,
        requests=requests,
        server=server,
        cookie=SESSION_COOKIE,
        background=core.background,
    )
    gateway.register(core.socketio)
    return gateway


def _add_handlers(core: Core, engine: ModelEngine, gateway: Gateway, opening: Opening, replies: ReplyJobs) -> None:
    config, db, limits = core.config, core.db, core.limits
    handlers = Handlers(
        db=db,
        outlet=gateway.outlet,
        presence=gateway.presence,
        typing=gateway.typing,
        opening=opening,
        limits=limits,
        ask_rules=engine.ask_rules,
        replies=replies,
        requests=gateway.requests,
        preloading=engine.preloading,
        max_chars=config.max_message_chars,
    )
    guards = Guards(gateway.connections, limits, core.meters.events)
    handlers.register(core.socketio, guards)
    ChangeHandlers(db, limits, config.max_message_chars).register(core.socketio, guards)
    queue = QueueFeed(gateway.outlet, gateway.connections, engine.queue, core.background)
    queue.register(core.socketio, guards)
    core.publisher.subscribe(queue.on_event)
