"""Jobs: trainings that a page starts, each a process of its own, told by the files it leaves.

    <runs>/jobs/<task>/<name>/   job.json      what was asked for; written once
                                 data.tsv      its own pairs, if it has some
                                 started.json  process and time of the last start
                                 cancel        somebody asked it to end
                                 log.txt       what it printed
                                 model/        what it learned
                                 and the files of `s2s.training.run_folder`
    <runs>/models/<task>/<name>/ a model that was kept

There is no other memory: after a restart of the server the list is what the folders say. A job
holds a lock of the system from before its first instruction until it ends, however that is.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from s2s.checkpoints import checkpoint
from s2s.errors import UserError
from s2s.text.language import Later, from_json, later
from s2s.training import job_lock
from s2s.training.run_folder import ENDED, PROGRESS, read_json

JOB, STARTED, CANCEL, LOG, DATA, MODEL = (
    "job.json", "started.json", "cancel", "log.txt", "data.tsv", "model",
)  # fmt: skip
STATES = ("running", "waiting", "finished", "stopped", "failed", "lost")
OPEN = ("running", "waiting")
LAST_LINES = 12
SWITCH = "S2S_TRAINING"


@dataclass(frozen=True)
class Job:
    """One job as its folder tells it.

    Attributes:
        folder: of the run.
        task: name of its task.
        name: of the run within the task.
        title: for a person.
        epochs: that are planned.
        family: how its model is shown, see `s2s.plots.FAMILIES`.
        visitor: who asked for it.
        made: when, in seconds since 1970.
        state: one of `STATES`; ``lost`` if its process ended without a word.
        share: of all updates that are done, 0 to 1.
        gone: seconds of work so far.
        why: it failed.
    """

    folder: Path
    task: str
    name: str
    title: str | Later
    epochs: int
    family: str
    visitor: str
    made: float
    state: str
    share: float = 0.0
    gone: float = 0.0
    why: str | Later = ""

    @property
    def key(self) -> str:
        """``task/name``."""
        return f"{self.task}/{self.name}"

    @property
    def left(self) -> float | None:
        """Seconds until the last epoch ends, as far as the first updates tell."""
        return self.gone * (1 - self.share) / self.share if self.share > 0.005 else None

    @property
    def kept(self) -> bool:
        """Whether its model is among the others."""
        return checkpoint.places(self.key)[1].exists()

    @property
    def model(self) -> Path | None:
        """Where its model lies, if it has one."""
        own = self.folder / MODEL
        return own if own.exists() else checkpoint.places(self.key)[1] if self.kept else None


def allowed(environment: Mapping[str, str] = os.environ) -> str | Later:
    """Why nothing can be trained here; empty if it can.

    Raises:
        UserError: when the setting is neither on nor off.
    """
    value = environment.get(SWITCH, "on")
    if value not in ("on", "off"):
        raise UserError(later("{name} is {value!r}; it must be on or off.", name=SWITCH,
                              value=value))  # fmt: skip
    if value == "off":
        return later("No training on this server; Replay works.")
    return job_lock.missing()


def root() -> Path:
    """The folder of all jobs."""
    return checkpoint.runs() / "jobs"


def jobs() -> list[Job]:
    """All jobs, the last one first."""
    found = [read(place.parent) for place in root().glob(f"*/*/{JOB}")]
    return sorted((job for job in found if job), key=lambda job: job.made, reverse=True)


def read(folder: Path) -> Job | None:
    """A job as its folder tells it; None where there is none."""
    told = read_json(folder / JOB)
    if not isinstance(told, dict):
        return None
    progress = read_json(folder / PROGRESS) or {}
    state, why = _state(folder)
    share, gone = float(progress.get("share", 0.0)), float(progress.get("gone", 0.0))
    return Job(
        folder=folder,
        task=folder.parent.name,
        name=folder.name,
        title=from_json(told.get("title")),
        epochs=int(told.get("epochs", 0)),
        family=str(told.get("family", "")),
        visitor=str(told.get("visitor", "")),
        made=float(told.get("made", 0.0)),
        state=state,
        share=1.0 if state == "finished" else share,
        gone=gone,
        why=why,
    )


def _state(folder: Path) -> tuple[str, str | Later]:
    """One of `STATES`, and why it failed."""
    if job_lock.held(folder):
        return "running", ""
    ended, asked = read_json(folder / ENDED), (folder / CANCEL).exists()
    if isinstance(ended, dict):
        if ended.get("state") == "done":
            return "finished", ""
        if asked or ended.get("state") == "stopped":
            return "stopped", ""
        return "failed", from_json(ended.get("why"))
    if asked:
        return "stopped", ""
    if not (folder / STARTED).exists():
        return "waiting", ""
    return "lost", later(
        "Its process ended without a word: it was killed, or the computer went down."
    )


def log(job: Job) -> list[str]:
    """The last lines of what it printed."""
    with suppress(OSError), (job.folder / LOG).open("rb") as file:
        file.seek(max(0, os.fstat(file.fileno()).st_size - 20_000))
        return file.read().decode("utf-8", "replace").splitlines()[-LAST_LINES:]
    return []


def used() -> int:
    """Bytes of all runs and kept models."""
    return size_of(checkpoint.runs())


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += os.lstat(os.path.join(place, name)).st_size
    return total
