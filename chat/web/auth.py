"""Accounts, sessions and API keys over HTTP."""

from dataclasses import dataclass

from flask import Response, request

from chat import wire
from chat.config import Config
from chat.db.unit_of_work import Database
from chat.rate_limits import RateLimits
from chat.services.accounts import change_name, change_password, check_password, register
from chat.services.passwords import Passwords
from chat.services.people import Account
from chat.services.sign_ins import SignIns
from chat.web.api import SESSION_COOKIE, Api, Operation, principal, user
from chat.web.responses import json_answer
from chat.web.session_cookie import set_session


@dataclass(frozen=True)
class AuthRoutes:
    db: Database
    passwords: Passwords
    sign_ins: SignIns
    limits: RateLimits
    config: Config

    def add_to(self, api: Api) -> None:
        credentials, answer = wire.Credentials, wire.UserAnswer
        name, password = wire.ChangeProfile, wire.ChangePassword
        for operation in (
            Operation(
                "POST", "/api/auth/register", self.register, "Create an account", credentials, answer, 201, public=True
            ),
            Operation("POST", "/api/auth/login", self.login, "Sign in", credentials, answer, public=True),
            Operation("POST", "/api/auth/logout", self.logout, "Sign out", status=204, unlocked=True),
            Operation("GET", "/api/auth/me", self.me, "Who am I?", answer=answer, unlocked=True),
            Operation("PATCH", "/api/auth/me", self.change_name, "Change my name", name, answer),
            Operation(
                "POST",
                "/api/auth/password",
                self.change_password,
                "Change my password",
                password,
                wire.PasswordChanged,
                unlocked=True,
            ),
            Operation("GET", "/api/auth/sessions", self.sessions, "My sessions", answer=wire.SessionsAnswer),
            Operation("DELETE", "/api/auth/sessions/{session}", self.end_session, "End one of my sessions", status=204),
            Operation("GET", "/api/keys", self.keys, "My API keys", answer=wire.KeysAnswer),
            Operation("POST", "/api/keys", self.create_key, "Create a key", wire.CreateKey, wire.KeyCreated, 201),
            Operation("DELETE", "/api/keys/{key}", self.revoke_key, "Revoke a key", status=204),
        ):
            api.add(operation)

    def register(self, body: wire.Credentials) -> Response:
        self.limits.take("login", f"address:{request.remote_addr}")
        return self._signed_in(register(self.db, self.passwords, body), 201)

    def login(self, body: wire.Credentials) -> Response:
        """Throttled by address and by account, so that neither many accounts nor many addresses help a guesser."""
        self.limits.take("login", f"address:{request.remote_addr}")
        self.limits.take("account", body.username)
        return self._signed_in(check_password(self.db, self.passwords, body), 200)

    def _signed_in(self, account: Account, status: int) -> Response:
        token, _ = self.sign_ins.open_session(account, request.headers.get("User-Agent", ""))
        shown = wire.UserAnswer(user=account.user, must_change_password=account.must_change_password)
        answer = json_answer(shown, status)
        set_session(answer, token, self.config)
        return answer

    def logout(self) -> Response:
        caller = principal()
        if caller.via == "session":
            self.sign_ins.sign_out(caller)
        answer = Response(status=204)
        answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="Lax")
        return answer

    def me(self) -> wire.UserAnswer:
        return wire.UserAnswer(user=user(), must_change_password=principal().must_change_password)

    def change_name(self, body: wire.ChangeProfile) -> wire.UserAnswer:
        self.limits.take("rename", user().id)
        return wire.UserAnswer(user=change_name(self.db, user().id, body.display_name))

    def change_password(self, body: wire.ChangePassword) -> wire.PasswordChanged:
        """Throttled as signing in is: whoever has somebody's session must not guess at the password."""
        self.limits.take("login", f"address:{request.remote_addr}")
        self.limits.take("account", user().username)
        return wire.PasswordChanged(ended_sessions=change_password(self.db, self.passwords, principal(), body))

    def sessions(self) -> wire.SessionsAnswer:
        return wire.SessionsAnswer(sessions=self.sign_ins.list_sessions(user().id, principal().token_id))

    def end_session(self, session: str) -> None:
        self.sign_ins.end_session(user().id, session)

    def keys(self) -> wire.KeysAnswer:
        return wire.KeysAnswer(keys=self.sign_ins.list_keys(user().id))

    def create_key(self, body: wire.CreateKey) -> wire.KeyCreated:
        return self.sign_ins.create_key(user().id, body)

    def revoke_key(self, key: str) -> None:
        self.sign_ins.revoke_key(user().id, key)
