"""Serves the built front end, and says to browsers what its pages may do."""

from pathlib import Path

from flask import Response, send_from_directory
from werkzeug.routing import PathConverter

from chat.errors import NotFound
from chat.web.lean import LeanFlask

DIST = Path(__file__).resolve().parents[2] / "frontend" / "dist"
_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_NOT_BUILT = "The front end is not built yet. Run “make run”, or: cd frontend && npm ci && npm run build"
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class _PagePath(PathConverter):
    """Any address but those of programs, for which a page is no answer: there 404 and 405 have to be right."""

    regex = r"(?!(?:api|v1|socket\.io)(?:/|$))[^/].*?"


def add_site(app: LeanFlask, dist: Path = DIST) -> None:
    """`/` and every address of the app get index.html; hashed files under `/assets` may be kept for ever."""
    app.url_map.converters["page"] = _PagePath

    @app.get("/", defaults={"path": ""})
    @app.get("/<page:path>")
    def page(path: str) -> Response:
        if _is_file(dist / path):
            return _file(dist, path)
        if path.startswith("assets/"):
            raise NotFound("This file belongs to another version of the page. Reload the page.")
        if not (dist / "index.html").is_file():
            return Response(_NOT_BUILT, 503, content_type="text/plain; charset=utf-8")
        return _file(dist, "index.html")

    app.headers = tuple(_HEADERS.items())


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name longer than the file system takes
        return False


def _file(dist: Path, path: str) -> Response:
    answer = send_from_directory(dist, path, conditional=True)
    is_hashed = path.startswith("assets/")
    answer.headers["Cache-Control"] = "public, max-age=31536000, immutable" if is_hashed else "no-cache"
    return answer
