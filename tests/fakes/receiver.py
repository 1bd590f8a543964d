"""A program that rooms post to."""

from collections.abc import Mapping

from tests.fakes.serving import Exchange, FakeServer


class Receiver(FakeServer):
    """Answers everything with `status` and `headers`; `seen` is what came."""

    status = 204
    headers: Mapping[str, str] = {}

    def answer(self, exchange: Exchange) -> None:
        exchange.whole(b"", "text/plain", self.status, self.headers)
