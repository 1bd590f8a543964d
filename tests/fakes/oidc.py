"""A pretended OpenID provider: discovery, keys, a page that signs in whoever comes, and tokens, also wrong ones."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from tests.fakes.serving import Exchange, FakeServer

CLIENT_ID, CLIENT_SECRET, ACCESS = "roundtable", "a secret of the client", "an access token"


@dataclass
class ProviderBehaviour:
    """Who signs in. `claims` replace those of the token, None leaves one out; `userinfo` is told apart from it.

    `fault` is how it is wrong: none (alg), shared and public (HS256 with the client's secret, with the published key),
    stranger (a key that is not published), tampered, refused (by the token address), denied (by the person),
    another client (whose secret is not this one), down.
    """

    subject: str = "1"
    profile: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] = field(default_factory=dict)
    fault: str = ""


class FakeProvider(FakeServer):
    """`rotate` replaces its key, as providers do. `about` is more that it says of itself, `other_keys` stand first."""

    def __init__(self) -> None:
        super().__init__()
        self.behaviour = ProviderBehaviour()
        self.about: dict[str, Any] = {}
        self.other_keys: list[dict[str, Any]] = []
        self._grants: dict[str, dict[str, str]] = {}  # by code: what was asked for
        self.rotate()

    def rotate(self) -> None:
        self._key = RSAKey.generate_key(2048, {"kid": secrets.token_hex(4), "use": "sig", "alg": "RS256"})

    def count(self, path: str) -> int:
        return sum(seen.path.startswith(path) for seen in self.seen)

    def answer(self, exchange: Exchange) -> None:
        path = urlsplit(exchange.seen.path).path
        if self.behaviour.fault == "down":
            return exchange.whole(b"", "text/plain", 503)
        routes = {
            "/.well-known/openid-configuration": self._discovery,
            "/keys": lambda e: e.json({"keys": [*self.other_keys, self._key.as_dict(private=False)]}),
            "/authorize": self._authorize,
            "/token": self._token,
            "/userinfo": self._userinfo,
        }
        return routes[path](exchange)

    def _discovery(self, exchange: Exchange) -> None:
        names = {
            "authorization_endpoint": "authorize",
            "token_endpoint": "token",
            "userinfo_endpoint": "userinfo",
            "jwks_uri": "keys",
        }
        addresses = {name: f"{self.url}/{path}" for name, path in names.items()}
        exchange.json({"issuer": self.url, **addresses, **self.about})

    def _authorize(self, exchange: Exchange) -> None:
        asked = dict(parse_qsl(urlsplit(exchange.seen.path).query))
        code = secrets.token_hex(8)
        self._grants[code] = asked
        back = {"error": "access_denied"} if self.behaviour.fault == "denied" else {"code": code}
        location = f"{asked['redirect_uri']}?{urlencode({**back, 'state': asked['state']})}"
        exchange.whole(b"", "text/plain", 302, {"Location": location})

    def _token(self, exchange: Exchange) -> None:
        sent = exchange.seen.body
        if not self._is_client(exchange) or self.behaviour.fault == "another client":
            return exchange.json({"error": "invalid_client"}, 401)
        asked = self._grants.pop(sent["code"], None)  # a code is good once
        proof = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        kept = {"code_challenge": _base64(proof), "code_challenge_method": "S256", "redirect_uri": sent["redirect_uri"]}
        if asked is None or not kept.items() <= asked.items() or self.behaviour.fault == "refused":
            return exchange.json({"error": "invalid_grant"}, 400)
        token = self._id_token(asked["nonce"])
        return exchange.json({"access_token": ACCESS, "token_type": "Bearer", "expires_in": 60, "id_token": token})

    def _is_client(self, exchange: Exchange) -> bool:
        """By the header, as all providers take it, or in the body where it takes only that."""
        if self.about.get("token_endpoint_auth_methods_supported") == ["client_secret_post"]:
            return bool(exchange.seen.body.get("client_secret") == CLIENT_SECRET)
        basic = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        return exchange.seen.headers.get("Authorization") == f"Basic {basic}"

    def _userinfo(self, exchange: Exchange) -> None:
        if exchange.seen.headers.get("Authorization") != f"Bearer {ACCESS}":
            return exchange.json({"error": "invalid_token"}, 401)
        claims = self.behaviour.claims
        return exchange.json({"sub": claims.get("sub", self.behaviour.subject), **self.behaviour.userinfo})

    def _id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "sub": self.behaviour.subject, "nonce": nonce}
        times = {"iat": now, "exp": now + 300}
        made = {**claims, **times, **self.behaviour.profile, **self.behaviour.claims}
        made = {name: value for name, value in made.items() if value is not None}
        return self._signed(made)

    def _signed(self, claims: dict[str, Any]) -> str:
        header = {"alg": "RS256", "kid": str(self._key.kid)}
        match self.behaviour.fault:
            case "none":
                return f"{_part({'alg': 'none', 'kid': header['kid']})}.{_part(claims)}."
            case "public":
                signed = f"{_part({'alg': 'HS256', 'kid': header['kid']})}.{_part(claims)}"
                published = self._key.as_pem(private=False)
                return f"{signed}.{_base64(hmac.digest(published, signed.encode(), 'sha256'))}"
            case "shared":
                key = OctKey.import_key(CLIENT_SECRET.ljust(32, "x"))
                return jwt.encode({"alg": "HS256", "kid": header["kid"]}, claims, key)
            case "stranger":
                return jwt.encode(header, claims, RSAKey.generate_key(2048, {"kid": header["kid"]}))
            case "tampered":
                head, _, signature = jwt.encode(header, claims, self._key).split(".")
                return f"{head}.{_part({**claims, 'sub': 'somebody else'})}.{signature}"
        return jwt.encode(header, claims, self._key)


def _part(value: dict[str, Any]) -> str:
    return _base64(json.dumps(value).encode())


def _base64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
