"""What people may see of what a backend says, and of where it is."""

import pytest

from chat.llm.error_text import error_text
from chat.llm.shown import hide, is_fit, secrets_in, shown, shown_address


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("two\r\nlines\tand\x00 more", "two lines and more"),
        ("\x1b]0;owned\x07\x9b31m", "]0;owned 31m"),
        ("nothing\u202egnp\u2066 turns\u200b around", "nothing gnp turns around"),
        ("half \ud800 a character", "half a character"),
        ("<b>shown as it is</b>", "<b>shown as it is</b>"),
        ("x" * 9000, "x" * 500),
    ],
)
def test_it_is_one_line_that_steers_nothing(said: str, text: str) -> None:
    assert shown(said) == text


def test_an_error_repeats_no_key_and_no_password() -> None:
    hide(["sk-verysecret", *secrets_in("http://ada:pass%40word@host"), "short", ""])
    said = b'{"error":{"message":"Incorrect key: sk-verysecret, pass@word, pass%40word. It was too short."}}'
    assert error_text(said) == "Incorrect key: …, …, …. It was too short."


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://ada:secret@host:1234/v1", "http://host:1234/v1"),
        ("https://secret@[::1]:8080", "https://[::1]:8080"),
        ("http://host", "http://host"),
    ],
)
def test_an_address_is_shown_without_who_may_use_it(url: str, told: str) -> None:
    assert shown_address(url) == told


@pytest.mark.parametrize("name", ["", "n" * 201, "a\nb", "\x1b[31m", "gnp\u202e.exe", "\ud800"])
def test_no_model_is_called_so(name: str) -> None:
    assert not is_fit(name)


@pytest.mark.parametrize("name", ["hf.co/bartowski/Llama-3.2:Q4_K_M", "Модель 7B", "模型"])
def test_a_model_may_be_called_so(name: str) -> None:
    assert is_fit(name)
