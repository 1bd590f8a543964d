"""A sign-in provider: what is kept of it and for how long, and in which ways providers differ."""

import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from chat.errors import NotSignedIn, ProviderAway
from chat.outward.oidc import KEPT_SECONDS, KEYS_AGAIN_SECONDS, LEEWAY_SECONDS, Begun, OpenIdProvider
from tests.fakes.clocks import Clock
from tests.fakes.oidc import CLIENT_ID, CLIENT_SECRET, FakeProvider

BEGUN = Begun("s" * 43, "n" * 43, "v" * 64, "http://127.0.0.1:1/back")


@pytest.fixture
def fake() -> Iterator[FakeProvider]:
    with FakeProvider() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock(1000.0)


@pytest.fixture
def provider(fake: FakeProvider, clock: Clock) -> OpenIdProvider:
    return OpenIdProvider(fake.url, CLIENT_ID, CLIENT_SECRET, clock)


def _subject(provider: OpenIdProvider) -> str:
    back = requests.get(provider.address(BEGUN), allow_redirects=False, timeout=10).headers["Location"]
    return str(provider.identify(BEGUN, dict(parse_qsl(urlsplit(back).query))["code"])["sub"])


def test_a_new_key_is_found_when_a_token_names_it_once_a_minute(
    fake: FakeProvider, provider: OpenIdProvider, clock: Clock
) -> None:
    assert [_subject(provider), _subject(provider)] == ["1", "1"]
    assert (fake.count("/keys"), fake.count("/.well-known")) == (1, 1)
    fake.rotate()
    for _ in range(3):
        with pytest.raises(NotSignedIn):
            _subject(provider)
    assert fake.count("/keys") == 1, "or anybody could make us ask as often as they like"
    clock.now += KEYS_AGAIN_SECONDS + 1
    assert _subject(provider) == "1" and fake.count("/keys") == 2
    clock.now += KEPT_SECONDS + 1
    assert _subject(provider) == "1"
    assert (fake.count("/keys"), fake.count("/.well-known")) == (3, 2)


def test_a_provider_that_calls_itself_otherwise_is_not_the_one(fake: FakeProvider, clock: Clock) -> None:
    with pytest.raises(ProviderAway, match="not set up rightly"):
        OpenIdProvider(fake.url + "/", CLIENT_ID, CLIENT_SECRET, clock).address(BEGUN)


def test_one_that_is_away_is_asked_again_the_next_time(fake: FakeProvider, provider: OpenIdProvider) -> None:
    fake.behaviour.fault = "down"
    with pytest.raises(ProviderAway):
        provider.address(BEGUN)
    fake.behaviour.fault = ""
    assert _subject(provider) == "1"


@pytest.mark.parametrize("claims", [{"aud": [CLIENT_ID]}, {"aud": [CLIENT_ID, "other"], "azp": CLIENT_ID}])
def test_a_token_for_several_is_ours_if_it_says_so(
    fake: FakeProvider, provider: OpenIdProvider, claims: dict[str, Any]
) -> None:
    fake.behaviour.claims = claims
    assert _subject(provider) == "1"


def test_clocks_may_differ_by_a_minute(fake: FakeProvider, provider: OpenIdProvider) -> None:
    now = int(time.time())
    for claims in ({"exp": now - LEEWAY_SECONDS // 2}, {"iat": now + LEEWAY_SECONDS // 2}):
        fake.behaviour.claims = claims
        assert _subject(provider) == "1"
    for claims in ({"exp": now - 2 * LEEWAY_SECONDS}, {"iat": now + 2 * LEEWAY_SECONDS}):
        fake.behaviour.claims = claims
        with pytest.raises(NotSignedIn):
            _subject(provider)


def test_keys_of_kinds_that_nobody_knows_and_for_other_things_are_left_out(
    fake: FakeProvider, provider: OpenIdProvider
) -> None:
    fake.other_keys = [
        {"kty": "AKP", "alg": "ML-DSA-65", "kid": "new", "pub": "AAAA"},
        {"kty": "oct", "k": "c2hhcmVk", "kid": "shared"},
        {"kty": "RSA", "use": "enc", "kid": "for encryption"},
    ]
    assert _subject(provider) == "1"


def test_a_provider_that_takes_the_secret_only_in_the_body_gets_it_there(
    fake: FakeProvider, provider: OpenIdProvider
) -> None:
    fake.about = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
    assert _subject(provider) == "1"


def test_what_is_only_told_apart_is_asked_for_and_replaces_nothing(
    fake: FakeProvider, provider: OpenIdProvider
) -> None:
    fake.behaviour.userinfo = {"email": "ada@example.org", "iss": "https://evil.example.org"}
    back = requests.get(provider.address(BEGUN), allow_redirects=False, timeout=10).headers["Location"]
    claims = provider.identify(BEGUN, dict(parse_qsl(urlsplit(back).query))["code"])
    assert (claims["email"], claims["iss"]) == ("ada@example.org", fake.url)


def test_one_that_says_half_of_what_it_must_is_not_set_up_rightly(fake: FakeProvider, provider: OpenIdProvider) -> None:
    fake.intercept = lambda exchange: exchange.json({"issuer": fake.url}) is None
    with pytest.raises(ProviderAway, match="not set up rightly"):
        provider.address(BEGUN)
