"""Where the server may be sent by an address that somebody gives: the attacks that are known, and one real request."""

import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest
import trustme

from chat.errors import InvalidInput, NotAllowed
from chat.outward.allowed import AllowedHosts, Target, numbers_of
from chat.outward.posting import FAILURES, post, words_of
from tests.fakes.receiver import Receiver

PUBLIC = "93.184.216.34"


def _allowed(*hosts: str, **leads_to: str) -> AllowedHosts:
    """`leads_to` are the numbers of names, whose dots are written as `_`."""
    known = {name.replace("_", "."): number.split() for name, number in leads_to.items()}

    def lookup(host: str) -> list[str]:
        return known.get(host, [host])

    return AllowedHosts(hosts, lookup)


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        (("ci.example.org",), "https://ci.example.org/hook?x=1"),
        (("ci.example.org",), "http://CI.example.org:8080/hook"),
        (("ci.example.org:8080",), "http://ci.example.org:8080/hook"),
        (("*.example.org",), "https://ci.example.org/hook"),
    ],
)
def test_what_the_settings_name_may_be_called(hosts: tuple[str, ...], url: str) -> None:
    target = _allowed(*hosts, ci_example_org=PUBLIC).target(url)
    assert (target.host, target.number) == ("ci.example.org", PUBLIC)
    assert target.path.startswith("/hook")


@pytest.mark.parametrize(
    ("hosts", "url"),
    [
        ((), "https://ci.example.org/"),
        (("ci.example.org",), "https://ci.example.org.evil/"),
        (("ci.example.org",), "https://evil/ci.example.org"),
        (("*.example.org",), "https://example.org/"),
        (("*.example.org",), "https://evilexample.org/"),
        (("ci.example.org:8080",), "https://ci.example.org/"),
        (("ci.example.org",), "http://127.0.0.1/"),
        (("ci.example.org",), "http://169.254.169.254/latest/meta-data"),
        (("ci.example.org",), "http://[::1]/"),
        (("ci.example.org",), "http://2130706433/"),
        (("ci.example.org",), "http://localhost/"),
        (("fd00::7:80",), "http://[fd00::7]:80/"),
        (("[fd00::7]:8080",), "http://[fd00::7]/"),
    ],
)
def test_what_they_do_not_name_is_refused(hosts: tuple[str, ...], url: str) -> None:
    with pytest.raises(NotAllowed):
        _allowed(*hosts).target(url)
    with pytest.raises(NotAllowed):
        _allowed(*hosts).require(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://ci.example.org/",
        "file:///etc/passwd",
        "//ci.example.org/",
        "https://",
        "https://user:secret@ci.example.org/",
        "https://evil@ci.example.org/",
        "https://ci.example.org/ HTTP/1.1\r\nX: y",
        "https://ci.example.org/\n",
        "https://ci.example.org:x/",
        "https://ci.example.org/#x",
        "https://ci.example.org/é",
        "https://ci.example.org/" + "x" * 2000,
        f"https://{'x' * 64}.example.org/",
        "https://a..example.org/",
        "https://.example.org/",
    ],
)
def test_what_is_no_plain_web_address_is_no_address(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        _allowed("ci.example.org", ci_example_org=PUBLIC).target(url)
    assert refused.value.field == "url"


LOOPBACK = ["127.0.0.1", "::1", "0.0.0.0", "::", "::ffff:127.0.0.1", "::7f00:1", "64:ff9b::7f00:1", "2002:7f00:1::"]
LINK_LOCAL = ["169.254.169.254", "fe80::1", "::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a9fe:a9fe"]
CLOUDS = ["fd00:ec2::254", "100.100.100.200", "168.63.129.16", "::ffff:168.63.129.16"]


@pytest.mark.parametrize("number", [*LOOPBACK, *LINK_LOCAL, *CLOUDS, "224.0.0.1"])
def test_no_name_leads_to_this_machine_or_to_a_clouds_credentials(number: str) -> None:
    for hosts in (("ci.example.org",), ("*.example.org",)):
        with pytest.raises(NotAllowed):
            _allowed(*hosts, ci_example_org=number).target("http://ci.example.org/")


def test_the_own_network_is_for_names_that_stand_there_themselves() -> None:
    for number in ("10.0.0.7", "100.64.0.7", "fd00::7", "64:ff9b::a00:7", "fec0::7"):
        assert _allowed("ci.lan", ci_lan=number).target("http://ci.lan/").number == number
        with pytest.raises(NotAllowed):
            _allowed("*.lan", ci_lan=number).target("http://ci.lan/")
    assert _allowed("*.lan", ci_lan=f"10.0.0.7 {PUBLIC}").target("http://ci.lan/").number == PUBLIC


def test_this_machine_is_for_its_own_number() -> None:
    assert _allowed("127.0.0.1:9000").target("http://127.0.0.1:9000/").port == 9000
    assert _allowed("[::1]:9000").target("http://[::1]:9000/").number == "::1"
    assert _allowed("localhost", localhost="127.0.0.1").target("http://localhost/").number == "127.0.0.1"
    with pytest.raises(NotAllowed):
        _allowed("127.0.0.1:9000").target("http://127.0.0.1:9001/")
    with pytest.raises(NotAllowed):
        _allowed("localhost", localhost="169.254.169.254").target("http://localhost/")


def test_a_post_goes_to_the_number_and_asks_for_the_host() -> None:
    with Receiver() as receiver:
        port = receiver.port
        target = Target("http", "ci.example.org", port, "/hook?x=1", "127.0.0.1")
        assert post(target, b'{"a": 1}', {"Content-Type": "application/json"}) == 204
        (seen,) = receiver.seen
        assert (seen.method, seen.body, seen.headers["Host"]) == ("POST", {"a": 1}, f"ci.example.org:{port}")


def test_no_redirect_is_followed() -> None:
    with Receiver() as elsewhere, Receiver() as receiver:
        receiver.status, receiver.headers = 307, {"Location": elsewhere.url}
        port = receiver.port
        assert post(Target("http", "127.0.0.1", port, "/", "127.0.0.1"), b"{}", {}) == 307
        assert elsewhere.seen == []


class _TlsReceiver(Receiver):
    def __init__(self, certificate: trustme.LeafCert) -> None:
        super().__init__()
        certificate.configure_cert(served := ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))
        self._server.socket = served.wrap_socket(self._server.socket, server_side=True)


def test_a_host_must_be_certified_by_somebody_who_is_trusted() -> None:
    authority = trustme.CA()
    authority.configure_trust(trusting := ssl.create_default_context())
    with _TlsReceiver(authority.issue_cert("ci.example.org")) as receiver:
        port = receiver.port
        target = Target("https", "ci.example.org", port, "/", "127.0.0.1")
        assert post(target, b"{}", {}, tls=lambda: trusting) == 204
        with pytest.raises(ssl.SSLCertVerificationError):
            post(replace(target, host="evil.example.org"), b"{}", {}, tls=lambda: trusting)
        with pytest.raises(ssl.SSLCertVerificationError) as refused:
            post(target, b"{}", {})
        assert words_of(refused.value) == "its certificate is not valid"
        assert len(receiver.seen) == 1


@contextlib.contextmanager
def _drips(begin: bytes) -> Iterator[int]:
    """The port of somebody who says that and goes on in drops, for ever."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def drip() -> None:
            connection, _ = listener.accept()
            with contextlib.suppress(OSError), connection:
                connection.sendall(begin)
                while True:
                    connection.sendall(b"x")
                    time.sleep(0.05)

        threading.Thread(target=drip, daemon=True).start()
        yield listener.getsockname()[1]


@pytest.mark.parametrize(("scheme", "begin"), [("http", b""), ("https", b"\x16\x03\x03\x40\x00")])
def test_an_answer_in_drops_comes_to_an_end(scheme: str, begin: bytes) -> None:
    """In TLS that is a first record of 16 KB."""
    with _drips(begin) as port, pytest.raises(FAILURES):
        post(Target(scheme, "127.0.0.1", port, "/", "127.0.0.1"), b"{}", {}, seconds=0.2)


def test_nobody_who_answers_is_a_failure() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    with pytest.raises(FAILURES) as failed:
        post(Target("http", "127.0.0.1", port, "/", "127.0.0.1"), b"{}", {}, seconds=0.2)
    assert words_of(failed.value) == "it refused the connection or broke it off"


def test_somebody_who_is_silent_did_not_answer_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(FAILURES) as failed:
        post(Target("http", "127.0.0.1", silent.getsockname()[1], "/", "127.0.0.1"), b"{}", {}, seconds=0.2)
    assert words_of(failed.value) == "it did not answer in time"


def test_a_name_that_nobody_knows_is_said_to_be_that() -> None:
    name = ".".join(["x" * 60] * 5)  # longer than any may be, so that nobody need be asked
    with pytest.raises(FAILURES) as failed:
        AllowedHosts([name], numbers_of).target(f"http://{name}/")
    assert words_of(failed.value) == "nobody knows this name"
