"""The thread for commits, on a real event loop."""

import threading
import time
from collections.abc import Callable

import eventlet
import pytest
from eventlet.greenthread import GreenThread

from chat.realtime.own_thread import OwnThread


@pytest.fixture
def thread() -> OwnThread:
    return OwnThread()


def test_others_go_on_while_it_works(thread: OwnThread) -> None:
    go_on = threading.Event()
    other = eventlet.spawn(go_on.set)  # runs only if the loop is not held up
    thread.run(lambda: _must(go_on.wait(5)))
    other.wait()


def test_it_works_elsewhere_and_a_failure_comes_back(thread: OwnThread) -> None:
    seen: list[int] = []
    thread.run(lambda: seen.append(threading.get_native_id()))
    assert seen[0] != threading.get_native_id()
    with pytest.raises(OSError, match="the disk is full"):
        thread.run(_fail)
    thread.run(lambda: seen.append(0))
    assert seen[1:] == [0]


def test_nobody_returns_before_the_work_has_ended(thread: OwnThread) -> None:
    done: list[int] = []
    for number in range(500):
        thread.run(_noting(done, number))
        assert done[-1] == number


def test_whoever_is_killed_leaves_no_answer_behind_for_the_next(thread: OwnThread) -> None:
    begun, done = threading.Event(), list[str]()

    def slow() -> None:
        begun.set()
        time.sleep(0.2)
        done.append("slow")

    killed = eventlet.spawn(thread.run, slow)
    _wait_for(begun)
    eventlet.kill(killed)
    assert _is_over(killed) and done == ["slow"], "the loop waited for the work of the killed one"
    thread.run(lambda: (time.sleep(0.05), done.append("next"))[0])
    assert done == ["slow", "next"]


def _must(is_true: bool) -> None:
    assert is_true


def _fail() -> None:
    raise OSError("the disk is full")


def _noting(done: list[int], number: int) -> Callable[[], None]:
    return lambda: done.append(number)


def _wait_for(begun: threading.Event) -> None:
    give_up = time.monotonic() + 5
    while not begun.is_set():
        assert time.monotonic() < give_up
        eventlet.sleep(0.001)


def _is_over(killed: GreenThread) -> bool:
    return bool(killed.dead)
