"""Nothing is left out in silence: a test that skips, or is expected to fail, fails the run."""

from collections.abc import Generator

import pytest


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
