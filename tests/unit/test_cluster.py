"""What one process tells the others, and how they know that they have missed something."""

import threading
import time
from collections.abc import Iterator
from queue import Queue
from typing import Any

import pytest

from chat import events, wire
from chat.background import Background
from chat.cluster.channel import Channel
from chat.cluster.packing import TOLD, Packet, Unreadable, pack, unpack
from chat.cluster.relay import LOST_SECONDS, Relay
from chat.events import Event
from chat.publishing import Publisher

ADA = wire.User(id="ada", username="ada", display_name="Ada")
READ = events.MessageRead("r", "m", "key")
ENDED = events.SignInEnded("token", "revoked")
CHANGED = events.PersonChanged(ADA, False, ("r", "s"))


class Heard:
    """A process that is told packets by hand."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.missed = 0
        self.peers: list[Event] = []
        self.now = 100.0
        publisher = Publisher()
        publisher.subscribe_to_others(self._hear)
        background = Background(lambda work: None, lambda seconds: None)
        channel = Channel("redis://127.0.0.1:1/0", background)
        self.relay = Relay("me", channel, publisher, background, self._note_missed, lambda: self.now)

    def _hear(self, event: Event) -> None:
        is_peer = isinstance(event, events.PeerFound | events.PeerLost)
        (self.peers if is_peer else self.events).append(event)

    def _note_missed(self) -> None:
        self.missed += 1

    def hear(self, *packets: Packet) -> None:
        for packet in packets:
            self.relay.take(pack(packet))


class Kept(Channel):
    """Keeps what is published instead."""

    def __init__(self) -> None:
        self.published: Queue[Packet] = Queue()

    def publish(self, data: bytes) -> bool:
        self.published.put(unpack(data))
        return True

    def messages(self) -> Iterator[Any]:
        return iter(())


def test_what_was_counted_is_told_with_what_happens_next() -> None:
    channel = Kept()
    background = Background(lambda work: threading.Thread(target=work, daemon=True).start(), time.sleep)
    relay = Relay("me", channel, Publisher(), background, lambda: None)
    relay.begin()
    counted = events.Counted("message", "ada")
    relay.on_event(counted)
    time.sleep(0.1)
    relay.on_event(READ)
    assert channel.published.get(timeout=10).events == (counted, READ)
    relay.on_event(counted)
    assert channel.published.get(timeout=10).events == (counted,)


def test_what_many_tell_at_once_is_told_once_under_numbers_that_follow_each_other() -> None:
    channel = Kept()
    background = Background(lambda work: threading.Thread(target=work, daemon=True).start(), time.sleep)
    relay = Relay("me", channel, Publisher(), background, lambda: None)
    told = [[events.MessageRead(f"room {teller}", str(number), "") for number in range(200)] for teller in range(8)]
    tellers = [threading.Thread(target=lambda mine=mine: list(map(relay.on_event, mine))) for mine in told]
    for teller in tellers:
        teller.start()
    heard: list[Event | None] = []
    while len(heard) < sum(map(len, told)):
        packet = channel.published.get(timeout=10)
        assert packet.first == len(heard) + 1
        heard.extend(packet.events)
    for mine in told:
        assert [event for event in heard if event in mine] == mine


def test_events_arrive_as_they_were_told() -> None:
    told = Packet("other", 3, (READ, ENDED, CHANGED))
    assert unpack(pack(told)) == told


def test_everything_but_what_each_process_knows_by_itself_is_told() -> None:
    kept = {events.ReplyOpened, events.GlobalStatusChanged, events.QueueChanged, events.ModelsChanged}
    assert set(Event.__args__) - set(TOLD) == kept | {events.RoomFellBehind, events.PeerFound, events.PeerLost}


@pytest.mark.parametrize("data", [b"", b"nothing", b"[]", b'["a",1,["MessageRead"]]', b'["a",1,[["MessageRead",1]]]'])
def test_what_is_none_of_ours_is_refused(data: bytes) -> None:
    with pytest.raises(Unreadable):
        unpack(data)


def test_what_comes_twice_is_heard_once() -> None:
    heard = Heard()
    heard.hear(Packet("other", 1, (READ,)), Packet("other", 1, (READ,)), Packet("other", 2, (READ, ENDED)))
    assert heard.events == [READ, ENDED] and heard.missed == 0


def test_a_hole_in_the_numbers_is_noticed_and_the_rest_heard() -> None:
    heard = Heard()
    heard.hear(Packet("other", 1, (READ,)), Packet("other", 4, (ENDED,)))
    assert heard.events == [READ, ENDED] and heard.missed == 1


def test_the_loss_of_the_last_thing_told_is_noticed_at_the_next_beat() -> None:
    heard = Heard()
    heard.hear(Packet("other", 1, (READ,)), Packet("other", 1), Packet("other", 2), Packet("other", 2))
    assert heard.events == [READ] and heard.missed == 1


def test_each_process_has_its_own_numbers_and_nobody_hears_themselves() -> None:
    heard = Heard()
    heard.hear(Packet("a", 7, (READ,)), Packet("b", 1, (ENDED,)), Packet("a", 8, (CHANGED,)), Packet("me", 1, (READ,)))
    assert heard.events == [READ, ENDED, CHANGED] and heard.missed == 0


def test_an_event_that_only_a_newer_version_knows_is_left_out_and_counted() -> None:
    heard = Heard()
    heard.relay.take(b'["other", 1, [["SomethingNew", {}]]]')
    heard.hear(Packet("other", 2, (READ,)))
    assert heard.events == [READ] and heard.missed == 0


def test_what_cannot_be_read_was_missed() -> None:
    heard = Heard()
    heard.relay.take(b'["other", 1, [["MessageRead", {"room_id": "r"}]]]')
    assert heard.events == [] and heard.missed == 1


def test_who_begins_to_hear_may_have_missed_something() -> None:
    heard = Heard()
    heard.relay.take(None)
    assert heard.missed == 1


def test_a_process_that_falls_silent_is_lost_and_found_when_it_speaks_again() -> None:
    heard = Heard()
    heard.hear(Packet("other", 1, (READ,)))
    heard.now += LOST_SECONDS + 1
    heard.hear(Packet("me", 0))
    heard.hear(Packet("other", 5, (ENDED,)))
    assert heard.peers == [events.PeerFound("other"), events.PeerLost("other"), events.PeerFound("other")]
    assert heard.events == [READ, ENDED]


def test_nobody_is_lost_while_we_ourselves_hear_nothing() -> None:
    heard = Heard()
    heard.hear(Packet("other", 1))
    heard.now += LOST_SECONDS + 1
    heard.relay.take(None)
    heard.hear(Packet("me", 0))
    assert heard.peers == [events.PeerFound("other")]
