"""Errors and values as HTTP answers. One shape for every failure, never a traceback."""

import logging
import re
import time
from typing import Any

import orjson
from flask import Flask, Response, request
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException

from chat import wire
from chat.db.ids import new_id
from chat.errors import RoundtableError, internal_error
from chat.logs import facts, logged_as
from chat.meters import Histograms
from chat.web.lean import LeanResponse, is_program_path, this_request
from chat.web.openai_errors import is_final, openai_error

log = logging.getLogger(__name__)
_CODES = {400: "invalid_input", 401: "not_signed_in", 403: "not_allowed", 404: "not_found", 413: "too_large"}
_HOOK = re.compile(r"^(/api/hooks/).+")
_BACK_SECONDS = 5.0  # within which a backend that has come back is noticed
_WORDS = {404: "There is nothing at this address.", 405: "This address does not take that method."}


def json_answer(value: BaseModel | dict[str, Any], status: int = 200) -> Response:
    data = value.model_dump() if isinstance(value, BaseModel) else value
    answer = LeanResponse(orjson.dumps(data), status, content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def error_answer(error: wire.ErrorBody, status: int) -> Response:
    """In the shape of the API that was called: ours, or OpenAI's under `/v1`."""
    is_openai = request.path == "/v1" or request.path.startswith("/v1/")
    answer = json_answer(openai_error(error) if is_openai else wire.ErrorAnswer(error=error), status)
    if is_openai and is_final(error):
        answer.headers["x-should-retry"] = "false"
    elif error.retry_after is not None or status == 503:
        answer.headers["Retry-After"] = str(max(1, round(error.retry_after or _BACK_SECONDS)))
    return answer


def request_id() -> str:
    """One id per request, in its error and its log lines."""
    asked = this_request()
    asked.id = asked.id or new_id()
    return asked.id


def without_secret(path: str) -> str:
    """The path as it may be written down: that of a webhook opens a room."""
    return _HOOK.sub(r"\1…", path)


def log_requests(app: Flask, times: Histograms) -> None:
    """One line for every request to the API, without its query and its body; `times` in seconds, by kind of status."""

    @app.before_request
    def begin() -> None:
        this_request().began = time.monotonic()

    @app.after_request
    def end(answer: Response) -> Response:
        asked = this_request()
        if is_program_path(asked.path):
            took, status = time.monotonic() - asked.began, answer.status_code
            times[f"{status // 100}xx"].add(took)
            path = without_secret(asked.path)
            told = facts(method=asked.method, path=path, status=status, ms=round(took * 1000, 1))
            log.info("%s %s %d %.0f ms", asked.method, path, status, took * 1000, extra=told)
        return answer


def translate_errors(app: Flask) -> None:
    @app.errorhandler(RoundtableError)
    def refused(error: RoundtableError) -> Response:
        with logged_as(request_id()):
            log.info("refused: %s", error.code, extra=facts(code=error.code))
        return error_answer(error.body(request_id()), error.status)

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response:
        status = error.code or 500
        message = _WORDS.get(status, error.description or error.name)
        code = _CODES.get(status, "invalid_input" if status < 500 else "internal")
        return error_answer(wire.ErrorBody(code=code, message=message, request_id=request_id()), status)

    @app.errorhandler(Exception)
    def failed(_error: Exception) -> Response:
        with logged_as(request_id()):
            log.exception("%s %s failed", request.method, without_secret(request.path))
        return error_answer(internal_error(request_id()), 500)
