"""The Kubernetes manifests: valid by Kubernetes' own schemas; one server with few rights, behind its Ingress."""

from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from chat.commands.working import work
from chat.draining import HARD_DEADLINE_SECONDS
from tests.deploy.settings import known_settings
from tests.running_server import ROOT

FOLDER, WORKERS = ROOT / "deploy" / "kubernetes", ROOT / "deploy" / "kubernetes-workers"
VERSIONS = [kubernetes_validate.latest_version(), "1.30"]  # the oldest on which one may still run
Manifest = dict[str, Any]


def _manifests(folder: Path) -> dict[str, Manifest]:
    """By kind and name, those of the folder itself."""
    told = yaml.safe_load((folder / "kustomization.yaml").read_text())
    patches = [patch["path"] for patch in told.get("patches", ())]
    bases = [name for name in told["resources"] if (folder / name).is_dir()]
    for base in bases:  # kustomize refuses one in which the folder itself is
        assert (folder / base / "kustomization.yaml").is_file()
        assert not folder.resolve().is_relative_to((folder / base).resolve())
    listed = [name for name in (*told["resources"], *patches) if name not in bases]
    assert {path.name for path in folder.glob("*.yaml")} == {*listed, "kustomization.yaml"}
    found = [one for name in listed for one in yaml.safe_load_all((folder / name).read_text())]
    return {f"{one['kind']} {one['metadata']['name']}": one for one in found}


@pytest.fixture(scope="module")
def manifests() -> dict[str, Manifest]:
    return _manifests(FOLDER)


@pytest.fixture(scope="module")
def beside() -> dict[str, Manifest]:
    """What is there in addition where workers are."""
    return _manifests(WORKERS)


@pytest.fixture(scope="module")
def pod(manifests: dict[str, Manifest]) -> Manifest:
    found: Manifest = manifests["StatefulSet roundtable"]["spec"]["template"]["spec"]
    return found


@pytest.mark.parametrize("version", VERSIONS)
def test_they_are_as_the_schemas_of_kubernetes_say(
    manifests: dict[str, Manifest], beside: dict[str, Manifest], version: str
) -> None:
    for manifest in (*manifests.values(), *beside.values()):
        kubernetes_validate.validate(manifest, version, strict=True)


def test_the_schemas_see_a_fault(manifests: dict[str, Manifest]) -> None:
    broken = {**manifests["Service roundtable"], "spec": {"ports": [{"port": "http"}]}}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, VERSIONS[0], strict=True)


def test_two_servers_never_have_the_file_at_once(manifests: dict[str, Manifest]) -> None:
    server = manifests["StatefulSet roundtable"]["spec"]
    assert server["replicas"] == 1 and server["volumeClaimTemplates"][0]["spec"]["accessModes"] == ["ReadWriteOnce"]


def test_the_server_has_few_rights_and_time_to_drain(pod: Manifest) -> None:
    (container,) = pod["containers"]
    assert container["securityContext"]["readOnlyRootFilesystem"] and not pod["automountServiceAccountToken"]
    assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["fsGroup"] == 65534
    assert [mount["mountPath"] for mount in container["volumeMounts"]] == ["/data"]
    assert pod["terminationGracePeriodSeconds"] > HARD_DEADLINE_SECONDS


def test_a_worker_has_the_servers_image_and_settings_and_no_more_rights(
    pod: Manifest, beside: dict[str, Manifest]
) -> None:
    (server,), work_pod = pod["containers"], beside["Deployment roundtable-worker"]["spec"]["template"]["spec"]
    (container,) = work_pod["containers"]
    assert container["command"] == ["flask", work.name] and container["image"] == server["image"]
    assert container["securityContext"] == server["securityContext"]
    assert [list(one) for one in container["envFrom"]] == [list(one) for one in server["envFrom"]]
    assert work_pod["terminationGracePeriodSeconds"] > HARD_DEADLINE_SECONDS
    assert work_pod["securityContext"].items() <= pod["securityContext"].items()


def test_servers_and_workers_reach_redis_and_nobody_else(
    manifests: dict[str, Manifest], beside: dict[str, Manifest]
) -> None:
    settings = beside["ConfigMap roundtable"]["data"]
    (port,) = beside["Service redis"]["spec"]["ports"]
    assert settings == {"LLM_EXECUTOR": "dramatiq", "REDIS_URL": f"redis://redis:{port['port']}/0"}
    (rule,) = beside["NetworkPolicy redis"]["spec"]["ingress"]
    let_in = [one["podSelector"]["matchLabels"] for one in rule["from"]]
    pods = (manifests["StatefulSet roundtable"], beside["Deployment roundtable-worker"])
    assert let_in == [one["spec"]["selector"]["matchLabels"] for one in pods]


def test_a_probe_that_ends_it_does_not_ask_for_more_than_life(pod: Manifest) -> None:
    (container,) = pod["containers"]
    assert container["livenessProbe"]["httpGet"]["path"] == container["startupProbe"]["httpGet"]["path"] == "/healthz"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"


def test_the_ingress_reaches_the_server_and_keeps_inside_what_is_for_the_operator(
    manifests: dict[str, Manifest],
) -> None:
    (rule,) = manifests["Ingress roundtable"]["spec"]["rules"]
    behind = {path["path"]: path["backend"]["service"]["name"] for path in rule["http"]["paths"]}
    assert behind == {"/": "roundtable", "/readyz": "nobody", "/metrics": "nobody"}
    labels = manifests["StatefulSet roundtable"]["spec"]["template"]["metadata"]["labels"]
    assert manifests["Service roundtable"]["spec"]["selector"].items() <= labels.items()
    assert not manifests["Service nobody"]["spec"]["selector"].items() <= labels.items()
    only = manifests["NetworkPolicy roundtable"]["spec"]
    assert only["podSelector"]["matchLabels"].items() <= labels.items() and len(only["ingress"][0]["from"]) == 1


def test_they_set_what_the_server_knows(manifests: dict[str, Manifest]) -> None:
    settings = manifests["ConfigMap roundtable"]["data"]
    assert not set(settings) - known_settings()
    assert settings["TRUSTED_PROXIES"] == "1"
    assert settings["ALLOWED_ORIGINS"] == f"https://{manifests['Ingress roundtable']['spec']['rules'][0]['host']}"
