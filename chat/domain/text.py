"""What may stand in a message: bounds and normal form. Rendering and its sanitising are the front end's."""

import re
import unicodedata

from chat.errors import InvalidInput, TooLarge

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_UNSEEN = re.compile(r"[\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]")  # they would make names look like others
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def parse_text(raw: str, max_chars: int, *, field: str = "content") -> str:
    """The text as it is stored: NFC, `\\n` line ends, no control characters, no blank ends. Counted in code points."""
    if len(raw) > max_chars * 2:
        raise TooLarge(_too_long(len(raw), max_chars), field=field)
    text = parse_source(raw, field=field).strip("\n ").rstrip()
    if not text:
        raise InvalidInput("Write something first: the message is empty.", field=field)
    if len(text) > max_chars:
        raise TooLarge(_too_long(len(text), max_chars), field=field)
    return text


def parse_source(raw: str, *, field: str) -> str:
    """A text of which each line keeps its number: NFC, `\\n` line ends, no control characters."""
    if _SURROGATE.search(raw):
        raise InvalidInput("The text has half a character in it (a lone surrogate).", field=field)
    text = unicodedata.normalize("NFC", raw.replace("\r\n", "\n").replace("\r", "\n"))
    return _CONTROL.sub("", text)


def _too_long(length: int, max_chars: int) -> str:
    return f"The message has {length:,} characters; the most is {max_chars:,}. Shorten it or split it."


def begin_of(text: str, chars: int = 200) -> str:
    """The first characters of a text on one line, for where there is no place for all of it."""
    line = " ".join(text.split())
    return line if len(line) <= chars else line[: chars - 1].rstrip() + "…"


def clean_line(raw: str) -> str:
    """A name or topic: one line, no blank ends, no control characters, none that hide or turn the others around."""
    visible = _UNSEEN.sub("", _CONTROL.sub("", _SURROGATE.sub("", raw)))
    return " ".join(unicodedata.normalize("NFC", visible).split())


def parse_line(raw: str, *, field: str) -> str:
    """A name: like `clean_line`, and something must be left."""
    line = clean_line(raw)
    if not line:
        raise InvalidInput("This must not be empty.", field=field)
    return line


def slug_of(name: str) -> str:
    """A room's name as it stands in addresses: lower case, words joined by `-`, at most 48 characters."""
    folded = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", folded).strip("-")[:48].strip("-") or "room"
