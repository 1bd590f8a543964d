"""Signing in by a provider: its button, an account that is made, one that is linked, and a refusal in words."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import expect

from tests.e2e.visitor import Visitor
from tests.fakes.oidc import FakeProvider, ProviderBehaviour
from tests.running_server import RunningServer
from tests.sign_in_browser import settings_of

Visit = Callable[[RunningServer, str], Visitor]


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with FakeProvider() as fake:
        yield fake


@pytest.fixture(scope="module")
def server(provider: FakeProvider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    with RunningServer(tmp_path_factory.mktemp("data"), **settings_of(provider)) as running:
        yield running


def test_a_provider_signs_in_and_is_refused_in_words(
    visit: Visit, server: RunningServer, provider: FakeProvider
) -> None:
    provider.behaviour = ProviderBehaviour(subject="1", profile={"preferred_username": "ida", "name": "Ida Rhodes"})
    provider.behaviour.fault = "denied"
    ida = visit(server, "ida")
    ida.page.goto("/rooms/general")
    expect(ida.get("provider-sign-in")).to_have_text("Sign in with Example ID")
    ida.get("provider-sign-in").click()
    expect(ida.get("sign-in-problem")).to_contain_text("did not sign you in")
    provider.behaviour.fault = ""
    ida.page.goto("/rooms/general")
    ida.get("provider-sign-in").click()
    expect(ida.get("composer")).to_be_visible()
    assert ida.page.url == f"{server.url}/rooms/general", "where one wanted to go"
    ida.say("good morning")
    expect(ida.message("good morning")).to_contain_text("Ida Rhodes")


def test_an_account_with_a_password_is_linked(visit: Visit, server: RunningServer, provider: FakeProvider) -> None:
    provider.behaviour = ProviderBehaviour(subject="2", profile={"preferred_username": "max"})
    max_ = visit(server, "max").sign_up()
    max_.get("account-menu").click()
    max_.get("open-account").click()
    with max_.page.expect_navigation():
        max_.get("link").click()
    max_.get("account-menu").click()
    max_.get("open-account").click()
    expect(max_.get("link-part")).to_contain_text("Opens this account")
    phone = visit(server, "max")
    phone.page.goto("/")
    phone.get("provider-sign-in").click()
    expect(phone.get("workspace")).to_be_visible()
    phone.get("account-menu").click()
    phone.get("open-account").click()
    expect(phone.get("account-me")).to_contain_text("@max")
    phone.get("unlink").click()
    expect(phone.get("link")).to_be_visible()
