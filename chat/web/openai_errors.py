"""Our errors as OpenAI's: in their shape under `/v1`, with the types and codes that programs look for."""

from dataclasses import dataclass

from chat import wire

_SERVER = "server_error"


@dataclass(frozen=True, slots=True)
class _Meaning:
    type: str
    code: str


_MEANINGS = {
    "not_signed_in": _Meaning("authentication_error", "invalid_api_key"),
    "not_allowed": _Meaning("permission_error", "not_allowed"),
    "too_fast": _Meaning("rate_limit_error", "rate_limit_exceeded"),
    "context_too_long": _Meaning("invalid_request_error", "context_length_exceeded"),
    "model_unreachable": _Meaning(_SERVER, "model_unreachable"),
    "model_busy": _Meaning(_SERVER, "model_busy"),
    "model_out_of_memory": _Meaning(_SERVER, "model_out_of_memory"),
    "model_timeout": _Meaning(_SERVER, "model_timeout"),
    "model_refused": _Meaning(_SERVER, "model_refused"),
    "internal": _Meaning(_SERVER, "internal"),
}
# SDKs ask twice again after any 5xx by themselves; these would fail again, or cost the same minutes once more.
_FINAL = frozenset({"model_out_of_memory", "model_timeout", "model_refused", "internal"})


def openai_error(body: wire.ErrorBody) -> wire.OpenAIErrorAnswer:
    meaning = _MEANINGS.get(body.code) or _Meaning("invalid_request_error", body.code)
    return wire.OpenAIErrorAnswer(
        error=wire.OpenAIErrorBody(
            message=body.message,
            type=meaning.type,
            param=body.field,
            code=meaning.code,
            retry_after=body.retry_after,
            request_id=body.request_id,
        )
    )


def is_final(body: wire.ErrorBody) -> bool:
    """Whether asking again at once is of no use."""
    return body.code in _FINAL and body.retry_after is None
