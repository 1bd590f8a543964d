"""Stands where a server should, and writes down what reaches it."""

from tests.fakes.serving import Exchange, FakeServer


class Recorder(FakeServer):
    """Answers everything with `{}`; `seen` is what came."""

    def answer(self, exchange: Exchange) -> None:
        exchange.json({})
