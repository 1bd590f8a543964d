"""Every failure that a caller may see, drawn once.

RoundtableError                 code               HTTP
├── InvalidInput                invalid_input       400
├── NotSignedIn                 not_signed_in       401
├── NotAllowed                  not_allowed         403
├── NotFound                    not_found           404
├── Conflict                    conflict            409
├── TooLarge                    too_large           413
├── TooFast                     too_fast            429
├── NotStored                   internal            503   (the database takes nothing now)
├── ProviderAway                provider_unreachable 503  (that one signs in with)
└── ModelError                  model_refused       502   (anything a model backend did wrong)
    ├── ModelNotFound           model_not_found     404
    ├── ModelUnreachable        model_unreachable   503
    ├── ModelBusy               model_busy          503
    ├── ModelOutOfMemory        model_out_of_memory 503
    ├── ModelTimeout            model_timeout       504
    └── ContextTooLong          context_too_long    400

Anything else is a bug: the translators (web/responses, realtime/guards, jobs/reply_job, jobs/request_job,
jobs/model_tasks, web/sse) show it as `internal` with the request id and log the traceback. `message` is for people and
says what to do next.
"""

from chat.wire.types import ErrorBody


class RoundtableError(Exception):
    """Base of all expected failures; `field` names the input at fault, `retry_after` is in seconds."""

    code = "internal"
    status = 500

    def __init__(self, message: str, *, field: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.retry_after = retry_after

    def body(self, request_id: str = "") -> ErrorBody:
        """The error as every answer carries it."""
        return ErrorBody(
            code=self.code,
            message=self.message,
            retry_after=self.retry_after,
            field=self.field,
            request_id=request_id,
        )


def internal_error(request_id: str) -> ErrorBody:
    """A bug, as people see it; the log has the rest under the same id."""
    message = f"Something went wrong on the server. Try again; if it stays, give its admin this number: {request_id}."
    return ErrorBody(code="internal", message=message, request_id=request_id)


class InvalidInput(RoundtableError):
    code, status = "invalid_input", 400


class NotSignedIn(RoundtableError):
    code, status = "not_signed_in", 401


class NotAllowed(RoundtableError):
    code, status = "not_allowed", 403


class NotFound(RoundtableError):
    code, status = "not_found", 404


class Conflict(RoundtableError):
    code, status = "conflict", 409


class ProviderAway(RoundtableError):
    code, status = "provider_unreachable", 503


class TooLarge(RoundtableError):
    code, status = "too_large", 413


class TooFast(RoundtableError):
    code, status = "too_fast", 429


class NotStored(RoundtableError):
    """A full disk, or a database that another program holds."""

    status = 503


class TooWide(RoundtableError):
    """A search that would have to look at too much."""

    code, status = "too_wide", 400


class ModelError(RoundtableError):
    """A model backend failed; `retryable` says whether the same request may be tried again before any text came."""

    code, status = "model_refused", 502
    retryable = False


class ModelNotFound(ModelError):
    code, status = "model_not_found", 404


class ModelUnreachable(ModelError):
    code, status, retryable = "model_unreachable", 503, True


class ModelBusy(ModelError):
    code, status, retryable = "model_busy", 503, True


class ModelOutOfMemory(ModelError):
    code, status = "model_out_of_memory", 503


class ModelTimeout(ModelError):
    code, status = "model_timeout", 504


class ContextTooLong(ModelError):
    code, status = "context_too_long", 400
