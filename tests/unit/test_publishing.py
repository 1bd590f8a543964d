"""Order of announcements, and subscribers that fail."""

import logging

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
