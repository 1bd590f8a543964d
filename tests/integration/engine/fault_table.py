"""Sixty faults for each kind of backend, and what must become of each."""

from tests.fakes.faults import (
    DEEP,
    HUGE,
    SAID,
    WORDS,
    Action,
    Fault,
    Piece,
    bad_chunk,
    body,
    chatter,
    drip_head,
    drip_line,
    endless_error,
    fin,
    hang,
    html,
    raw,
    refuse,
    refuse_as,
    reset,
    short_body,
    stream,
    stuck_error,
)
from tests.fakes.speech import Speech, Stage

REFUSED, UNREACHABLE, TIMEOUT = "model_refused", "model_unreachable", "model_timeout"
MEMORY, BUSY, MISSING, TOO_LONG = "model_out_of_memory", "model_busy", "model_not_found", "context_too_long"
NONE_LISTED = "model_unreachable"


def _early(name: str, do: Action, code: str | None, at: Stage | str = "answer") -> Fault:
    return Fault(name, at, do, code)


def _later(name: str, code: str | None, *pieces: Piece, then: Action | None = None, text: str = SAID) -> Fault:
    """Two words in."""
    return Fault(name, "answer", stream(*pieces, after=WORDS, then=then), code, text)


def _load(name: str, do: Action, code: str | None, at: Stage = "load") -> Fault:
    return Fault(name, at, do, code, is_cold=True)


def _surrogate(speech: Speech) -> bytes:
    return speech.word(" \ud83e other side.")


def _rest(speech: Speech) -> bytes:
    return speech.word(" the other side.")


def _end(speech: Speech) -> bytes:
    return speech.end()


EVERYWHERE = (
    # Before there is an answer.
    _early("nothing listens", reset, UNREACHABLE, at="gone"),
    _early("reset", reset, UNREACHABLE),
    _early("closed", fin, UNREACHABLE),
    _early("silence", hang, TIMEOUT),
    _early("a head that never ends", drip_head, TIMEOUT),
    _early("no HTTP", raw(b"SSH-2.0-OpenSSH_9.6\r\n"), UNREACHABLE),
    _early("400", refuse(400), REFUSED),
    _early("401", refuse(401), REFUSED),
    _early("403", refuse(403), REFUSED),
    _early("408", refuse(408), TIMEOUT),
    _early("429 with a time", refuse(429, headers={"Retry-After": "1"}), BUSY),
    _early("429 with an odd time", refuse(429, headers={"Retry-After": "\u00b2"}), BUSY),
    _early("500", refuse(500), REFUSED),
    _early("502 of a proxy", html(502), REFUSED),
    _early("503 of a proxy", html(503), BUSY),
    _early("504 of a proxy", html(504), TIMEOUT),
    _early("an error without end", endless_error, REFUSED),
    _early("an error that gets stuck", stuck_error, TIMEOUT),
    _early("an error of another shape", refuse_as(500, {"detail": [{"msg": "field required"}]}), REFUSED),
    _early("redirect", body(b"", 302, headers={"Location": "http://127.0.0.1:9/"}), REFUSED),
    _early("redirect to nowhere", body(b"", 307, headers={"Location": "http://[1"}), REFUSED),
    # 200, and yet no answer.
    _early("200 with an error", refuse(200), REFUSED),
    _early("200 with nothing", body(b""), UNREACHABLE),
    _early("200 with a page", body(b"<html>\n<body>Hello</body>\n</html>\n", kind="text/html"), REFUSED),
    _early("garbage", body(bytes(range(128, 256)) + b"\n"), REFUSED),
    _early("a huge line", stream(b"x" * HUGE), REFUSED),
    _early("a list", stream(lambda speech: speech.said([1])), REFUSED),
    _early("deep nesting", stream(lambda _: b"data: " + b"[" * DEEP + b"\n"), REFUSED),
    _early("wrong types", stream(lambda speech: speech.said({"message": 1, "choices": {"0": 2}})), UNREACHABLE),
    _early("a chunk without a size", stream(then=bad_chunk), UNREACHABLE),
    _early("less than was announced", short_body, UNREACHABLE),
    _early("signs of life only", stream(then=chatter), TIMEOUT),
    # In the middle.
    _later("reset later", REFUSED, then=reset),
    _later("closed later", REFUSED, then=fin),
    _later("no end", REFUSED),
    _later("half a line", REFUSED, lambda speech: speech.word(" half")[:30]),
    _later("garbage later", REFUSED, b"data: <html>\xff\xfe\n"),
    _later("an error later", REFUSED, lambda speech: speech.error("the slot has crashed")),
    _later("out of memory later", MEMORY, lambda speech: speech.error("CUDA error: out of memory")),
    _later("stall", TIMEOUT, then=hang),
    _later("a line that never ends", TIMEOUT, then=drip_line),
    _later("a chunk without a size later", REFUSED, then=bad_chunk),
    # Odd, but an answer.
    _later("half a character", None, _surrogate, _end, text="Hello from \ufffd other side."),
    _later("text after the end", None, _rest, _end, _rest, _end, text="Hello from the other side."),
)

_OLLAMA = (
    _load("no memory, new", refuse(500, "llama-server reported out-of-memory during startup: alloc"), MEMORY),
    _load("no memory, old", refuse(500, "model requires more system memory (8 GiB) than is available (3 GiB)"), MEMORY),
    _load(
        "no memory, runner",
        refuse(500, "llama runner process has terminated: cudaMalloc failed: out of memory"),
        MEMORY,
    ),
    _load("crash while loading", refuse(500, "llama-server process has terminated: exit status 2: "), REFUSED),
    _load("load gave up, old", refuse(500, "timed out waiting for llama runner to start - progress 0.42 - "), TIMEOUT),
    _load("load gave up, new", refuse(500, "timed out waiting for llama-server to start - "), TIMEOUT),
    _load("busy", refuse(503, "server busy, please try again.  maximum pending requests exceeded"), BUSY),
    _load("missing, scheduler", refuse(404, 'model "llama3" not found, try pulling it first'), MISSING),
    _load("reset while loading", reset, UNREACHABLE),
    _load("load in silence", hang, TIMEOUT),
    _load("a load is no JSON", body(b"loaded\n"), REFUSED),
    _early("missing, new", refuse(404, "model 'llama3' not found"), MISSING),
    _early("too long", refuse(400, "the prompt is longer than the context length currently available"), TOO_LONG),
    _early("cannot chat", refuse(400, '"llama3" does not support chat'), MISSING),
    _early("ps fails", refuse(500), None, at="state"),
    _early("list fails", refuse(500), NONE_LISTED, at="list"),
)


def _own_error(kind: str, text: str) -> Action:
    """In the events of LM Studio's own route."""
    return stream(lambda speech: speech.said({"type": "error", "error": {"type": kind, "message": text}}))


_LM_STUDIO = (
    _load("no memory", _own_error("internal_error", "Failed to load model: insufficient memory"), MEMORY),
    _load(
        "no memory, guarded",
        _own_error("unknown", "Model loading was stopped due to insufficient system resources."),
        MEMORY,
    ),
    _load("load fails", _own_error("internal_error", "Failed to load model: unknown architecture"), REFUSED),
    _load("missing, own", _own_error("model_not_found", "Model llama3 not found"), MISSING),
    _load("reset while loading", reset, UNREACHABLE),
    _load("closed while loading", stream(lambda speech: speech.said({"type": "model_load.start"})), UNREACHABLE),
    _load("load in silence", hang, TIMEOUT),
    _load(
        "load refused", refuse_as(401, {"error": {"type": "invalid_request", "message": "Malformed token"}}), REFUSED
    ),
    _load("no own route", refuse_as(200, {"error": "Unexpected endpoint or method. (POST /api/v1/chat)"}), REFUSED),
    _early("no model loaded", refuse(404, "No models loaded. Please load a model in the developer page"), MISSING),
    _early(
        "no route", refuse_as(200, {"error": "Unexpected endpoint or method. (POST /v1/chat/completions)"}), REFUSED
    ),
    _early("too long", refuse(400, "the model is loaded with context length of only 4096 tokens"), TOO_LONG),
    _early("crash", stream(b'event: error\ndata: {"error":{"message":"The model has crashed"}}\n\n'), REFUSED),
    _early("state fails", refuse(500), None, at="state"),
    _early("list fails", refuse(500), NONE_LISTED, at="list"),
    _early("list is an error", refuse_as(200, {"error": "Unexpected endpoint or method."}), NONE_LISTED, at="list"),
)

# Before 0.4: a load is a short question, and its failure is OpenAI's error, or a text with status 200.
_LM_STUDIO_V0 = (
    _load("no memory", refuse(400, 'Failed to load model "llama3". Error: insufficient memory'), MEMORY),
    _load(
        "no memory, guarded",
        refuse_as(400, {"error": "Model loading was stopped due to insufficient system resources."}),
        MEMORY,
    ),
    _load("load fails", refuse(400, 'Failed to load model "llama3". Error: unknown architecture'), REFUSED),
    _load("load fails with 200", refuse_as(200, {"error": "Error loading model. (Exit code: 1844674)"}), REFUSED),
    _load("missing", refuse_as(404, {"error": {"message": "no", "code": "model_not_found"}}), MISSING),
    _load("reset while loading", reset, UNREACHABLE),
    _load("closed while loading", short_body, UNREACHABLE),
    _load("load in silence", hang, TIMEOUT),
    _load("a load is no JSON", body(b"loaded\n"), REFUSED),
    _load("a load answers nothing", refuse_as(200, {"object": "chat.completion"}), REFUSED),
    _early("no model loaded", refuse(404, "No models loaded. Please load a model in the developer page"), MISSING),
    _early("too long", refuse(400, "the model is loaded with context length of only 4096 tokens"), TOO_LONG),
    _early("crash", stream(b'event: error\ndata: {"error":{"message":"The model has crashed"}}\n\n'), REFUSED),
    _early("state fails", refuse(500), None, at="state"),
    _early("list fails", refuse(500), NONE_LISTED, at="list"),
    _early("list is an error", refuse_as(200, {"error": "Unexpected endpoint or method."}), NONE_LISTED, at="list"),
)

_TOO_LONG = {
    "code": 400,
    "type": "exceed_context_size_error",
    "message": "request (13392 tokens) exceeds the available context size (8192 tokens), try increasing it",
    "n_prompt_tokens": 13_392,
    "n_ctx": 8_192,
}
_BAD_KEY = {"error": {"code": 401, "message": "Invalid API Key", "type": "authentication_error"}}
_LLAMA_BOTH = (
    _early("too long", refuse_as(400, {"error": _TOO_LONG}), TOO_LONG),
    _early("bad key", refuse_as(401, _BAD_KEY), REFUSED),
    _early("no slot", refuse(503, "no slot available"), BUSY),
    _early("no route", refuse_as(404, {"error": {"code": 404, "message": "File Not Found"}}), REFUSED),
    _early("no memory", refuse(500, "ggml_backend_alloc: failed to allocate buffer of size 42"), MEMORY),
    _early("list fails", refuse(500), NONE_LISTED, at="list"),
    _early("list refused", refuse_as(401, _BAD_KEY), NONE_LISTED, at="list"),
    _early("list is a page", body(b"<html></html>", kind="text/html"), NONE_LISTED, at="list"),
    _early("no list in the list", refuse_as(200, {"data": None}), NONE_LISTED, at="list"),
)
_LOADING = {"error": {"code": 503, "message": "Loading model", "type": "unavailable_error"}}
_LLAMA = (
    *_LLAMA_BOTH,
    _early("loads for ever", refuse_as(503, _LOADING), TIMEOUT),
    _early("props fail", refuse(500), None, at="state"),
    _early("props are a page", body(b"<html></html>", kind="text/html"), None, at="state"),
    _early("decoding fails", refuse(500, "Failed to decode the batch: n_batch = 1, ret = -3"), REFUSED),
    _early("not supported", refuse(501, "This server does not support this feature"), REFUSED),
    _early("busy by name", refuse(500, "server busy, all slots are in use"), BUSY),
    _later("an error string later", REFUSED, b'data: {"error":"decode failed"}\n\n'),
)
_LLAMA_ROUTER = (
    *_LLAMA_BOTH,
    _load("load refused", refuse(500, "model name=llama3 failed to load"), REFUSED),
    _load("missing", refuse(400, "model 'llama3' not found"), MISSING),
    _load("reset while asking for the load", reset, UNREACHABLE),
    _load("load in silence", hang, TIMEOUT),
    _load("no events", reset, None, at="events"),
    _load("limit", refuse(500, "model limit reached, try again later"), BUSY),
    _early("child died", body(b"proxy error: Could not establish connection", 502, "text/plain"), UNREACHABLE),
)
_OPENAI = (
    _early("missing", refuse_as(404, {"error": {"message": "The model `llama3` does not exist"}}), MISSING),
    _early("missing, llama-swap", refuse(400, "could not find real modelID for llama3"), MISSING),
    _early("missing by code", refuse_as(404, {"error": {"message": "no", "code": "model_not_found"}}), MISSING),
    _early("too long, vLLM", refuse(400, "This model's maximum context length is 4096 tokens"), TOO_LONG),
    _early(
        "too long by code", refuse_as(400, {"error": {"message": "no", "code": "context_length_exceeded"}}), TOO_LONG
    ),
    _early("no memory, vLLM", refuse(500, "CUDA out of memory. Tried to allocate 2.00 GiB"), MEMORY),
    _early("busy by code", refuse_as(429, {"error": {"message": "no", "code": "concurrency_limit"}}), BUSY),
    _early("quota", refuse_as(429, {"error": {"message": "no", "code": "insufficient_quota"}}), BUSY),
    _early("bad key", refuse_as(401, {"error": {"message": "Incorrect API key", "code": "invalid_api_key"}}), REFUSED),
    _early("overloaded", refuse(503, "No available workers"), BUSY),
    _early("no route", refuse_as(404, {"detail": "Not Found"}), REFUSED),
    _later("an error with a chunk", REFUSED, b'data: {"choices":[],"error":{"code":502,"message":"gone"}}\n\n'),
    _early("list fails", refuse(500), NONE_LISTED, at="list"),
    _early("list refused", refuse(401), NONE_LISTED, at="list"),
    _early("list is a page", body(b"<html></html>", kind="text/html"), NONE_LISTED, at="list"),
    _early("an empty list", refuse_as(200, {"object": "list", "data": []}), MISSING, at="list"),
)

FAULTS: dict[str, tuple[Fault, ...]] = {
    "ollama": (*EVERYWHERE, *_OLLAMA),
    "lmstudio": (*EVERYWHERE, *_LM_STUDIO),
    "lmstudio-v0": (*EVERYWHERE, *_LM_STUDIO_V0),
    "llama": (*EVERYWHERE, *_LLAMA),
    "llama-router": (*EVERYWHERE, *_LLAMA_ROUTER),
    "openai": (*EVERYWHERE, *_OPENAI),
}
