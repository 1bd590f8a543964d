"""One line for the questions of several processes: each scheduler here is one, and they share the database alone."""

import math
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from sqlalchemy import select, update

from chat.db.ids import now_ms
from chat.db.tables import lines
from chat.db.unit_of_work import Database, Reader, UnitOfWork
from chat.errors import ModelBusy, NotStored
from chat.jobs.scheduler import Ticket, Work
from chat.jobs.shared_scheduler import SharedScheduler
from chat.llm.cancelling import CancelToken
from chat.services.job_rows import LEASE_SECONDS
from chat.services.lines import State
from chat.shared_events import LineChanged
from tests.services.den import Den

OWN = ("embedded",)


class Refusing:
    """The database of one process, which stores nothing while it `refuses`."""

    def __init__(self, db: Database) -> None:
        self._db, self.refuses = db, False

    @contextmanager
    def write(self) -> Generator[UnitOfWork]:
        if self.refuses:
            raise NotStored("The disk is full.")
        with self._db.write() as uow:
            yield uow

    @contextmanager
    def read(self) -> Generator[Reader]:
        with self._db.read() as read:
            yield read


class Process(SharedScheduler):
    def __init__(self, db: Database, limit: int = 10) -> None:
        self.db = Refusing(db)
        super().__init__(limit, lambda: None, self.db, OWN)


@pytest.fixture
def two(den: Den) -> tuple[Process, Process]:
    return Process(den.db), Process(den.db)


@contextmanager
def _following(*processes: Process) -> Generator[None]:
    """They read what others change, as each does in the background."""
    is_over = threading.Event()

    def follow() -> None:
        while not is_over.wait(0.01):
            for process in processes:
                process.look()

    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(follow)
        try:
            yield
        finally:
            is_over.set()
            reading.result()


def _fall_silent(den: Den) -> None:
    """Whoever has said that it is alive has said so a long time ago."""
    with den.db.write() as uow:
        state = uow.scalar(select(lines.c.state))
        long_ago = now_ms() - round((LEASE_SECONDS + 1) * 1000)
        uow.execute(update(lines).values(state={**state, "seen": dict.fromkeys(state["seen"], long_ago)}))


def _stored(den: Den) -> list[tuple[int, State]]:
    """The lines as they are in the database, with their revisions."""
    with den.db.read() as read:
        return [(row.rev, row.state) for row in read.all(select(lines))]


def _positions(process: Process) -> list[int]:
    process.look()
    return [ticket.position for line in process.lines() for ticket in (*line.running, *line.waiting)]


def test_a_place_is_one_among_the_questions_of_all_processes(den: Den, two: tuple[Process, Process]) -> None:
    one, other = two
    with one.place("gpu", 1, "ada", "hall", work=Work("llama3", "m1")) as first:
        with other.place("gpu", 1, "mira", "den") as second, one.place("gpu", 1, "jonas") as third:
            assert (first.position, second.position, third.position) == (0, 1, 2)
            assert [_positions(process) for process in two] == [[0, 1, 2]] * 2
            (line,) = other.lines()
            assert (line.capacity, line.running[0].work, line.running[0].source) == (1, first.work, first.source)
            assert line.running[0].began == pytest.approx(first.began, abs=1)
        assert other.line("gpu") == 1
    assert [_positions(process) for process in two] == [[], []]
    assert LineChanged("gpu") in den.heard, "or the others would look only now and then"


def test_who_gets_the_slot_hears_of_it_wherever_it_was_freed(two: tuple[Process, Process]) -> None:
    one, other = two
    running = one.place("gpu", 1, "ada")
    running.__enter__()
    with _following(other), other.place("gpu", 1, "mira") as waiting:
        positions = waiting.positions(CancelToken())
        assert next(positions) == 1
        running.__exit__(None, None, None)
        assert set(positions) <= {1} and waiting.position == 0


def test_rooms_have_turns_alike_whichever_process_they_ask(two: tuple[Process, Process]) -> None:
    one, other = two
    with ExitStack() as stack:
        running = stack.enter_context(one.place("gpu", 1, "ada", "hall"))
        many = [stack.enter_context(one.place("gpu", 1, "ada", "hall")) for _ in range(4)]
        newcomer = stack.enter_context(other.place("gpu", 1, "mira", "den"))
        one.look()
        assert (running.position, newcomer.position, [ticket.position for ticket in many]) == (0, 1, [2, 3, 4, 5])


def test_one_persons_questions_have_turns_in_the_order_of_asking_whichever_process_was_first(
    two: tuple[Process, Process],
) -> None:
    one, other = two
    with ExitStack() as stack:
        stack.enter_context(one.place("gpu", 1, "mira", "hall"))
        late = stack.enter_context(one.place("gpu", 1, "ada", "hall", work=Work("m", "r2", job="job 2")))
        early = stack.enter_context(other.place("gpu", 1, "ada", "hall", work=Work("m", "r1", job="job 1")))
        one.look()
        assert (early.position, late.position) == (1, 2)


def test_never_more_at_once_than_the_backend_serves(two: tuple[Process, Process]) -> None:
    lock, running, most = threading.Lock(), 0, 0

    def work(number: int) -> None:
        nonlocal running, most
        with two[number % 2].place("gpu", 2, f"person {number % 5}") as ticket:
            for _ in ticket.positions(CancelToken()):
                pass
            with lock:
                running += 1
                most = max(most, running)
            threading.Event().wait(0.005)
            with lock:
                running -= 1

    with _following(*two), ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    assert most == 2


def test_a_full_line_is_full_for_all_processes(den: Den) -> None:
    one, other = Process(den.db, limit=2), Process(den.db, limit=2)
    with ExitStack() as stack:
        for person in ("ada", "mira", "jonas"):
            stack.enter_context(one.place("gpu", 1, person))
        with pytest.raises(ModelBusy), other.place("gpu", 1, "eve"):
            raise AssertionError("it has no place")
        assert len(_positions(other)) == 3
    assert _positions(other) == []


def test_who_is_refused_changes_nothing(den: Den) -> None:
    one, other = Process(den.db, limit=1), Process(den.db, limit=1)
    with one.place("gpu", 1, "ada"), one.place("gpu", 1, "mira"):
        before = _stored(den)
        with pytest.raises(ModelBusy), other.place("gpu", 1, "eve"):
            raise AssertionError("it has no place")
        other.look()
        assert _stored(den) == before


def test_what_a_dead_process_had_in_line_is_taken_out_after_its_lease(den: Den, two: tuple[Process, Process]) -> None:
    dead, other = two
    places = [dead.place("gpu", 1, "ada") for _ in range(2)]
    for place in places:
        place.__enter__()
    with other.place("gpu", 1, "mira") as waiting:
        other.beat()
        assert waiting.position == 1
        _fall_silent(den)
        other.beat()
        assert waiting.position == 0 and _positions(other) == [0]


def test_what_a_process_that_ends_has_in_line_is_taken_out_at_once(two: tuple[Process, Process]) -> None:
    ending, other = two
    with ExitStack() as stack:
        for _ in range(2):
            stack.enter_context(ending.place("gpu", 1, "ada"))
        waiting = stack.enter_context(other.place("gpu", 1, "mira"))
        ending.close()
        other.look()
        assert waiting.position == 0 and _positions(other) == [0]
    assert _positions(other) == []


def test_who_was_only_silent_has_its_slot_again_and_nobody_gets_a_second_one(
    den: Den, two: tuple[Process, Process]
) -> None:
    silent, other = two
    with silent.place("gpu", 1, "ada") as running, silent.place("gpu", 1, "ada") as behind:
        with other.place("gpu", 1, "mira") as granted:
            _fall_silent(den)
            other.beat()
            assert granted.position == 0
            silent.beat()
            assert (running.position, granted.position, behind.position) == (0, 0, 1)
        silent.look()
        assert behind.position == 1, "one too many had a slot"
    assert _positions(other) == []


def test_who_could_not_be_written_to_have_left_is_taken_out_by_the_next_beat(two: tuple[Process, Process]) -> None:
    one, other = two
    with other.place("gpu", 1, "mira"):
        with one.place("gpu", 1, "ada"):
            one.db.refuses = True
        assert _positions(other) == [0, 1]
        one.db.refuses = False
        one.beat()
        assert _positions(other) == [0]


def test_who_cannot_be_written_down_has_no_place(two: tuple[Process, Process]) -> None:
    one, other = two
    one.db.refuses = True
    with pytest.raises(NotStored), one.place("gpu", 1, "ada"):
        raise AssertionError("it has no place")
    one.db.refuses = False
    one.beat()
    assert _positions(other) == []


def test_a_load_ahead_is_known_to_all(two: tuple[Process, Process]) -> None:
    one, other = two
    with one.place("gpu", 1, "ada") as first, other.place("gpu", 1, "mira") as second:
        for loaded_at, left in ((time.monotonic() + 60, 60.0), (None, 0.0), (math.inf, math.inf)):
            second.changed.clear()
            one.note_load("gpu", first, loaded_at)
            other.look()
            assert second.changed.is_set() and other.load_left("gpu") == pytest.approx(left, abs=5)


def test_a_backend_that_each_process_has_for_itself_has_a_line_in_each(den: Den, two: tuple[Process, Process]) -> None:
    tickets: list[Ticket] = []
    with ExitStack() as stack:
        for process in two:
            tickets.append(stack.enter_context(process.place("embedded", 1, "ada")))
            process.note_load("embedded", tickets[-1], math.inf)
            assert process.load_left("embedded") == math.inf
    assert [ticket.position for ticket in tickets] == [0, 0]
    with den.db.read() as read:
        assert read.first(select(lines)) is None
