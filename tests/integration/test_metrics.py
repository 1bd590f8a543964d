"""What /metrics tells, to whom, and that dashboards and alerts ask for nothing else."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
import yaml
from prometheus_client.parser import text_string_to_metric_families

from tests.people import Person, new_key
from tests.running_server import LIMITS, ROOT, RunningServer

TOKEN = "only-prometheus-knows-this"
DASHBOARD, RULES = ROOT / "deploy/grafana/roundtable.json", ROOT / "deploy/prometheus/rules.yml"
# Prometheus's own.
NOT_OURS = {"up"}
Numbers = dict[tuple[str, tuple[str, ...]], float]  # values by name and the values of the labels


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    data_dir: Path = tmp_path_factory.mktemp("metrics")
    settings = {**LIMITS, "LLM_RATE_LIMIT": "5", "LLM_SCRIPTED": "on", "METRICS_TOKEN": TOKEN}
    with RunningServer(data_dir, **settings) as running:
        yield running


def _ask(server: RunningServer, **headers: str) -> requests.Response:
    return requests.get(f"{server.url}/metrics", headers=headers, timeout=10)


def _samples(server: RunningServer) -> Numbers:
    text = _ask(server, Authorization=f"Bearer {TOKEN}").text
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found[sample.name, tuple(sample.labels.values())] = sample.value
    return found


def test_only_prometheus_and_admins_read_it(server: RunningServer, admin: Person) -> None:
    member = Person(server.url, "mira").register()
    key = member.post("/api/keys", name="mine").json()["key"]
    for headers in ({}, {"Authorization": "Bearer "}, {"Authorization": f"Bearer {TOKEN}x"}, {"X-API-Key": "rt_x"}):
        answer = _ask(server, **headers)
        assert answer.status_code == 401 and "METRICS_TOKEN" in answer.json()["error"]["message"]
        assert "roundtable_" not in answer.text
    assert _ask(server, Authorization=f"Bearer {key}").status_code == 403
    assert member.get("/metrics").status_code == 403
    assert admin.get("/metrics").text.startswith("# HELP roundtable_")
    assert _ask(server, Authorization=f"Bearer {TOKEN}").headers["Content-Type"].startswith("text/plain; version=")


def test_the_token_opens_nothing_else(server: RunningServer) -> None:
    answer = requests.get(f"{server.url}/api/rooms", headers={"Authorization": f"Bearer {TOKEN}"}, timeout=10)
    assert answer.status_code == 401


def test_without_a_token_in_the_settings_nobody_has_it(tmp_path: Path) -> None:
    with RunningServer(tmp_path) as server:
        for sent in ("Bearer ", "Bearer", "Bearer None"):
            assert _ask(server, Authorization=sent).status_code == 401


@pytest.fixture(scope="module")
def used(server: RunningServer, admin: Person) -> Iterator[tuple[Numbers, Numbers]]:
    """The numbers before and after two people have come, written, asked, and asked too often."""
    before = _samples(server)
    people = [Person(server.url, f"p{new_key()[:8]}").register().connect() for _ in range(2)]
    ada, mira = people
    question = ada.send("@echo hello")["message"]
    ada.wait_closed(ada.wait_reply(question["id"])["id"])
    mira.wait_for("message", lambda message: message["id"] == question["id"])
    for _ in range(2):
        assert admin.post("/api/llm/generate", prompt="the same").ok
    refused = [admin.post("/api/llm/generate", prompt=f"{number}").status_code for number in range(5)]
    assert refused.count(429) == 2
    after = _samples(server)
    yield before, after
    for person in people:
        person.disconnect()


def test_it_counts_what_happens(used: tuple[Numbers, Numbers]) -> None:
    before, after = used
    grown = {key: value - before.get(key, 0) for key, value in after.items()}
    assert after["roundtable_connections", ()] == after["roundtable_people", ()] == 2
    assert grown["roundtable_messages_total", ("person",)] == 1
    assert grown["roundtable_messages_total", ("model",)] == 1
    assert grown["roundtable_deliveries_total", ()] >= 8, "to each: the connection, setup, message, reply, and its end"
    assert grown["roundtable_event_seconds_count", ("send_message",)] == 1
    assert grown["roundtable_event_seconds_bucket", ("send_message", "+Inf")] == 1
    assert grown["roundtable_request_seconds_count", ("4xx",)] == 2
    assert grown["roundtable_refusals_total", ("ask",)] == 2
    assert grown["roundtable_questions_total", ()] == 6 and grown["roundtable_cache_hits_total", ()] == 1
    assert grown["roundtable_answers_total", ("scripted", "done")] == 5
    for name in ("queue_wait_seconds", "first_text_seconds"):
        assert grown[f"roundtable_{name}_count", ("scripted",)] == 5
    assert after["roundtable_backend_up", ("scripted",)] == 1
    assert after["roundtable_questions_waiting", ("scripted",)] == 0
    assert grown["roundtable_hub_lag_seconds_count", ()] > 0 and after["process_resident_memory_bytes", ()] > 0


def _names(text: str) -> set[str]:
    """Of the metrics in an expression."""
    without_labels = re.sub(r"\{[^}]*\}|\b(by|ignoring|without)\s*\([^)]*\)|\[[^\]]*\]", " ", text)
    return set(re.findall(r"\b(?:roundtable|process)_\w+|\bup\b", without_labels))


def _labels(text: str) -> set[str]:
    """That an expression chooses or groups by."""
    chosen = {name for part in re.findall(r"\{([^}]*)\}", text) for name in re.findall(r"(\w+)\s*=", part)}
    grouped = {name for part in re.findall(r"\bby\s*\(([^)]*)\)", text) for name in re.findall(r"\w+", part)}
    return chosen | grouped


def _expressions() -> list[str]:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    shown = [target["expr"] for panel in panels for target in panel["targets"]]
    alerts = [rule["expr"] for group in yaml.safe_load(RULES.read_text())["groups"] for rule in group["rules"]]
    assert len(shown) > 20 and len(alerts) > 3
    return shown + alerts


def test_dashboards_and_alerts_ask_only_for_what_there_is(server: RunningServer, used: object) -> None:
    text = _ask(server, Authorization=f"Bearer {TOKEN}").text
    there = set(NOT_OURS)
    for name, kind in re.findall(r"^# TYPE (\S+) (\S+)$", text, flags=re.MULTILINE):
        there |= {f"{name}{ending}" for ending in ("_bucket", "_count", "_sum")} if kind == "histogram" else {name}
    labels = {"instance", "job"} | set(re.findall(r'[{,](\w+)="', text))
    for expression in _expressions():
        assert _names(expression) and _names(expression) <= there, expression
        assert _labels(expression) <= labels, expression


def test_every_number_of_ours_is_on_the_dashboard(server: RunningServer) -> None:
    text = _ask(server, Authorization=f"Bearer {TOKEN}").text
    shown = " ".join(_expressions())
    ours = re.findall(r"^# TYPE (roundtable_\S+) \S+$", text, flags=re.MULTILINE)
    assert len(ours) > 15 and [name for name in ours if name not in shown] == []


def test_each_alert_says_what_to_do() -> None:
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            assert rule["annotations"]["summary"].endswith(".") and rule["annotations"]["description"].endswith(".")
            assert rule["labels"]["severity"] in ("page", "warn") and rule["for"]


def test_the_checker_reads_expressions() -> None:
    text = 'sum by (le, event) (rate(roundtable_a_bucket{job="up", event=~"x"}[5m])) / ignoring(le) up == 0'
    assert _names(text) == {"roundtable_a_bucket", "up"}
    assert _labels(text) == {"le", "event", "job"}
