"""The event loop in one place: eventlet, gevent or plain threads, chosen by ASYNC_MODE."""

import logging
import os
import socket
import threading
import time
import weakref
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, TypeVar, cast

from chat.config import AsyncMode
from chat.meters import Histogram
from chat.realtime.plain_heads import PlainHeads

T = TypeVar("T")
log = logging.getLogger(__name__)

BACKLOG = 1024  # connections that wait to be accepted: a thousand clients that come back at once are not refused
MAX_CONNECTIONS = 20_000  # on an event loop; eventlet's own default of 1,024 would count every WebSocket
KEEP_ALIVE_SECONDS = 30
SOCKET_TIMEOUT_SECONDS = 75  # for plain HTTP; on eventlet a WebSocket gets ping interval + ping timeout instead
STOP_SECONDS = 5.0  # that requests under way may take on gevent; on eventlet `launch` ends what takes too long


class WrongThread(RuntimeError):
    """Something was sent to a client from a native thread, which on eventlet would silence that client for good."""


class Runtime:
    """What differs between the async modes. Made after patching, in the thread that will serve."""

    def __init__(self, mode: AsyncMode) -> None:
        self.mode = mode
        self._loop_thread = _native_thread_id()

    def run_blocking(self, work: Callable[[], T]) -> T:
        """Runs `work` in a native thread while the others go on. It must not touch sockets, locks or clients."""
        if self.mode == "eventlet":
            from eventlet import tpool

            return cast(T, tpool.execute(work))
        if self.mode == "gevent":
            return _in_gevents_pool(work)
        return work()

    def own_thread(self) -> Callable[[Callable[[], None]], None]:
        """A `run_blocking` for one caller at a time, which on eventlet is several times faster."""
        if self.mode != "eventlet":
            return self.run_blocking
        from chat.realtime.own_thread import OwnThread

        return OwnThread().run

    def input_waits(self) -> bool:
        """Whether it is of use to give way to others: something has come for them. Where nobody knows, yes."""
        return self.mode != "eventlet" or input_waits()

    def require_loop(self) -> None:
        """Raises `WrongThread` outside the loop's own thread (in threading mode any thread may send)."""
        if self.mode != "threading" and _native_thread_id() != self._loop_thread:
            raise WrongThread("send to clients from the event loop only; hand the result back instead")


def _in_gevents_pool(work: Callable[[], T]) -> T:
    """Carries a failure back by hand: gevent prints it first, and waits for ever if standard error takes nothing."""
    from gevent import get_hub

    failures: list[BaseException] = []

    def kept() -> T | None:
        try:
            return work()
        except BaseException as failure:
            failures.append(failure)
            return None

    result = get_hub().threadpool.apply(kept)
    if failures:
        raise failures[0]
    return cast(T, result)


def input_waits() -> bool:
    """Whether anything can be read now, on eventlet. Looks without taking it: the hub finds it again."""
    from eventlet.hubs import get_hub

    poll = getattr(get_hub(), "poll", None)  # eventlet has it on Linux; elsewhere the loop looks for itself
    return poll is None or bool(poll.poll(0, 1))


def _native_thread_id() -> int:
    return threading.get_native_id()


def listen(host: str, port: int) -> socket.socket:
    """A listening socket whose connections send at once: an ack must not wait 40 ms for the peer's delayed ACK."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listener.bind((host, port))
    listener.listen(BACKLOG)
    return listener


def raise_file_limit() -> None:
    """As many open files as the system lets us have: each client is one."""
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):  # some systems name a limit that they do not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Server:
    """Serves one WSGI application on one listening socket until `stop`."""

    def __init__(self, runtime: Runtime, listener: socket.socket, application: Any) -> None:
        self._mode = runtime.mode
        self._listener = listener
        self._application = application
        self._serving: Any = None
        self._connections: weakref.WeakSet[Any] = weakref.WeakSet()  # gevent's; eventlet knows its own

    def serve(self) -> None:
        """Returns when `stop` was called and the requests under way are answered."""
        {"eventlet": self._eventlet, "gevent": self._gevent, "threading": self._threading}[self._mode]()

    def stop(self) -> None:
        """Takes no new connections and closes idle ones; may be called from a handler or a background task."""
        if self._mode == "eventlet":
            import eventlet
            from eventlet import wsgi

            wsgi.is_accepting = False
            eventlet.kill(self._serving, SystemExit)
        elif self._mode == "gevent":
            self._serving.close()
            for connection in list(self._connections):
                with suppress(OSError):  # it is gone already
                    connection.shutdown(socket.SHUT_RD)  # answers still go out, and then nothing more is read
        else:
            threading.Thread(target=self._serving.shutdown, daemon=True).start()

    def _eventlet(self) -> None:
        import eventlet
        from eventlet import wsgi

        class Protocol(PlainHeads, wsgi.HttpProtocol):  # type: ignore[misc]  # the library has no types
            """Every WebSocket keeps its buffers for its life, by default 24 KB; larger reads go past them anyway."""

            rbufsize, wbufsize = 2048, 0

            def setup(self) -> None:
                super().setup()
                self.wfile = _Straight(self.connection)
                self.capitalize_response_headers = False  # they are written well, and each would be taken apart

        def run() -> None:
            wsgi.server(
                self._listener,
                self._application,
                protocol=Protocol,
                max_size=MAX_CONNECTIONS,
                debug=False,  # True would send tracebacks to clients
                log_output=False,
                minimum_chunk_size=1,  # the default gathers 4,096 bytes: server-sent events would not stream
                keepalive=KEEP_ALIVE_SECONDS,
                socket_timeout=SOCKET_TIMEOUT_SECONDS,
            )

        self._serving = eventlet.spawn(run)
        try:
            self._serving.wait()
        except SystemExit:
            log.debug("the listener is closed")

    def _gevent(self) -> None:
        from gevent.pool import Pool
        from gevent.pywsgi import WSGIServer

        self._serving = WSGIServer(
            self._listener,
            self._application,
            spawn=Pool(MAX_CONNECTIONS),
            log=None,
            error_log=None,
            handler_class=_gevent_handler(self._connections),
        )
        self._serving.serve_forever(stop_timeout=STOP_SECONDS)

    def _threading(self) -> None:
        from werkzeug.serving import make_server

        host, port = self._listener.getsockname()[:2]
        self._serving = make_server(host, port, self._application, threaded=True, fd=os.dup(self._listener.fileno()))
        self._serving.serve_forever()


class _Straight:
    """The way to a client, without a buffer: the head and the body of an answer go out in one call."""

    closed = False

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def write(self, data: bytes) -> None:
        self._connection.sendall(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        self._connection.sendall(b"".join(parts))

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """The connection is the server's."""


def _gevent_handler(connections: weakref.WeakSet[Any]) -> Any:
    """The class that serves one connection on gevent, which must not be imported in the other modes."""
    from gevent.pywsgi import WSGIHandler

    class Handler(WSGIHandler):  # type: ignore[misc]  # the library has no types
        def handle(self) -> None:
            connections.add(self.socket)
            self.socket.settimeout(SOCKET_TIMEOUT_SECONDS)
            with suppress(OSError):  # the client went before it had its answer
                super().handle()

        def handle_one_response(self) -> None:
            super().handle_one_response()
            if not self.status:  # it was a WebSocket: what it left unread is no next request
                self.close_connection = True

    return Handler


def without_deflate(application: Any) -> Any:
    """The application for clients that offer permessage-deflate (every browser): it is not negotiated.

    It would cost about five times the processor time per delivery and 200 KB per connection.
    """

    def serve(environ: dict[str, Any], start_response: Any) -> Any:
        environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
        return application(environ, start_response)

    return serve


def watch_loop(sleep: Callable[[float], None], lags: Histogram, alarm_seconds: float = 0.1) -> None:
    """Adds how late the loop is to `lags`, in seconds, and logs a warning above `alarm_seconds`. Never returns."""
    while True:
        before = time.monotonic()
        sleep(0.05)
        lag = max(0.0, time.monotonic() - before - 0.05)
        lags.add(lag)
        if lag > alarm_seconds:
            log.warning("the event loop was blocked for %.0f ms", lag * 1000)
