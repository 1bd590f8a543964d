"""Flask-Limiter: a bound on all HTTP requests of one address, and the storage for the limits of chat/rate_limits."""

from flask import Flask, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

import chat.rate_windows  # noqa: F401  registers windows://


def add_limits(app: Flask, requests_a_minute: int) -> Limiter:
    """Counts in this process. Assets and health checks are free."""
    limiter = Limiter(
        get_remote_address,
        default_limits=[f"{requests_a_minute}/minute"],
        default_limits_exempt_when=lambda: not request.path.startswith(("/api/", "/v1/")),
        strategy="moving-window",
        storage_uri="windows://",
    )
    limiter.init_app(app)
    return limiter
