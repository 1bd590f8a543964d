"""The main job without a mouse: sign up, ask a model, stop it, continue, edit, find a person, write to them, sign out.

At every stop of the Tab key the focus has to be seen, and it is never lost.
"""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.people import PASSWORD
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
STOPS = 120  # of Tab, until it has come to everything
STORY = " ".join(f"Word {number} of the story." for number in range(150))

# What has the focus, and whether a ring is drawn around it or around what it fills; `null` where nothing has it.
FOCUS = """() => {
    const focused = document.activeElement;
    if (!focused || focused === document.body) return null;
    const box = focused.getBoundingClientRect();
    const parts = [focused, focused.parentElement, focused.parentElement?.parentElement].filter(Boolean);
    const hasOutline = ({outlineStyle, outlineWidth}) => outlineStyle !== "none" && parseFloat(outlineWidth) >= 1;
    return {
        id: focused.dataset.testid ?? "",
        name: focused.getAttribute("aria-label") ?? focused.innerText ?? "",
        hasRing: parts.some((part) => hasOutline(getComputedStyle(part))),
        isInSight: box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
    };
}"""


def _focus(visitor: Visitor) -> dict[str, Any]:
    found: dict[str, Any] | None = visitor.page.evaluate(FOCUS)
    assert found, "nothing has the focus"
    return found


def _go_to(visitor: Visitor, testid: str, key: str = "Tab") -> None:
    """By Tab alone; every stop on the way shows that it is one."""
    stops: list[str] = []
    for _ in range(STOPS):
        visitor.page.keyboard.press(key)
        focus = _focus(visitor)
        assert focus["hasRing"] and focus["isInSight"], focus
        if focus["id"] == testid:
            return
        stops.append(focus["id"] or focus["name"])
    raise AssertionError(f"{key} does not come to {testid}: {stops}")


def _sign_up(ada: Visitor) -> None:
    ada.page.goto("/")
    expect(ada.get("username")).to_be_focused()
    _go_to(ada, "auth-toggle")
    ada.page.keyboard.press("Enter")
    expect(ada.get("username")).to_be_focused()
    ada.page.keyboard.type(ada.name)
    _go_to(ada, "display-name")
    ada.page.keyboard.type("Ada by keys")
    _go_to(ada, "password")
    ada.page.keyboard.type(PASSWORD)
    ada.page.keyboard.press("Enter")


def _stop_and_continue(ada: Visitor, ollama: FakeOllama) -> None:
    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text=STORY, token_seconds=0.02)
    ada.page.keyboard.type("@llama3 a long one please")
    ada.page.keyboard.press("Enter")
    content = ada.reply("llama3").get_by_test_id("message-content")
    expect(content).to_contain_text("Word 3")
    _go_to(ada, "stop-reply", "Shift+Tab")
    ada.page.keyboard.press("Enter")
    expect(ada.reply("llama3")).to_have_attribute("data-status", "sent")
    expect(ada.reply("llama3")).to_be_focused()
    ollama.behaviour = OllamaBehaviour(text=" and that is all.")
    _go_to(ada, "continue-reply")
    ada.page.keyboard.press("Enter")
    expect(content).to_contain_text("and that is all.")
    expect(ada.reply("llama3")).to_be_focused()


def test_a_message_is_one_stop_and_arrows_reach_its_buttons(visit: Visit, ollama_server: RunningServer) -> None:
    kira = visit(ollama_server, "kira").sign_up()
    kira.open_room(kira.make_room("stops"))
    for text in ("older", "newer"):
        kira.say(text)
        expect(kira.message(text)).to_have_attribute("data-status", "sent")
    for message in ("newer", "older"):
        _go_to(kira, "react", "Shift+Tab")
        assert kira.message(message).locator(":focus").count() == 1, "each has one stop"
    kira.page.keyboard.press("ArrowRight")
    assert _focus(kira)["id"] == "reply"
    kira.page.keyboard.press("End")
    assert _focus(kira)["id"] == "message-menu"
    kira.page.keyboard.press("Enter")
    expect(kira.get("copy-link")).to_be_visible()
    kira.page.keyboard.press("ArrowDown")
    expect(kira.get("quick-emoji").first).to_be_focused()
    kira.page.keyboard.press("Escape")
    expect(kira.message("older").get_by_test_id("message-menu")).to_be_focused()
    kira.page.keyboard.press("ArrowLeft")
    assert _focus(kira)["id"] == "copy"
    kira.page.keyboard.press("?")
    expect(kira.get("shortcuts")).to_be_visible()
    kira.page.keyboard.press("Escape")
    expect(kira.get("shortcuts")).to_have_count(0)
    _go_to(kira, "react")
    kira.page.keyboard.press("?")
    kira.page.keyboard.press("Escape")
    kira.get("composer").focus()
    kira.page.keyboard.type("?")
    expect(kira.get("composer")).to_have_value("?")
    expect(kira.get("shortcuts")).to_have_count(0)


def test_the_main_job_by_keyboard_alone(visit: Visit, ollama_server: RunningServer, ollama: FakeOllama) -> None:
    mira = visit(ollama_server, "mira").sign_up().open_room()
    ada = visit(ollama_server, "ada-by-keys")
    _sign_up(ada)
    expect(ada.get("composer")).to_be_focused()
    _stop_and_continue(ada, ollama)

    _go_to(ada, "composer")
    ada.page.keyboard.type("who has read this?")
    ada.page.keyboard.press("Enter")
    expect(mira.message("who has read this?")).to_be_visible()
    expect(ada.message("who has read this?")).to_have_attribute("data-status", "sent")
    ada.page.keyboard.press("ArrowUp")
    expect(ada.get("edit-input")).to_be_focused()
    ada.page.keyboard.press("End")
    ada.page.keyboard.type(" Mira?")
    ada.page.keyboard.press("Enter")
    expect(mira.message("who has read this? Mira?")).to_contain_text("(edited)")
    expect(ada.get("composer")).to_be_focused()

    ada.page.keyboard.press("Control+k")
    expect(ada.get("jump-input")).to_be_focused()
    ada.page.keyboard.type("@mir")
    expect(ada.get("jump-option", kind="person").first).to_contain_text("mira")
    ada.page.keyboard.press("Enter")
    expect(ada.get("room-title")).to_contain_text("mira")
    expect(ada.get("composer")).to_be_focused()
    ada.page.keyboard.type("only for you")
    ada.page.keyboard.press("Enter")
    theirs = mira.get("direct-list").get_by_test_id("room-item")
    expect(theirs.get_by_test_id("unread-badge")).to_contain_text("1")
    theirs.press("Enter")
    expect(mira.message("only for you")).to_be_visible()

    _go_to(ada, "account-menu", "Shift+Tab")
    ada.page.keyboard.press("Enter")
    for _ in range(STOPS):
        ada.page.keyboard.press("ArrowDown")
        if _focus(ada)["id"] == "sign-out":
            break
    ada.page.keyboard.press("Enter")
    expect(ada.get("username")).to_be_focused()
    assert ada.context.request.get("/api/auth/me").status == 401


def _make_and_share(luna: Visitor, guest: str) -> None:
    luna.get("composer").focus()
    _go_to(luna, "create-room", "Shift+Tab")
    luna.page.keyboard.press("Enter")
    expect(luna.get("room-name")).to_be_focused()
    luna.page.keyboard.type("Launch by keys")
    _go_to(luna, "kind-public")
    luna.page.keyboard.press("ArrowDown")
    expect(luna.get("kind-private")).to_be_checked()
    luna.page.keyboard.press("Enter")
    expect(luna.get("room-title")).to_have_text("Launch by keys")
    expect(luna.get("composer")).to_be_focused()
    _go_to(luna, "invite")
    luna.page.keyboard.press("Enter")
    expect(luna.get("invite-username")).to_be_focused()
    luna.page.keyboard.type(guest)
    luna.page.keyboard.press("Enter")


def _react_and_pin(luna: Visitor, text: str) -> None:
    luna.get("composer").focus()
    _go_to(luna, "react", "Shift+Tab")
    luna.page.keyboard.press("Enter")
    expect(luna.get("emoji-input")).to_be_focused()
    luna.page.keyboard.type("rock")
    luna.page.keyboard.press("Enter")
    expect(luna.message(text).get_by_test_id("react")).to_be_focused()
    luna.page.keyboard.press("End")
    luna.page.keyboard.press("Enter")
    expect(luna.get("pin-message")).to_be_visible()
    luna.page.keyboard.type("Pin")
    expect(luna.get("pin-message")).to_be_focused()
    luna.page.keyboard.press("Enter")


def test_a_room_is_made_shared_used_and_left_by_keyboard_alone(visit: Visit, ollama_server: RunningServer) -> None:
    theo, luna = (visit(ollama_server, name).sign_up().open_room() for name in ("theo", "luna"))
    _make_and_share(luna, "theo")
    theo.get("room-item", room_slug="launch-by-keys").press("Enter")
    expect(theo.get("composer")).to_be_focused()
    theo.page.keyboard.type("shall we?")
    theo.page.keyboard.press("Enter")
    expect(luna.message("shall we?")).to_be_visible()
    _react_and_pin(luna, "shall we?")
    expect(theo.message("shall we?").get_by_test_id("reaction")).to_have_text("🚀 1")
    expect(theo.message("shall we?").get_by_test_id("pinned-mark")).to_have_text("Pinned by luna")
    _go_to(luna, "pins-button", "Shift+Tab")
    luna.page.keyboard.press("Enter")
    expect(luna.get("pin")).to_be_visible()
    _go_to(luna, "pin")
    luna.page.keyboard.press("Enter")
    expect(luna.get("message", target="true")).to_be_focused()
    theo.page.keyboard.type("/leave")
    theo.page.keyboard.press("Enter")
    expect(theo.get("leave-submit")).to_be_visible()
    _go_to(theo, "leave-submit")
    theo.page.keyboard.press("Enter")
    expect(theo.get("room-item", room_slug="launch-by-keys")).to_have_count(0)
    expect(luna.get("members").get_by_test_id("member")).to_have_count(1)
