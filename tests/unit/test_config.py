"""Settings: good defaults, one clear line for a bad value, a secret that is made once."""

import re
import stat
from pathlib import Path

import pytest

from chat.config import Config, ConfigError


def _config(tmp_path: Path, **settings: str) -> Config:
    return Config.from_env({"DATA_DIR": str(tmp_path), **settings})


def test_nothing_needs_to_be_set(tmp_path: Path) -> None:
    config = _config(tmp_path)
    assert (config.host, config.port, config.llm_model) == ("127.0.0.1", 5000, "llama3")
    assert config.database_url == f"sqlite:///{tmp_path}/roundtable.db"
    assert config.llm_embedded and not config.secure_cookies


def test_the_secret_is_made_once_for_its_owner_only(tmp_path: Path) -> None:
    secret = _config(tmp_path).secret_key
    assert len(secret) >= 48 and _config(tmp_path).secret_key == secret
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert _config(tmp_path / "other").secret_key != secret
    assert _config(tmp_path, SECRET_KEY="given").secret_key == "given"


def test_an_emptied_secret_file_is_not_taken_for_a_secret(tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("")
    with pytest.raises(ConfigError, match="delete it"):
        _config(tmp_path)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "http"),
        ("PORT", "70000"),
        ("LLM_RATE_LIMIT", "0"),
        ("LLM_TIMEOUT", "-1"),
        ("LLM_TIMEOUT", "nan"),
        ("MAX_MESSAGE_CHARS", "1e3"),
        ("ASYNC_MODE", "asyncio"),
        ("LLM_EMBEDDED", "maybe"),
        ("OLLAMA_BASE_URL", "localhost:11434"),
        ("OLLAMA_BASE_URL", "ftp://localhost"),
        ("OLLAMA_BASE_URL", "http://["),
        ("OLLAMA_BASE_URL", "http://localhost:port"),
        ("ALLOWED_ORIGINS", "https://["),
        ("ALLOWED_ORIGINS", "https://a.example/path"),
        ("ALLOWED_ORIGINS", "a.example"),
        ("FLASK_ENV", "test"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError) as problem:
        _config(tmp_path, **{name: value})
    assert re.match(f"^{name}[= ]", str(problem.value)) and "\n" not in str(problem.value)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        _config(tmp_path / "file" / "data")


def test_cookies_are_secure_behind_tls(tmp_path: Path) -> None:
    assert _config(tmp_path, ALLOWED_ORIGINS="https://chat.example.org").secure_cookies
    assert not _config(tmp_path, ALLOWED_ORIGINS="https://a.example, http://b.example").secure_cookies


def test_backends_can_be_switched_off(tmp_path: Path) -> None:
    config = _config(tmp_path, OLLAMA_BASE_URL="off", OPENAI_BASE_URL="http://127.0.0.1:1234/")
    assert config.ollama_base_url == "" and config.openai_base_url == "http://127.0.0.1:1234"
