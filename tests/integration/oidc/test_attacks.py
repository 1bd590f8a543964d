"""The attacks on a sign-in by a provider that are known."""

from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.fakes.oidc import CLIENT_ID, FakeProvider, ProviderBehaviour
from tests.running_server import RunningServer
from tests.sign_in_browser import CALLBACK, Browser

FAULTS = ("none", "shared", "public", "stranger", "tampered", "refused", "denied")
ATTACKS: dict[str, Callable[[ProviderBehaviour], None]] = {
    "another nonce": lambda b: b.claims.update(nonce="another"),
    "no nonce": lambda b: b.claims.update(nonce=None),
    "another audience": lambda b: b.claims.update(aud="somebody-else"),
    "ours and another's, by that": lambda b: b.claims.update(aud=[CLIENT_ID, "other"], azp="other"),
    "ours and another's, by nobody": lambda b: b.claims.update(aud=[CLIENT_ID, "other"]),
    "another issuer": lambda b: b.claims.update(iss="https://evil.example.org"),
    "expired": lambda b: b.claims.update(exp=1, iat=1),
    "no end": lambda b: b.claims.update(exp=None),
    "from the future": lambda b: b.claims.update(iat=9_999_999_999, nbf=9_999_999_999),
    "no subject": lambda b: b.claims.update(sub=None),
    "an empty subject": lambda b: b.claims.update(sub=""),
    "a long subject": lambda b: b.claims.update(sub="x" * 256),
    "a subject that is no name": lambda b: b.claims.update(sub={"is": "admin"}),
    "about somebody else": lambda b: b.userinfo.update(sub="somebody else"),
    **{fault: lambda b, fault=fault: setattr(b, "fault", fault) for fault in FAULTS},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_token_that_is_wrong_opens_anything(server: RunningServer, provider: FakeProvider, attack: str) -> None:
    ATTACKS[attack](provider.behaviour)
    browser = Browser(server.url).sign_in()
    assert browser.user() is None and "Try again" in browser.problem
    provider.behaviour = ProviderBehaviour(subject=provider.behaviour.subject, profile=provider.behaviour.profile)
    assert Browser(server.url).sign_in().user(), "and the good one does"


def test_a_way_back_is_good_once_and_in_the_browser_that_began_it(server: RunningServer) -> None:
    browser, other = Browser(server.url), Browser(server.url)
    back = browser.back()
    assert other.get(back).status_code == 302 and other.user() is None and "another browser" in other.problem
    other.begin()
    other.get(back)
    assert other.user() is None
    state = browser.http.cookies["roundtable_sign_in"]
    browser.get(back)
    assert browser.user() is not None
    thief = Browser(server.url)
    thief.http.cookies.set("roundtable_sign_in", state)
    assert thief.get(back).status_code == 302 and thief.user() is None and "Begin again" in thief.problem
    sibling = Browser(server.url)
    sibling.begin()
    code = dict(parse_qsl(urlsplit(back).query))["code"]
    own = urlencode({"state": sibling.http.cookies["roundtable_sign_in"], "code": code})
    assert sibling.get(f"{CALLBACK}?{own}").status_code == 302 and sibling.user() is None, "a code is good once, too"
    nobody = Browser(server.url)
    for query in ("", "?code=x", "?state=&code=x", "?state=x&code=x"):
        assert nobody.get(CALLBACK + query).headers["Location"] == "/" and nobody.user() is None


def test_a_victim_is_not_signed_in_as_whoever_sends_them_back(server: RunningServer) -> None:
    attacker = Browser(server.url)
    sent = attacker.back()
    victim, themselves = Browser(server.url).register()
    victim.begin()
    victim.get(sent)
    assert victim.user() == themselves and "another browser" in victim.problem


ELSEWHERE = ("https://evil.example.org/", "//evil.example.org", "/\\evil.example.org", "\\\\evil.example.org")
ODD = (
    "javascript:alert(1)",
    "/\t/evil.example.org",
    "/a\r\nSet-Cookie: x=1",
    "/api/auth/logout",
    "/" + "a" * 500,
    "evil",
)


@pytest.mark.parametrize("path", [*ELSEWHERE, *ODD])
def test_nobody_is_sent_to_another_server(server: RunningServer, path: str) -> None:
    browser = Browser(server.url)
    answer = browser.get(browser.back(path))
    assert answer.headers["Location"] == "/" and browser.user() and "x" not in browser.http.cookies
