"""Our errors as OpenAI's: in their shape under `/v1`, with the types and codes that programs look for."""

from chat import wire

_SERVERS = ("model_unreachable", "model_busy", "model_out_of_memory", "model_timeout", "model_refused", "internal")
_TYPES = {
    "not_signed_in": "authentication_error",
    "not_allowed": "permission_error",
    "too_fast": "rate_limit_error",
    **dict.fromkeys(_SERVERS, "server_error"),
}
# Where OpenAI has a code of its own that programs look for.
_CODES = {
    "not_signed_in": "invalid_api_key",
    "too_fast": "rate_limit_exceeded",
    "context_too_long": "context_length_exceeded",
}
# SDKs ask twice again after any 5xx by themselves; these would fail again, or cost the same minutes once more.
_FINAL = frozenset({"model_out_of_memory", "model_timeout", "model_refused", "internal"})


def openai_error(body: wire.ErrorBody) -> wire.OpenAIErrorAnswer:
    return wire.OpenAIErrorAnswer(
        error=wire.OpenAIErrorBody(
            message=body.message,
            type=_TYPES.get(body.code, "invalid_request_error"),
            param=body.field,
            code=_CODES.get(body.code, body.code),
            retry_after=body.retry_after,
            request_id=body.request_id,
        )
    )


def is_final(body: wire.ErrorBody) -> bool:
    """Whether asking again at once is of no use."""
    return body.code in _FINAL and body.retry_after is None
