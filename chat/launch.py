"""Starts the server, says where it is and which model answers, and stops it without losing anything."""

import errno
import gc
import logging
import os
import signal
import sys
import threading
import time
from typing import Any

from chat.bootstrap import Application, create_app
from chat.config import Config
from chat.db.engine import DatabaseProblem
from chat.draining import HARD_DEADLINE_SECONDS, drain, end_in_time
from chat.logs import set_up_logs
from chat.realtime.runtime import Server, listen, raise_file_limit, watch_loop

COME_BACK_SECONDS = 2.0  # what clients are told at a restart; each spreads it, so that not all come at once
DRAIN_SECONDS = 1.0  # for running replies to be closed and handlers to finish
log = logging.getLogger(__name__)


def launch(config: Config, started: float) -> int:
    """Serves until SIGTERM or Ctrl-C; gives the process's exit status. `started` is when it began (monotonic)."""
    set_up_logs(config.log_level, config.log_format)
    try:
        listener = listen(config.host, config.port)
    except OSError as problem:
        print(f"Roundtable cannot start: {_listen_problem(config, problem)}", file=sys.stderr)
        return 2
    raise_file_limit()
    try:
        application = create_app(config)
    except DatabaseProblem as problem:
        print(f"Roundtable cannot start: {problem}", file=sys.stderr)
        return 2
    server = Server(application.core.runtime, listener, application.wsgi)
    stopper = _Stopper(application, server)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stopper.on_signal)
    application.start()
    background = application.core.background
    background.spawn(lambda: watch_loop(background.sleep, application.core.meters.loop_lag))
    settle_memory()
    _say_hello(application, listener.getsockname()[1], time.monotonic() - started)
    server.serve()
    stopper.finished.wait(HARD_DEADLINE_SECONDS)
    application.close()
    if config.async_mode == "threading":
        logging.shutdown()
        os._exit(0)  # every client and repeated task has a thread, and Python would wait for all of them
    return 0


def settle_memory() -> None:
    """What there is now stays to the end, so the collector need not go through it again.

    These are 140,000 objects, for which it would stop everybody for a tenth of a second each time.
    """
    gc.collect()
    gc.freeze()


class _Stopper:
    """Drains: not ready any more, clients told, running replies closed as interrupted, then the server stops."""

    def __init__(self, application: Application, server: Server) -> None:
        self._application, self._server = application, server
        self._background = application.core.background
        self._stopping = False
        self.finished = threading.Event()

    def on_signal(self, number: int, _frame: Any) -> None:
        if self._stopping:
            return
        self._stopping = True
        self._background.spawn(lambda: self._drain(number))

    def _drain(self, number: int) -> None:
        application = self._application
        log.info("stopping on %s", signal.Signals(number).name)
        end_in_time(self._background, application.close)
        application.ops.stopping = True
        application.gateway.announce_restart(COME_BACK_SECONDS)
        application.requests.open.shut_down()
        drain(application.working, DRAIN_SECONDS)
        self._server.stop()
        self.finished.set()


def _say_hello(application: Application, port: int, took: float) -> None:
    host = application.core.config.host
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else f"[{host}]" if ":" in host else host
    print(f"Roundtable is ready after {took:.1f} s: http://{shown}:{port}", flush=True)
    entry = application.engine.registry.default()
    if entry is None:
        print("No model answers yet: start Ollama (ollama serve), or set LLM_EMBEDDED=on.", flush=True)
    elif entry.backend.kind == "embedded":
        print(f"The built-in model {entry.name} answers. For a better one start Ollama: ollama serve", flush=True)
    else:
        print(f"{entry.name} on {entry.backend.name} answers.", flush=True)


def _listen_problem(config: Config, problem: OSError) -> str:
    if problem.errno == errno.EADDRINUSE:
        return f"port {config.port} is in use. Stop the other program, or set PORT to another number."
    return f"it cannot listen on {config.host}:{config.port}: {problem.strerror}."
