"""What is asked of models without anybody who holds a connection for it: replies, runs and the notes of rooms. Wired.

Every server process has this, and either works on it itself or leaves the work to worker processes (`worker.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chat.core import Ground
from chat.db.unit_of_work import run_in_place
from chat.engine import ModelEngine, build_backends, build_engine, meaning_model
from chat.jobs.meanings import Meanings
from chat.jobs.recovery import BEAT_EVERY, Recovery
from chat.jobs.reply_job import ReplyJobs
from chat.jobs.sharing import claim_alone
from chat.jobs.status_feed import StatusFeed
from chat.jobs.summarising import Summarising
from chat.jobs.team_run import Bounds
from chat.joining import open_store
from chat.llm.base import Backend
from chat.llm.status import StatusBoard
from chat.services.job_rows import LEASE_SECONDS
from chat.services.passages import Passages
from chat.services.searching import Searching

if TYPE_CHECKING:
    from chat.cluster.job_queue import JobQueue

SEND_EVERY = 2.0  # seconds: so long after it has ended a span is sent
UNTAKEN_SECONDS = 3.0  # until a question of which no worker was told is found by one that looks
RunSearch = Callable[[Callable[[], Any]], Any]


@dataclass(frozen=True)
class Working:
    """`workers` is how worker processes are told what there is to do; None where this process does it."""

    ground: Ground
    engine: ModelEngine
    feed: StatusFeed
    searching: Searching
    meanings: Meanings
    replies: ReplyJobs
    recovery: Recovery
    summarising: Summarising
    workers: "JobQueue | None" = None

    def take_part(self) -> None:
        """Subscribes whoever does what there is to do."""
        publisher = self.ground.publisher
        if self.workers:
            publisher.subscribe(self.workers.on_event)
            return
        publisher.subscribe(self.replies.on_event)
        publisher.subscribe(self.summarising.on_event)

    def begin(self) -> None:
        """Takes up what the last run has left, unless workers do."""
        background, traces = self.ground.background, self.ground.traces
        if traces:
            background.every(SEND_EVERY, traces.send)
        self.engine.begin(background)
        if self.workers:
            self.workers.begin()
            background.every(BEAT_EVERY, self.recovery.end_lost)
            return
        self.recovery.begin()
        background.every(BEAT_EVERY, self.recovery.keep_alive)
        self.summarising.begin()

    def shut_down(self) -> None:
        """Begins nothing more, and ends what is under way."""
        self.replies.shut_down()
        self.summarising.shut_down()
        self.engine.upkeep.shut_down()


def build_working(
    ground: Ground,
    backends: Sequence[Backend] | None = None,
    run_search: RunSearch = run_in_place,
    *,
    is_worker: bool = False,
) -> Working:
    """`backends` replaces those of the configuration."""
    config, db, background, publisher = ground.config, ground.db, ground.background, ground.publisher
    chosen = build_backends(config) if backends is None else backends
    shared = open_store(config, background)
    engine = build_engine(config, chosen, db, publisher, ground.limits, background, shared)
    feed = StatusFeed(StatusBoard(), publisher, background, engine.asker.programs)
    claim = shared.claim if shared else claim_alone
    searching = Searching(db, run_search)
    meanings = Meanings(db, engine.embedder, background, meaning_model(config), searching.catch_up, claim)
    near = Passages(db, meanings, run_search).near
    bounds = Bounds(config.team_agents, config.team_seconds, config.team_tokens)
    is_alone = not config.redis_url
    replies = ReplyJobs(db, engine.asker, feed, publisher, background, bounds, near, is_alone=is_alone)
    untaken_seconds = UNTAKEN_SECONDS if is_worker else LEASE_SECONDS
    recovery = Recovery(
        db, replies, background, engine.registry.is_awaited, is_alone=is_alone, untaken_seconds=untaken_seconds
    )
    summarising = Summarising(db, engine.asker, engine.ask_rules, background, claim)
    leaves_it = config.llm_executor == "dramatiq" and not is_worker
    workers = _open_queue(ground) if leaves_it else None
    return Working(ground, engine, feed, searching, meanings, replies, recovery, summarising, workers)


def _open_queue(ground: Ground) -> "JobQueue":
    from chat.cluster.job_queue import JobQueue  # dramatiq and redis, which nobody else needs

    return JobQueue(ground.config.redis_url, ground.background)
