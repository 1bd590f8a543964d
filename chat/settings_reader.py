"""Reads one setting of each kind, or says in one line what the variable accepts."""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar, cast
from urllib.parse import urlsplit

from chat.backend_settings import is_web_address

T = TypeVar("T")
_IPV6 = "[0-9A-Fa-f:]*:[0-9A-Fa-f:]*"
_HOST = re.compile(rf"(\*\.)?[A-Za-z0-9][A-Za-z0-9.-]*(:\d{{1,5}})?|{_IPV6}|\[{_IPV6}\]:\d{{1,5}}")


class ConfigError(Exception):
    """The configuration cannot be used; the message is one line for whoever starts the server."""


class SettingsReader:
    """Of an environment. Everything it gives is what the variable says, checked, or else the default."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = env

    def text(self, name: str, default: str = "") -> str:
        return self.env.get(name, "").strip() or default

    def number(self, name: str, default: float, low: float, high: float, kind: Callable[[str], T]) -> T:
        raw = self.text(name, f"{default:g}")
        try:
            value = kind(raw)
            if low <= float(cast(float, value)) <= high:
                return value
        except ValueError:
            pass
        raise ConfigError(f"{name}={raw!r} is not a number from {low:g} to {high:g}.")

    def whole(self, name: str, default: int, low: int, high: int) -> int:
        return self.number(name, default, low, high, int)

    def seconds(self, name: str, default: float, high: float = 86_400) -> float:
        return self.number(name, default, 0, high, float)

    def choice(self, name: str, default: str, choices: tuple[str, ...]) -> str:
        value = self.text(name, default).lower()
        if value not in choices:
            raise ConfigError(f"{name}={value!r} must be one of {', '.join(choices)}.")
        return value

    def switch(self, name: str, default: str) -> bool:
        return self.choice(name, default, ("on", "off")) == "on"

    def secret(self, name: str) -> str:
        """Empty, or too long to be guessed."""
        value = self.text(name)
        if 0 < len(value) < 16:
            raise ConfigError(
                f"{name} is too short: make one with 16 characters or more, for example openssl rand -hex 16."
            )
        return value

    def url(self, name: str, default: str = "") -> str:
        """An http(s) URL without a trailing slash; `off` means none."""
        value = self.text(name, default).rstrip("/")
        if value.lower() in ("", "off"):
            return ""
        if not is_web_address(value):
            raise ConfigError(f"{name}={value!r} is not an http:// or https:// URL.")
        return value

    def redis(self, name: str) -> str:
        """Its value is not repeated: it may hold a password."""
        value = self.text(name)
        if value and not value.startswith(("redis://", "rediss://", "unix://")):
            raise ConfigError(f"{name} does not begin with redis://, rediss:// or unix://.")
        return value

    def names(self, name: str) -> tuple[str, ...]:
        """Comma-separated."""
        return tuple(part.strip() for part in self.text(name).split(",") if part.strip())

    def hosts(self, name: str) -> tuple[str, ...]:
        """Names or numbers of machines, with `:port` if only that one is meant; `*.` stands for all below a name.

        IPv6 with a port is `[fd00::7]:8080`.
        """
        found = self.names(name)
        for host in found:
            if not _HOST.fullmatch(host):
                raise ConfigError(
                    f"{name} has {host!r}; write hosts like ci.example.org or *.example.org, comma-separated."
                )
        return found

    def origins(self, name: str) -> tuple[str, ...]:
        found = tuple(part.rstrip("/") for part in self.names(name))
        for origin in found:
            if not is_web_address(origin) or urlsplit(origin).path:
                raise ConfigError(
                    f"{name} has {origin!r}; write origins like https://chat.example.org, comma-separated."
                )
        return found
