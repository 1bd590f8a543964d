"""Settings, read once at start from the environment and `.env`; the only reader of `os.environ`.

A bad value raises `ConfigError` with one line that names the variable and says what it accepts.
"""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from dotenv import dotenv_values

from chat.backend_settings import BackendSetting, parse_backends
from chat.settings_reader import ConfigError, SettingsReader
from chat.sign_in_settings import SignInSetting, parse_sign_in
from chat.tracing import Collector

AsyncMode = Literal["eventlet", "gevent", "threading"]
LogFormat = Literal["text", "json"]
Executor = Literal["inprocess", "dramatiq"]


@dataclass(frozen=True)
class MetricsSetting:
    """`token` is what Prometheus sends, "" where nothing is. With `worker_port` 0 workers do not listen."""

    token: str
    worker_host: str
    worker_port: int


@dataclass(frozen=True)
class Config:
    """All settings, with the environment variable's name in lower case. Durations in seconds."""

    host: str
    port: int
    data_dir: Path
    database_url: str
    sqlite_commit: str
    redis_url: str
    secret_key: str
    flask_env: str
    async_mode: AsyncMode
    realtime_fast_path: bool
    log_level: str
    log_format: LogFormat
    allowed_origins: tuple[str, ...]
    trusted_proxies: int
    audit_days: int
    job_days: int
    run_days: int
    message_days: int
    metrics: MetricsSetting
    collector: Collector | None
    max_message_chars: int
    message_rate_limit: int
    login_rate_limit: int
    webhook_hosts: tuple[str, ...]
    sign_in: SignInSetting
    request_rate_limit: int
    llm_executor: Executor
    llm_model: str
    llm_timeout: float
    llm_load_timeout: float
    llm_answer_timeout: float
    llm_max_retries: int
    llm_rate_limit: int
    llm_parallel: int
    llm_queue_limit: int
    team_agents: int
    team_seconds: float
    team_tokens: int
    llm_preload: tuple[str, ...]
    llm_keep_alive: float | None
    llm_cache_ttl: float
    llm_cache_mb: int
    llm_embedded: bool
    llm_scripted: bool
    embedded_idle_seconds: float
    embedding_model: str
    llm_backends: tuple[BackendSetting, ...]

    @property
    def secure_cookies(self) -> bool:
        """Cookies are marked Secure when every allowed origin is https, that is, when TLS ends in front of us."""
        return bool(self.allowed_origins) and all(origin.startswith("https://") for origin in self.allowed_origins)

    @property
    def uses_fast_path(self) -> bool:
        return self.realtime_fast_path and self.async_mode == "eventlet"

    @staticmethod
    def from_env(env: Mapping[str, str] | None = None) -> "Config":
        """Reads `.env` and the environment (which wins), or just `env`. Raises `ConfigError`."""
        read = SettingsReader(_environment() if env is None else env)
        return _read(read, Path(read.text("DATA_DIR", "data")).expanduser().resolve())


def _environment() -> dict[str, str]:
    from_file = {name: value for name, value in dotenv_values(".env").items() if value is not None}
    return {**from_file, **os.environ}


def _read(read: SettingsReader, data_dir: Path) -> Config:
    return Config(
        host=read.text("HOST", "127.0.0.1"),
        port=read.whole("PORT", 5000, 0, 65_535),
        data_dir=data_dir,
        database_url=read.text("DATABASE_URL", f"sqlite:///{data_dir / 'roundtable.db'}"),
        sqlite_commit=read.choice("SQLITE_COMMIT", "auto", ("auto", "loop", "thread")),
        redis_url=read.redis("REDIS_URL"),
        secret_key=read.text("SECRET_KEY") or _stored_secret(data_dir),
        flask_env=_flask_env(read),
        async_mode=cast(AsyncMode, read.choice("ASYNC_MODE", "eventlet", ("eventlet", "gevent", "threading"))),
        realtime_fast_path=read.switch("REALTIME_FAST_PATH", "on"),
        log_level=_log_level(read),
        log_format=cast(LogFormat, read.choice("LOG_FORMAT", "text", ("text", "json"))),
        allowed_origins=read.origins("ALLOWED_ORIGINS"),
        trusted_proxies=read.whole("TRUSTED_PROXIES", 0, 0, 10),
        audit_days=read.whole("AUDIT_DAYS", 365, 1, 36_500),
        job_days=read.whole("JOB_DAYS", 30, 1, 36_500),
        run_days=read.whole("RUN_DAYS", 0, 0, 36_500),
        message_days=read.whole("MESSAGE_DAYS", 0, 0, 36_500),
        metrics=_metrics(read),
        collector=_collector(read),
        max_message_chars=read.whole("MAX_MESSAGE_CHARS", 16_000, 100, 1_000_000),
        message_rate_limit=read.whole("MESSAGE_RATE_LIMIT", 600, 1, 1_000_000),
        login_rate_limit=read.whole("LOGIN_RATE_LIMIT", 10, 1, 1_000_000),
        request_rate_limit=read.whole("REQUEST_RATE_LIMIT", 3000, 1, 1_000_000),
        webhook_hosts=read.hosts("WEBHOOK_HOSTS"),
        sign_in=parse_sign_in(read),
        llm_executor=_executor(read),
        llm_model=read.text("LLM_MODEL", "llama3"),
        llm_timeout=read.seconds("LLM_TIMEOUT", 120),
        llm_load_timeout=read.seconds("LLM_LOAD_TIMEOUT", 600),
        llm_answer_timeout=read.seconds("LLM_ANSWER_TIMEOUT", 1800),
        llm_max_retries=read.whole("LLM_MAX_RETRIES", 2, 0, 10),
        llm_rate_limit=read.whole("LLM_RATE_LIMIT", 20, 1, 1_000_000),
        llm_parallel=read.whole("LLM_PARALLEL", 1, 1, 64),
        llm_queue_limit=read.whole("LLM_QUEUE_LIMIT", 200, 1, 100_000),
        team_agents=read.whole("TEAM_AGENTS", 4, 1, 12),
        team_seconds=read.seconds("TEAM_SECONDS", 600),
        team_tokens=read.whole("TEAM_TOKENS", 800, 50, 100_000),
        llm_preload=read.names("LLM_PRELOAD"),
        llm_keep_alive=_keep_alive(read),
        llm_cache_ttl=read.seconds("LLM_CACHE_TTL", 3600, 31_536_000),
        llm_cache_mb=read.whole("LLM_CACHE_MB", 64, 1, 65_536),
        llm_embedded=read.switch("LLM_EMBEDDED", "on"),
        llm_scripted=read.switch("LLM_SCRIPTED", "off"),
        embedded_idle_seconds=read.seconds("EMBEDDED_IDLE_SECONDS", 600),
        embedding_model=read.text("EMBEDDING_MODEL", "auto"),
        llm_backends=_backends(read),
    )


def _flask_env(read: SettingsReader) -> str:
    return read.choice("FLASK_ENV", "production", ("production", "development"))


def _metrics(read: SettingsReader) -> MetricsSetting:
    token, port = read.secret("METRICS_TOKEN"), read.whole("WORKER_METRICS_PORT", 0, 0, 65_535)
    if port and not token:
        raise ConfigError("WORKER_METRICS_PORT needs METRICS_TOKEN as well, which Prometheus sends.")
    return MetricsSetting(token, read.text("WORKER_METRICS_HOST", "127.0.0.1"), port)


def _collector(read: SettingsReader) -> Collector | None:
    endpoint = read.url("OTEL_EXPORTER_OTLP_ENDPOINT")
    headers, service = read.text("OTEL_EXPORTER_OTLP_HEADERS"), read.text("OTEL_SERVICE_NAME", "roundtable")
    return Collector(endpoint, headers, service) if endpoint else None


def _log_level(read: SettingsReader) -> str:
    usual = "debug" if _flask_env(read) == "development" else "info"
    return read.choice("LOG_LEVEL", usual, ("debug", "info", "warning", "error")).upper()


def _executor(read: SettingsReader) -> Executor:
    chosen = cast(Executor, read.choice("LLM_EXECUTOR", "inprocess", ("inprocess", "dramatiq")))
    if chosen == "dramatiq" and not read.redis("REDIS_URL"):
        raise ConfigError(
            "LLM_EXECUTOR=dramatiq needs REDIS_URL, over which servers and workers hear each other: set it in all of "
            "them, for example to redis://127.0.0.1:6379/0."
        )
    return chosen


def _keep_alive(read: SettingsReader) -> float | None:
    """Seconds, or -1 for ever; None leaves it to the backend."""
    return read.number("LLM_KEEP_ALIVE", 0, -1, 31_536_000, float) if read.text("LLM_KEEP_ALIVE") else None


def _backends(read: SettingsReader) -> tuple[BackendSetting, ...]:
    """Those of `LLM_BACKENDS`, or else the two that have a variable of their own."""
    ollama = read.url("OLLAMA_BASE_URL", "http://127.0.0.1:11434")
    other, key = read.url("OPENAI_BASE_URL"), read.text("OPENAI_API_KEY")
    listed = read.text("LLM_BACKENDS")
    if listed:
        try:
            return parse_backends(listed)
        except ValueError as problem:
            raise ConfigError(f"LLM_BACKENDS: {problem}.") from None
    found = [BackendSetting(name="ollama", url=ollama, kind="ollama")] if ollama else []
    return (*found, *([BackendSetting(name="openai", url=other, key=key)] if other else []))


def _stored_secret(data_dir: Path) -> str:
    """The secret kept in `DATA_DIR/secret_key` (mode 600), made at the first start."""
    path = data_dir / "secret_key"
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _existing_secret(path)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    except OSError as problem:
        raise ConfigError(f"DATA_DIR={str(data_dir)!r} cannot be written: {problem.strerror}.") from problem
    return path.read_text()


def _existing_secret(path: Path) -> str:
    secret = path.read_text().strip()
    if len(secret) < 32:
        raise ConfigError(f"{path} is empty or too short; delete it and a new one is made (everybody signs in again).")
    return secret
