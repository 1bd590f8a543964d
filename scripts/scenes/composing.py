"""Writing: what opens at a sign, templates, files, and how a model is asked."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close
from scripts.scenes.stage import Stage

TEXT = "The importer skips rows with a trailing comma. It should strip the last field and go on."


def _type(page: Page, text: str, sign: str) -> None:
    page.get_by_test_id("composer").fill("")
    page.get_by_test_id("composer").type(text)
    page.locator(f'[data-testid="trigger-list"][data-sign="{sign}"]').wait_for()


def room_names(page: Page, stage: Stage) -> None:
    _type(page, "See #", "#")


def emoji(page: Page, stage: Stage) -> None:
    _type(page, "Nice :par", ":")


def slash(page: Page, stage: Stage) -> None:
    _type(page, "/", "/")
    page.get_by_test_id("trigger-option").get_by_text("/translate").wait_for()


def template(page: Page, stage: Stage) -> None:
    page.get_by_test_id("generation").click()
    page.get_by_test_id("generation-reset").click()
    page.keyboard.press("Escape")
    page.locator('[data-testid="generation"]:focus').wait_for()  # which takes a moment: the field would lose it again
    _type(page, "/review", "/")
    page.keyboard.press("Enter")
    page.get_by_test_id("composer").fill(TEXT)
    page.get_by_test_id("file-input").set_input_files(
        {"name": "importer.py", "mimeType": "text/x-python", "buffer": b'row = line.split(",")\n'}
    )
    page.get_by_test_id("file-chip").wait_for()


def template_missing(page: Page, stage: Stage) -> None:
    page.get_by_test_id("template-remove").click()
    page.get_by_test_id("file-remove").click()
    _type(page, "/translate", "/")
    page.keyboard.press("Enter")
    page.get_by_test_id("composer").fill(TEXT)
    page.keyboard.press("Enter")
    page.get_by_test_id("template-form").get_by_role("alert").wait_for()


def template_used(page: Page, stage: Stage) -> None:
    stage.behave(is_loaded=True, text="Der Import überspringt Zeilen, die mit einem Komma enden.")
    page.get_by_test_id("template-field").first.fill("German")
    page.get_by_test_id("composer").press("Enter")
    page.get_by_test_id("template-mark").first.click()
    page.get_by_text("Der Import").last.wait_for()
    page.mouse.move(1, 1)  # the buttons for the message below it would cover the links of the one above


def settings(page: Page, stage: Stage) -> None:
    page.get_by_test_id("composer").fill("")
    page.get_by_test_id("generation").click()
    page.get_by_test_id("option-temperature").fill("0.2")
    page.get_by_test_id("option-top_p").fill("7")
    page.get_by_test_id("generation-form").get_by_role("alert").wait_for()


def settings_kept(page: Page, stage: Stage) -> None:
    page.get_by_test_id("generation-model").select_option("llama3")
    close(page)
    page.get_by_test_id("generation-form").wait_for(state="detached")


SCENES = (
    Scene("11-rooms", room_names),
    Scene("11-emoji", emoji),
    Scene("11-slash", slash),
    Scene("11-settings", settings),
    Scene("11-settings-kept", settings_kept),
    Scene("11-template", template),
    Scene("11-template-missing", template_missing),
    Scene("11-template-used", template_used),
)
