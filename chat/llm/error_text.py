"""Reads what backends answer when they fail, in every shape that is known; pure."""

from typing import Any

from chat.llm.json_values import parsed
from chat.llm.shown import shown

ASK_AGAIN = "Ask again; if it stays, see its log."  # where nothing better can be said


def error_text(body: bytes | str) -> str:
    """The text for people in an error body: JSON in the shapes of Ollama, OpenAI, llama.cpp, FastAPI, or plain text."""
    raw = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    value = _parsed(raw)
    try:
        text = _text_in(value) if value is not None else _plain(raw)
    except RecursionError:
        text = ""
    return shown(text)


def error_code(body: bytes | str) -> str:
    """The machine-readable kind of the error (`code` or `type`), or an empty string."""
    value = _parsed(body.decode("utf-8", "replace") if isinstance(body, bytes) else body)
    inner = value.get("error", value) if isinstance(value, dict) else None
    if not isinstance(inner, dict):
        return ""
    found = [inner.get(key) for key in ("code", "type")]
    return next((text for text in found if isinstance(text, str) and text), "")


def _parsed(text: str) -> Any:
    try:
        return parsed(text)
    except ValueError:
        return None


def _text_in(value: Any) -> str:
    if isinstance(value, str):
        return _unpacked(value)
    if isinstance(value, dict):
        keys = ("error", "message", "detail", "msg")
        return next((text for key in keys if key in value and (text := _text_in(value[key]))), "")
    if isinstance(value, list) and value:
        return _text_in(value[0])
    return ""


def _unpacked(text: str) -> str:
    """Ollama hands on its runner's JSON error as a string, with or without words before it."""
    start = text.find("{")
    inner = _parsed(text[start:]) if start >= 0 else None
    return (_text_in(inner) or text) if isinstance(inner, dict) else text


def _plain(text: str) -> str:
    return "" if text.lstrip().startswith("<") else text
