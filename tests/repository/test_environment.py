"""Settings: one reader of the environment, and examples that name every setting."""

import ast
import re

from tests.repository.sources import files, none_of, read

# The embedded model's child process is told its port and its model by the parent.
READERS = {"app.py", "chat/config.py", "chat/llm/embedded_server.py"}
NAME = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
# What reads the settings by name.
SETTINGS = ("chat/config.py", "chat/sign_in_settings.py")
# In .env.example for Flask's own command line; the server does not read them.
FOR_FLASK = {"FLASK_APP"}
PROMISED = {
    *("OLLAMA_BASE_URL", "LLM_MODEL", "LLM_TIMEOUT", "LLM_MAX_RETRIES", "LLM_RATE_LIMIT"),
    *("DATABASE_URL", "FLASK_APP", "FLASK_ENV", "SECRET_KEY"),
}


def environment_reads(source: str) -> list[int]:
    """Lines that touch os.environ or os.getenv, under whatever name they were imported."""
    found = []
    for node in ast.walk(ast.parse(source)):
        is_requests = isinstance(node, ast.Attribute) and ast.unparse(node) == "request.environ"  # WSGI's, of a client
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv") and not is_requests:
            found.append(node.lineno)
        if isinstance(node, ast.ImportFrom) and node.module == "os":
            found += [node.lineno for name in node.names if name.name in ("environ", "environb", "getenv")]
    return sorted(found)


def settings_read(source: str) -> set[str]:
    """The names handed to the reader: `read.text("HOST", …)`, `env.get("HOST")`, `env["HOST"]`."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        key = None
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            key = node.args[0]
        elif isinstance(node, ast.Subscript):
            key = node.slice
        if isinstance(key, ast.Constant) and isinstance(key.value, str) and NAME.fullmatch(key.value):
            found.add(key.value)
    return found


def settings_named(example: str) -> set[str]:
    """`NAME=value` and `# NAME=value` (a default that is not set) both count."""
    return set(re.findall(r"^#? ?([A-Z][A-Z0-9_]*)=", example, flags=re.MULTILINE))


def test_only_the_configuration_reads_the_environment() -> None:
    paths = [*files(".py", under="chat"), *files(under="app.py")]
    none_of(f"{path}:{line}" for path in paths if path not in READERS for line in environment_reads(read(path)))


def test_env_example_names_exactly_the_settings_that_are_read() -> None:
    named = settings_named(read(".env.example"))
    assert named == set().union(*(settings_read(read(path)) for path in SETTINGS)) | FOR_FLASK
    assert named >= PROMISED


def test_the_front_ends_env_example_names_every_variable_that_it_reads() -> None:
    paths = files(".ts", ".tsx", under="frontend")
    used = {name for path in paths for name in re.findall(r"\benv\.(VITE_[A-Z0-9_]+)", read(path))}
    assert settings_named(read("frontend/.env.example")) == used


def test_the_checkers_see_what_they_must() -> None:
    source = "import os\nos.environ['A']\nos.getenv('A')\nfrom os import environ\nrequest.environ"
    assert environment_reads(source) == [2, 3, 4]
    assert settings_read("read.text('HOST', 'x')\nenv.get('A_B2')\nenv['PORT']\nf('NOT_READ')\nread.x('no')") == {
        *("HOST", "A_B2", "PORT"),
    }
    assert settings_named("HOST=1\n# PORT=2\n#DATA_DIR=\n# see X=1\n") == {"HOST", "PORT", "DATA_DIR"}
