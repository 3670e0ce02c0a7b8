"""A file of one's own on the Training page: told what was read, or why not; nothing written."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from tiny import ROOT

from s2s.checkpoints import checkpoint
from s2s.training import job_queue, jobs
from ui.views.training.start import OWN


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(job_queue, "_begin", lambda job: None)


def page(data: bytes) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page("pages/training.py")
    at.query_params.update(recipe=OWN)
    at.run()
    at.file_uploader[0].set_value(("mine.txt", data, "text/plain")).run()
    assert not at.exception
    return at


def test_a_file_is_told_and_becomes_a_run():
    at = page("".join(f"a{i} b\tc{i} d\n" for i in range(40)).encode() + b"alone\n")
    told = [m.value for m in at.markdown if "pairs** of" in m.value]
    assert told and "**40 pairs** of 41 lines: 80 and 80 tokens" in told[0]
    at.button(key="start-training").click().run()
    (job,) = jobs.jobs()
    assert job.key == "own-pairs/mine" and job.state == "waiting"
    lines = (job.folder / jobs.DATA).read_text().splitlines()
    assert lines[:2] == ["source\ttarget", "a0 b\tc0 d"] and len(lines) == 41


@pytest.mark.parametrize("data", [b"\x00\x01\x02" * 99, b"one\ncolumn\n", b"x" * 10_000_000])
def test_a_bad_file_is_refused_and_nothing_is_written(data):
    at = page(data)
    assert len(at.warning) == 1
    assert at.button(key="start-training").disabled
    assert jobs.jobs() == [] and not list(checkpoint.runs().rglob("data.tsv"))
