"""A process that asks the models for what people want in rooms, and serves nobody but Prometheus: `flask work`.

It takes jobs from Dramatiq's queue, writes to the same database as the servers and tells them what happens, as one
server with `REDIS_URL` tells the others. See decision 0030.
"""

import logging
import os
import queue
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from chat.background import Background, spawning
from chat.cluster.job_queue import JobQueue
from chat.config import Config
from chat.core import Ground, open_traces
from chat.db.ids import new_id
from chat.db.opening import open_database
from chat.draining import drain, end_in_time
from chat.events import ReplyOpened
from chat.joining import join_as_worker
from chat.publishing import Publisher
from chat.rate_limits import RateLimits
from chat.realtime.runtime import Runtime, Server, listen
from chat.services import job_rows
from chat.settings_reader import ConfigError
from chat.tracing import beneath
from chat.web.limits import build_limiter
from chat.web.metrics import ModelSources, worker_metrics
from chat.working import Working, build_working

DRAIN_SECONDS = 3.0  # for what is being written to be closed, and for servers to hear of it
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Worker:
    working: Working
    queue: JobQueue

    def begin(self) -> Callable[[], None]:
        """Takes up what the last run has left, and then what comes. Gives the way to take nothing more."""
        self.working.begin()
        return self.queue.consume(self._take)

    def _take(self, job_id: str, trace: str) -> None:
        """Of those who were told of a job one has it. It stands in its line before the next one is taken."""
        ground = self.working.ground
        if job_rows.take_over(ground.db, job_id):
            ground.publisher.publish([ReplyOpened(job_id)])
            beneath(trace)(self.working.replies.take_up)([job_id])

    def close(self) -> None:
        ground = self.working.ground
        self.working.engine.close()
        ground.db.close()
        if ground.traces:
            ground.traces.close()


def work(config: Config) -> None:
    """Until SIGTERM or Ctrl-C. Raises `DatabaseProblem`, and `ConfigError` where it cannot listen."""
    stops: queue.SimpleQueue[int] = queue.SimpleQueue()  # the one queue that a signal's handler may put into
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda number, _frame: stops.put(number))
    worker = _build(config)
    if config.metrics.worker_port:
        _serve_metrics(worker.working)
    take_no_more = worker.begin()
    log.info("this worker takes questions")
    log.info("stopping on %s", signal.Signals(stops.get()).name)
    end_in_time(worker.working.ground.background, worker.close)
    take_no_more()
    drain(worker.working, DRAIN_SECONDS)  # what waits is let go of, for another worker
    worker.close()
    logging.shutdown()
    os._exit(0)  # what is repeated has a thread, which may be in the middle of something


def _build(config: Config) -> Worker:
    background = Background(spawning(_spawn), time.sleep)
    publisher = Publisher()
    db = open_database(config.database_url, publisher, config.sqlite_commit)
    limits = RateLimits(build_limiter().limiter, config)
    ground = Ground(config, background, publisher, db, limits, open_traces(config))
    working = build_working(ground, is_worker=True)
    publisher.subscribe(working.summarising.on_event)  # which gives way to replies
    join_as_worker(ground, new_id(), working).begin()
    return Worker(working, JobQueue(config.redis_url, background))


def _serve_metrics(working: Working) -> None:
    ground, engine = working.ground, working.engine
    setting = ground.config.metrics
    try:
        listener = listen(setting.worker_host, setting.worker_port)
    except OSError as problem:
        where = f"{setting.worker_host}:{setting.worker_port}"
        raise ConfigError(
            f"WORKER_METRICS_PORT: it cannot listen on {where}: {problem.strerror}. Give each worker a port of its own."
        ) from problem
    application = worker_metrics(ModelSources(engine.asker, engine.cache, engine.models), setting.token)
    ground.background.spawn(Server(Runtime("threading"), listener, application).serve)


def _spawn(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread
