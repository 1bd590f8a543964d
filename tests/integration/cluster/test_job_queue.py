"""Dramatiq's queue: each job is told to one worker, in the order in which they came, and nobody waits for Redis."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest
from redis import Redis

from chat.background import Background
from chat.cluster.job_queue import QUEUE, JobQueue
from chat.cluster.store import PREFIX
from chat.events import QueueChanged, ReplyOpened
from tests.fakes.engine import BACKGROUND, spawn
from tests.running_redis import RunningRedis
from tests.services.teams import until

Ends = list[Callable[[], None]]


@pytest.fixture
def ends() -> Iterator[Ends]:
    """What is to be called afterwards."""
    made: Ends = []
    yield made
    for end in made:
        end()


def _told(redis: RunningRedis) -> JobQueue:
    queue = JobQueue(redis.url, BACKGROUND)
    queue.begin()
    return queue


def _worker(redis: RunningRedis, ends: Ends) -> list[str]:
    taken: list[str] = []
    ends.append(JobQueue(redis.url, BACKGROUND).consume(lambda job_id, trace: taken.append(job_id)))
    return taken


def test_each_job_is_told_to_one_worker(redis: RunningRedis, ends: Ends) -> None:
    one, other = _worker(redis, ends), _worker(redis, ends)
    queue, jobs = _told(redis), [f"job {number:02}" for number in range(40)]
    for job in jobs:
        queue.on_event(ReplyOpened(job))
        queue.on_event(QueueChanged())
    until(lambda: len(one) + len(other) >= len(jobs))
    assert sorted(one + other) == jobs
    assert one == sorted(one) and other == sorted(other), "in the order in which they came"


def test_a_worker_is_told_of_the_span_that_the_question_came_from(redis: RunningRedis, ends: Ends) -> None:
    taken: list[tuple[str, str]] = []
    ends.append(JobQueue(redis.url, BACKGROUND).consume(lambda job_id, trace: taken.append((job_id, trace))))
    _told(redis).on_event(ReplyOpened("job", "00-a-b-01"))
    until(lambda: taken == [("job", "00-a-b-01")])


def test_what_comes_while_no_worker_is_there_is_told_to_the_first(redis: RunningRedis, ends: Ends) -> None:
    queue = _told(redis)
    queue.on_event(ReplyOpened("early"))
    taken = _worker(redis, ends)
    until(lambda: taken == ["early"])


def test_a_job_that_cannot_be_taken_keeps_no_other_from_being_taken(redis: RunningRedis, ends: Ends) -> None:
    taken: list[str] = []

    def take(job_id: str, trace: str) -> None:
        taken.append(job_id)
        if job_id == "bad":
            raise OSError("the database is away")

    ends.append(JobQueue(redis.url, BACKGROUND).consume(take))
    queue = _told(redis)
    for job in ("bad", "good"):
        queue.on_event(ReplyOpened(job))
    until(lambda: taken == ["bad", "good"])


def test_while_redis_is_away_nothing_is_told_and_afterwards_all_that_comes(ends: Ends) -> None:
    redis, has_failed = RunningRedis(), threading.Event()

    def sleep(seconds: float) -> None:
        has_failed.set()
        time.sleep(seconds)

    queue = JobQueue(redis.url, Background(spawn, sleep))
    queue.begin()
    queue.on_event(ReplyOpened("lost"))
    assert has_failed.wait(20)
    with redis:
        taken = _worker(redis, ends)
        queue.on_event(ReplyOpened("told"))
        until(lambda: taken == ["told"])
        redis.kill()
        redis.start()
        until(lambda: _reaches(queue, taken, "again"))


def test_a_worker_that_has_fetched_more_than_it_began_ends_also_while_redis_is_away() -> None:
    begun, may_go_on = threading.Event(), threading.Event()

    def take(job_id: str, trace: str) -> None:
        begun.set()
        may_go_on.wait(20)

    with RunningRedis() as redis:
        queue = _told(redis)
        end = JobQueue(redis.url, BACKGROUND).consume(take)
        for job in ("begun", "fetched"):
            queue.on_event(ReplyOpened(job))
        with Redis.from_url(redis.url) as looking:
            until(lambda: begun.is_set() and looking.llen(f"{PREFIX}jobs:{QUEUE}") == 0)
    try:
        end()
    finally:
        may_go_on.set()


def _reaches(queue: JobQueue, taken: list[str], job: str) -> bool:
    queue.on_event(ReplyOpened(job))
    return job in taken
