"""How often somebody may do what is counted over both processes."""

from tests.integration.cluster.conftest import Pair
from tests.people import Person
from tests.running_server import RunningServer
from tests.services.teams import until

MESSAGES = 6


def test_what_is_done_at_one_process_counts_at_the_other(pair: Pair) -> None:
    settings = {**pair.one.settings, "MESSAGE_RATE_LIMIT": str(MESSAGES)}
    with RunningServer(pair.one.data_dir, **settings) as one, RunningServer(pair.one.data_dir, **settings) as other:
        ada = Person(one.url, "limited").register().connect()
        elsewhere = Person(other.url, "limited").sign_in().connect()
        sent = sum(ada.send("hello")["ok"] for _ in range(MESSAGES - 1))
        assert sent == MESSAGES - 1
        elsewhere.wait_for("message", lambda m: m["author"]["handle"] == "limited" and m["seq"] >= MESSAGES - 1)
        refused = lambda: elsewhere.send("and more")  # noqa: E731  a name for the line below
        until(lambda: refused().get("error", {}).get("code") == "too_fast")
        others = [m for m in elsewhere.history() if m["author"]["handle"] == "limited"]
        assert len(others) == MESSAGES
        assert ada.send("one too many")["error"]["code"] == "too_fast"
        for person in (ada, elsewhere):
            person.disconnect()
