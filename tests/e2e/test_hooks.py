"""An owner makes an address for a program and takes it back, and has what is said in a room posted elsewhere."""

from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
import requests
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.receiver import Receiver
from tests.running_server import LIMITS, RunningServer

Visit = Callable[[RunningServer, str], Visitor]


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


@pytest.fixture(scope="module")
def server(receiver: Receiver, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    hosts = urlsplit(receiver.url).netloc
    with RunningServer(tmp_path_factory.mktemp("data"), LLM_SCRIPTED="on", WEBHOOK_HOSTS=hosts, **LIMITS) as running:
        yield running


def test_a_room_is_posted_elsewhere_until_the_owner_ends_it(
    visit: Visit, server: RunningServer, receiver: Receiver
) -> None:
    olga = visit(server, "olga").sign_up().open_room()
    olga.get("room-settings").click()
    olga.get("tab-hooks").click()
    olga.get("outgoing-name").fill("Archive")
    olga.get("outgoing-url").fill("http://169.254.169.254/latest")
    olga.get("create-outgoing").click()
    expect(olga.page.get_by_text("This server does not call 169.254.169.254")).to_be_visible()
    olga.get("outgoing-url").fill(f"{receiver.url}/hook")
    olga.get("create-outgoing").click()
    expect(olga.get("outgoing-secret")).to_contain_text("whsec_")
    olga.get("outgoing-done").click()
    olga.page.keyboard.press("Escape")
    olga.say("for the archive")
    assert receiver.wait_for(lambda: any(seen.path == "/hook" for seen in receiver.seen), 30)
    assert receiver.seen[0].body["message"]["content"] == "for the archive"
    olga.get("room-settings").click()
    olga.get("tab-hooks").click()
    expect(olga.get("outgoing-item", name="Archive")).to_contain_text("delivered")
    olga.get("remove-outgoing").click()
    olga.get("remove-outgoing-sure").click()
    expect(olga.get("outgoing-item")).to_have_count(0)


def test_a_webhook_is_made_used_and_deleted(visit: Visit, server: RunningServer) -> None:
    hana = visit(server, "hana").sign_up()
    slug = hana.make_room("builds")
    hana.page.reload()
    hana.open_room(slug)
    hana.get("room-settings").click()
    hana.get("tab-hooks").click()
    hana.get("hook-name").fill("Build server")
    hana.get("create-hook").click()
    address = hana.get("hook-secret").inner_text()
    assert requests.post(address, json={"text": "Build 7 is **green**", "username": "CI"}, timeout=10).ok
    hana.get("hook-done").click()
    expect(hana.get("hook-secret")).to_have_count(0)
    expect(hana.get("hook-item", name="Build server")).to_contain_text("@build-server-bot")
    hana.page.keyboard.press("Escape")
    expect(hana.message("Build 7 is green")).to_contain_text("bot")
    expect(hana.get("member", username="build-server-bot")).to_contain_text("bot")

    hana.get("room-settings").click()
    hana.get("tab-hooks").click()
    hana.get("remove-hook").click()
    hana.get("remove-hook-sure").click()
    expect(hana.get("hook-item")).to_have_count(0)
    assert requests.post(address, json={"text": "still there?"}, timeout=10).status_code == 404
