"""Ways to a message: its permanent address, the quote of it, the list of what is pinned; however far up it is."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, WebSocket, expect

from tests.e2e.visitor import Visitor
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]
MANY = 260  # more than two pages of the history

SEND_MANY = """async (count) => {
    for (let number = 1; number <= count; number++) {
        const body = {room: "general", content: `number ${number} of many`, client_id: `many-${number}`};
        const headers = {"Content-Type": "application/json"};
        const answer = await fetch("/api/chat/message", {method: "POST", headers, body: JSON.stringify(body)});
        if (!answer.ok) throw new Error(await answer.text());
    }
}"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), **LIMITS) as running:
        yield running


def test_an_address_opens_the_room_at_its_message_and_the_way_back_is_whole(
    visit: Visit, server: RunningServer
) -> None:
    ada = visit(server, "ada").sign_up().open_room()
    ada.page.evaluate(SEND_MANY, MANY)
    early = ada.context.request.get("/api/chat/history", params={"room": "general", "after": 29, "limit": 1}).json()
    ada.page.goto(f"/m/{early['messages'][0]['id']}")
    found = ada.get("message", target="true")
    expect(found).to_contain_text("number 30 of many")
    expect(found).to_be_in_viewport()
    expect(found).to_be_focused()
    ada.say("said while reading the old ones")
    expect(ada.message("said while reading the old ones")).to_be_in_viewport()
    expect(ada.message(f"number {MANY} of many")).to_be_visible()
    expect(ada.get("jump-to-latest")).to_have_count(0)


def test_what_one_says_is_seen_also_when_it_overtakes_the_newest_page(visit: Visit, server: RunningServer) -> None:
    vera = visit(server, "vera").sign_up().open_room()
    early = vera.context.request.get("/api/chat/history", params={"room": "general", "after": 29, "limit": 1}).json()
    frames: list[str | bytes] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framereceived", lambda frame: frames.append(frame))  # noqa: PLW0108  Playwright marks what it calls

    vera.page.on("websocket", listen)
    vera.page.goto(f"/m/{early['messages'][0]['id']}")
    expect(vera.get("message", target="true")).to_be_focused()
    held: list[Route] = []

    def hold(route: Route) -> None:
        """The first page as it was before the message, all other ways to the newest not at all."""
        if held:
            if "after=" not in route.request.url:
                route.continue_()
            return
        held.append(route)
        answer = route.fetch()
        page = answer.json()
        page["messages"] = [message for message in page["messages"] if "overtaken" not in message["content"]]
        vera.wait_until(lambda: any("overtaken" in str(frame) for frame in frames))
        route.fulfill(response=answer, json=page)

    vera.page.route("**/api/chat/history*", hold)
    vera.say("\n\n".join(["overtaken", "by", "its", "own", "page"]))
    expect(vera.message("overtaken")).to_be_in_viewport()
    expect(vera.get("jump-to-latest")).to_have_count(0)
    assert held


def test_a_quote_and_a_pin_lead_to_their_message(visit: Visit, server: RunningServer) -> None:
    mira, noor = (visit(server, name).sign_up().open_room() for name in ("mira", "noor"))
    mira.page.evaluate(
        """async () => {
            const history = await (await fetch("/api/chat/history?room=general&after=19&limit=1")).json();
            const id = history.messages[0].id;
            await fetch(`/api/chat/message/${id}/pin`, {method: "PUT"});
            const body = {room: "general", content: "look at this old one", client_id: "quoting", reply_to: id};
            const headers = {"Content-Type": "application/json"};
            await fetch("/api/chat/message", {method: "POST", headers, body: JSON.stringify(body)});
        }"""
    )
    noor.message("look at this old one").get_by_test_id("quote").click()
    expect(noor.get("message", target="true")).to_contain_text("number 20 of many")
    expect(noor.get("message", target="true").get_by_test_id("pinned-mark")).to_have_text("Pinned by mira")
    noor.get("jump-to-latest").click()
    expect(noor.message("look at this old one")).to_be_in_viewport()
    expect(noor.get("jump-to-latest")).to_have_count(0)
    noor.get("pins-button").click()
    noor.get("pin").click()
    expect(noor.get("pin-list")).to_have_count(0)
    expect(noor.get("message", target="true")).to_be_in_viewport()
    noor.get("pins-button").click()
    noor.get("unpin").click()
    expect(noor.get("no-pins")).to_be_visible()
    expect(noor.get("pinned-mark")).to_have_count(0)


def test_an_address_of_nothing_says_so(visit: Visit, server: RunningServer) -> None:
    kim = visit(server, "kim").sign_up()
    kim.page.goto("/m/01M80EZYQQG57W3Z25SEAYRBC5")
    expect(kim.get("toast")).to_contain_text("does not exist")
    expect(kim.get("composer")).to_be_visible()
