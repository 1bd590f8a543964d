"""Flask-Limiter's storage and strategy for the limits of chat/rate_limits, and the bound on requests of one address."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

import chat.rate_windows  # noqa: F401  registers windows://
from chat.rate_limits import RateLimits
from chat.web.lean import is_program_path


def build_limiter() -> Limiter:
    """Counts in this process. It does not look at requests by itself, which takes five times as long as counting."""
    limiter = Limiter(get_remote_address, strategy="moving-window", storage_uri="windows://")
    limiter.init_app(Flask("limits"))
    return limiter


def bound_requests(app: Flask, limits: RateLimits) -> None:
    """Counts every request to the API against its address; assets and health checks are free."""

    @app.before_request
    def count() -> None:
        if is_program_path(request.path):
            limits.take("request", get_remote_address())
