"""The Training page without a browser: what it offers, what it says where nothing is trained."""

from __future__ import annotations

import json
import shlex

import pytest
from page_text import unmarked
from streamlit.testing.v1 import AppTest
from tiny import ROOT

from s2s.cli import parser
from s2s.training import job_queue, jobs
from s2s.training.job_queue import Wish
from ui.views.training.wish import Numbers, offered, wish


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "runs"))


def page(**query: str) -> AppTest:
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page("pages/training.py")
    at.query_params.update(query)
    return at.run()


def specs(at: AppTest) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in at.get("plotly_chart")]


def test_before_anybody_trained_the_toys_are_replayed():
    at = page()
    assert not at.exception and at.button(key="start-training")
    (spec,) = specs(at)
    assert len(spec["frames"]) == 100
    assert jobs.jobs() == []


def test_replay_of_one_model_at_the_epoch_of_the_address():
    at = page(mode="Replay", replay_task="toy", replayed="plain", replay_epoch="7")
    (spec,) = specs(at)
    assert spec["layout"]["sliders"][0]["active"] == 3  # every second epoch has a place
    assert sum(trace["type"] == "heatmap" for trace in spec["data"]) == 1
    at = page(mode="Replay", replay_task="no", replayed="x,,", replay_epoch="-1", replay_kind="?")
    assert not at.exception and specs(at)


def test_switched_off(monkeypatch):
    monkeypatch.setenv(jobs.SWITCH, "off")
    at = page()
    assert unmarked(at.info[0].value) == "No training on this server; Replay works."
    assert "start-training" not in [button.key for button in at.button]


def test_why_a_run_failed_is_said_in_the_language_of_who_looks(monkeypatch):
    monkeypatch.setattr(job_queue, "_begin", lambda job: None)
    job = job_queue.start(Wish("toy", "toy", "toy", (), 9, "attention", "somebody"))
    (job.folder / jobs.STARTED).write_text("{}")
    for language, said in (
        ("en", "▲ lost after epoch 0 of 9: Its process ended without a word: it was killed,"),
        ("ko", "▲ 사라짐, 에포크 0 / 9: 프로세스가 아무 말 없이 끝났습니다."),
    ):
        at = page(lang=language)
        assert not at.exception
        assert any(said in unmarked(told.value) for told in at.markdown), language


def test_what_is_offered_is_what_the_command_line_reads():
    for name, recipe in offered().items():
        assert not recipe.task.needs_file
        asked = wish(name, recipe, Numbers(16, 2, 5, 500), "me")
        words = ["train", asked.task, "--name", "x", *asked.options]
        given = parser().parse_args(words)
        assert given.recipe == name and given.epochs == "2", shlex.join(words)


@pytest.mark.parametrize(
    ("name", "query", "maps"),
    [
        ("gradients", {"further": "Epoch by epoch", "gradients_replay_epoch": "3"}, 2),
        ("compare", {"wound_back": "1", "compare_replay_epoch": "3"}, 2),
        ("models", {"models_replay_epoch": "3"}, 1),
    ],
)
def test_the_same_replay_stands_on_other_pages(name, query, maps):
    at = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    at.switch_page(f"pages/{name}.py")
    at.query_params.update(task="toy", model="attention", **query)
    at.run()
    assert not at.exception
    (spec,) = specs(at)
    assert spec["layout"]["sliders"][0]["active"] == 1
    assert sum(trace["type"] == "heatmap" for trace in spec["data"]) == maps
