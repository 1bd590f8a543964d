"""The limits as an admin sees them: how much, of what, and the setting that changes it."""

from chat import wire
from chat.config import Config
from chat.rate_limits import ACCOUNT_FACTOR, EVENTS_PER_MESSAGE, MESSAGES_PER_CHANGE


def limits_of(config: Config) -> list[wire.Limit]:
    per_person = "per person and minute"
    return [
        _limit("Messages", "MAX_MESSAGE_CHARS", config.max_message_chars, "characters", "The longest message"),
        _limit("Messages", "MESSAGE_RATE_LIMIT", config.message_rate_limit, per_person, "Messages sent"),
        _limit(
            "Messages",
            "MESSAGE_RATE_LIMIT",
            config.message_rate_limit * EVENTS_PER_MESSAGE,
            per_person,
            "All else over sockets: typing, reading, opening rooms",
        ),
        _limit(
            "Messages",
            "MESSAGE_RATE_LIMIT",
            max(1, config.message_rate_limit // MESSAGES_PER_CHANGE),
            per_person,
            "Changes of rooms and of who is in them",
        ),
        _limit("Signing in", "LOGIN_RATE_LIMIT", config.login_rate_limit, "per address and minute", "Attempts"),
        _limit(
            "Signing in",
            "LOGIN_RATE_LIMIT",
            config.login_rate_limit * ACCOUNT_FACTOR,
            "per account and minute",
            "Attempts from all addresses together",
        ),
        _limit("Signing in", "SESSION_DAYS", config.sign_in.session_days, "days", "How long a browser stays signed in"),
        _limit("Signing in", "AUDIT_DAYS", config.audit_days, "days", "How long the audit log is kept"),
        _limit("The API", "REQUEST_RATE_LIMIT", config.request_rate_limit, "per address and minute", "All requests"),
        _limit("Models", "LLM_RATE_LIMIT", config.llm_rate_limit, per_person, "Questions, and as many loads"),
        _limit("Models", "LLM_QUEUE_LIMIT", config.llm_queue_limit, "per backend", "Questions that may wait"),
        _limit("Models", "LLM_PARALLEL", config.llm_parallel, "per backend", "Answers written at once"),
        _limit("Models", "LLM_MAX_RETRIES", config.llm_max_retries, "times", "A failed question is sent again"),
        _limit("Models", "LLM_TIMEOUT", config.llm_timeout, "seconds", "The longest silence of a loaded model"),
        _limit("Models", "LLM_LOAD_TIMEOUT", config.llm_load_timeout, "seconds", "The longest load"),
        _limit("Models", "LLM_ANSWER_TIMEOUT", config.llm_answer_timeout, "seconds", "The longest whole answer"),
        _limit("Agents", "TEAM_AGENTS", config.team_agents, "agents", "How many one question to the team asks"),
        _limit("Agents", "TEAM_SECONDS", config.team_seconds, "seconds", "How long they may look into it together"),
        _limit("Agents", "TEAM_TOKENS", config.team_tokens, "tokens", "The longest that each of them finds"),
    ]


def _limit(group: str, setting: str, value: float, unit: str, about: str) -> wire.Limit:
    return wire.Limit(group=group, setting=setting, value=value, unit=unit, about=about)
