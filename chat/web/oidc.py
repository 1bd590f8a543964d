"""Signing in by an OpenID provider: off to it, back from it, and the account that it opens."""

import hmac
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from flask import Response, redirect, request

from chat import wire
from chat.config import Config
from chat.db.unit_of_work import Database
from chat.domain.origins import HOME
from chat.errors import NotAllowed, NotSignedIn, RoundtableError
from chat.outward.oidc import Begun, OpenIdProvider
from chat.rate_limits import RateLimits
from chat.services import external_sign_ins
from chat.services.external_sign_ins import PENDING_MS, Pending
from chat.services.passwords import Passwords
from chat.services.sign_ins import SignIns
from chat.sign_in_settings import OidcSetting
from chat.web.api import Api, Operation, principal, user
from chat.web.responses import json_answer
from chat.web.session_cookie import is_secure, set_session

STATE_COOKIE, STATE_PATH = "roundtable_sign_in", "/api/auth/oidc"
PROBLEM_COOKIE = "roundtable_problem"  # read by the page, which shows it and takes it away
START, CALLBACK = f"{STATE_PATH}/start", f"{STATE_PATH}/callback"
IDENTITIES = "/api/auth/identities"


@dataclass(frozen=True)
class OidcRoutes:
    """`provider` and `setting` are None where none is set up: then there are only passwords."""

    db: Database
    api: Api
    passwords: Passwords
    sign_ins: SignIns
    limits: RateLimits
    config: Config
    provider: OpenIdProvider | None
    setting: OidcSetting | None

    def add_to(self, api: Api) -> None:
        path: dict[str, type] = {"path": str}
        back: dict[str, type] = {"state": str, "code": str, "error": str}
        begun = wire.LinkIdentity, wire.LinkBegun
        for operation in (
            Operation("GET", "/api/auth/ways", self.ways, "How to sign in", answer=wire.SignInWays, public=True),
            Operation("GET", START, self.start, "Off to the provider", status=302, public=True, query=path),
            Operation("GET", CALLBACK, self.callback, "Back from it", status=302, public=True, query=back),
            Operation("GET", IDENTITIES, self.identities, "Sign-ins linked to my account", answer=wire.Identities),
            Operation("POST", IDENTITIES, self.link, "Link one", *begun),
            Operation("DELETE", IDENTITIES, self.unlink, "Unlink them", status=204),
        ):
            api.add(operation)

    def ways(self) -> wire.SignInWays:
        found = self.setting and wire.Provider(name=self.setting.name, path=START)
        return wire.SignInWays(passwords=self.passwords.is_on, provider=found)

    def start(self, path: str = HOME) -> Response:
        """`path` is the page to come back to."""
        self._set_up()
        try:
            return self._off(path)
        except RoundtableError as refusal:
            return self._to(HOME, refusal)

    def _off(self, path: str) -> Response:
        address, pending = self._begin(path)
        answer = self._to(address)
        self._keep(pending, answer)
        return answer

    def link(self, body: wire.LinkIdentity) -> Response:
        """Not a plain link: a page of another site must not begin this with somebody's cookie."""
        if principal().via != "session":
            raise NotAllowed("A sign-in is linked in a browser, by whoever is signed in there.")
        address, pending = self._begin(body.path, user().id)
        answer = json_answer(wire.LinkBegun(address=address), 200)
        self._keep(pending, answer)
        return answer

    def _begin(self, path: str, link_to: str | None = None) -> tuple[str, Pending]:
        provider, _ = self._set_up()
        self.limits.take("login", f"address:{request.remote_addr}")
        pending = external_sign_ins.begin(self.db, path, link_to)
        return provider.address(self._begun(pending)), pending

    def _keep(self, pending: Pending, answer: Response) -> None:
        """In the browser that began it: only there it can end, or somebody could be signed in as somebody else."""
        age, secure = PENDING_MS // 1000, is_secure(self.config)
        answer.set_cookie(
            STATE_COOKIE, pending.state, max_age=age, path=STATE_PATH, httponly=True, samesite="Lax", secure=secure
        )

    def callback(self, state: str = "", code: str = "", error: str = "") -> Response:
        """Only in the browser that began it, and once."""
        self._set_up()
        try:
            answer = self._back(self._begun_here(state), code, error)
        except RoundtableError as refusal:
            answer = self._to(HOME, refusal)
        answer.delete_cookie(STATE_COOKIE, path=STATE_PATH, httponly=True, samesite="Lax")
        return answer

    def _begun_here(self, state: str) -> Pending:
        kept = request.cookies.get(STATE_COOKIE, "")
        if not state or not hmac.compare_digest(state.encode(), kept.encode()):
            raise NotSignedIn("This sign-in was begun in another browser, or too long ago. Begin again.")
        return external_sign_ins.take(self.db, state)

    def _back(self, pending: Pending, code: str, error: str) -> Response:
        provider, setting = self._set_up()
        if error or not code:
            raise NotSignedIn("Your sign-in provider did not sign you in. Try again.")
        claims = provider.identify(self._begun(pending), code)
        answer = self._to(pending.path)
        if pending.link_to is None:
            account = external_sign_ins.sign_in(self.db, setting, claims)
            token, _ = self.sign_ins.open_session(account, request.headers.get("User-Agent", ""))
            set_session(answer, token, self.config)
        else:
            self._require_still(pending.link_to)
            external_sign_ins.link(self.db, setting, pending.link_to, claims)
        return answer

    def _require_still(self, user_id: str) -> None:
        caller = self.api.find_principal()
        if caller is None or caller.user.id != user_id:
            raise NotSignedIn("You have signed out here meanwhile. Sign in and link again.")

    def _set_up(self) -> tuple[OpenIdProvider, OidcSetting]:
        if self.provider is None or self.setting is None:
            raise NotAllowed("No sign-in provider is set up on this server.")
        return self.provider, self.setting

    def _begun(self, pending: Pending) -> Begun:
        return Begun(pending.state, pending.nonce, pending.verifier, self._origin() + CALLBACK)

    def _origin(self) -> str:
        """This server as the browser knows it."""
        allowed = self.config.allowed_origins
        own = [origin for origin in allowed if urlsplit(origin).netloc == request.host]
        return (own or list(allowed) or [request.host_url.rstrip("/")])[0]

    def _to(self, address: str, refusal: RoundtableError | None = None) -> Response:
        """Elsewhere; to a page of ours with what went wrong in words."""
        answer: Response = redirect(address, 302, Response)  # type: ignore[assignment]  # it is of the class that was given
        answer.headers["Cache-Control"] = "no-store"
        answer.headers["Referrer-Policy"] = "no-referrer"
        if refusal:
            secure = is_secure(self.config)
            answer.set_cookie(PROBLEM_COOKIE, quote(refusal.message), max_age=60, samesite="Lax", secure=secure)
        return answer

    def identities(self) -> wire.Identities:
        with self.db.read() as read:
            return external_sign_ins.list_identities(read, user().id)

    def unlink(self) -> None:
        external_sign_ins.unlink(self.db, self.passwords, user().id)


def build_oidc(
    config: Config, db: Database, api: Api, passwords: Passwords, sign_ins: SignIns, limits: RateLimits
) -> OidcRoutes:
    setting = config.sign_in.provider
    provider = OpenIdProvider(setting.issuer, setting.client_id, setting.client_secret) if setting else None
    return OidcRoutes(db, api, passwords, sign_ins, limits, config, provider, setting)
