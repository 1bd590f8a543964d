"""Behind a proxy the server knows who really asks, whatever a client claims; what is for the operator stays inside."""

import http.client
import posixpath
import ssl
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from tests.fakes.recorder import Recorder
from tests.people import PASSWORD, Person, new_key
from tests.proxies import NAME, Proxy

HERE, CLAIMED, EVIL = "127.0.0.2", "192.0.2.66", "evil.example"
Headers = Sequence[tuple[str, str]]
CLAIMS: dict[str, Headers] = {
    "nothing": [],
    "an address": [("X-Forwarded-For", CLAIMED)],
    "two in one header": [("X-Forwarded-For", f"{CLAIMED}, {CLAIMED}")],
    "two headers": [("X-Forwarded-For", CLAIMED), ("x-forwarded-for", CLAIMED)],
    "with an underscore": [("X_Forwarded_For", CLAIMED), ("X_FORWARDED-FOR", CLAIMED)],
    "an empty one": [("X-Forwarded-For", "")],
    "other headers": [("X-Real-IP", CLAIMED), ("Forwarded", f"for={CLAIMED}"), ("Client-IP", CLAIMED)],
    "to be dropped on the way": [
        ("Connection", "close, X-Forwarded-For, X-Forwarded-Host"),
        ("X-Forwarded-For", CLAIMED),
    ],
}
INSIDE = [
    "/readyz", "/readyz/", "/readyz?x=1", "//readyz", "/./readyz", "/x/../readyz", "/%72eadyz", "/x/%2e%2e/readyz",
    "/readyz/.", "/%2e/readyz", "/x/..%2freadyz", "/readyz/x/..", "/READYZ", "/readyz#x", f"https://{NAME}/readyz",
    "/metrics", "/metrics/", "//metrics", "/%6detrics", "/x/../metrics", "/metrics?x", f"https://{NAME}/metrics",
]  # fmt: skip


class Answer(NamedTuple):
    status: int
    body: str
    cookie: str | None


def _ask(proxy: Proxy, method: str, path: str, headers: Headers = (), body: str = "", host: str = "") -> Answer:
    """From the address HERE, with the path and the headers exactly as they are."""
    trusted = ssl.create_default_context(cafile=str(proxy.certificates))
    connection = http.client.HTTPSConnection(NAME, proxy.port, context=trusted, source_address=(HERE, 0), timeout=20)
    connection.putrequest(method, path, skip_host=True)
    told = [("Host", host or proxy.address), ("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    for name, value in [*told, *headers]:
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    found = Answer(answer.status, answer.read().decode(errors="replace"), answer.getheader("Set-Cookie"))
    connection.close()
    return found


def _register(proxy: Proxy, headers: Headers = (), host: str = "") -> tuple[str, Answer]:
    name = f"p{new_key()[:12]}"
    body = f'{{"username": "{name}", "display_name": "{name}", "password": "{PASSWORD}"}}'
    return name, _ask(proxy, "POST", "/api/auth/register", headers, body, host)


def test_the_address_is_the_clients_and_not_what_it_claims(proxy: Proxy, admin: Person) -> None:
    claimed = {}
    for claim, headers in CLAIMS.items():
        name, answer = _register(proxy, headers)
        assert answer.status == 201, answer.body
        claimed[name] = claim
    entries = admin.get("/api/admin/audit", action="registered").json()["entries"]
    noted = {claimed[e["actor_username"]]: e["address"] for e in entries if e["actor_username"] in claimed}
    assert noted == dict.fromkeys(CLAIMS, HERE)


def test_the_server_is_told_the_clients_address_and_the_proxys_own_name(recorder: tuple[Proxy, Recorder]) -> None:
    proxy, upstream = recorder
    for claim in CLAIMS.values():
        claims = [*claim, ("X-Forwarded-Proto", "http"), ("X-Forwarded-Host", EVIL)]
        assert _ask(proxy, "GET", "/api/x", claims).status == 200
        seen = upstream.headers_at("/api/x")
        assert seen["x-forwarded-for"] == HERE
        assert (seen["x-forwarded-proto"], seen["x-forwarded-host"], seen["host"]) == ("https", *[proxy.address] * 2)
        assert "forwarded" not in seen


def test_a_foreign_page_does_not_become_ours_by_what_it_claims(proxy: Proxy) -> None:
    evil, claims = ("Origin", f"https://{EVIL}"), [("X-Forwarded-Host", EVIL), ("X_Forwarded_Host", EVIL)]
    assert _register(proxy, [("Origin", proxy.url)])[1].status == 201
    more = [("X-Forwarded-Proto", "https"), ("Forwarded", f"host={EVIL}")]
    for headers in ([evil], [evil, *claims], [evil, *claims, *more]):
        assert _register(proxy, headers)[1].status == 403
    plain = [("Origin", proxy.url.replace("https", "http")), ("X-Forwarded-Proto", "http")]
    assert _register(proxy, plain)[1].status == 403
    answer = _register(proxy, [evil], host=EVIL)[1]
    assert answer.status != 201 and not answer.cookie, "a name that points here from elsewhere"


def test_what_is_for_the_operator_is_not_to_be_seen_outside(proxy: Proxy) -> None:
    answers = {path: _ask(proxy, "GET", path) for path in INSIDE}
    assert not [path for path, answer in answers.items() if '"checks"' in answer.body or "# HELP" in answer.body]
    assert answers["/readyz"].status == answers["/metrics"].status == 404
    assert _ask(proxy, "GET", "/healthz").status == 200


def test_no_spelling_of_it_gets_through(recorder: tuple[Proxy, Recorder]) -> None:
    proxy, upstream = recorder
    for path in INSIDE:
        _ask(proxy, "GET", path)
    reached = {posixpath.normpath(unquote(seen.path.partition("?")[0])) for seen in upstream.seen}
    assert reached and not reached & {"/readyz", "/metrics"}
