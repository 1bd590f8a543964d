"""Who may come in by a provider, and as what."""

from pathlib import Path

import requests

from tests.fakes.oidc import FakeProvider
from tests.people import PASSWORD, new_key
from tests.running_server import RunningServer
from tests.sign_in_browser import Browser, settings_of
from tests.typed import run_flask


def test_groups_make_admins_and_take_it_back_but_never_from_the_last(provider: FakeProvider, tmp_path: Path) -> None:
    settings = {**settings_of(provider), "OIDC_ADMIN_GROUPS": "chat-admins", "PASSWORD_SIGN_IN": "off"}
    with RunningServer(tmp_path, **settings) as server:
        refused = requests.post(
            f"{server.url}/api/auth/register", json={"username": "ada", "password": PASSWORD}, timeout=10
        )
        assert refused.status_code == 403
        assert requests.get(f"{server.url}/api/auth/ways", timeout=10).json()["passwords"] is False
        provider.behaviour.subject, provider.behaviour.claims["groups"] = new_key(), ["staff"]
        assert (Browser(server.url).sign_in().user() or {})["role"] == "member", "the first one, too"
        provider.behaviour.subject, provider.behaviour.claims["groups"] = new_key(), ["chat-admins", "staff"]
        chief = Browser(server.url).sign_in()
        first = chief.user()
        assert first and first["role"] == "admin"
        wanted = {"current_password": PASSWORD, "new_password": new_key()}
        changed = chief.http.post(f"{server.url}/api/auth/password", json=wanted, timeout=10)
        assert changed.status_code == 403 and "takes no passwords" in changed.json()["error"]["message"]
        reset = chief.http.post(f"{server.url}/api/admin/people/{first['id']}/password", json={}, timeout=10)
        assert reset.status_code == 403
        typed = run_flask(tmp_path, "reset-password", first["username"], **settings)
        assert typed.returncode == 1 and "takes no passwords" in typed.stderr
        provider.behaviour.claims["groups"] = ["staff"]
        assert (Browser(server.url).sign_in().user() or {})["role"] == "admin", "the last one"
        one = provider.behaviour.subject
        provider.behaviour.subject, provider.behaviour.claims["groups"] = new_key(), ["chat-admins"]
        assert (Browser(server.url).sign_in().user() or {})["role"] == "admin"
        provider.behaviour.subject, provider.behaviour.claims["groups"] = one, "staff"
        assert (Browser(server.url).sign_in().user() or {})["role"] == "member"


def test_without_accounts_made_by_it_only_who_is_linked_comes_in(provider: FakeProvider, tmp_path: Path) -> None:
    with RunningServer(tmp_path, **settings_of(provider), OIDC_CREATE_ACCOUNTS="off") as server:
        stranger = Browser(server.url).sign_in()
        assert stranger.user() is None and "no account for you" in stranger.problem
        browser, user = Browser(server.url).register()
        browser.link()
        assert Browser(server.url).sign_in().user() == user


def test_only_verified_addresses_of_these_domains_and_only_these_groups_come_in(
    provider: FakeProvider, tmp_path: Path
) -> None:
    rules = {"OIDC_ALLOWED_DOMAINS": "@Example.org, example.com", "OIDC_ALLOWED_GROUPS": "staff"}
    good = {"email": "ada@EXAMPLE.org", "email_verified": True, "groups": ["staff"]}
    with RunningServer(tmp_path, **settings_of(provider), **rules) as server:
        for wrong in (
            {"email_verified": False},
            {"email_verified": None},
            {"email": "ada@example.net"},
            {"email": "ada@example.org@evil.net"},
            {"email": "ada@evil-example.org"},
            {"email": None},
        ):
            provider.behaviour.claims = {**good, **wrong}
            out = Browser(server.url).sign_in()
            assert out.user() is None and "e-mail address" in out.problem
        provider.behaviour.claims = {**good, "groups": ["guests"]}
        out = Browser(server.url).sign_in()
        assert out.user() is None and "in no group" in out.problem
        provider.behaviour.claims = {"email": None, "groups": None}
        provider.behaviour.profile, provider.behaviour.userinfo = {}, good
        assert Browser(server.url).sign_in().user(), "some providers say it at another address only"
