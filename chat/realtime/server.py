"""The Socket.IO server: its settings, and which transport it uses."""

import logging
from typing import Any

import orjson
from flask import Flask
from flask_socketio import SocketIO

from chat.background import Background
from chat.config import Config
from chat.domain.origins import origin_allowed
from chat.realtime.packets import StrictPacket, check_packets
from chat.realtime.sockets import adopt_sockets

MAX_FRAME_BYTES = 65_536  # eventlet unmasks frames byte by byte: 100 KB would stop everybody for 20 ms


class _Json:
    """orjson in the shape that python-socketio wants."""

    @staticmethod
    def dumps(value: Any, **_: Any) -> str:
        return orjson.dumps(value).decode()

    @staticmethod
    def loads(text: str | bytes, **_: Any) -> Any:
        return orjson.loads(text)


def build_socketio(app: Flask, config: Config) -> SocketIO:
    """On eventlet with the fast path, unless `REALTIME_FAST_PATH` is off."""

    def is_allowed(origin: str | None, environ: dict[str, Any]) -> bool:
        host, scheme = environ.get("HTTP_HOST", ""), environ.get("wsgi.url_scheme", "http")
        return origin_allowed(origin, host, scheme, config.allowed_origins)

    manager: dict[str, Any] = {}
    if config.uses_fast_path:
        from chat.realtime.fast_path import FastManager  # eventlet must not be imported in the other modes

        manager = {"client_manager": FastManager()}
    socketio = SocketIO(
        app,
        async_mode=config.async_mode,
        async_handlers=False,  # True would handle the messages of one client in any order
        manage_session=False,
        cors_allowed_origins=is_allowed,
        cors_credentials=False,
        max_http_buffer_size=MAX_FRAME_BYTES,
        http_compression=False,
        json=_Json,
        serializer=StrictPacket,
        logger=logging.getLogger("socketio"),  # without these the libraries write to standard error past our format
        engineio_logger=logging.getLogger("engineio"),
        ping_interval=25,
        ping_timeout=20,
        **manager,
    )
    check_packets(socketio)
    _adopt(config, socketio)
    return socketio


def _adopt(config: Config, socketio: SocketIO) -> None:
    if config.uses_fast_path:
        from chat.realtime.fast_path import FastSocket

        adopt_sockets(socketio, FastSocket)
    else:
        adopt_sockets(socketio)


def start_pings(config: Config, socketio: SocketIO, background: Background) -> None:
    """Finds clients that are gone without a word; without the fast path Engine.IO does it."""
    if config.uses_fast_path:
        from chat.realtime.fast_path import PING_SWEEP_SECONDS, ping_all

        background.every(PING_SWEEP_SECONDS, lambda: ping_all(socketio))
