"""Jobs: a queue that is nothing but folders, and what is left when a process dies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from tiny import ROOT

from s2s.checkpoints import checkpoint, replays
from s2s.cli import main
from s2s.config import limits as limits_module
from s2s.config.limits import Limits
from s2s.errors import UserError
from s2s.training import job_lock, job_queue, jobs, run_folder
from s2s.training.job_queue import Wish

OPTIONS = (
    "--data-samples", "900", "--hidden", "16", "--source-embedding", "8", "--target-embedding", "8",
    "--data-longest", "6", "--epochs", "3", "--batch-size", "4", "--watch", "2",
)  # fmt: skip
WISH = Wish("reverse", "small", "reverse, small", OPTIONS, 3, "plain", "me")
TOY = Wish("toy", "toy", "toy", ("--recipe", "toy/attention"), 100, "attention", "me")


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "runs"))
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "checkpoints"))
    yield
    for job in jobs.jobs():
        if job.state == "running":
            os.kill(json.loads((job.folder / jobs.STARTED).read_text())["process"], signal.SIGKILL)


def set_limits(monkeypatch, **values):
    found = replace(Limits(), **values)
    monkeypatch.setattr(job_queue, "limits", lambda: found)
    assert limits_module.limits is not job_queue.limits


def until(job, test, seconds=120):
    """The job as soon as a test of it holds."""
    limit = time.monotonic() + seconds
    while not test(now := jobs.read(job.folder)):
        assert time.monotonic() < limit, (now, jobs.log(job))
        job_queue.tend()
        time.sleep(0.05)
    return now


def over(job):
    return job is None or job.state not in jobs.OPEN


def epochs(job):
    return len(run_folder.reports(job.folder))


def process(job):
    return json.loads((job.folder / jobs.STARTED).read_text())["process"]


def test_a_job_from_start_to_a_kept_model():
    first = job_queue.start(TOY)
    second = job_queue.start(replace(TOY, visitor="you"))
    assert (first.name, first.state) == ("toy", "running")
    assert (second.name, second.state) == ("toy-2", "waiting")
    job_queue.cancel(second)
    assert [job.name for job in jobs.jobs()] == ["toy"]
    done = until(first, over)
    assert done.state == "finished", jobs.log(done)
    assert epochs(done) == 100
    kept = replays.read(done.model / replays.REPLAY)
    assert [len(one.moments) for one in kept] == [100]
    assert job_queue.keep(done) == "toy/toy"
    (entry,) = [e for e in checkpoint.entries() if e.name == "toy/toy"]
    assert entry.problem is None
    text = checkpoint.load("toy/toy").translate("저는 강사 입니다").text
    assert text == kept[0].reference == "I am an instructor"
    job_queue.delete(done)
    assert jobs.jobs() == [] and checkpoint.find("toy/toy")
    # The name of a kept model is not given again.
    assert job_queue.start(TOY).name == "toy-2"


def test_killed_then_cancelled_then_whole_equals_an_uninterrupted_run(tmp_path):
    """kill -9 and a cancel on the way change no bit of what is learned."""
    job = until(job_queue.start(WISH), epochs)
    os.kill(process(job), signal.SIGKILL)
    job = until(job, over)
    assert job.state == "lost" and job.model is None and "killed" in str(job.why)
    job_queue.go_on(job)
    job = until(job, lambda now: epochs(now) == 2 or over(now))
    job_queue.cancel(job)
    job = until(job, over)
    if job.state != "finished":  # else it was too fast to be stopped
        assert job.state == "stopped"
        entry = checkpoint.read(job.model)
        assert entry.problem is None
        assert entry.about.train.epochs == epochs(job) < 3
        assert "Stopped by hand" in (job.model / "README.md").read_text()
        kept = replays.read(job.model / replays.REPLAY)
        assert {one.epochs for one in kept} == {tuple(range(1, epochs(job) + 1))}
        job_queue.go_on(job)
        job = until(job, over)
    assert job.state == "finished", jobs.log(job)
    assert (
        main(["train", "reverse", "--name", "whole", "--runs", str(tmp_path / "r"), *OPTIONS]) == 0
    )
    whole = checkpoint.find("reverse/whole")
    for name in ("model.safetensors", replays.REPLAY, "watched.csv"):
        assert (job.model / name).read_bytes() == (whole / name).read_bytes(), name


SERVER = f"""
from s2s.training import job_queue
from s2s.training.job_queue import Wish
job_queue.start({TOY!r})
print(flush=True)
input()
"""


def test_a_killed_server_leaves_its_job_to_the_next_one(monkeypatch):
    """kill -9 of who started it: the job is still told as running, and ends as if nothing was."""
    monkeypatch.setenv("S2S_WORK_NICE", "1")
    server = subprocess.Popen(
        [sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        cwd=ROOT,
    )  # fmt: skip
    assert server.stdout and server.stdout.readline()
    os.kill(server.pid, signal.SIGKILL)
    server.communicate()
    (job,) = jobs.jobs()
    assert job.state in ("running", "finished")
    group = Path(f"/proc/{process(job)}/autogroup")
    if job.state == "running" and group.exists():
        assert group.read_text().endswith("nice 1\n")
    job = until(job, over)
    assert job.state == "finished", jobs.log(job)
    assert checkpoint.read(job.model).problem is None and epochs(job) == 100


def test_limits(monkeypatch):
    set_limits(monkeypatch, trainings_each=2, trainings_waiting=2, trainings_kept=3)
    monkeypatch.setattr(job_queue, "_begin", lambda job: None)  # all of them wait
    job_queue.start(WISH)
    job_queue.start(WISH)
    with pytest.raises(UserError, match="2 of your trainings run or wait"):
        job_queue.start(WISH)
    with pytest.raises(UserError, match="2 trainings wait already"):
        job_queue.start(replace(WISH, visitor="you"))
    for job in jobs.jobs():
        job_queue.cancel(job)
    made = []
    for _ in range(4):
        job = job_queue.start(WISH)
        (job.folder / run_folder.ENDED).write_text('{"state": "done"}')
        made.append(job.name)
    assert [job.name for job in jobs.jobs()] == made[:0:-1]  # the oldest one went
    set_limits(monkeypatch, trainings_bytes=1)
    with pytest.raises(UserError, match="room for trainings is full"):
        (checkpoint.runs() / "models").mkdir()
        (checkpoint.runs() / "models" / "kept").write_text("12")
        job_queue.start(WISH)


def test_what_takes_too_long_is_asked_to_end():
    job = job_queue.start(TOY)
    begun = {"process": process(job), "time": time.time() - 3601}
    (job.folder / jobs.STARTED).write_text(json.dumps(begun))
    job_queue.tend()
    assert (job.folder / jobs.CANCEL).exists()
    begun["time"] = time.time()
    (job.folder / jobs.STARTED).write_text(json.dumps(begun))
    assert until(job, over).state == "stopped"


def test_the_list_is_what_the_folders_say():
    """As after a restart of the server: waiting, lost, failed, damaged, and no job at all."""
    for name, files in {
        "waiting": {}, "lost": {jobs.STARTED: '{"process": 1, "time": 0}'},
        "failed": {jobs.STARTED: "{}", run_folder.ENDED: '{"state": "failed", "why": "no"}'},
        "stopped": {jobs.STARTED: "{}", jobs.CANCEL: ""},
        "damaged": {jobs.STARTED: "{}", run_folder.METRICS: "{}\n{", run_folder.PROGRESS: "{"},
    }.items():  # fmt: skip
        folder = jobs.root() / "toy" / name
        folder.mkdir(parents=True)
        for file, text in {jobs.JOB: '{"title": "t", "epochs": 3, "made": 1}', **files}.items():
            (folder / file).write_text(text)
    (jobs.root() / "toy" / "half").mkdir()
    found = {job.name: job.state for job in jobs.jobs()}
    assert found == {"waiting": "waiting", "lost": "lost", "failed": "failed",
                     "stopped": "stopped", "damaged": "lost"}  # fmt: skip
    assert all(run_folder.reports(job.folder) == [] for job in jobs.jobs())


def test_a_setting_turns_it_off(monkeypatch):
    monkeypatch.setenv(jobs.SWITCH, "off")
    with pytest.raises(UserError, match="No training on this server"):
        job_queue.start(TOY)
    assert jobs.allowed({}) == "" and jobs.jobs() == []
    with pytest.raises(UserError, match="S2S_TRAINING is 'maybe'; it must be on or off"):
        jobs.allowed({jobs.SWITCH: "maybe"})


def test_the_lock_ends_with_its_process(tmp_path):
    with job_lock.taken(tmp_path) as handle:
        child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE,
                                 pass_fds=(handle,))  # fmt: skip
    assert job_lock.held(tmp_path)
    child.kill()
    child.communicate()
    assert not job_lock.held(tmp_path)


FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))
from s2s.cli import main
sys.exit(main(sys.argv[2:]))
"""


@pytest.mark.parametrize("most", [300, 20_000])
def test_a_full_disk_leaves_nothing_half_written(tmp_path, most):
    """No file may grow beyond a size: first the metrics do not fit, then the state does not."""
    given = ["train", "reverse", "--name", "full", "--runs", str(tmp_path / "r"), *OPTIONS]
    full = subprocess.run([sys.executable, "-c", FULL, str(most), *given], cwd=ROOT,
                          capture_output=True, text=True, timeout=120)  # fmt: skip
    assert full.returncode == 2 and full.stderr.count("\n") == 1, full.stderr
    assert "large" in full.stderr
    assert not list(Path(tmp_path).rglob("*.tmp")) and not list(Path(tmp_path).rglob(".tmp*"))
    assert not (tmp_path / "checkpoints" / "reverse").exists()
    assert main(given) == 0  # there is room again
    assert checkpoint.load("reverse/full")
