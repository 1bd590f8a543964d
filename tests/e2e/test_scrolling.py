"""The list while others write: a reader is never pulled away, older history moves nothing, a room keeps its place."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]
MANY = 130  # more than two pages of the history, each of several screens
LINES = "\nwith a line" * 3

# The first message in sight: its number, and how far it is from the top of the list.
FIRST_IN_SIGHT = """(list) => {
    const top = list.getBoundingClientRect().top;
    const rows = [...list.querySelectorAll('[data-testid="message"]')];
    const row = rows.find((row) => row.getBoundingClientRect().bottom > top);
    return [Number(row.dataset.seq), Math.round(row.getBoundingClientRect().top - top)];
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, ollama: FakeOllama) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), OLLAMA_BASE_URL=ollama.url, **LIMITS) as running:
        yield running


@pytest.fixture
def ada(visit: Visit, server: RunningServer, request: pytest.FixtureRequest) -> Visitor:
    """In a room of the test's own with a history."""
    ada = visit(server, f"ada-{request.node.name[5:20].replace('_', '-')}").sign_up()
    ada.slug = ada.make_room(request.node.name[5:40].replace("_", " "))
    for number in range(1, MANY + 1):
        ada.post_message(f"number {number} of the history" + LINES, ada.slug)
    return ada


def _place(visitor: Visitor) -> tuple[int, int]:
    """Where the list rests."""
    before: tuple[int, int] = (0, 0)
    for _ in range(100):
        now = tuple(visitor.get("message-list").evaluate(FIRST_IN_SIGHT))
        if now == before:
            return now
        before = now
        visitor.page.wait_for_timeout(120)
    raise AssertionError("the list does not come to rest")


def _is_at(visitor: Visitor, place: tuple[int, int]) -> bool:
    """To a pixel or two, which is how lines are rounded."""
    seq, top = _place(visitor)
    return seq == place[0] and abs(top - place[1]) <= 2


def _wheel(visitor: Visitor, pixels: int) -> None:
    visitor.get("message-list").hover()
    visitor.page.mouse.wheel(0, pixels)


def test_who_reads_above_is_never_pulled_down(visit: Visit, ada: Visitor, ollama: FakeOllama) -> None:
    mira = visit(ada.server, "mira").sign_up().join_room(ada.slug)
    expect(mira.message(f"number {MANY} of")).to_be_in_viewport()
    for by_key in (False, True):
        if by_key:
            mira.get("message-list").press("PageUp")
        else:
            _wheel(mira, -700)
        expect(mira.get("jump-to-latest")).to_have_text("Latest")
        place = _place(mira)
        ada.open_room(ada.slug)
        for number in range(3):
            ada.say(f"new one {number}")
        expect(mira.get("jump-to-latest")).to_have_text("3 new messages")
        ollama.behaviour = OllamaBehaviour(text=" ".join(f"line {n}\n\n" for n in range(60)))
        ada.say("@llama3 write a lot")
        expect(ada.reply("llama3")).to_have_attribute("data-status", "sent")
        expect(mira.get("jump-to-latest")).to_have_text("5 new messages")
        assert _is_at(mira, place)
        if by_key:
            mira.get("jump-to-latest").press("Enter")
        else:
            mira.get("jump-to-latest").click()
        expect(mira.get("jump-to-latest")).to_have_count(0)
        expect(mira.get("message-content").last).to_contain_text("line 59")
        expect(mira.get("phase-line")).to_have_count(0)
        ada.say("the last word")
        expect(mira.message("the last word").last).to_be_in_viewport()


def test_a_message_of_many_lines_is_written_below_the_newest(ada: Visitor) -> None:
    ada.open_room(ada.slug)
    newest = ada.message(f"number {MANY} of")
    expect(newest).to_be_in_viewport()
    ada.get("composer").focus()
    for line in range(6):
        ada.page.keyboard.type(f"line {line}")
        ada.page.keyboard.press("Shift+Enter")
        _place(ada)
    ada.get("composer").fill("")
    ada.page.keyboard.type("something else")
    _place(ada)
    expect(newest).to_be_in_viewport(ratio=1)
    expect(ada.get("jump-to-latest")).to_have_count(0)


def test_older_history_moves_nothing_that_is_in_sight(ada: Visitor) -> None:
    for number in range(MANY + 1, MANY + 111):
        ada.post_message(f"number {number} of the history" + LINES, ada.slug)
    held: list[Route] = []
    ada.page.route("**/api/chat/history*", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks what it calls
    ada.open_room(ada.slug)
    expect(ada.message(f"number {MANY + 110} of")).to_be_in_viewport()
    for go_up in (lambda: _wheel(ada, -700), lambda: ada.get("message-list").press("PageUp")):
        while not held:
            go_up()
            ada.page.wait_for_timeout(50)
        place = _place(ada)
        height = ada.get("message-list").evaluate("(list) => list.scrollHeight")
        held.pop().continue_()
        ada.wait_until(lambda h=height: ada.get("message-list").evaluate("(list) => list.scrollHeight") > h)
        assert _is_at(ada, place)
    assert ada.get("message").count() < 60, "only what is in sight is drawn, and a little around it"
    ada.page.unroute("**/api/chat/history*")
    ada.get("message-list").press("End")
    expect(ada.message(f"number {MANY + 110} of")).to_be_in_viewport()


def test_each_room_is_where_it_was_left(ada: Visitor) -> None:
    ada.open_room(ada.slug)
    expect(ada.message(f"number {MANY} of")).to_be_in_viewport()
    _wheel(ada, -900)
    place = _place(ada)
    ada.open_room("general")
    ada.open_room(ada.slug)
    ada.wait_until(lambda: _is_at(ada, place))
    title = ada.get("room-title").inner_text()
    ada.page.keyboard.press("Alt+ArrowDown")
    expect(ada.get("room-title")).not_to_have_text(title)
    ada.page.keyboard.press("Alt+ArrowUp")
    expect(ada.get("room-title")).to_have_text(title)
    ada.wait_until(lambda: _is_at(ada, place))
