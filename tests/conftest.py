"""Fixtures of all tests. The tiny models themselves are in tiny.py."""

import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import torch
from command_line import run  # noqa: F401 (a fixture)
from streamlit.components.v2 import manifest_scanner
from tiny import about_of

from s2s.checkpoints import checkpoint
from s2s.decoding.system import System
from s2s.results import History
from ui.frame import link

torch.set_num_threads(1)
# Trainings that a page starts lie in a folder of this run of the tests.
_runs = tempfile.TemporaryDirectory(prefix="s2s-runs-", ignore_cleanup_errors=True)
os.environ["S2S_RUNS"] = _runs.name
# Heavy work goes last on a server; beside other tests it would wait for all of them.
os.environ["S2S_WORK_NICE"] = "0"
# Every page that a test runs would read what each installed package says of itself: half its time.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

SLOW = ("training", "pages", "cli", "hard")
"""Folders whose tests train, run whole pages or start commands; single tests are marked."""
FEW = 3
"""Cases of one test that `make quick` tries, spread over all of them."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make quick` leaves out."""
    cases: dict[str, list[pytest.Item]] = {}
    for item in items:
        cases.setdefault(item.nodeid.partition("[")[0], []).append(item)
    for those in cases.values():
        tried = {n * len(those) // FEW for n in range(FEW)}
        for n, item in enumerate(those):
            if item.path.parent.name in SLOW or n not in tried:
                item.add_marker(pytest.mark.slow)


@pytest.fixture(autouse=True)
def _every_page_was_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """No browser lags behind the pages that tests drive within this process, however fast."""
    monkeypatch.setattr(link, "UNSEEN", 0.0)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """``models(name, system)`` writes a checkpoint under a root of this test's own."""
    root = tmp_path / "checkpoints"
    root.mkdir()
    monkeypatch.setenv("S2S_CHECKPOINTS", str(root))

    def write(name: str, system: System, **metrics: Any) -> Path:
        checkpoint.save(root / name, system, about_of(system, metrics), History())
        return root / name

    return write
