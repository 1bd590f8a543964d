"""Wakes the workers by Dramatiq's queue in Redis: each message has the id of a job that waits and the span
that it came from, and goes to one of them.

It is a wake-up, and the job's row the truth. A message that is lost is made up for by whoever looks at the rows, and
one that comes twice finds that the job is taken.
"""

import logging
import threading
from collections.abc import Callable

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from dramatiq.common import dq_name
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from chat.background import Background
from chat.cluster.channel import AGAIN_AFTER, PATIENCE_SECONDS
from chat.cluster.store import PREFIX
from chat.events import Event, ReplyOpened

QUEUE = "replies"
ACTOR = "take_job"
LOOK_MS = 50  # the longest that a worker which has nothing to do rests between two looks at the queue
STOP_MS = 1000
log = logging.getLogger(__name__)


class JobQueue:
    """While Redis is away nothing here raises."""

    def __init__(self, url: str, background: Background) -> None:
        patience = {"socket_connect_timeout": PATIENCE_SECONDS, "socket_timeout": PATIENCE_SECONDS}
        client = Redis.from_url(url, retry=Retry(NoBackoff(), 0), **patience)
        # No middleware: trying again, giving up and the end of a job are the row's.
        self._broker = RedisBroker(client=client, namespace=f"{PREFIX}jobs", middleware=[])  # type: ignore[no-untyped-call]  # the library leaves it out
        self._background = background
        self._waiting: list[ReplyOpened] = []
        self._wake = threading.Event()

    def begin(self) -> None:
        """From here on the workers are told of `ReplyOpened`."""
        self._background.spawn(self._tell_all)

    def on_event(self, event: Event) -> None:
        """A subscriber of the publisher; returns at once."""
        if isinstance(event, ReplyOpened):
            self._waiting.append(event)
            self._wake.set()

    def _tell_all(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            try:
                while self._waiting:
                    self._tell(self._waiting[0])
                    del self._waiting[0]
            except (RedisError, OSError) as problem:
                log.info("the workers are not told of %d questions: %s", len(self._waiting), type(problem).__name__)
                self._waiting.clear()
                self._background.sleep(AGAIN_AFTER)

    def _tell(self, job: ReplyOpened) -> None:
        self._broker.enqueue(dramatiq.Message(QUEUE, ACTOR, args=(job.job_id, job.trace), kwargs={}, options={}))

    def consume(self, take: Callable[[str, str], None]) -> Callable[[], None]:
        """Has `take(job_id, trace)` called in a thread of its own, one after the other. Gives the way to end that."""
        for name in (QUEUE, dq_name(QUEUE)):
            # The channel says once that Redis is away; Dramatiq would every three seconds, with its stack.
            logging.getLogger(f"dramatiq.worker.ConsumerThread({name})").disabled = True
        dramatiq.actor(actor_name=ACTOR, queue_name=QUEUE, broker=self._broker)(take)
        worker = dramatiq.Worker(self._broker, worker_timeout=LOOK_MS, worker_threads=1)
        worker.start()

        def end() -> None:
            try:
                worker.stop(STOP_MS)
            except (RedisError, OSError) as problem:  # its way to give back what it had fetched and not begun
                log.info("what was fetched is left to who looks at the rows: %s", type(problem).__name__)

        return end
