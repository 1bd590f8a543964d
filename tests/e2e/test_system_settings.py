"""What people have set in their system is heeded."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]
MOVING = "document.getAnimations().filter((one) => one.playState === 'running').length"


def test_nothing_moves_where_motion_is_not_wanted(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    lena = visit(ollama_server, "lena").sign_up().open_room()
    ollama.loaded.clear()
    ollama.behaviour = OllamaBehaviour(text="Done.", load_seconds=60)
    lena.say("@llama3 are you there?")
    expect(lena.get("phase-line", phase="loading")).to_be_visible()
    lena.wait_until(lambda: lena.page.evaluate(MOVING) > 0)
    lena.page.emulate_media(reduced_motion="reduce")
    lena.wait_until(lambda: lena.page.evaluate(MOVING) == 0)
    lena.get("stop-reply").click()
    expect(lena.reply("llama3")).to_have_attribute("data-status", "sent")
