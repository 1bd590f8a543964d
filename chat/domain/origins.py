"""Which web pages may use a signed-in browser's cookie, and where on this server one may be sent."""

import re
from urllib.parse import urlsplit

HOME = "/"
# Neither `//host` nor `/\host`, which browsers take for another server, nor what does something.
_PAGE = re.compile(r"/(?![/\\])(?!api/)[!-\[\]-~]{0,499}")


def own_page(path: str) -> str:
    """`path` as a browser may be sent to it: a page of this server, or else its first one."""
    return path if _PAGE.fullmatch(path) else HOME


def origin_allowed(origin: str | None, host: str, scheme: str, allowed: tuple[str, ...]) -> bool:
    """True for the page's own server and the configured origins. `host` and `scheme` are those of the request.

    No Origin at all is a program, not a browser page: browsers send it with every WebSocket and every write.
    Configured origins replace the comparison with the request's own host, so that nothing a client sends decides.
    """
    if origin is None:
        return True
    if allowed:
        return origin in allowed
    try:
        parts = urlsplit(origin)
    except ValueError:  # such as http://[
        return False
    return parts.scheme in ("http", "https") and parts.scheme == scheme and parts.netloc.lower() == host.lower()
