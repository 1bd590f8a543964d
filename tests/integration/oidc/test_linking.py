"""An account that is there, and the sign-in that is to open it as well."""

import requests

from tests.people import PASSWORD, Person
from tests.running_server import RunningServer
from tests.sign_in_browser import Browser


def test_an_account_that_is_there_is_linked_by_whoever_is_signed_in(server: RunningServer) -> None:
    browser, user = Browser(server.url).register()
    browser.link()
    known = browser.get("/api/auth/identities").json()
    assert len(known["identities"]) == 1 and known["has_password"]
    assert Browser(server.url).sign_in().user() == user
    other, somebody = Browser(server.url).register()
    other.link()
    assert "another account" in other.problem and other.user() == somebody
    assert browser.http.delete(f"{server.url}/api/auth/identities", timeout=10).status_code == 204
    assert Browser(server.url).sign_in().user() != user


def test_a_password_that_an_admin_has_given_locks_nobody_out_who_comes_in_without_it(
    server: RunningServer, admin: Person
) -> None:
    browser, user = Browser(server.url).register()
    browser.link()
    given = admin.post(f"/api/admin/people/{user['id']}/password").json()["password"]
    credentials = {"username": user["username"], "password": given}
    other = Browser(server.url)
    assert other.http.post(f"{server.url}/api/auth/login", json=credentials, timeout=10).ok
    linked = Browser(server.url).sign_in()
    told = [who.get("/api/auth/me").json()["must_change_password"] for who in (other, linked)]
    assert told == [True, False]
    assert [who.get("/api/rooms").status_code for who in (other, linked)] == [403, 200]


def test_nobody_links_who_is_not_signed_in_or_is_sent_by_another_page(server: RunningServer) -> None:
    address = f"{server.url}/api/auth/identities"
    assert requests.post(address, json={}, timeout=10).status_code == 401
    browser, _ = Browser(server.url).register()
    for elsewhere in ({"Origin": "https://evil.example.org"}, {"Sec-Fetch-Site": "cross-site"}):
        assert browser.http.post(address, json={}, headers=elsewhere, timeout=10).status_code == 403
    key = browser.http.post(f"{server.url}/api/keys", json={"name": "a program"}, timeout=10).json()["key"]
    assert requests.post(address, json={}, headers={"X-API-Key": key}, timeout=10).status_code == 403
    back = browser.begin_link()
    browser.http.post(f"{server.url}/api/auth/logout", timeout=10)
    browser.get(back)
    assert browser.user() is None and "signed out" in browser.problem


def test_whoever_has_no_other_way_in_keeps_this_one(server: RunningServer) -> None:
    browser = Browser(server.url).sign_in()
    assert not browser.get("/api/auth/identities").json()["has_password"]
    refused = browser.http.delete(f"{server.url}/api/auth/identities", timeout=10)
    assert refused.status_code == 409 and "Ask an admin" in refused.json()["error"]["message"]
    sent = {"current_password": "", "new_password": PASSWORD}
    assert browser.http.post(f"{server.url}/api/auth/password", json=sent, timeout=10).status_code == 409
    user = browser.user()
    assert user
    for password in ("", "x", PASSWORD):
        guess = {"username": user["username"], "password": password}
        assert requests.post(f"{server.url}/api/auth/login", json=guess, timeout=10).status_code in (400, 401)
