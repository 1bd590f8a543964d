"""Finding, making and setting up rooms."""

from playwright.sync_api import Page

from scripts.scenes.scene import Scene, close, go, open_drawer
from scripts.scenes.stage import Stage


def create_room(page: Page, stage: Stage) -> None:
    close(page)
    open_drawer(page)
    page.get_by_test_id("create-room").click()
    page.get_by_test_id("room-name").fill("Postmortem 17")


def browse(page: Page, stage: Stage) -> None:
    close(page)
    open_drawer(page)
    page.get_by_test_id("browse-rooms").click()
    page.wait_for_timeout(300)


def jump(page: Page, stage: Stage) -> None:
    close(page)
    page.keyboard.press("Control+k")
    page.get_by_test_id("jump-input").fill("d")


def search(page: Page, stage: Stage) -> None:
    close(page)
    page.keyboard.press("Control+Shift+F")
    page.get_by_test_id("search-everywhere").click()
    page.get_by_test_id("search-input").fill("disk alarm")
    page.get_by_test_id("search-hit").first.wait_for()


def search_nothing(page: Page, stage: Stage) -> None:
    page.get_by_test_id("search-here").click()
    page.get_by_test_id("search-input").fill("walrus from:mira")
    page.get_by_test_id("search-nothing").wait_for()


def search_meaning(page: Page, stage: Stage) -> None:
    page.get_by_test_id("search-everywhere").click()
    page.locator("[data-testid=search-way][data-way=hybrid]").click()
    page.get_by_test_id("search-input").fill("monitoring alert about storage")
    page.locator("[data-testid=hit-why]").first.wait_for()


def search_words_only(page: Page, stage: Stage) -> None:
    """As on a server without a model for it, which is told by the answer alone."""
    off: dict[str, object] = {
        "hits": [],
        "next": None,
        "mode": "text",
        "meaning": {"state": "off", "done": 0, "total": 0, "problem": None},
    }
    page.route("**/api/chat/search?*", lambda route: route.fulfill(json=off))
    page.get_by_test_id("search-input").fill("monitoring alert about memory")
    page.get_by_test_id("search-meaning").wait_for()
    page.unroute("**/api/chat/search?*")


def room_settings(page: Page, stage: Stage) -> None:
    close(page)
    go(page, "roadmap")
    page.get_by_test_id("room-settings").click()
    page.get_by_test_id("room-settings-form").wait_for()
    page.get_by_test_id("kind-public").check()


def room_people(page: Page, stage: Stage) -> None:
    page.get_by_test_id("tab-people").click()
    page.get_by_test_id("room-person").first.wait_for()


NOTE = """Shipping moves to Thursday; Mira owns the changelog, Jonas the load test (open: on which machine).
The importer fails on rows with a trailing comma; llama3 proposed to strip the last empty field before the check."""


def room_memory(page: Page, stage: Stage) -> None:
    stage.ada.request("PUT", "/api/rooms/roadmap/memory", text=NOTE, version=0)
    page.get_by_test_id("tab-memory").click()
    page.get_by_test_id("memory-note").wait_for()


def room_memory_edit(page: Page, stage: Stage) -> None:
    page.get_by_test_id("memory-edit").click()
    page.get_by_test_id("memory-text").wait_for()


def room_end(page: Page, stage: Stage) -> None:
    page.get_by_test_id("tab-end").click()
    page.get_by_test_id("delete-room").click()
    page.get_by_test_id("delete-room-name").fill("roadm")


def archived_room(page: Page, stage: Stage) -> None:
    close(page)
    page.goto("/rooms/release-4-1")
    page.get_by_test_id("archived-bar").wait_for()
    page.get_by_test_id("message").first.wait_for()


def about_room(page: Page, stage: Stage) -> None:
    """As somebody who owns nothing in it sees it."""
    close(page)
    go(page, "hiring")
    page.get_by_test_id("room-settings").click()
    page.get_by_test_id("room-facts").wait_for()


def direct(page: Page, stage: Stage) -> None:
    close(page)
    go(page, stage.direct)
    page.get_by_test_id("message").first.wait_for()


def rooms(page: Page, stage: Stage) -> None:
    close(page)
    go(page, "hiring")
    page.get_by_test_id("composer").fill("About the second interview:")
    go(page, "release-4-2")
    open_drawer(page)
    page.get_by_test_id("archived-rooms").click()
    page.get_by_test_id("archived-list").wait_for()


SCENES = (
    Scene("12-create-room", create_room),
    Scene("13-browse", browse),
    Scene("14-jump", jump),
    Scene("14-search", search),
    Scene("14-search-nothing", search_nothing),
    Scene("14-search-meaning", search_meaning),
    Scene("14-search-words-only", search_words_only),
    Scene("16-room-settings", room_settings),
    Scene("16-room-people", room_people),
    Scene("16-room-memory", room_memory),
    Scene("16-room-memory-edit", room_memory_edit),
    Scene("16-room-end", room_end),
    Scene("16-room-archived", archived_room),
    Scene("16-room-about", about_room),
    Scene("16-direct", direct),
    Scene("16-rooms", rooms),
)
