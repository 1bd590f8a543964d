"""Frames, packets and polls that no proper client sends: refused or ignored, and nobody else notices."""

import json
from collections.abc import Callable, Iterator

import pytest
import requests
import websocket

from tests.people import Person
from tests.raw_socket import RawSocket, cookies_of
from tests.running_server import RunningServer

Newcomer = Callable[[], Person]
GOOD = '["mark_read",{"room":"general","seq":0}]'

# Event packets that ask for an ack but are no events: answered in the documented shape.
NO_EVENTS = (
    "", "[", "[]", "null", "+1", '"x"', '{"a":1}', "[1]", "[1,2]", "[null]", '[{"a":1}]', '[["a"]]', "[true]", "[NaN]",
    '["connect"]', '["disconnect"]', '["disconnect","x"]', '["connect",{}]', '["*"]', '["*",{}]', '["typing",{]',
    '["typing",{"room":"\\ud800","is_typing":true}]', "[" * 60_000, '["typing",' + '{"a":' * 10_000,
    '["typing",{"room":"a\nb"}]', '["typing",{"seq":1' + "0" * 400 + '}]',
)  # fmt: skip
# Packets that cannot be answered: ignored, and the connection goes on.
IGNORED = (
    "4", "42", "42[", "42[]", "42null", "42[1]", '42["disconnect"]', '42["connect"]', "4null", "4{}", "4[2]", '4"2[]"',
    "43", "430", "430[]", '431["x"]', "43[", "44", '44{"x":1}', "45", "451-", "46", "461-1", "47", "48", "4a", "4-",
    '451-["x",{"_placeholder":true,"num":0}]', '45999999999-["x"]', '4599999999999-["x"]', '461-1["x"]', "42\x00",
    '40/admin,', '42/admin,["x"]', '421/admin,["x"]', "41/admin,", "40/admin,{", "40", '40{"token":1}', "40[]",
    "42" + "1" * 200 + '["x"]', "3", "3probe", "2", "5",
)  # fmt: skip
# Frames below Socket.IO: the connection may end, in order.
BROKEN = (
    "", "x", "0", "6", "9", "b", "bA", "bAAAA", "-1", " ", "\x00", "é", "1", "1x", b"", b"\x00", b"\xff\xfe", b"4",
    b'42["x"]', b"\x04", "42" + "x" * 70_000, '42["typing",{"room":"' + "x" * 70_000 + '"}]', "4" * 10_000_000,
)  # fmt: skip


@pytest.fixture(autouse=True)
def undisturbed(server: RunningServer, newcomer: Newcomer) -> Iterator[None]:
    """Two others talk before and after; the server prints no traceback and goes on."""
    ada, mira = newcomer(), newcomer()
    mira.join()
    before = mira.get("/api/chat/history", room="general", limit=1).json()["messages"]
    yield
    sent = ada.send("still here")
    assert sent["ok"]
    mira.wait_for("message", lambda m: m["id"] == sent["message"]["id"])
    assert sent["message"]["seq"] == (before[-1]["seq"] if before else 0) + 1, "nothing else was stored"
    assert ada.socket and ada.socket.connected and mira.socket and mira.socket.connected
    assert server.process and server.process.poll() is None
    assert "Traceback" not in server.log()


def test_what_asks_for_an_ack_but_is_no_event_is_answered(newcomer: Newcomer) -> None:
    attacker = newcomer()
    with RawSocket(attacker.url, cookies_of(attacker)) as raw:
        raw.sign_in()
        for body in NO_EVENTS:
            answer = raw.ack_of(body)
            assert answer["ok"] is False and answer["error"]["code"] == "invalid_input", body[:50]
            assert set(answer["error"]) == {"code", "message", "retry_after", "field", "request_id"}
        assert raw.still_works()


def test_packets_that_nobody_can_answer_are_ignored(newcomer: Newcomer) -> None:
    attacker = newcomer()
    with RawSocket(attacker.url, cookies_of(attacker)) as raw:
        raw.sign_in()
        for frame in IGNORED:
            raw.send(frame)
            assert raw.still_works(), frame[:50]
        assert not [frame for frame in raw.heard if frame.startswith("41")]


def test_broken_frames_end_their_own_connection_at_most(newcomer: Newcomer) -> None:
    attacker = newcomer()
    for frame in BROKEN:
        with RawSocket(attacker.url, cookies_of(attacker)) as raw:
            raw.sign_in()
            binary = isinstance(frame, bytes)
            raw.send(frame, websocket.ABNF.OPCODE_BINARY if binary else websocket.ABNF.OPCODE_TEXT)
            assert not raw.call("mark_read", {"room": "general", "seq": 0})
            assert not [heard for heard in raw.heard if "HTTP/" in heard or "Traceback" in heard]
        assert _comes_in(attacker), frame[:50]


def _comes_in(person: Person) -> bool:
    with RawSocket(person.url, cookies_of(person)) as raw:
        return raw.sign_in().startswith("40") and raw.still_works()


def test_text_that_is_not_utf_8_ends_its_own_connection_at_most(newcomer: Newcomer) -> None:
    attacker = newcomer()
    with RawSocket(attacker.url, cookies_of(attacker)) as raw:
        raw.sign_in()
        raw.send(b'421["send_message",{"room":"general","content":"\xff\xfe","client_id":"a"}]')
        assert not raw.call("mark_read", {"room": "general", "seq": 0})
    assert _comes_in(attacker)


def test_packets_before_the_sign_in_do_nothing(newcomer: Newcomer) -> None:
    attacker = newcomer()
    with RawSocket(attacker.url, cookies_of(attacker)) as raw:
        for frame in (*IGNORED, f"427{GOOD}", '427["send_message",{"room":"general","content":"x","client_id":"a"}]'):
            if not frame.startswith("40"):
                raw.send(frame)
        assert raw.sign_in().startswith("40")
        assert not [frame for frame in raw.heard if frame.startswith("43")]
        assert raw.still_works()


@pytest.mark.parametrize(
    "auth", ["[]", "1", "null", '"rt_x"', "true", '{"token":1}', '{"token":null}', '{"a":{"b":1}}']
)
def test_odd_sign_ins_count_as_none(newcomer: Newcomer, auth: str) -> None:
    url = newcomer().url
    with RawSocket(url) as raw:
        raw.send(f"40{auth}")
        refusal = raw.wait(lambda frame: frame.startswith("4"))
        assert refusal.startswith("44") and '"not_signed_in"' in refusal
        raw.send("40{")
        assert raw.sign_in().startswith("44{")


def test_polls_that_cannot_be_read_are_refused_at_once(newcomer: Newcomer) -> None:
    """Engine.IO itself would let some of them wait for ever."""
    url = newcomer().url + "/socket.io/?EIO=4&transport=polling"
    session = json.loads(requests.get(url, timeout=5).text[1:])["sid"]
    bodies = [b"", b"x", b"9", b"6", b"\xff", b"b", b"bA", b"\x1e" * 20, b"3\x1e" * 20, b"d=", b"d=4", b"4" * 70_000]
    for body in bodies:
        answer = requests.post(f"{url}&sid={session}", data=body, timeout=5)
        assert answer.status_code == 400, body[:20]
        assert answer.json()["error"]["code"] in ("invalid_input", "too_large")
    for body in (b"4", b"42", b"42[", b"45", b"48", b"4[]"):
        assert requests.post(f"{url}&sid={session}", data=body, timeout=5).text == "OK"
    assert requests.post(f"{url}&sid={session}", data=b"40", timeout=5).text == "OK"
    assert '"not_signed_in"' in requests.get(f"{url}&sid={session}", timeout=5).text
    for query in ("sid=nonsense", "sid=x%0aforged%20line", "EIO=3", "transport=carrier-pigeon", "j=x"):
        assert requests.get(f"{url.split('?')[0]}?{query}", timeout=5).status_code == 400


def test_nothing_from_outside_begins_a_line_of_the_log(server: RunningServer, newcomer: Newcomer) -> None:
    url = newcomer().url
    for path in ("/socket.io/?EIO=4&transport=polling&sid=x%0aforged", "/api/x%0aforged%0d%0aforged", "/%0aforged"):
        requests.get(url + path, timeout=5)
    assert not [line for line in server.log().splitlines() if line.startswith("forged")]
