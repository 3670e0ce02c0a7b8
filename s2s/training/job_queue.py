"""The queue of jobs: what may begin, what must end. Every change is made under one lock.

Anybody may call `tend`, as often as they like: a page that is drawn, a thread of the server. Two
servers on one folder do not get in each other's way.
"""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from s2s.checkpoints import checkpoint
from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.text.language import Later, later, to_json
from s2s.text.system_words import reason
from s2s.training import job_lock
from s2s.training.jobs import (
    CANCEL,
    DATA,
    JOB,
    LOG,
    MODEL,
    OPEN,
    STARTED,
    Job,
    allowed,
    jobs,
    read,
    root,
    size_of,
    used,
)
from s2s.training.run_folder import ENDED, read_json, write_bytes, write_json


@dataclass(frozen=True)
class Wish:
    """What somebody wants to be trained.

    Attributes:
        task: its name.
        base: start of the run's name, such as a recipe's variant.
        title: for a person.
        options: of the command line's ``train``.
        epochs: that are planned.
        family: how its model is shown, see `s2s.plots.FAMILIES`.
        visitor: who asked for it.
        pairs: own data, as the lines of a file; None for the task's own.
    """

    task: str
    base: str
    title: str | Later
    options: tuple[str, ...]
    epochs: int
    family: str
    visitor: str
    pairs: bytes | None = None


def start(wish: Wish) -> Job:
    """Put a wish at the end of the queue, and begin whatever can begin.

    Raises:
        UserError: when training is switched off, or a limit is reached.
    """
    refusal = allowed()
    if refusal:
        raise UserError(refusal)
    with _queue():
        there = jobs()
        _check(there, wish.visitor)
        _make_room(there)
        folder = _new_folder(wish)
        try:
            if wish.pairs is not None:
                write_bytes(folder / DATA, wish.pairs)
            told = {k: v for k, v in asdict(wish).items() if k != "pairs"} | {
                "title": to_json(wish.title), "made": time.time(),
            }  # fmt: skip
            write_json(folder / JOB, told)  # last: without it the folder is no job
        except OSError as error:
            shutil.rmtree(folder, ignore_errors=True)
            raise UserError(later("The run cannot be written: {why}.", why=reason(error))) from None
    tend()
    found = read(folder)
    assert found is not None
    return found


def _check(there: Sequence[Job], visitor: str) -> None:
    """Refuse what is over a limit."""
    mine = [job for job in there if job.state in OPEN and job.visitor == visitor]
    if len(mine) >= limits().trainings_each:
        raise UserError(
            later(
                "{n} of your trainings run or wait; stop one, or wait until it is done.",
                n=len(mine),
            )
        )
    waiting = [job for job in there if job.state == "waiting"]
    if len(waiting) >= limits().trainings_waiting:
        raise UserError(later("{n} trainings wait already; try again later.", n=len(waiting)))


def _make_room(there: Sequence[Job]) -> None:
    """Drop the oldest finished runs until one more has room."""
    old = [job for job in there if job.state not in OPEN]
    count, size = len(there), used()
    while old and (count >= limits().trainings_kept or size >= limits().trainings_bytes):
        oldest = old.pop()
        size -= size_of(oldest.folder)
        count -= 1
        shutil.rmtree(oldest.folder, ignore_errors=True)
    if size >= limits().trainings_bytes:
        raise UserError(later("The room for trainings is full; delete a kept model first."))
    if count >= limits().trainings_kept:
        raise UserError(later("The list has {n} runs that are not done; try again later.", n=count))


def _new_folder(wish: Wish) -> Path:
    """A folder that is made here and now; the first free name."""
    for number in range(1, 10_000):
        name = wish.base if number == 1 else f"{wish.base}-{number}"
        if any(place.exists() for place in checkpoint.places(f"{wish.task}/{name}")):
            continue
        folder = root() / wish.task / name
        with suppress(FileExistsError):
            folder.mkdir(parents=True)
            return folder
    raise UserError(later("There is no free name left for this run."))


def tend() -> bool:
    """Begin what waits while there is room, and end what takes too long.

    Returns:
        Whether anything runs or waits.
    """
    _reap()
    with _queue():
        there = jobs()
        running = [job for job in there if job.state == "running"]
        for job in running:
            begun = (read_json(job.folder / STARTED) or {}).get("time", time.time())
            if time.time() - begun > 60 * limits().training_minutes:
                _ask_to_end(job)
        waiting = [job for job in reversed(there) if job.state == "waiting"]
        if not allowed():
            for job in waiting[: max(0, limits().trainings - len(running))]:
                with suppress(OSError):  # a full disk: it waits on
                    _begin(job)
    return bool(running or waiting)


_children: list[subprocess.Popen[bytes]] = []


def _reap() -> None:
    """Let go of children that ended."""
    _children[:] = [child for child in _children if child.poll() is None]


def _begin(job: Job) -> None:
    """Start its process, which inherits the lock."""
    told = read_json(job.folder / JOB)
    data = ["--data", str(job.folder / DATA)] if (job.folder / DATA).exists() else []
    command = [
        sys.executable, "-m", "s2s", "train", job.task, "--name", job.name,
        "--runs", str(root()), "--out", str(job.folder / MODEL), "--force", *data,
        *map(str, told["options"]),
    ]  # fmt: skip
    environment = dict(os.environ) | {
        "OMP_NUM_THREADS": "1", "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": os.pathsep.join(filter(None, (
            str(Path(__file__).resolve().parents[2]), os.environ.get("PYTHONPATH", ""),
        ))),
    }  # fmt: skip
    nice = os.environ.get("S2S_WORK_NICE", "19")  # every other process goes first
    with job_lock.taken(job.folder) as handle, (job.folder / LOG).open("ab") as out:
        child = subprocess.Popen(
            ["nice", "-n", nice, *command], stdin=subprocess.DEVNULL, stdout=out,
            stderr=subprocess.STDOUT, env=environment, start_new_session=True, pass_fds=(handle,),
        )  # fmt: skip
        _children.append(child)
        with suppress(OSError):
            # Linux may share a core out by sessions, and nice counts within one alone.
            Path(f"/proc/{child.pid}/autogroup").write_text(nice)
        write_json(job.folder / STARTED, {"process": child.pid, "time": time.time()})


def cancel(job: Job) -> None:
    """Take a waiting job out; ask a running one to end with what it learned."""
    with _queue():
        now = read(job.folder)
        if now is None:
            return
        if now.state == "waiting":
            shutil.rmtree(job.folder, ignore_errors=True)
        elif now.state == "running":
            _ask_to_end(now)


def _ask_to_end(job: Job) -> None:
    process = (read_json(job.folder / STARTED) or {}).get("process")
    write_bytes(job.folder / CANCEL, b"")
    # While the lock is held the process lives, and its number is that of nobody else.
    if isinstance(process, int) and job_lock.held(job.folder):
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGTERM)


def go_on(job: Job) -> None:
    """Put a job that stopped, failed or was lost into the queue again."""
    with _queue():
        now = read(job.folder)
        if now is None or now.state in (*OPEN, "finished"):
            return
        for name in (ENDED, CANCEL, STARTED):
            (job.folder / name).unlink(missing_ok=True)
    tend()


def delete(job: Job) -> None:
    """Forget a run that is over; a model that was kept stays."""
    with _queue():
        now = read(job.folder)
        if now is not None and now.state not in OPEN:
            shutil.rmtree(job.folder, ignore_errors=True)


def keep(job: Job) -> str:
    """Put its model among the others.

    Returns:
        The model's name.

    Raises:
        UserError: when there is none, or the name is taken by now.
    """
    with _queue():
        shipped, place = checkpoint.places(job.key)
        own = job.folder / MODEL
        if place.exists():
            return job.key
        if shipped.exists():
            raise UserError(later("There is a model {name} already.", name=job.key))
        if not own.exists():
            raise UserError(later("{name} has learned nothing yet.", name=job.key))
        place.parent.mkdir(parents=True, exist_ok=True)
        draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}.tmp")
        shutil.copytree(own, draft)
        os.replace(draft, place)
    return job.key


def _queue() -> Any:
    """One change at a time, whoever makes it."""
    root().mkdir(parents=True, exist_ok=True)
    return FileLock(root() / ".queue", timeout=30)
