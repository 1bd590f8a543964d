"""An OpenID provider: where to send people who sign in, and who they are when they come back. Knows no accounts.

Authorization code flow with PKCE (OpenID Connect Core 1.0, section 3.1; RFC 7636). What the provider says of itself and
its keys are kept for an hour, and the keys are asked for again when a token names one that is not among them.
"""

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session, OAuthError
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from chat.errors import NotSignedIn, ProviderAway

KEPT_SECONDS = 3600.0
KEYS_AGAIN_SECONDS = 60.0  # between two times of asking for keys that are not there
TIMEOUT = (3.0, 10.0)  # to connect, and of silence
LEEWAY_SECONDS = 60  # by which clocks differ
MOST_SUBJECT_CHARS = 255  # OpenID Connect Core 1.0, section 2
# Never none, and none that works with a shared key: it could be one that is published.
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
KEY_TYPES = ("RSA", "EC")
SCOPE = "openid profile email"
_REFUSED = "The sign-in of your provider was not accepted. Try again; if it stays, tell the admin of this server."
_WRONG = "The sign-in with your provider is not set up rightly. Tell the admin of this server, whose log says more."
_AWAY = "Your sign-in provider cannot be reached now. Try again in a minute; if it stays, tell this server’s admin."
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Begun:
    """What a sign-in began with, and its end must match."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


class _Kept:
    """A JSON document, asked for when it is needed and old."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._value: dict[str, Any] | None = None
        self._at = 0.0

    def get(self, url: str, *, newer_than: float = KEPT_SECONDS) -> dict[str, Any]:
        if self._value is None or self._clock() - self._at > newer_than:
            self._value, self._at = _json(requests.get(url, timeout=TIMEOUT, allow_redirects=False)), self._clock()
        return self._value


class OpenIdProvider:
    """`issuer` is its address, exactly as its tokens name it."""

    def __init__(
        self, issuer: str, client_id: str, client_secret: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._issuer = issuer
        self._client_id, self._client_secret = client_id, client_secret
        self._about, self._keys = _Kept(clock), _Kept(clock)

    def address(self, begun: Begun) -> str:
        """Where to send the browser. Raises `ProviderAway`."""
        with _Translated():
            about = self._metadata()
            url, _ = self._session(begun, about).create_authorization_url(
                about["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
            )
        return str(url)

    def identify(self, begun: Begun, code: str) -> Mapping[str, Any]:
        """The claims of who has come back with `code`. Raises `NotSignedIn`, or `ProviderAway`."""
        with _Translated():
            about = self._metadata()
            token = self._session(begun, about).fetch_token(
                about["token_endpoint"],
                code=code,
                code_verifier=begun.verifier,
                timeout=TIMEOUT,
                allow_redirects=False,
            )
            claims = self._checked(self._decoded(str(token.get("id_token") or ""), about["jwks_uri"]), begun.nonce)
            return {**_profile(about, token, claims["sub"]), **claims}

    def _session(self, begun: Begun, about: Mapping[str, Any]) -> Any:
        session = OAuth2Session(
            self._client_id,
            self._client_secret,
            scope=SCOPE,
            redirect_uri=begun.redirect_uri,
            code_challenge_method="S256",
        )
        takes = about.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        if self._client_secret and "client_secret_basic" not in takes:
            session.token_endpoint_auth_method = "client_secret_post"
        return session

    def _metadata(self) -> dict[str, Any]:
        """What it says of itself (OpenID Connect Discovery 1.0)."""
        about = self._about.get(f"{self._issuer.rstrip('/')}/.well-known/openid-configuration")
        if about.get("issuer") != self._issuer:
            log.error("the provider calls itself %r, and OIDC_ISSUER is %r", about.get("issuer"), self._issuer)
            raise ProviderAway(_WRONG)
        return about

    def _decoded(self, id_token: str, jwks_uri: str) -> dict[str, Any]:
        for newer_than in (KEPT_SECONDS, KEYS_AGAIN_SECONDS):
            keys = _usable(self._keys.get(jwks_uri, newer_than=newer_than))
            try:
                return dict(jwt.decode(id_token, keys, algorithms=ALGORITHMS).claims)
            except (JoseError, ValueError, TypeError) as problem:
                failure = problem
        log.warning("a token was not accepted: %s", type(failure).__name__)
        raise NotSignedIn(_REFUSED)

    def _checked(self, claims: dict[str, Any], nonce: str) -> dict[str, Any]:
        """Of the token, which was signed rightly (OpenID Connect Core 1.0, section 3.1.3.7)."""
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        audience, subject = claims["aud"], claims["sub"]
        is_shared = isinstance(audience, list) and len(audience) > 1
        is_for_us = claims.get("azp", None if is_shared else self._client_id) == self._client_id
        is_subject = isinstance(subject, str) and subject.isprintable() and len(subject) <= MOST_SUBJECT_CHARS
        if not (is_for_us and is_subject):
            log.warning("a token was not accepted: it is for somebody else, or says of nobody whom it is about")
            raise NotSignedIn(_REFUSED)
        return claims


def _usable(keys: Mapping[str, Any]) -> KeySet:
    """Without those of kinds that nobody knows yet (RFC 7517, section 5), and those for other things."""
    found = [key for key in keys["keys"] if key.get("kty") in KEY_TYPES and key.get("use", "sig") == "sig"]
    return KeySet.import_key_set({"keys": found})


def _profile(about: Mapping[str, Any], token: Mapping[str, Any], subject: str) -> dict[str, Any]:
    """What some providers say only here: name, address, groups. It is about `subject`, or about nobody."""
    if "userinfo_endpoint" not in about:
        return {}
    headers = {"Authorization": f"Bearer {token['access_token']}"}
    found = _json(requests.get(about["userinfo_endpoint"], headers=headers, timeout=TIMEOUT, allow_redirects=False))
    if found.get("sub") != subject:
        log.warning("the provider's userinfo is about somebody else than its token")
        raise NotSignedIn(_REFUSED)
    return found


def _json(answer: requests.Response) -> dict[str, Any]:
    answer.raise_for_status()
    return dict(answer.json())


class _Translated:
    """What the libraries and the network raise, in our words; what is in the log names no token."""

    def __enter__(self) -> None: ...

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        if isinstance(error, OAuthError):
            log.warning("the provider refused a sign-in: %s", error.error)
            raise (ProviderAway(_WRONG) if error.error == "invalid_client" else NotSignedIn(_REFUSED)) from None
        if isinstance(error, requests.RequestException):
            status = error.response.status_code if error.response is not None else None
            log.warning("the provider cannot be used: %s, status %s", type(error).__name__, status)
            known = {400: NotSignedIn(_REFUSED), 401: ProviderAway(_WRONG)}
            raise known.get(status or 0, ProviderAway(_AWAY)) from None
        if isinstance(error, JoseError):
            log.warning("a token was not accepted: %s", error)
            raise NotSignedIn(_REFUSED) from None
        if isinstance(error, KeyError | ValueError | TypeError):
            log.error("what the provider says of itself cannot be read: %s", error)
            raise ProviderAway(_WRONG) from None
