"""A browser that signs in by a provider, and the settings of a server that has one."""

from typing import Any
from urllib.parse import unquote

import requests

from tests.fakes.oidc import CLIENT_ID, CLIENT_SECRET, FakeProvider
from tests.people import PASSWORD, new_key
from tests.running_server import LIMITS

START, CALLBACK = "/api/auth/oidc/start", "/api/auth/oidc/callback"


def settings_of(provider: FakeProvider) -> dict[str, str]:
    known = {"OIDC_CLIENT_ID": CLIENT_ID, "OIDC_CLIENT_SECRET": CLIENT_SECRET, "OIDC_NAME": "Example ID"}
    return {"LLM_SCRIPTED": "on", "OIDC_ISSUER": provider.url, **known, **LIMITS}


class Browser:
    """Follows no redirect by itself; `problem` is what the page would show."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()

    def get(self, address: str, **headers: str) -> requests.Response:
        whole = address if address.startswith("http") else self.url + address
        return self.http.get(whole, headers=headers, allow_redirects=False, timeout=30)

    def begin(self, path: str = "/") -> str:
        """Where the server sends it."""
        answer = self.http.get(self.url + START, params={"path": path}, allow_redirects=False, timeout=30)
        assert answer.status_code == 302, answer.text
        return str(answer.headers["Location"])

    def back(self, path: str = "/") -> str:
        """Off to the provider, and where that sends it."""
        return str(self.get(self.begin(path)).headers["Location"])

    def sign_in(self) -> "Browser":
        answer = self.get(self.back())
        assert (answer.status_code, answer.headers["Location"]) == (302, "/")
        return self

    def begin_link(self) -> str:
        """Where the provider sends it, that its sign-in may be linked to the account that is signed in."""
        answer = self.http.post(f"{self.url}/api/auth/identities", json={"path": "/"}, timeout=30)
        assert answer.ok, answer.text
        return str(self.get(answer.json()["address"]).headers["Location"])

    def link(self) -> "Browser":
        assert self.get(self.begin_link()).headers["Location"] == "/"
        return self

    def register(self) -> tuple["Browser", dict[str, Any]]:
        """Itself, and the account with a password that it made and is signed in to."""
        credentials = {"username": f"p{new_key()[:12]}", "password": PASSWORD}
        made = self.http.post(f"{self.url}/api/auth/register", json=credentials, timeout=30).json()
        return self, made["user"]

    @property
    def problem(self) -> str:
        return unquote(self.http.cookies.get("roundtable_problem") or "")

    def user(self) -> dict[str, Any] | None:
        answer = self.get("/api/auth/me")
        return answer.json()["user"] if answer.ok else None
