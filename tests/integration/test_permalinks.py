"""`/m/{message}` leads members to the message, and tells nobody else anything."""

from collections.abc import Callable

import pytest
import requests

from tests.people import Person, new_key
from tests.running_server import RunningServer

Newcomer = Callable[[], Person]


def _leads_to(http: requests.Session, url: str, message: str) -> str:
    answer = http.get(f"{url}/m/{message}", allow_redirects=False, timeout=30)
    assert answer.status_code == 302 and answer.headers["Cache-Control"] == "no-store"
    return str(answer.headers["Location"])


@pytest.mark.parametrize("kind", ["private", "public"])
def test_only_members_are_led_to_the_room(server: RunningServer, newcomer: Newcomer, kind: str) -> None:
    ada, stranger = newcomer(), newcomer()
    room = ada.post("/api/rooms", name=f"Red {new_key()}", kind=kind).json()["room"]
    message = ada.send("hello", room["id"])["message"]["id"]
    assert _leads_to(ada.http, server.url, message) == f"/rooms/{room['slug']}?message={message}"
    assert ada.get(f"/rooms/{room['slug']}", message=message).status_code in (200, 503), "a page, if it is built"
    for http in (stranger.http, requests.Session()):
        assert _leads_to(http, server.url, message) == f"/?message={message}"
        assert _leads_to(http, server.url, "nonsense") == "/?message=nonsense"


@pytest.mark.parametrize("odd", ["%2e%2e", "a%0d%0aX-Evil:%201", "%22%3E%3Cb%3E", "x" * 300, "http:evil.example"])
def test_odd_ids_lead_to_the_start_page(server: RunningServer, newcomer: Newcomer, odd: str) -> None:
    for http in (newcomer().http, requests.Session()):
        assert _leads_to(http, server.url, odd).startswith("/?message=")


def test_an_api_key_works_as_well(server: RunningServer, newcomer: Newcomer) -> None:
    ada = newcomer()
    message = ada.send("hello")["message"]["id"]
    key = ada.post("/api/keys", name="mine").json()["key"]
    with_key = requests.Session()
    with_key.headers["Authorization"] = f"Bearer {key}"
    assert _leads_to(with_key, server.url, message) == f"/rooms/general?message={message}"
