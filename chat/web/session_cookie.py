"""The cookie of a browser's session."""

from flask import Response, request

from chat.config import Config
from chat.web.api import SESSION_COOKIE


def is_secure(config: Config) -> bool:
    """Whether cookies of this answer may come back over https alone."""
    return config.secure_cookies or request.is_secure


def set_session(answer: Response, token: str, config: Config) -> None:
    answer.set_cookie(
        SESSION_COOKIE,
        token,
        max_age=config.sign_in.session_days * 86_400,
        httponly=True,
        samesite="Lax",
        secure=is_secure(config),
    )
