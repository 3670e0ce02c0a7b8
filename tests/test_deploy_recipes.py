"""The recipes in deploy/: manifests by Kubernetes' own schema, paths and settings that exist."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import kubernetes_validate
import pytest
import yaml
from tiny import ROOT

DEPLOY = ROOT / "deploy"
KINDS = {"Deployment", "Service", "PodDisruptionBudget", "NetworkPolicy", "Ingress"}


def manifests() -> dict[str, dict[str, Any]]:
    found = yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text("utf-8"))
    return {one["kind"]: one for one in found}


@pytest.mark.parametrize("version", ["1.31", "1.35"])
def test_manifests_are_what_kubernetes_takes(version):
    found = manifests()
    assert set(found) == KINDS
    for one in found.values():
        kubernetes_validate.validate(one, version, strict=True)
    broken = manifests()["Deployment"]
    broken["spec"]["replicas"] = "two"
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(broken, version, strict=True)


def test_the_parts_of_a_cluster_find_each_other():
    found = manifests()
    pod = found["Deployment"]["spec"]["template"]
    labels, (container,) = pod["metadata"]["labels"], pod["spec"]["containers"]
    assert found["Service"]["spec"]["selector"] == labels
    for kind in ("PodDisruptionBudget", "Deployment"):
        assert found[kind]["spec"]["selector"]["matchLabels"] == labels
    assert found["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"] == labels
    (port,) = container["ports"]
    assert found["Service"]["spec"]["ports"][0]["targetPort"] == port["name"]
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["httpGet"] == {"path": "/_stcore/health", "port": port["name"]}
    assert f"EXPOSE {port['containerPort']}" in (DEPLOY / "Containerfile").read_text("utf-8")
    route = found["Ingress"]["metadata"]["annotations"]
    assert route["nginx.ingress.kubernetes.io/session-cookie-name"] == "route"


def test_what_a_container_copies_is_all_that_the_dashboard_needs():
    copied = re.findall(r"^COPY (\S+) ", (DEPLOY / "Containerfile").read_text("utf-8"), re.M)
    assert all((ROOT / name).exists() for name in copied)
    assert {"app.py", ".streamlit", "pages", "ui", "s2s", "checkpoints", "docs"} <= set(copied)


def test_units_name_settings_that_there_are():
    unit = (DEPLOY / "seq2seq-microscope@.service").read_text("utf-8")
    sections = re.findall(r"^\[(\w+)\]$", unit, re.M)
    assert sections == ["Unit", "Service", "Install"]
    for line in unit.splitlines():
        assert not line or line[0] in "#[" or re.fullmatch(r"[A-Z]\w+=.*", line), line
    code = "".join(
        path.read_text("utf-8") for top in ("s2s", "ui") for path in (ROOT / top).rglob("*.py")
    )
    for name in re.findall(r"Environment=(S2S_\w+)=", unit):
        assert f'"{name}"' in code and name in (ROOT / "docs" / "serving.md").read_text("utf-8")


@pytest.mark.slow
def test_no_pinned_package_is_known_to_be_unsafe():
    found = subprocess.run(
        [sys.executable, "-m", "pip_audit", "-r", "requirements.txt", "--no-deps", "--disable-pip",
         "--progress-spinner", "off", "--format", "json", "--timeout", "5"],
        cwd=ROOT, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    if not found.stdout.startswith("{"):
        pytest.skip(f"the audit could not ask: {found.stderr.strip().splitlines()[-1:]}")
    packages = json.loads(found.stdout)["dependencies"]
    audited = [package for package in packages if "skip_reason" not in package]
    if not audited:
        pytest.skip(f"nothing could be audited: {packages[0]['skip_reason']}")
    unsafe = {package["name"]: [v["id"] for v in package["vulns"]]
              for package in audited if package["vulns"]}  # fmt: skip
    assert not unsafe
