"""Order of announcements, and subscribers that fail."""

import logging
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from chat.events import Event, ModelsChanged, ReplyOpened
from chat.publishing import Publisher


def test_a_failing_subscriber_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    publisher, heard = Publisher(), list[Event]()

    def fails(_event: Event) -> None:
        raise ValueError("on purpose")

    publisher.subscribe(fails)
    publisher.subscribe(heard.append)
    with caplog.at_level(logging.ERROR):
        publisher.publish([ModelsChanged(), ReplyOpened("1")])
    assert heard == [ModelsChanged(), ReplyOpened("1")]
    assert "a subscriber failed on ModelsChanged" in caplog.text


def test_what_a_subscriber_publishes_comes_after_what_is_already_waiting() -> None:
    publisher, heard = Publisher(), list[str]()

    def answer(event: Event) -> None:
        if event == ReplyOpened("1"):
            publisher.publish([ReplyOpened("answer to 1")])

    publisher.subscribe(answer)
    publisher.subscribe(lambda event: heard.append(getattr(event, "job_id", "")))
    publisher.publish([ReplyOpened("1"), ReplyOpened("2")])
    assert heard == ["1", "2", "answer to 1"]


def test_what_is_published_during_a_delivery_is_left_to_whoever_delivers() -> None:
    publisher, heard = Publisher(), list[tuple[str, str]]()
    is_delivering, may_go_on = threading.Event(), threading.Event()

    def hear(event: Event) -> None:
        heard.append((getattr(event, "job_id", ""), threading.current_thread().name))
        is_delivering.set()
        assert may_go_on.wait(5)

    publisher.subscribe(hear)
    first = threading.Thread(target=lambda: publisher.publish([ReplyOpened("1")]), name="first")
    first.start()
    assert is_delivering.wait(5)
    publisher.publish([ReplyOpened("2")])
    assert heard == [("1", "first")]
    may_go_on.set()
    first.join(5)
    assert heard == [("1", "first"), ("2", "first")]


def test_no_event_stays_behind_when_many_threads_publish() -> None:
    publisher, heard = Publisher(), list[Event]()
    publisher.subscribe(heard.append)
    for _ in range(200):
        together = threading.Barrier(4)

        def publish(barrier: threading.Barrier = together) -> None:
            barrier.wait(5)
            for _ in range(5):
                publisher.publish([ModelsChanged()])

        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(publish) for _ in range(4)]:
                done.result(5)
        assert len(heard) == 20
        heard.clear()


def test_what_others_tell_goes_to_those_who_ask_for_it_in_one_order_with_ours() -> None:
    publisher, all_of_it, ours, theirs = Publisher(), list[Event](), list[Event](), list[Event]()
    for subscriber in (all_of_it.append, ours.append):
        publisher.subscribe(subscriber)
    for subscriber in (all_of_it.append, theirs.append):
        publisher.subscribe_to_others(subscriber)
    publisher.publish([ReplyOpened("1")])
    publisher.hear([ReplyOpened("theirs")])
    publisher.publish([ReplyOpened("2")])
    assert all_of_it == [ReplyOpened("1"), ReplyOpened("theirs"), ReplyOpened("2")]
    assert (ours, theirs) == ([ReplyOpened("1"), ReplyOpened("2")], [ReplyOpened("theirs")])
