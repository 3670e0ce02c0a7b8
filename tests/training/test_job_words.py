"""What a job says of itself: one process writes it, and each visitor reads it in his language."""

from __future__ import annotations

import errno
import json
import os
from dataclasses import replace

import pytest

from s2s.errors import UserError
from s2s.text.language import later, speaking
from s2s.training import job_queue, jobs, run_folder
from s2s.training.job_queue import Wish

WISH = Wish("toy", "toy", "toy/attention", (), 9, "attention", "me")


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "runs"))
    monkeypatch.setattr(job_queue, "_begin", lambda job: None)  # all of them wait


def failed(error):
    """A job whose process raised this, as its folder tells it."""
    job = job_queue.start(WISH)
    with pytest.raises(type(error)), run_folder.told(job.folder):
        raise error
    (job.folder / jobs.STARTED).write_text("{}")
    found = jobs.read(job.folder)
    assert found.state == "failed"
    return found


def both(said):
    """In English and in Korean."""
    with speaking("ko"):
        korean = str(said)
    return str(said), korean


def test_why_a_job_failed_is_told_to_each_in_his_language():
    lost = later("The loss became {loss} in epoch {epoch}, update {n}. Lower the learning rate or "
                 "set a clip.", loss=float("nan"), epoch=2, n=31)  # fmt: skip
    assert both(failed(UserError(lost)).why) == (
        "The loss became nan in epoch 2, update 31. Lower the learning rate or set a clip.",
        "에포크 2, 갱신 31에서 손실이 nan이 되었습니다. 학습률을 낮추거나 clip을 정하세요.",
    )
    inside = later("{name}, line {n}: {why}", name="a.txt", n=3,
                   why=later("It lacks {keys}.", keys=("source", "sure")))  # fmt: skip
    assert both(failed(UserError(inside)).why) == (
        "a.txt, line 3: It lacks source, sure.",
        "a.txt, 3번째 줄: 없는 것이 있습니다: source, sure.",
    )
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "/a/folder/of/the/server")
    assert both(failed(full).why) == (
        "The run cannot be written: No space left on device.",
        "학습 폴더에 쓸 수 없습니다: 디스크에 남은 자리가 없음.",
    )
    assert both(failed(ZeroDivisionError("division by zero")).why) == ("division by zero",) * 2


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("An older sentence, as it is.", "An older sentence, as it is."),
        ({"text": "It lacks {keys}.", "values": {}}, "It lacks {keys}."),
        ({"text": "It lacks {keys}.", "values": {"keys": 7, "more": [None]}}, "It lacks 7."),
        ({"text": "{n.__class__}, of no catalogue", "values": {"n": 1}},
         "{n.__class__}, of no catalogue"),
        ({"text": 7}, ""), (None, ""), (["It lacks {keys}."], ""),
    ],
)  # fmt: skip
def test_what_a_file_says_of_a_failure_is_read_whatever_it_is(held, said):
    job = failed(UserError("no"))
    (job.folder / run_folder.ENDED).write_text(json.dumps({"state": "failed", "why": held}))
    assert str(jobs.read(job.folder).why) == said


def test_the_title_of_a_job_is_told_to_each_in_his_language():
    job = job_queue.start(replace(WISH, title=later("{name}, {n:,} pairs", name="a", n=8407)))
    assert both(jobs.read(job.folder).title) == ("a, 8,407 pairs", "a, 8,407쌍")
    assert jobs.read(job_queue.start(WISH).folder).title == WISH.title
