"""Signing in by a provider: the good way, and what it says when it does not go."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from chat.outward.oidc import TIMEOUT
from tests.fakes.oidc import CLIENT_SECRET, FakeProvider
from tests.fakes.serving import Exchange
from tests.people import Person
from tests.running_server import LIMITS, RunningServer
from tests.sign_in_browser import CALLBACK, START, Browser, settings_of


def test_whoever_signs_in_for_the_first_time_has_an_account(server: RunningServer, provider: FakeProvider) -> None:
    first = Browser(server.url).sign_in().user()
    assert first is not None and first["username"] == provider.behaviour.profile["preferred_username"]
    assert (first["display_name"], first["role"]) == ("Ada Lovelace", "member")
    again = Browser(server.url).sign_in().user()
    assert again == first
    ways = requests.get(f"{server.url}/api/auth/ways", timeout=10).json()
    assert ways == {"passwords": True, "provider": {"name": "Example ID", "path": START}}


def test_a_sign_in_is_asked_for_with_pkce_state_and_nonce_and_its_cookie_is_for_the_way_back_only(
    server: RunningServer, provider: FakeProvider
) -> None:
    browser = Browser(server.url)
    answer = browser.get(START)
    asked = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
    assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43
    assert asked["redirect_uri"] == server.url + CALLBACK and "openid" in asked["scope"].split()
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/api/auth/oidc" in cookie
    again = dict(parse_qsl(urlsplit(browser.begin()).query))
    assert all(again[name] != asked[name] for name in ("state", "nonce", "code_challenge"))


def test_an_e_mail_address_and_a_name_are_no_identity(server: RunningServer, provider: FakeProvider) -> None:
    provider.behaviour.profile = {"preferred_username": "root", "email": "root@example.org", "email_verified": True}
    user = Browser(server.url).sign_in().user()
    assert user is not None and (user["username"], user["role"]) == ("root-2", "member")


def test_whoever_is_deactivated_stays_out(server: RunningServer, admin: Person) -> None:
    user = Browser(server.url).sign_in().user()
    assert user and admin.request("PATCH", f"/api/admin/people/{user['id']}", is_active=False).ok
    out = Browser(server.url).sign_in()
    assert out.user() is None and "deactivated" in out.problem
    assert admin.request("PATCH", f"/api/admin/people/{user['id']}", is_active=True).ok
    assert Browser(server.url).sign_in().user() == user


def test_signing_out_ends_it_here_and_the_next_sign_in_is_asked_for_anew(
    server: RunningServer, provider: FakeProvider
) -> None:
    browser = Browser(server.url).sign_in()
    session = browser.http.cookies["roundtable_session"]
    assert browser.http.post(f"{server.url}/api/auth/logout", timeout=10).status_code == 204
    kept = requests.get(f"{server.url}/api/auth/me", cookies={"roundtable_session": session}, timeout=10)
    assert kept.status_code == 401
    before = provider.count("/authorize")
    assert browser.sign_in().user() and provider.count("/authorize") == before + 1


@pytest.mark.parametrize("path", ["/rooms/general?message=1", "/admin/people"])
def test_one_comes_back_to_the_page_that_one_came_from(server: RunningServer, path: str) -> None:
    browser = Browser(server.url)
    assert browser.get(browser.back(path)).headers["Location"] == path and browser.user()


def test_a_provider_that_is_away_is_said_to_be(provider: FakeProvider, tmp_path: Path) -> None:
    with RunningServer(tmp_path, **settings_of(provider)) as fresh:
        provider.behaviour.fault = "down"
        browser = Browser(fresh.url)
        assert browser.begin() == "/" and "Try again in a minute" in browser.problem
        provider.behaviour.fault = ""
        assert Browser(fresh.url).sign_in().user()
        back = browser.back()
        provider.behaviour.fault = "down"
        browser.get(back)
        assert browser.user() is None and "cannot be reached" in browser.problem
        provider.behaviour.fault = "another client"
        assert "not set up rightly" in Browser(fresh.url).sign_in().problem
        log = fresh.log()
    assert CLIENT_SECRET not in log and not re.search(r"state=|code=|eyJ", log)


def test_without_a_provider_there_is_none(tmp_path: Path) -> None:
    with RunningServer(tmp_path, LLM_SCRIPTED="on", **LIMITS) as server:
        assert requests.get(f"{server.url}/api/auth/ways", timeout=10).json() == {"passwords": True, "provider": None}
        assert Browser(server.url).get(START).status_code == 403


def test_a_provider_that_takes_its_time_holds_up_nobody_else(provider: FakeProvider, tmp_path: Path) -> None:
    asked, may_go_on = Event(), Event()

    def wait(_exchange: Exchange) -> bool:
        asked.set()
        may_go_on.wait(TIMEOUT[1] / 2)
        return False

    provider.intercept = wait
    with RunningServer(tmp_path, **settings_of(provider)) as fresh, ThreadPoolExecutor(1) as pool:
        begun = pool.submit(Browser(fresh.url).begin)
        assert asked.wait(10)
        assert requests.get(f"{fresh.url}/readyz", timeout=10).ok and not begun.done()
        may_go_on.set()
        assert begun.result(timeout=10).startswith(provider.url)
