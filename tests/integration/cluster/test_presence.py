"""Who is here, over two processes."""

from collections.abc import Callable

from tests.integration.cluster.conftest import Pair, room_of
from tests.people import Person
from tests.services.teams import until


def _is(person: Person, status: str) -> Callable[[dict[str, object]], bool]:
    return lambda event: event["status"] == status and person.username in str(event["user"])


def test_coming_being_away_and_going_is_seen_at_the_other_process(pair: Pair) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    mira.wait_for("presence", _is(ada, "online"))
    (seen,) = [member for member in mira.join(room)["members"] if member["username"] == ada.username]
    assert seen["presence"] == "online"
    ada.call("set_presence", {"status": "away"})
    mira.wait_for("presence", _is(ada, "away"))
    elsewhere = Person(pair.other.url, ada.username).sign_in().connect()
    mira.wait_for("presence", lambda e: _is(ada, "online")(e) and len(mira.seen("presence")) > 2)
    elsewhere.disconnect()
    ada.disconnect()
    mira.wait_for("presence", _is(ada, "offline"), 30)


def test_nobody_is_here_by_a_process_that_is_dead(pair: Pair) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room_of(ada, mira)
    mira.wait_for("presence", _is(ada, "online"))
    pair.one.kill()
    try:
        mira.wait_for("presence", _is(ada, "offline"), 30)
    finally:
        pair.one.start()


def test_a_process_that_starts_learns_who_is_here(pair: Pair) -> None:
    ada, mira = pair.person_at(pair.one), pair.person_at(pair.other)
    room = room_of(ada, mira)
    pair.other.stop()
    pair.other.start()
    again = Person(pair.other.url, mira.username).sign_in().connect()
    until(lambda: ada.username in [m["username"] for m in again.join(room)["members"] if m["presence"] == "online"])
    again.disconnect()
