"""Stands where a server should, and writes down what reaches it."""

from tests.fakes.serving import Exchange, FakeServer


class Recorder(FakeServer):
    """Answers everything with `{}`; `seen` is what came, a proxy's own questions for our health among it."""

    def headers_at(self, path: str) -> dict[str, str]:
        """Of the last request for this path; names in small letters."""
        last = [seen for seen in self.seen if seen.path.partition("?")[0] == path][-1]
        return {name.lower(): value for name, value in last.headers.items()}

    def answer(self, exchange: Exchange) -> None:
        exchange.json({})
