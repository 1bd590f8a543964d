"""Nothing is left out in silence: a test that skips, or is expected to fail, fails the run.

With TEST_DATABASE=postgresql the tests have a PostgreSQL of their own, and what is SQLite's alone is not chosen.
"""

from collections.abc import Generator

import pytest

from tests.database import on_postgres, prepare
from tests.postgres_server import PostgresServer


def _count_as_failure(report: pytest.TestReport | pytest.CollectReport) -> None:
    if report.skipped:
        reason = getattr(report, "wasxfail", None) or report.longreprtext
        report.outcome = "failed"
        report.longrepr = f"left out, which counts as a failure here: {reason}"
        vars(report).pop("wasxfail", None)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _count_as_failure(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _count_as_failure(report)
    return report


def pytest_configure(config: pytest.Config) -> None:
    """The first process starts the server, before there are others that tests are handed out to."""
    if on_postgres() and not hasattr(config, "workerinput"):
        server = PostgresServer().__enter__()
        config.add_cleanup(lambda: server.__exit__(None, None, None))
        prepare(server)
