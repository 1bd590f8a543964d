"""Growing text is merged for the room, saved now and then, and never sent after the end; the clock is the test's."""

from collections.abc import Callable

import pytest

from chat import wire
from chat.background import Background
from chat.jobs.live_replies import SAVE_EVERY, SEND_EVERY, Effects, LiveReplies, LiveReply


class World:
    """A clock that only `sleep` moves, and background work that runs when the test lets it."""

    def __init__(self) -> None:
        self.now = 100.0
        self.sent: list[wire.LlmChunk] = []
        self.saved: list[str] = []
        self.started: list[Callable[[], None]] = []
        self.during_sleep: list[Callable[[], None]] = []
        self.on_sleep: Callable[[float], None] | None = None
        background = Background(self.started.append, self._sleep)
        self.effects = Effects(self.sent.append, self.saved.append, background, lambda: self.now)

    def _sleep(self, seconds: float) -> None:
        if self.on_sleep:
            self.on_sleep(seconds)
            return
        self.now += seconds
        if self.during_sleep:
            self.during_sleep.pop(0)()

    def run(self) -> None:
        while self.started:
            self.started.pop(0)()

    def reply(self) -> LiveReply:
        return LiveReply("reply", "room", self.effects)

    def text(self) -> str:
        assembled = ""
        for chunk in self.sent:
            assert chunk.offset == len(assembled)
            assembled += chunk.data.chunk
        return assembled


def test_words_that_come_together_are_sent_together() -> None:
    world = World()
    reply = world.reply()
    for word in ("one ", "two ", "three"):
        reply.append(word)
    world.run()
    assert [c.data.chunk for c in world.sent] == ["one two three"]


def test_at_most_thirty_chunks_a_second() -> None:
    world = World()
    reply = world.reply()
    world.during_sleep = [lambda: reply.append("x")] * 300
    began = world.now
    reply.append("x")
    world.run()
    assert world.text() == reply.text
    assert len(world.sent) <= (world.now - began) / SEND_EVERY + 1


@pytest.mark.parametrize("pause", [0.002, 0.02])
def test_text_that_flows_is_sent_as_it_flows(pause: float) -> None:
    """Words come while the pump sleeps, and none at the very moment after it has sent."""
    world = World()
    reply = world.reply()
    coming = [world.now + pause * number for number in range(1, round(2 / pause))]

    def sleep(seconds: float) -> None:
        world.now += seconds
        while coming and coming[0] < world.now:
            coming.pop(0)
            reply.append("word ")

    world.on_sleep = sleep
    while coming:  # a pump that has saved everything ends, and the next word starts another
        world.now = coming.pop(0)
        reply.append("word ")
        world.run()
    assert world.text() == reply.text
    assert 50 <= len(world.sent) <= 62, "about thirty a second for two seconds"
    assert len(world.saved) >= 4


def test_the_text_is_saved_twice_a_second_and_to_the_end() -> None:
    world = World()
    reply = world.reply()
    world.during_sleep = [lambda: reply.append("word ")] * 60
    began = world.now
    reply.append("first ")
    world.run()
    assert world.saved[-1] == reply.text
    assert len(world.saved) <= (world.now - began) / SAVE_EVERY + 1


def test_a_pause_of_the_model_leaves_nothing_unsent_or_unsaved() -> None:
    world = World()
    reply = world.reply()
    reply.append("before")
    world.run()
    world.now += 30
    reply.append(" after")
    world.run()
    assert world.text() == "before after" and world.saved[-1] == "before after"


def test_after_the_end_nothing_goes_out_in_the_background() -> None:
    world = World()
    reply = world.reply()
    reply.append("all of it")
    reply.close()
    world.run()
    reply.send_final()
    assert [(c.data.chunk, c.data.is_final, c.offset) for c in world.sent] == [("all of it", False, 0), ("", True, 9)]
    assert world.saved == []


def test_offsets_count_characters_not_bytes() -> None:
    world = World()
    reply = world.reply()
    reply.append("😀é")
    world.run()
    reply.append("!")
    world.run()
    assert [c.offset for c in world.sent] == [0, 2]


def test_who_joins_gets_the_text_so_far() -> None:
    world, replies = World(), LiveReplies()
    reply = world.reply()
    reply.status = wire.LlmStatus(status="", phase="generating", timestamp="now")
    replies.add(reply)
    reply.append("so far")
    (active,) = replies.in_room("room")
    assert (active.text, active.offset) == ("so far", 6)
    assert replies.in_room("another") == []
    replies.remove(reply)
    assert replies.in_room("room") == []


def test_a_run_that_ends_late_does_not_hide_the_one_that_was_opened_again() -> None:
    world, replies = World(), LiveReplies()
    first, second = world.reply(), world.reply()
    second.status = wire.LlmStatus(status="", phase="generating", timestamp="now")
    replies.add(first)
    replies.add(second)
    replies.remove(first)
    assert len(replies.in_room("room")) == 1
    replies.remove(second)
    assert replies.in_room("room") == []
