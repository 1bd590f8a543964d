"""What backends say and where they are, as people may see it: one line, nothing that steers a terminal, no secrets."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

MAX_CHARS = 500
MAX_NAME = 200  # as of a model that is asked for
_SHORTEST_SECRET = 8  # shorter ones would be found in the middle of words
# Controls, what turns the direction of text around, what nobody sees, and halves of characters.
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+")
_hidden: set[str] = set()


def shown(text: str) -> str:
    """`text` on one line of at most 500 characters."""
    text = " ".join(_UNFIT.sub(" ", text[: 2 * MAX_CHARS]).split())
    for secret in _hidden:
        text = text.replace(secret, "…")
    return text[:MAX_CHARS]


def hide(secrets: Iterable[str]) -> None:
    """From now on `shown` leaves these out: some servers repeat in an error the key that they refuse."""
    _hidden.update(secret for secret in secrets if len(secret) >= _SHORTEST_SECRET)


def shown_address(url: str) -> str:
    """Without the user name and password that it may hold."""
    parts = urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def secrets_in(url: str) -> list[str]:
    """The password in an address, as it stands there and as it is meant."""
    password = urlsplit(url).password or ""
    return [password, unquote(password)]


def is_fit(name: str) -> bool:
    """Whether a model can be called so: people could neither read nor ask for anything else."""
    return 0 < len(name) <= MAX_NAME and not _UNFIT.search(name)
