"""Presence over several processes: each tells the others whom it sees, and all come to the same."""

from chat import events, wire
from chat.events import Event
from chat.realtime.elsewhere import Elsewhere

ADA = wire.User(id="ada", username="ada", display_name="Ada")
MIRA = wire.User(id="mira", username="mira", display_name="Mira")


class Here:
    """This process, and what it says."""

    def __init__(self) -> None:
        self.said: list[Event] = []
        self.changed: list[str] = []
        self.elsewhere = Elsewhere("here", self.said.append)
        self.elsewhere.on_change = lambda user: self.changed.append(user.id)

    def hear(self, *told: Event) -> None:
        for event in told:
            self.elsewhere.on_event(event)


def _told(process: str, user: wire.User, status: wire.PresenceStatus) -> Event:
    return events.PresenceTold(process, ((user, status),))


def test_a_change_is_told_once() -> None:
    here = Here()
    for status in ("offline", "online", "online", "away", "offline", "offline"):
        here.elsewhere.note_here(ADA, status)
    assert here.said == [_told("here", ADA, status) for status in ("online", "away", "offline")]


def test_somebody_is_online_with_any_socket_anywhere() -> None:
    here = Here()
    here.hear(_told("a", ADA, "away"))
    assert here.elsewhere.best_of("ada", "offline") == "away"
    here.hear(_told("b", ADA, "online"))
    assert here.elsewhere.best_of("ada", "away") == "online"
    here.hear(_told("b", ADA, "offline"), _told("a", ADA, "offline"))
    assert here.elsewhere.best_of("ada", "offline") == "offline"
    assert here.changed == ["ada"] * 4


def test_a_process_that_is_found_is_asked_and_tells_everything() -> None:
    here = Here()
    here.elsewhere.note_here(ADA, "online")
    here.elsewhere.note_here(MIRA, "away")
    here.said.clear()
    here.hear(events.PeerFound("a"), events.PresenceAsked())
    everything = events.PresenceTold("here", ((ADA, "online"), (MIRA, "away")), is_all=True)
    assert here.said == [events.PresenceAsked(), everything]


def test_what_is_told_whole_replaces_what_was_known_of_that_process() -> None:
    here = Here()
    here.hear(_told("a", ADA, "online"), events.PresenceTold("a", ((MIRA, "online"),), is_all=True))
    assert here.elsewhere.best_of("ada", "offline") == "offline"
    assert here.changed == ["ada", "mira", "ada"]


def test_nobody_is_here_by_a_process_that_is_lost() -> None:
    here = Here()
    here.hear(_told("a", ADA, "online"), _told("b", MIRA, "online"), events.PeerLost("a"))
    assert here.elsewhere.best_of("ada", "offline") == "offline"
    assert here.elsewhere.best_of("mira", "offline") == "online"
