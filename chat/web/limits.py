"""Flask-Limiter: a bound on all HTTP requests of one address, and the storage for the limits of chat/rate_limits."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

import chat.rate_windows  # noqa: F401  registers windows://

ALL_REQUESTS = "3000/minute"  # of one address: a whole office may sit behind it


def add_limits(app: Flask) -> Limiter:
    """Counts in this process. Assets and health checks are free."""
    limiter = Limiter(
        get_remote_address,
        default_limits=[ALL_REQUESTS],
        default_limits_exempt_when=lambda: not request.path.startswith(("/api/", "/v1/")),
        strategy="moving-window",
        storage_uri="windows://",
    )
    limiter.init_app(app)
    return limiter
