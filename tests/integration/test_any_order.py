"""Whatever several people do, in whatever order, and however often their connections and the server break: every page
ends up with what the database has, and the database with everything that was acknowledged.

Hypothesis makes up the stories; a failing one is shortened and printed as a script.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests.client_model import Message
from tests.people import Person, new_key
from tests.running_server import LIMITS, WAYS, RunningServer
from tests.stored import StoredRoom, delete_room, stored_room, whole_history
from tests.tabs import Tab

PEOPLE = ("ada", "bob", "cyd")
TABS = {"ada 1": "ada", "ada 2": "ada", "bob 1": "bob", "bob 2": "bob", "cyd": "cyd"}
EMOJI = ("👍", "🎉")
STEPS = 20
tabs = st.sampled_from(sorted(TABS))
people = st.sampled_from(PEOPLE)


class Story(RuleBasedStateMachine):
    """Three people with five pages in a new room. Every step is one thing that a person or the network does."""

    sent = Bundle("sent")  # of the author and the key of each message

    def __init__(self, server: RunningServer, people: dict[str, Person]) -> None:
        super().__init__()
        self.server, self.people = server, people
        self.room = ""
        self.pages: dict[str, Tab] = {}
        self.count = self.agreements = 0
        self.left: set[str] = set()  # whoever has left the room, for however long
        self.texts: dict[str, str] = {}  # what each key was sent with
        self.possible: dict[str, set[str]] = {}  # what may be its text now: more than one if an answer was lost
        self.read: dict[str, int] = dict.fromkeys(PEOPLE, 0)  # the furthest mark that was acknowledged

    @initialize()
    def open_a_room(self) -> None:
        room: dict[str, Any] = self.people["ada"].post("/api/rooms", name=f"room {new_key()[:8]}").json()["room"]
        self.room = str(room["id"])
        for person in PEOPLE[1:]:
            self.people[person].post(f"/api/rooms/{self.room}/join")

    def _page(self, name: str) -> Tab:
        """Opened when the story first comes to it."""
        if name not in self.pages:
            self.pages[name] = Tab(self.people[TABS[name]], self.room)
            assert self.pages[name].catch_up()
        return self.pages[name]

    def _write(self, page: Tab, **more: str) -> str:
        self.count += 1
        key = page.write(f"text {self.count}", **more)
        self.texts[key] = f"text {self.count}"
        self.possible[key] = {self.texts[key]}
        return key

    @rule(target=sent, tab=tabs, fate=st.sampled_from(["answered", "answer lost", "not sent"]), quotes=st.booleans())
    def send(self, tab: str, fate: str, quotes: bool) -> tuple[str, str]:
        page = self._page(tab)
        newest = page.model.messages[max(page.model.messages)] if quotes and page.model.messages else None
        key = self._write(page, **({"reply_to": newest["id"]} if newest else {}))
        if fate == "answered":
            page.send_outbox()
        elif fate == "answer lost":
            page.post(key)
            page.cut()
        return TABS[tab], key

    @precondition(lambda self: self.count < 300)
    @rule(tab=tabs, count=st.sampled_from([3, 60, 101]))
    def send_many(self, tab: str, count: int) -> None:
        """More than a page of 100 may be missed by the others."""
        page = self._page(tab)
        for _ in range(count):
            self._write(page)
        page.send_outbox()

    @rule(
        message=sent,
        by=st.sampled_from(["its author", *TABS]),
        what=st.sampled_from(["edit", "delete"]),
        is_lost=st.booleans(),
    )
    def change(self, message: tuple[str, str], by: str, what: str, is_lost: bool) -> None:
        """By its author, or by somebody who may not; with the answer, or without ever learning it."""
        author, key = message
        page = self._page(by if by in TABS else _pages_of(author)[0])
        found = _find(page, key)
        if found is None:
            return
        self.count += 1
        text = f"text {self.count}" if what == "edit" else ""
        payload = {"message": found, **({"content": text} if text else {})}
        if is_lost:
            page.emit(f"{what}_message", payload, lambda answer: None)
            page.cut()
            self.possible[key].add(text)
            return
        answer = page.call(f"{what}_message", payload)
        if answer and answer["ok"]:
            self.possible[key] = {text} if len(self.possible[key]) == 1 else {*self.possible[key], text}
        elif answer is None:
            self.possible[key].add(text)

    @rule(message=sent, tab=tabs, what=st.sampled_from([*EMOJI, "pin"]), is_on=st.booleans(), is_lost=st.booleans())
    def mark(self, message: tuple[str, str], tab: str, what: str, is_on: bool, is_lost: bool) -> None:
        """Puts an emoji or a pin on it, or takes it away."""
        page, (_, key) = self._page(tab), message
        found = _find(page, key)
        if found is None:
            return
        more = {"is_pinned": is_on} if what == "pin" else {"emoji": what, "is_on": is_on}
        event, payload = "pin_message" if what == "pin" else "react", {"message": found, **more}
        if is_lost:
            page.emit(event, payload, lambda answer: None)
            page.cut()
        else:
            page.call(event, payload)

    @rule(message=sent, over=st.sampled_from(["first page", "other page", "HTTP"]))
    def send_again(self, message: tuple[str, str], over: str) -> None:
        """The same key once more, whether or not the first one arrived or was answered."""
        author, key = message
        pages = _pages_of(author)
        page = self._page(pages[-1] if over == "other page" else pages[0])
        page.write(self.texts[key], key)
        if over == "HTTP":
            answer = self.people[author].post("/api/chat/message", **page.outbox[key])
            page.settle(key, {"ok": answer.ok, **answer.json()})
        else:
            page.send_outbox()

    @rule(tab=tabs)
    def look(self, tab: str) -> None:
        """Takes in what has arrived so far; between these, events wait on the way and are lost with the connection."""
        self._page(tab).hear_all()

    @rule(tab=tabs, politely=st.booleans())
    def go(self, tab: str, politely: bool) -> None:
        page = self._page(tab)
        page.close() if politely else page.cut()

    @rule(tab=tabs, knowing=st.sampled_from(["all", "less", "only the seq", "nothing"]), back=st.integers(1, 5))
    def come_back(self, tab: str, knowing: str, back: int) -> None:
        """Joins, on a new connection if there is none: from the last cursor, an earlier one, by seq alone, or anew."""
        page = self._page(tab)
        if not page.barrier():  # what was online may be so no longer
            assert page.connect()
        if knowing == "nothing":
            page.model.forget()
        earlier = page.model.past[-back] if knowing == "less" and len(page.model.past) >= back else None
        assert page.join(earlier, by_rev=knowing != "only the seq")

    @rule(person=people)
    def leave(self, person: str) -> None:
        """With all pages: until they join again, nothing of the room is theirs."""
        self.left.add(person)
        self.people[person].post(f"/api/rooms/{self.room}/leave")

    @rule(tab=tabs, back=st.integers(0, 3))
    def mark_read(self, tab: str, back: int) -> None:
        page = self._page(tab)
        seq = max(0, (page.model.cursor.seq if page.model.cursor else 0) - back)
        answer = page.call("mark_read", {"room": self.room, "seq": seq})
        if answer and answer["ok"]:
            self.read[TABS[tab]] = max(self.read[TABS[tab]], seq)

    @precondition(lambda self: self.agreements < 2)
    @rule()
    def everybody_agrees(self) -> None:
        """When everything has arrived, all pages show what is stored, and that is what was promised."""
        self.agreements += 1
        self._page("ada 1")
        for page in self.pages.values():
            page.bring_up_to_date()
        stored = stored_room(self.server, self.room)
        shown = whole_history(self.people["ada"], self.room)
        stored.check(shown)
        self._check_promises(stored)
        for page in self.pages.values():
            page.hear_until(stored.last_rev)
            page.load_older()
            assert page.model.complaints == [] and "internal" not in page.refusals
            self._check_page(page.model.shown(), shown)

    def _check_promises(self, stored: StoredRoom) -> None:
        for row in stored.rows:
            assert row["content"] in self.possible[row["client_id"]]
        for page in self.pages.values():
            stored.check_kept(page.acknowledged.values())
        for person, mark in self.read.items():
            assert mark <= stored.read.get(person, mark) <= stored.last_seq

    def _check_page(self, page: list[Message], shown: list[Message]) -> None:
        """What somebody had read who has left counts for the pages that knew of it, and for no others; that a message
        of somebody who has left was read is told to nobody."""
        if self.left:
            for known, message in zip(page, shown, strict=False):
                assert known["status"] in ("read", message["status"]) or message["author"]["handle"] in self.left
            page, shown = _without_status(page), _without_status(shown)
        assert page == shown

    def teardown(self) -> None:
        if not self.room:
            return
        try:
            self.everybody_agrees()
        finally:
            for page in self.pages.values():
                page.close()
            delete_room(self.server, self.room)


def _pages_of(person: str) -> list[str]:
    return [name for name, owner in TABS.items() if owner == person]


def _find(page: Tab, key: str) -> str | None:
    """The message's id, if the page knows of it."""
    return next((str(m["id"]) for m in page.model.messages.values() if m["client_id"] == key), None)


def _without_status(messages: list[Message]) -> list[Message]:
    return [{**message, "status": None} for message in messages]


class StoryWithRestarts(Story):
    """The server is killed or restarted in between, once in a story."""

    has_restarted = False

    @precondition(lambda self: not self.has_restarted)
    @rule(softly=st.booleans())
    def restart(self, softly: bool) -> None:
        self.has_restarted = True
        self.server.stop() if softly else self.server.kill()
        self.server.start()


@pytest.fixture(scope="module", params=WAYS.values(), ids=WAYS.keys())
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), **request.param, **LIMITS) as running:
        yield running


@pytest.fixture(scope="module")
def cast(server: RunningServer) -> dict[str, Person]:
    return {name: Person(server.url, name).register() for name in PEOPLE}


@pytest.mark.parametrize(("kind", "stories"), [(Story, 40), (StoryWithRestarts, 5)])
def test_any_story_ends_well(
    kind: type[Story],
    stories: int,
    server: RunningServer,
    cast: dict[str, Person],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A setting that the library keeps to itself: its five minutes are more than a test may take here.
    monkeypatch.setattr("hypothesis.internal.conjecture.engine.MAX_SHRINKING_SECONDS", 90)
    run_state_machine_as_test(
        lambda: kind(server, cast),
        settings=settings(
            max_examples=stories,
            stateful_step_count=STEPS,
            deadline=None,
            database=None,
            report_multiple_bugs=False,
            suppress_health_check=list(HealthCheck),
        ),
    )
