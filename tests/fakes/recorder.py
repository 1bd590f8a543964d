"""Stands where a server should, and writes down what reaches it."""

from tests.fakes.serving import Exchange, FakeServer


class Recorder(FakeServer):
    """Answers everything with `{}`; `seen` is what came."""

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def answer(self, exchange: Exchange) -> None:
        exchange.json({})
