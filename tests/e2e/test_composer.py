"""Writing with the keyboard alone, through a template to an answer, and with files."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.running_server import RunningServer

Visit = Callable[[RunningServer, str], Visitor]


def _asked(ollama: FakeOllama) -> dict[str, Any]:
    body: dict[str, Any] = ollama.chats()[-1].body
    return body


def _press(visitor: Visitor, *keys: str) -> None:
    for key in keys:
        visitor.page.keyboard.press(key)


def test_lists_open_at_their_signs_and_are_used_by_the_keyboard(visit: Visit, ollama_server: RunningServer) -> None:
    ada, mira = (visit(ollama_server, name).sign_up().open_room() for name in ("ada", "mira"))
    made = ada.context.request.post("/api/rooms", data={"name": "Launch party"}, headers={"Origin": ollama_server.url})
    secret = ada.context.request.post(
        "/api/rooms", data={"name": "Launch secrets", "kind": "private"}, headers={"Origin": ollama_server.url}
    )
    assert made.ok and secret.ok
    field, options = ada.get("composer"), ada.get("trigger-option")
    field.focus()
    ada.page.keyboard.type("Hi @mi")
    expect(options).to_have_count(1)
    expect(field).to_have_attribute("aria-activedescendant", re.compile("-0$"))
    _press(ada, "Tab")
    ada.page.keyboard.type("see #laun")
    expect(options).to_have_count(2)
    _press(ada, "ArrowDown", "ArrowUp", "ArrowDown", "Enter")
    ada.page.keyboard.type("and #launch-p")
    expect(options).to_have_count(1)
    _press(ada, "Enter")
    ada.page.keyboard.type(":tad")
    expect(ada.get("trigger-list", sign=":")).to_be_visible()
    _press(ada, "Enter")
    ada.page.keyboard.type("at 10:30 @ll")
    expect(options).to_have_count(1)
    _press(ada, "Escape")
    expect(options).to_have_count(0)
    expect(field).to_be_focused()
    expect(field).to_have_value("Hi @mira see #launch-secrets and #launch-party 🎉 at 10:30 @ll")
    _press(ada, "Enter")
    told = mira.message("at 10:30")
    expect(told.get_by_test_id("room-link")).to_have_text(["#launch-party"])
    expect(ada.message("at 10:30").get_by_test_id("room-link")).to_have_text(["#launch-secrets", "#launch-party"])
    told.get_by_test_id("room-link").click()
    expect(mira.page).to_have_url(re.compile("/rooms/launch-party$"))
    ada.page.keyboard.type("/leav")
    expect(options).to_have_count(1)
    _press(ada, "Enter")
    expect(ada.get("leave-submit")).to_be_visible()
    _press(ada, "Escape")
    assert ada.history()[-1]["content"].endswith("@ll"), "a command is not a message"


def test_a_template_is_filled_in_and_answered_as_it_says(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    ollama.behaviour = OllamaBehaviour(text="Guten Morgen, zusammen.", token_seconds=0.02)
    noor, omar = (visit(ollama_server, name).sign_up().open_room() for name in ("noor", "omar"))
    noor.get("generation").click()
    noor.get("option-temperature").fill("0.7")
    noor.get("option-max_tokens").fill("99")
    _press(noor, "Escape")
    expect(noor.get("generation", changed="true")).to_be_focused()
    noor.get("composer").focus()
    noor.page.keyboard.type("/transl")
    expect(noor.get("trigger-option")).to_have_count(1)
    _press(noor, "Enter")
    expect(noor.get("template-field", name="language")).to_be_focused()
    _press(noor, "Enter")
    noor.page.keyboard.type("Good morning, everybody. {{ 7 * 7 }}")
    noor.page.reload()
    expect(noor.get("composer")).to_have_value("Good morning, everybody. {{ 7 * 7 }}")
    noor.get("composer").focus()
    _press(noor, "Enter")
    expect(noor.get("template-form").get_by_role("alert")).to_have_text("Fill this in.")
    expect(noor.get("template-field", name="language")).to_be_focused()
    noor.page.keyboard.type("German")
    _press(noor, "Enter", "Enter")
    expect(noor.get("template-form")).to_have_count(0)
    for visitor in (noor, omar):
        expect(visitor.reply("llama3")).to_contain_text("Guten Morgen, zusammen.")
        expect(visitor.get("template-mark").last).to_contain_text("Translate")
    omar.get("template-mark").last.click()
    expect(omar.get("template-facts")).to_contain_text("German")
    asked = _asked(ollama)
    assert asked["messages"][-1]["content"].partition("noor: ")[2].startswith("Translate the text below into German.")
    assert asked["messages"][-1]["content"].endswith("{{ 7 * 7 }}")
    assert (asked["options"]["temperature"], asked["options"]["num_predict"]) == (0.7, 99)
    question, reply = noor.history()[-2:]
    assert question["content"] == "Good morning, everybody. {{ 7 * 7 }}" and reply["llm"]["template"] == "translate"


def test_a_parsing_analysis_is_chosen_filled_in_and_read_while_it_is_written(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    analysis = "1. **Format**: a log of requests. " + "\n\n2. **Structure**: a line for each, and so on. " * 8
    ollama.behaviour = OllamaBehaviour(text=analysis, token_seconds=0.03)
    iris, omid = (visit(ollama_server, name).sign_up().open_room() for name in ("iris", "omid"))
    iris.get("composer").focus()
    iris.page.keyboard.type("/parsing")
    expect(iris.get("trigger-option")).to_have_count(1)
    _press(iris, "Enter")
    iris.get("template-field", name="domain").fill("web server logs")
    iris.get("template-field", name="type").fill("nginx")
    iris.get("composer").fill("10.0.0.7 GET /")
    _press(iris, "Enter")
    for visitor in (iris, omid):
        expect(visitor.reply("llama3")).to_have_attribute("data-status", "streaming")
        expect(visitor.reply("llama3").locator("strong").first).to_have_text("Format")
    for visitor in (iris, omid):
        expect(visitor.reply("llama3")).to_have_attribute("data-status", "sent")
        expect(visitor.get("template-mark").last).to_contain_text("Parsing analysis")
    asked = _asked(ollama)["messages"]
    assert "It is about: web server logs" in asked[-1]["content"] and "Its type: nginx" in asked[-1]["content"]
    assert "You analyse the structure of what you are given." in asked[0]["content"]
    assert iris.history()[-1]["content"] == analysis


def test_text_files_go_into_the_message_and_others_are_refused(visit: Visit, ollama_server: RunningServer) -> None:
    lea = visit(ollama_server, "lea").sign_up().open_room()
    lea.page.evaluate("""() => {
        const data = new DataTransfer();
        data.items.add(new File(["row = 1\\n"], "importer.py"));
        data.items.add(new File([new Uint8Array([0x89, 0x50, 0, 1])], "photo.png"));
        const fire = name => document.body.dispatchEvent(
            new DragEvent(name, { bubbles: true, cancelable: true, dataTransfer: data })
        );
        ["dragenter", "dragover", "drop"].forEach(fire);
    }""")
    expect(lea.get("file-chip")).to_contain_text(["importer.py"])
    expect(lea.get("toast")).to_have_text("photo.png is not a text file. Only text fits into a message.")
    lea.page.reload()
    expect(lea.get("file-chip")).to_contain_text(["importer.py"])
    with lea.page.expect_file_chooser() as chooser:
        lea.get("file-button").click()
    assert chooser.value.is_multiple()
    lea.say("What does it do?")
    expect(lea.message("What does it do?").locator("pre")).to_contain_text("row = 1")
    assert lea.history()[-1]["content"] == "What does it do?\n\n`importer.py`\n```python\nrow = 1\n```"


def _compose(visitor: Visitor, text: str) -> None:
    """As an input method does: the text is in the field and not yet taken, which Enter would do there."""
    devtools = visitor.context.new_cdp_session(visitor.page)
    devtools.send("Input.imeSetComposition", {"text": text, "selectionStart": len(text), "selectionEnd": len(text)})
    devtools.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", "key": "Enter", "windowsVirtualKeyCode": 229})
    devtools.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": "Enter", "windowsVirtualKeyCode": 229})


def test_what_is_written_is_sent_when_it_is_meant_and_kept_until_then(
    visit: Visit, ollama_server: RunningServer, ollama: FakeOllama
) -> None:
    yuki = visit(ollama_server, "yuki").sign_up().open_room()
    other = yuki.make_room("elsewhere")
    field = yuki.get("composer")
    field.focus()
    yuki.page.keyboard.type("the first line")
    _press(yuki, "Shift+Enter")
    yuki.page.keyboard.type("the second")
    expect(field).to_have_value("the first line\nthe second")
    yuki.open_room(other)
    expect(field).to_have_value("")
    yuki.page.keyboard.type("for elsewhere")
    yuki.page.reload()
    expect(field).to_have_value("for elsewhere")
    yuki.open_room()
    expect(field).to_have_value("the first line\nthe second")

    ollama.loaded.add("llama3:latest")
    ollama.behaviour = OllamaBehaviour(text="word " * 400, token_seconds=0.05)
    yuki.say("@llama3 go on and on")
    expect(yuki.reply("llama3").get_by_test_id("message-content")).to_contain_text("word word")
    expect(field).to_be_focused()
    _compose(yuki, "にほん")
    expect(field).to_have_value("にほん")
    yuki.page.keyboard.insert_text("日本")
    _press(yuki, "Enter")
    expect(yuki.message("日本")).to_have_attribute("data-status", "sent")
    expect(yuki.message("にほん")).to_have_count(0)
    expect(yuki.reply("llama3")).to_have_attribute("data-status", "streaming")
    yuki.get("stop-reply").click()

    yuki.get("account-menu").click()
    yuki.get("open-account").click()
    yuki.get("tab-appearance").click()
    yuki.get("enter-sends").uncheck()
    _press(yuki, "Escape")
    field.focus()
    yuki.page.keyboard.type("one")
    _press(yuki, "Enter")
    yuki.page.keyboard.type("two")
    expect(field).to_have_value("one\ntwo")
    _press(yuki, "Shift+Enter")
    expect(field).to_have_value("")
    expect(yuki.message("one")).to_have_attribute("data-status", "sent")
    assert yuki.history()[-1]["content"] == "one\ntwo"
