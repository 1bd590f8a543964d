"""The realtime part, wired: sockets in and out."""

from chat import __version__, wire
from chat.core import Core
from chat.engine import ModelEngine
from chat.jobs.reply_job import ReplyJobs
from chat.jobs.request_job import RequestJobs
from chat.jobs.status_feed import StatusFeed
from chat.realtime.broadcast import Broadcast
from chat.realtime.changes import ChangeHandlers
from chat.realtime.connections import Connections
from chat.realtime.gateway import Gateway
from chat.realtime.guards import Guards
from chat.realtime.handlers import Handlers
from chat.realtime.opening import Opening
from chat.realtime.outlet import Outlet
from chat.realtime.presence import Presence
from chat.realtime.queue_feed import QueueFeed
from chat.realtime.typing import Typing
from chat.web.api import SESSION_COOKIE


def build_realtime(
    core: Core, engine: ModelEngine, feed: StatusFeed, replies: ReplyJobs, requests: RequestJobs
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
