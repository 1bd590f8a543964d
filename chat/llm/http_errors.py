"""The two ways in which an answer over HTTP fails, before a backend says what they mean."""


class Refused(Exception):
    """The backend answered with an error: `status` of HTTP, `text` for people, `code` where it gave one."""

    def __init__(self, status: int, text: str, code: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{status} {text}")
        self.status, self.text, self.code, self.retry_after = status, text, code, retry_after


class Broken(Exception):
    """The answer ended before it was complete."""
