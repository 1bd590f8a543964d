"""The page as an app: it can be installed, and tells of mentions while nobody looks, if it may."""

import json
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.people import Person, new_key
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
# The system's side of notices, and somebody who looks at another window while `isAway`.
SYSTEM = """
    window.shown = [];
    window.asked = 0;
    window.isAway = false;
    document.hasFocus = () => !window.isAway;
    window.Notification = class {
        static permission = "default";
        static async requestPermission() { window.asked += 1; return this.permission = "granted"; }
        constructor(title, options) { window.shown.push(Object.assign(this, { title, ...options })); }
        close() { this.isClosed = true; }
    };
"""


def test_it_can_be_installed(visit: Visit, ollama_server: RunningServer) -> None:
    visitor = visit(ollama_server, "installer")
    visitor.page.goto("/")
    expect(visitor.get("auth-form")).to_be_visible()
    devtools = visitor.context.new_cdp_session(visitor.page)
    problems = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    assert {problem["errorId"] for problem in problems} <= {"in-incognito"}, problems  # as every page of a test is
    answer = devtools.send("Page.getAppManifest")
    assert answer["errors"] == []
    manifest: dict[str, Any] = json.loads(answer["data"])
    for icon in [*manifest["icons"], {"src": "/icons/apple-touch-180.png", "sizes": "180x180"}]:
        size = visitor.page.evaluate(
            "async (src) => { const { width, height } = await createImageBitmap(await (await fetch(src)).blob());"
            " return `${width}x${height}`; }",
            icon["src"],
        )
        assert size == icon["sizes"], icon
    assert visitor.page.locator('link[rel="apple-touch-icon"]').get_attribute("href") == "/icons/apple-touch-180.png"


def test_it_is_coloured_as_its_user_has_chosen(visit: Visit, ollama_server: RunningServer) -> None:
    visitor = visit(ollama_server, "painter").sign_up()
    colours = lambda: visitor.page.eval_on_selector_all('meta[name="theme-color"]', "all => all.map((m) => m.content)")  # noqa: E731  three uses
    assert colours() == ["#fbfaf7", "#171715"]
    visitor.get("account-menu").click()
    visitor.get("open-account").click()
    visitor.get("tab-appearance").click()
    visitor.get("theme-dark").check(force=True)
    assert colours() == ["#171715", "#171715"]
    visitor.get("theme-system").check(force=True)
    assert colours() == ["#fbfaf7", "#171715"]


def _say(person: Person, text: str) -> str:
    answer = person.post("/api/chat/message", room="general", content=text, client_id=new_key())
    return str(answer.json()["message"]["id"])


def test_it_tells_of_mentions_while_nobody_looks(visit: Visit, ollama_server: RunningServer) -> None:
    vera = visit(ollama_server, "vera")
    vera.page.add_init_script(SYSTEM)
    vera.sign_up().open_room()
    otto = Person(ollama_server.url, "otto").register()
    icon = vera.page.locator('link[rel="icon"]')
    vera.page.evaluate("window.isAway = true; window.dispatchEvent(new Event('blur'))")
    _say(otto, "good morning")
    expect(vera.page).to_have_title("(1) general · Roundtable")
    expect(vera.get("notice-prompt")).to_have_count(0)
    _say(otto, "@vera are you there?")
    expect(vera.page).to_have_title("(@1) general · Roundtable")
    assert "%3Ctext" in str(icon.get_attribute("href"))
    expect(vera.get("notice-prompt")).to_be_visible()
    assert vera.page.evaluate("[window.asked, window.shown.length]") == [0, 0], "nobody is asked before"
    vera.get("notice-yes").click()
    expect(vera.get("notice-prompt")).to_have_count(0)
    wanted = _say(otto, "@vera **now**?")
    _say(otto, "never mind")
    vera.page.wait_for_function("window.shown.length > 0")
    shown = vera.page.evaluate("window.shown.map(({ title, body, tag }) => [title, body, tag])")
    assert shown == [["otto in #general", "@vera now?", wanted]]
    vera.page.evaluate("window.isAway = false; window.shown[0].onclick()")
    expect(vera.get("message", message_id=wanted)).to_have_attribute("data-target", "true")
    expect(vera.page).to_have_title("general · Roundtable")
    assert "%3Ctext" not in str(icon.get_attribute("href"))
    vera.get("account-menu").click()
    vera.get("open-account").click()
    vera.get("tab-appearance").click()
    expect(vera.get("notices")).to_be_checked()
    vera.get("notices").uncheck()
    vera.page.evaluate("window.isAway = true")
    _say(otto, "@vera one more")
    expect(vera.message("one more")).to_be_visible()
    assert vera.page.evaluate("window.shown.length") == 1


def test_who_says_no_to_notices_is_not_asked_again(visit: Visit, ollama_server: RunningServer) -> None:
    nora = visit(ollama_server, "nora")
    nora.page.add_init_script(SYSTEM)
    nora.sign_up().open_room()
    rick = Person(ollama_server.url, "rick").register()
    nora.page.evaluate("window.isAway = true; window.dispatchEvent(new Event('blur'))")
    _say(rick, "@nora hello")
    nora.get("notice-no").click()
    expect(nora.get("notice-prompt")).to_have_count(0)
    _say(rick, "@nora hello again")
    expect(nora.message("hello again")).to_be_visible()
    expect(nora.get("notice-prompt")).to_have_count(0)
    assert nora.page.evaluate("[window.asked, window.shown.length]") == [0, 0]
