"""Errors in every shape that backends are known to answer."""

import pytest

from chat.errors import ContextTooLong, ModelBusy, ModelError, ModelNotFound, ModelOutOfMemory, ModelTimeout
from chat.llm.error_text import error_code, error_text
from chat.llm.failures import Advice, failure
from chat.llm.http_errors import Refused

ADVICE = Advice("Ollama", "Run: ollama pull {model}")


@pytest.mark.parametrize(
    ("body", "text", "code"),
    [
        (b'{"error":"model is required"}', "model is required", ""),
        (b'{"error":{"message":"no","type":"server_error","code":null}}', "no", "server_error"),
        (
            b'{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}',
            "Loading model",
            "unavailable_error",
        ),
        (b'{"error":{"message":"gone","code":"model_not_found","type":"x"}}', "gone", "model_not_found"),
        (b'{"message":"plain"}', "plain", ""),
        (b'{"detail":[{"msg":"field required"}]}', "field required", ""),
        (b'{"error":"{\\"error\\":{\\"code\\":500,\\"message\\":\\"inner\\"}}"}', "inner", ""),
        (b'{"error":"it failed: {\\"error\\":{\\"message\\":\\"inner\\"}}"}', "inner", ""),
        (b"404 page not found", "404 page not found", ""),
        (b"<html><body>Bad gateway</body></html>", "", ""),
        (b"", "", ""),
        (b"[]", "", ""),
        (b"\xff\xfe", "\ufffd\ufffd", ""),
        (b'{"error":null}', "", ""),
        (b'{"error":' * 600 + b'"deep"' + b"}" * 600, "", ""),
    ],
)
def test_the_text_for_people_is_found(body: bytes, text: str, code: str) -> None:
    assert (error_text(body), error_code(body)) == (text, code)


def test_a_text_is_cut_before_it_floods_the_room() -> None:
    assert len(error_text(b"x" * 10_000)) == 500


@pytest.mark.parametrize(
    ("status", "text", "kind"),
    [
        (404, "model 'llama3' not found", ModelNotFound),
        (404, 'model "llama3" not found, try pulling it first', ModelNotFound),
        (400, "No models loaded. Please load a model in the developer page", ModelNotFound),
        (500, "model requires more system memory (8.4 GiB) than is available (3.1 GiB)", ModelOutOfMemory),
        (500, "llama runner process has terminated: cudaMalloc failed: out of memory", ModelOutOfMemory),
        (500, "llama-server reported out-of-memory during startup: x", ModelOutOfMemory),
        (500, "memory layout cannot be allocated", ModelOutOfMemory),
        (500, "unable to load full model on GPU", ModelOutOfMemory),
        (500, "Model loading was stopped due to insufficient system resources.", ModelOutOfMemory),
        (400, "could not find real modelID for llama3", ModelNotFound),
        (503, "server busy, please try again.  maximum pending requests exceeded", ModelBusy),
        (429, "slow down", ModelBusy),
        (500, "timed out waiting for llama runner to start - progress 0.42 - ", ModelTimeout),
        (400, "request (13392 tokens) exceeds the available context size (8192 tokens)", ContextTooLong),
        (400, "the prompt is longer than the context length currently available to the model", ContextTooLong),
        (400, '"m" does not support thinking', ModelError),
        (500, "model runner has unexpectedly stopped, this may be due to resource limitations", ModelError),
    ],
)
def test_each_known_failure_has_its_class(status: int, text: str, kind: type[ModelError]) -> None:
    assert type(failure(Refused(status, text), "llama3", ADVICE)) is kind


def test_a_missing_model_says_the_command() -> None:
    message = failure(Refused(404, "model 'llama3' not found"), "llama3", ADVICE).message
    assert message == "Ollama does not have “llama3”. Run: ollama pull llama3"


def test_a_busy_backends_own_time_is_handed_on() -> None:
    assert failure(Refused(429, "x", retry_after=4), "llama3", ADVICE).retry_after == 4
