"""What a part has found: printed as a table, and kept in results/ together with the machine that it was found on."""

import json
import os
import platform
import re
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.processes import CAN_PIN

FOLDER = Path(__file__).resolve().parent
Observation = dict[str, str | float]


@dataclass(frozen=True)
class Spread:
    """The median of several rounds, and the lowest and highest of them."""

    median: float
    low: float
    high: float

    @staticmethod
    def of(values: Iterable[float]) -> "Spread":
        found = sorted(values)
        return Spread(statistics.median(found), found[0], found[-1])

    @staticmethod
    def of_ratios(over: Sequence[float], under: Sequence[float]) -> "Spread":
        """Round by round: what slows the machine for a while slows both."""
        return Spread.of(a / b for a, b in zip(over, under, strict=True))

    @staticmethod
    def of_differences(more: Sequence[float], less: Sequence[float]) -> "Spread":
        """Round by round, too."""
        return Spread.of(a - b for a, b in zip(more, less, strict=True))


@dataclass(frozen=True)
class Measure:
    """One figure with what it must be and what it should be: at most that where `is_cost`, else at least."""

    what: str
    found: Spread
    must: float
    aim: float
    is_cost: bool = False
    unit: str = ""

    def reaches(self, bound: float) -> bool:
        return self.found.median <= bound if self.is_cost else self.found.median >= bound

    @property
    def verdict(self) -> str:
        return "aim reached" if self.reaches(self.aim) else "must reached" if self.reaches(self.must) else "MISSED"

    def row(self) -> list[str]:
        sign = "≤" if self.is_cost else "≥"
        bounds = [f"{sign} {_bound(bound)}{self.unit}" for bound in (self.must, self.aim)]
        found = self.found
        return [
            self.what,
            f"{_figure(found.median)}{self.unit}",
            f"{_figure(found.low)} to {_figure(found.high)}",
            *bounds,
            self.verdict,
        ]


@dataclass(frozen=True)
class Finding:
    """All of one part. `observations` are the absolute numbers behind the measures, all with the same columns."""

    measures: Sequence[Measure]
    observations: Sequence[Observation] = field(default=())

    @property
    def is_good(self) -> bool:
        return all(measure.reaches(measure.must) for measure in self.measures)


def show(part: str, finding: Finding) -> None:
    print(f"\n{part}")
    head = ["measure", "median", "min to max", "must", "aim", ""]
    _print_table([head, *(measure.row() for measure in finding.measures)])
    if finding.observations:
        print()
        rows = [[_shown(value) for value in observed.values()] for observed in finding.observations]
        _print_table([list(finding.observations[0]), *rows])


def _figure(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}"


def _bound(value: float) -> str:
    return f"{value:,.0f}" if value >= 1000 else f"{value:g}"


def _shown(value: str | float) -> str:
    if isinstance(value, str):
        return value
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        first, *others = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print(f"  {first}  {'  '.join(others)}".rstrip())


def keep(part: str, finding: Finding) -> None:
    """Writes results/<part>.json."""
    measures = [{**asdict(measure), "verdict": measure.verdict} for measure in finding.measures]
    content = {"part": part, "machine": machine(), "measures": measures, "observations": finding.observations}
    path = FOLDER / "results" / f"{part}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(_rounded(content), indent=2, ensure_ascii=False) + "\n")


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value


def machine() -> dict[str, str | int | bool]:
    """What the figures depend on."""
    libraries = ("flask-socketio", "python-socketio", "python-engineio", "eventlet", "sqlalchemy")
    return {
        "cpu": _cpu_model(),
        "cores": os.cpu_count() or 1,
        "pinned": CAN_PIN,
        "kernel": platform.release(),
        "python": platform.python_version(),
        "node": subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip(),
        "socket.io": _locked_version("socket.io"),
        **{name: version(name) for name in libraries},
    }


def _cpu_model() -> str:
    path = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", path.read_text(), re.MULTILINE) if path.exists() else None
    return found[1] if found else platform.processor()


def _locked_version(package: str) -> str:
    lock = json.loads((FOLDER / "node" / "package-lock.json").read_text())
    return str(lock["packages"][f"node_modules/{package}"]["version"])
