"""Errors are translated where they leave; everywhere else they pass."""

import ast

from tests.repository.sources import files, none_of, read

BROAD = {"Exception", "BaseException"}
MAY_CATCH_ALL = {
    "chat/web/responses.py": "the HTTP translator: a bug becomes `internal` with the request id",
    "chat/realtime/guards.py": "the Socket.IO translator",
    "chat/jobs/reply_job.py": "the job translator: whatever happens, the reply is closed",
    "chat/jobs/hands.py": "the end of a reply is written as soon as it can be, whatever stands in its way",
    "chat/jobs/request_job.py": "the translator of questions without a room: the last chunk is always sent",
    "chat/jobs/model_tasks.py": "the translator of loads and downloads: each has an end that people see",
    "chat/web/sse.py": "the translator of streams that have begun: [DONE] is always sent",
    "chat/background.py": "what is done again and again goes on after a failure",
    "chat/cluster/relay.py": "whatever one message of another process does, the next ones are heard",
    "chat/publishing.py": "one failing subscriber stops no other",
    "chat/db/unit_of_work.py": "a failed commit is handed to everyone whose work was in that group",
    "chat/realtime/own_thread.py": "a failure in the thread is handed to whoever gave it the work",
    "chat/realtime/runtime.py": "the same for gevent's threads",
    "chat/llm/flights.py": "the one failure is handed to everyone who waits for the same answer",
    "chat/llm/warmth.py": "a load time that cannot be stored is logged and fails no answer",
    "chat/llm/looks.py": "one backend's bug must not hide the other backends",
}


def swallowed(source: str) -> list[int]:
    """Lines of handlers that catch everything and do not raise it again at their end, Flask's handlers included."""
    return sorted(node.lineno for node in ast.walk(ast.parse(source)) if _swallows(node))


def _swallows(node: ast.AST) -> bool:
    if isinstance(node, ast.ExceptHandler):
        return _is_broad(node.type) and not _raises_again(node)
    called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return called.endswith("errorhandler") and isinstance(node, ast.Call) and any(map(_is_broad, node.args))


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    parts = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(ast.unparse(part).rpartition(".")[2] in BROAD for part in parts)


def _raises_again(handler: ast.ExceptHandler) -> bool:
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and (last.exc is None or ast.unparse(last.exc) == handler.name)


def test_only_the_translators_catch_everything() -> None:
    paths = [path for path in files(".py") if not path.startswith("tests/") and path not in MAY_CATCH_ALL]
    none_of(f"{path}:{line}" for path in paths for line in swallowed(read(path)))


def test_the_list_of_exceptions_names_only_files_that_need_it() -> None:
    present = [path for path in MAY_CATCH_ALL if files(under=path)]
    none_of(path for path in present if not swallowed(read(path)))


def test_the_checker_sees_every_form() -> None:
    source = """
try: a()
except: pass
try: a()
except (ValueError, Exception) as e: log(e)
try: a()
except BaseException:
    undo()
    raise
try: a()
except ValueError: pass
@app.errorhandler(Exception)
def failed(error): ...
@app.errorhandler(ValueError)
def refused(error): ...
"""
    assert swallowed(source) == [3, 5, 12]
