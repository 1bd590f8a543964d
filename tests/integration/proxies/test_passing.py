"""What people and programs do works through nginx and Caddy as it does without: pages, sockets, polls, streams."""

import gzip
import itertools
import json
import re
from collections.abc import Callable

import pytest
import requests
import websocket

from chat.core import MAX_BODY_BYTES
from tests.fakes.ollama import FakeOllama, OllamaBehaviour
from tests.fakes.recorder import Recorder
from tests.people import Person
from tests.proxies import DEPLOY, Caddy, Nginx, Proxy
from tests.running_server import free_port

Newcomer = Callable[..., Person]
STREAMS = {
    "/v1/chat/completions": {"model": "llama3", "messages": [{"role": "user", "content": "Count."}], "stream": True},
    "/api/llm/generate": {"prompt": "Count.", "stream": True},
}


def test_the_programs_themselves_find_nothing_wrong(proxy: Proxy) -> None:
    checked = proxy.check()
    assert checked.returncode == 0 and "[warn]" not in checked.stderr, checked.stderr
    if isinstance(proxy, Caddy):
        assert proxy.format() == (DEPLOY / "caddy" / "Caddyfile").read_text()


def test_the_page_comes_over_tls_and_its_parts_compressed(proxy: Proxy) -> None:
    plain = requests.get(f"{proxy.plain_url}/rooms/general?x=1", allow_redirects=False, timeout=10)
    assert plain.status_code == 308 and plain.headers["Location"].startswith("https://localhost")
    assert plain.headers["Location"].endswith("/rooms/general?x=1")
    page = requests.get(f"{proxy.url}/rooms/general", timeout=10)
    assert page.ok and "default-src 'self'" in page.headers["Content-Security-Policy"]
    assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
    script = re.search(r'src="(/assets/[^"]+[.]js)"', page.text)
    assert script
    part = requests.get(proxy.url + script[1], headers={"Accept-Encoding": "gzip"}, stream=True, timeout=10)
    packed = part.raw.read(decode_content=False)
    assert part.headers["Content-Encoding"] == "gzip" and len(gzip.decompress(packed)) > 2 * len(packed)


@pytest.mark.parametrize("transport", ["websocket", "polling"])
def test_what_one_says_the_other_hears(newcomer: Newcomer, transport: str) -> None:
    ada, mira = newcomer(transport), newcomer()
    ada.join()
    mira.join()
    for speaker, listener in ((ada, mira), (mira, ada)):
        sent = speaker.send("Hello")["message"]
        assert listener.wait_for("message", lambda m, sent=sent: m["id"] == sent["id"]) == sent
    assert ada.socket and ada.socket.transport() == transport


def test_a_websocket_is_passed_on_without_compression_and_nothing_else_is_upgraded(
    recorder: tuple[Proxy, Recorder],
) -> None:
    proxy, upstream = recorder
    offer = ["Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits"]
    with pytest.raises(websocket.WebSocketBadStatusException):
        websocket.create_connection(proxy.url.replace("https", "wss") + "/socket.io/", header=offer, timeout=10)
    seen = upstream.headers_at("/socket.io/")
    assert seen["upgrade"].lower() == "websocket" and seen["connection"].lower() == "upgrade"
    assert "sec-websocket-key" in seen and "sec-websocket-extensions" not in seen
    headers = {"Upgrade": "h2c", "Connection": "Upgrade, HTTP2-Settings", "HTTP2-Settings": "AAMAAABkAARAAAAAAAIAAAAA"}
    assert requests.get(f"{proxy.url}/api/x", headers=headers, timeout=10).status_code == 200
    if isinstance(proxy, Nginx):
        assert "upgrade" not in upstream.headers_at("/api/x")


@pytest.mark.parametrize("path", STREAMS)
def test_a_stream_comes_word_by_word_and_ends_with_its_reader(
    newcomer: Newcomer, ollama: FakeOllama, path: str
) -> None:
    ollama.behaviour = OllamaBehaviour(text="word " * 2000, token_seconds=0.01)
    ada = newcomer()
    key = ada.post("/api/keys", name="program").json()["key"]
    headers = {"Authorization": f"Bearer {key}"}
    with requests.post(ada.url + path, json=STREAMS[path], headers=headers, stream=True, timeout=20) as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert "Content-Encoding" not in answer.headers
        deltas = (json.loads(line[6:])["choices"][0]["delta"] for line in answer.iter_lines() if b"delta" in line)
        words = (delta["content"] for delta in deltas if delta.get("content"))
        assert "".join(itertools.islice(words, 3)).startswith("word")
        asked = ollama.chats()[-1]
        assert asked.outcome == "open", "it is still being written"
    assert ollama.wait_for(lambda: asked.outcome == "client left")


def test_a_body_may_be_as_large_as_the_server_takes_and_no_larger(newcomer: Newcomer) -> None:
    ada = newcomer()
    start, end = b'{"room": "general", "client_id": "x", "content": "', b'"}'

    def refusal(size: int) -> tuple[int, str, str | None]:
        body = start + b"x" * (size - len(start) - len(end)) + end
        headers = {"Content-Type": "application/json"}
        answer = ada.http.post(f"{ada.url}/api/chat/message", data=body, headers=headers, timeout=30)
        error = answer.json()["error"]
        return answer.status_code, error["code"], error["field"]

    assert refusal(MAX_BODY_BYTES)[2] == "content", "the server has read it to its end"
    assert refusal(MAX_BODY_BYTES + 1) == (413, "too_large", None)


def test_a_server_that_is_not_there_is_told_of_in_the_shape_of_the_api(start: Callable[..., Proxy]) -> None:
    proxy = start(free_port())
    answer = requests.get(f"{proxy.url}/v1/models", timeout=20)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.headers["Content-Type"] == "application/json"
    assert "Try again" in answer.json()["error"]["message"]


def test_the_address_of_a_webhook_stands_in_no_log(start: Callable[..., Proxy]) -> None:
    proxy = start(free_port())
    for path in ("rth_secret", "rth_%73ecret", "rth_secret?x=1"):
        assert requests.post(f"{proxy.url}/api/hooks/{path}", json={"text": "green"}, timeout=20).status_code == 503
    assert requests.post(f"{proxy.url}/api/chat/message", json={}, timeout=20).status_code == 503
    log = proxy.log()
    assert "ecret" not in log
    if isinstance(proxy, Nginx):  # the other one writes down no requests
        assert "/api/hooks/-" in log and "connect() failed" in log
