"""Who is seen typing, and until when: people with several tabs, over real sockets."""

from collections.abc import Callable

from tests.people import Person, new_key

Newcomer = Callable[[], Person]
OpenTab = Callable[[Person], Person]


def _room(owner: Person, *members: Person) -> str:
    names = [member.username for member in members]
    made = owner.post("/api/rooms", name=f"r {new_key()}", kind="private", members=names)
    return str(made.json()["room"]["id"])


def _type(person: Person, room: str, is_typing: bool = True) -> None:
    assert person.call("typing", {"room": room, "is_typing": is_typing}) == {"ok": True}


def _signs(person: Person, room: str) -> list[tuple[str, bool]]:
    return [(e["user"]["username"], e["is_typing"]) for e in person.seen("typing") if e["room"] == room]


def _let_pass(person: Person, other: Person, room: str) -> None:
    """Whatever `other` was to hear before now has been heard."""
    mark = person.send("a mark", room)["message"]
    other.wait_for("message", lambda m: m["id"] == mark["id"])


def test_typing_is_seen_by_those_who_have_the_room_open(newcomer: Newcomer, open_tab: OpenTab) -> None:
    ada, mira, noor = newcomer(), newcomer(), newcomer()
    room = _room(ada, mira, noor)
    phone = open_tab(ada)
    for person in (ada, phone, mira):
        person.join(room)
    for _ in range(5):
        _type(ada, room)
    _type(ada, room, False)
    _type(ada, room, False)
    _let_pass(noor, mira, room)
    assert _signs(mira, room) == _signs(phone, room) == [(ada.username, True), (ada.username, False)]
    assert _signs(noor, room) == _signs(ada, room) == []


def test_typing_ends_with_the_message_with_the_room_and_with_the_socket(newcomer: Newcomer) -> None:
    mira = newcomer()
    endings: list[Callable[[Person, str], object]] = [
        lambda person, room: person.send("here it is", room),
        lambda person, room: person.call("leave_room", {"room": room}),
        lambda person, room: person.disconnect(),
        lambda person, room: person.post(f"/api/rooms/{room}/leave"),
        lambda person, room: person.post("/api/auth/logout"),
    ]
    for number, end in enumerate(endings):
        ada = newcomer()
        room = _room(mira, ada)
        mira.join(room)
        ada.join(room)
        _type(ada, room)
        mira.wait_for("typing", lambda e, room=room: e["room"] == room and e["is_typing"])
        end(ada, room)
        if number == 0:
            mira.wait_for("message", lambda m, room=room: m["room"] == room)
            _type(ada, room, False)
            _let_pass(ada, mira, room)
            assert _signs(mira, room) == [(ada.username, True)], "the message has taken it away"
        else:
            mira.wait_for("typing", lambda e, room=room: e["room"] == room and not e["is_typing"])


def test_typing_is_stored_nowhere(newcomer: Newcomer) -> None:
    ada, mira = newcomer(), newcomer()
    room = _room(ada, mira)
    before = ada.join(room)
    _type(ada, room)
    after = mira.join(room)
    assert (after["seq"], after["rev"], after["messages"]) == (before["seq"], before["rev"], [])
    _let_pass(ada, mira, room)
    assert _signs(mira, room) == []
