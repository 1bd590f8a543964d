"""Settings: good defaults, one clear line for a bad value, a secret that is made once."""

import re
import stat
from pathlib import Path

import pytest

from chat.config import Config
from chat.settings_reader import ConfigError


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
        ("REDIS_URL", "http://127.0.0.1:6379"),
        ("LLM_EXECUTOR", "celery"),
        ("LLM_KEEP_ALIVE", "-2"),
        ("LLM_KEEP_ALIVE", "10m"),
        ("OLLAMA_BASE_URL", "localhost:11434"),
        ("OLLAMA_BASE_URL", "ftp://localhost"),
        ("OLLAMA_BASE_URL", "http://["),
        ("OLLAMA_BASE_URL", "http://localhost:port"),
        ("ALLOWED_ORIGINS", "https://["),
        ("ALLOWED_ORIGINS", "https://a.example/path"),
        ("ALLOWED_ORIGINS", "a.example"),
        ("FLASK_ENV", "test"),
        ("WEBHOOK_HOSTS", "https://ci.example.org"),
        ("WEBHOOK_HOSTS", "ci.example.org, *"),
        ("WEBHOOK_HOSTS", "ci.*.org"),
        ("WEBHOOK_HOSTS", "[fd00::7]"),
        ("OIDC_ISSUER", "id.example.org"),
        ("OIDC_ISSUER", "http://id.example.org"),
        ("PASSWORD_SIGN_IN", "off"),
    ],
)
def test_a_bad_value_is_one_line_that_names_the_variable(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError) as problem:
        _config(tmp_path, **{name: value})
    assert re.match(f"^{name}[= ]", str(problem.value)) and "\n" not in str(problem.value)


def test_workers_need_redis(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^LLM_EXECUTOR=dramatiq needs REDIS_URL.*redis://"):
        _config(tmp_path, LLM_EXECUTOR="dramatiq")
    config = _config(tmp_path, LLM_EXECUTOR="dramatiq", REDIS_URL="redis://127.0.0.1:6379/0")
    assert config.llm_executor == "dramatiq" and _config(tmp_path).llm_executor == "inprocess"


def test_only_who_has_the_token_reads_the_metrics_of_a_worker(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"^WORKER_METRICS_PORT needs METRICS_TOKEN"):
        _config(tmp_path, WORKER_METRICS_PORT="9100")
    metrics = _config(tmp_path, WORKER_METRICS_PORT="9100", METRICS_TOKEN="x" * 16).metrics
    assert (metrics.worker_host, metrics.worker_port) == ("127.0.0.1", 9100)
    assert _config(tmp_path).metrics.worker_port == 0


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConfigError, match="cannot be written"):
        _config(tmp_path / "file" / "data")


def test_models_are_preloaded_and_kept_only_where_it_says_so(tmp_path: Path) -> None:
    assert (_config(tmp_path).llm_preload, _config(tmp_path).llm_keep_alive) == ((), None)
    set_up = _config(tmp_path, LLM_PRELOAD="llama3, mistral:7b ,", LLM_KEEP_ALIVE="-1")
    assert (set_up.llm_preload, set_up.llm_keep_alive) == (("llama3", "mistral:7b"), -1)


def test_cookies_are_secure_behind_tls(tmp_path: Path) -> None:
    assert _config(tmp_path, ALLOWED_ORIGINS="https://chat.example.org").secure_cookies
    assert not _config(tmp_path, ALLOWED_ORIGINS="https://a.example, http://b.example").secure_cookies


def test_hosts_are_names_patterns_and_numbers_with_a_port_or_without(tmp_path: Path) -> None:
    hosts = ("ci.example.org", "*.example.org", "*.lan:8080", "10.0.0.7", "10.0.0.7:80", "fd00::7", "[fd00::7]:8080")
    assert _config(tmp_path, WEBHOOK_HOSTS=", ".join(hosts)).webhook_hosts == hosts
    assert _config(tmp_path).webhook_hosts == ()


def test_a_sign_in_provider_needs_a_name_for_us_and_may_be_asked_without_tls_only_here(tmp_path: Path) -> None:
    assert _config(tmp_path).sign_in.provider is None
    with pytest.raises(ConfigError, match="OIDC_CLIENT_ID is missing"):
        _config(tmp_path, OIDC_ISSUER="https://id.example.org")
    for issuer in ("https://id.example.org/", "http://127.0.0.1:8080/realms/a", "http://localhost:8080"):
        known = {"OIDC_ISSUER": issuer, "OIDC_CLIENT_ID": "chat", "OIDC_CLIENT_SECRET": "secret-word"}
        config = _config(tmp_path, **known, PASSWORD_SIGN_IN="off", OIDC_ALLOWED_DOMAINS="@Example.org, b.example")
        provider = config.sign_in.provider
        assert provider and provider.issuer == issuer and not config.sign_in.passwords
        assert provider.allowed_domains == ("example.org", "b.example")
        assert "secret-word" not in repr(config), "it would stand in a log"


def test_backends_can_be_switched_off(tmp_path: Path) -> None:
    config = _config(tmp_path, OLLAMA_BASE_URL="off", OPENAI_BASE_URL="http://127.0.0.1:1234/")
    assert [(backend.name, backend.url, backend.kind) for backend in config.llm_backends] == [
        ("openai", "http://127.0.0.1:1234", "auto")
    ]
    (ollama,) = _config(tmp_path).llm_backends
    assert (ollama.name, ollama.url, ollama.kind) == ("ollama", "http://127.0.0.1:11434", "ollama")


def test_several_backends_are_a_list_that_replaces_the_two(tmp_path: Path) -> None:
    listed = """[
        {"name": "gpu", "url": "http://10.0.0.5:11434/", "kind": "ollama", "parallel": 4},
        {"name": "mac", "url": "http://10.0.0.6:1234/v1", "key": "secret-key", "models": ["a", "b"]}
    ]"""
    config = _config(tmp_path, LLM_BACKENDS=listed, OPENAI_BASE_URL="http://127.0.0.1:1234/")
    gpu, mac = config.llm_backends
    assert (gpu.url, gpu.kind, gpu.parallel, gpu.models) == ("http://10.0.0.5:11434", "ollama", 4, ())
    assert (mac.kind, mac.parallel, mac.models, mac.key) == ("auto", None, ("a", "b"), "secret-key")
    assert "secret-key" not in repr(config), "it would stand in a log"


@pytest.mark.parametrize(
    ("listed", "says"),
    [
        ("gpu=http://10.0.0.5", "Invalid JSON"),
        ('{"name": "gpu"}', "valid array"),
        ('[{"name": "gpu"}]', "0 url"),
        ('[{"name": "gpu", "url": "10.0.0.5:11434"}]', "0 url: .*http"),
        ('[{"name": "GPU!", "url": "http://a"}]', "0 name"),
        ('[{"name": "a", "url": "http://a", "kind": "vllm"}]', "0 kind"),
        ('[{"name": "a", "url": "http://a", "parallel": 0}]', "0 parallel"),
        ('[{"name": "a", "url": "http://a", "paralel": 2}]', "0 paralel"),
        ('[{"name": "a", "url": "http://a"}, {"name": "a", "url": "http://b"}]', "'a' is taken"),
        ('[{"name": "embedded", "url": "http://a"}]', "'embedded' is taken"),
    ],
)
def test_a_list_that_cannot_be_used_says_where_and_why(tmp_path: Path, listed: str, says: str) -> None:
    with pytest.raises(ConfigError, match=f"^LLM_BACKENDS: .*{says}") as problem:
        _config(tmp_path, LLM_BACKENDS=listed)
    assert "\n" not in str(problem.value)
