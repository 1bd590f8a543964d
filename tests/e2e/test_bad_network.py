"""The network is cut, comes back and loses answers; the server stays away for an hour. Of two people one moves."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.bad_network import BadNetwork, Weather
from tests.e2e.visitor import Visitor
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]
NONE = Weather(cut_within=1, ends=("reset",))  # nothing gets through
HOUR_MINUTES = 60


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    with RunningServer(tmp_path, **LIMITS) as running:
        yield running


@pytest.fixture
def network(server: RunningServer) -> Iterator[BadNetwork]:
    with BadNetwork(server.port) as between:
        yield between


@pytest.fixture
def mira(visit: Visit, server: RunningServer) -> Visitor:
    return visit(server, "mira").sign_up().open_room()


@pytest.fixture
def ada(browser: Browser, server: RunningServer, network: BadNetwork) -> Iterator[Visitor]:
    """On the move: between her and the server is the network."""
    with browser.new_context(base_url=network.url) as context:
        ada = Visitor(context, server, "ada", url=network.url).sign_up().open_room()
        yield ada
        assert ada.problems == []


def test_a_tunnel_is_told_and_everything_in_it_caught_up_once(mira: Visitor, ada: Visitor, network: BadNetwork) -> None:
    ada.get("composer").press_sequentially("half a sen")
    expect(mira.get("typing-line")).to_have_text("ada is typing…")
    network.weather = NONE
    network.end_all("reset")
    expect(ada.get("connection-banner", phase="offline")).to_contain_text("Reconnecting…")
    expect(mira.get("typing-line")).to_have_text("")  # nobody has said that she stopped
    for number in range(7):
        mira.say(f"while ada is away, {number}")
    ada.say("from the tunnel")
    ada.say("and once more")
    expect(ada.get("connection-banner")).to_contain_text("2 messages wait to be sent")
    expect(mira.message("while ada is away, 6")).to_have_attribute("data-status", "sent")
    network.weather = Weather()
    expect(ada.get("connection-banner", phase="online")).to_have_text("Back online, 7 messages caught up")
    told = [*(f"while ada is away, {number}" for number in range(7)), "from the tunnel", "and once more"]
    for visitor in (ada, mira):
        expect(visitor.get("message-content")).to_have_text(told)
    expect(ada.get("connection-banner")).to_have_count(0)


def test_an_answer_that_is_lost_makes_no_second_message(mira: Visitor, ada: Visitor, network: BadNetwork) -> None:
    network.end_all("freeze down")  # what she sends arrives, what she should hear does not
    ada.say("is this there twice?")
    expect(mira.message("is this there twice?")).to_be_visible()
    expect(ada.message("is this there twice?")).to_have_attribute("data-status", "sending")
    network.end_all("reset")
    expect(ada.message("is this there twice?")).to_have_attribute("data-status", "sent")
    mira.say("no, once")
    for visitor in (ada, mira):
        expect(visitor.get("message-content")).to_have_text(["is this there twice?", "no, once"])


def test_what_is_refused_stays_where_it_is_and_is_sent_again_or_deleted(
    mira: Visitor, ada: Visitor, network: BadNetwork
) -> None:
    slug = mira.make_room("launch")
    mira.open_room(slug)
    ada.join_room(slug)
    ada.say("before")
    expect(ada.message("before")).to_have_attribute("data-status", "sent")
    network.weather = NONE
    network.end_all("reset")
    expect(ada.get("connection-banner", phase="offline")).to_be_visible()
    for text in ("keep this", "not this"):
        ada.say(text)
        expect(ada.message(text)).to_have_attribute("data-status", "sending")
    waiting = ada.message("keep this").bounding_box()
    assert mira.context.request.put(f"/api/rooms/{slug}/archive", headers={"Origin": mira.url}).ok
    network.weather = Weather()
    for text in ("keep this", "not this"):
        expect(ada.message(text)).to_have_attribute("data-status", "failed")
        expect(ada.message(text).get_by_role("alert")).to_contain_text("Not sent.")
    ada.message("not this").get_by_test_id("discard-send").click()
    mira.get("unarchive").click()
    expect(ada.get("composer")).to_be_visible()
    ada.message("keep this").get_by_test_id("retry-send").click()
    expect(ada.message("keep this")).to_have_attribute("data-status", "sent")
    confirmed = ada.message("keep this").bounding_box()
    assert waiting and confirmed and waiting["height"] == confirmed["height"]
    for visitor in (ada, mira):
        expect(visitor.get("message-content")).to_have_text(["before", "keep this"])


def test_an_hour_without_the_server_is_no_storm_and_no_loss(mira: Visitor, server: RunningServer) -> None:
    tries: list[str] = []
    mira.page.close()
    mira.page = mira.context.new_page()
    mira.page.on("request", lambda request: tries.append(request.url))
    mira.page.on("websocket", lambda socket: tries.append(socket.url))
    mira.page.clock.install()
    mira.page.goto("/")
    mira.open_room()
    mira.say("before")
    expect(mira.message("before")).to_have_attribute("data-status", "sent")
    server.kill()
    expect(mira.get("connection-banner", phase="offline")).to_be_visible()
    mira.say("said into the void")
    tries.clear()
    for minute in range(HOUR_MINUTES):
        seen = len(tries)
        mira.page.clock.run_for(60_000)
        mira.wait_until(lambda seen=seen: len(tries) > seen)  # it has not given up
        assert len(tries) - seen <= 30, f"a storm in minute {minute}: {tries[seen:]}"
    expect(mira.get("connection-banner")).to_have_text(re.compile("Reconnecting… 1 message waits to be sent"))
    server.start()
    expect(mira.get("connection-banner", phase="offline")).to_have_count(0)
    expect(mira.message("said into the void")).to_have_attribute("data-status", "sent")
    expect(mira.get("message-content")).to_have_text(["before", "said into the void"])
