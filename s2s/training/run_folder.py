"""The folder of a run, which others may read while it is written: progress, metrics, epochs.

    progress.json          where it stands, twice a second
    metrics.jsonl          a line per finished epoch: the `EpochReport`
    epochs/0001.safetensors  the watched sentences after epoch 1, see `s2s.checkpoints.replays`
    state.safetensors      what is needed to go on, see `s2s.training.run_state`
    ended.json             how it ended, once it has; why it failed as text and values apart, for
                           pages of any language

Every file is written beside its place and moved there, so nobody sees half of one.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from s2s.checkpoints import replays
from s2s.errors import UserError
from s2s.results import EpochReport
from s2s.results.replay import Replay, joined
from s2s.text.language import Later, later, to_json
from s2s.text.system_words import reason

PROGRESS, METRICS, EPOCHS, ENDED = "progress.json", "metrics.jsonl", "epochs", "ended.json"
OFTEN = 0.5
"""Seconds between two words of progress."""


def write_json(path: Path, value: Any) -> None:
    """Write JSON as a whole or not at all."""
    write_bytes(path, json.dumps(value, ensure_ascii=False).encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        with draft.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise


def read_json(path: Path) -> Any:
    """What a file holds; None where there is none, or nothing that can be read."""
    with suppress(OSError, ValueError):
        return json.loads(path.read_text("utf-8"))
    return None


@dataclass
class Diary:
    """Writes a run's folder while it trains.

    Attributes:
        folder: of the run.
        epochs: that are planned.
        before: seconds that the run took before it was taken up again.
    """

    folder: Path
    epochs: int
    before: float = 0.0
    _began: float = field(default_factory=time.monotonic)
    _last: float = -1e9

    def begin(self, reports: Sequence[EpochReport]) -> None:
        """Start from the epochs there are: a kill may have left another word behind."""
        for name in (ENDED, PROGRESS):
            (self.folder / name).unlink(missing_ok=True)
        for draft in self.folder.glob("**/*.tmp"):
            draft.unlink(missing_ok=True)
        for file in (self.folder / EPOCHS).glob("*.safetensors"):
            if int(file.stem) > len(reports):
                file.unlink()
        self._metrics(reports)

    def batch(self, epoch: int, number: int, count: int, loss: float) -> None:
        """A word on an update, if the last one is long enough ago."""
        now = time.monotonic()
        if now - self._last < OFTEN:
            return
        self._last = now
        done = (epoch - 1 + number / count) / max(1, self.epochs)
        write_json(self.folder / PROGRESS, {
            "epoch": epoch, "share": done, "loss": loss, "gone": now - self._began + self.before,
        })  # fmt: skip

    def epoch(self, reports: Sequence[EpochReport], seen: Sequence[Replay]) -> None:
        """A finished epoch; called before the state that leads on from it is saved."""
        if seen:
            place = self.folder / EPOCHS / f"{len(reports):04}.safetensors"
            place.parent.mkdir(parents=True, exist_ok=True)
            draft = place.with_suffix(f".{os.getpid()}.tmp")
            replays.write(draft, seen)
            os.replace(draft, place)
        self._metrics(reports)

    def _metrics(self, reports: Sequence[EpochReport]) -> None:
        lines = "".join(f"{json.dumps(asdict(r), ensure_ascii=False)}\n" for r in reports)
        write_bytes(self.folder / METRICS, lines.encode())

    def clean(self) -> None:
        """Leave what is not in the finished model: the metrics."""
        for file in (self.folder / EPOCHS).glob("*"):
            file.unlink()
        with suppress(OSError):
            (self.folder / EPOCHS).rmdir()
        (self.folder / PROGRESS).unlink(missing_ok=True)


def report_of(held: dict[str, Any]) -> EpochReport:
    """A report out of JSON, where its tuples are lists."""
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in held.items()}
    return EpochReport(**values)


def reports(folder: Path) -> list[EpochReport]:
    """The finished epochs of a run."""
    try:
        lines = (folder / METRICS).read_text("utf-8").splitlines()
        return [report_of(json.loads(line)) for line in lines]
    except (OSError, ValueError, TypeError):
        return []


def seen(folder: Path, upto: int | None = None) -> tuple[Replay, ...]:
    """The watched sentences of a run's finished epochs."""
    places = sorted((folder / EPOCHS).glob("*.safetensors"))[:upto]
    return joined(replays.read(place) for place in places)


@contextmanager
def told(folder: Path) -> Iterator[dict[str, Any]]:
    """Write down how a run ends; the block may say more than that it is done."""
    word: dict[str, Any] = {"state": "done"}
    try:
        yield word
    except BaseException as error:
        word |= {"state": "failed", "why": to_json(_why(error))}
        raise
    finally:
        with suppress(OSError):  # a full disk is said on the terminal and in the log
            write_json(folder / ENDED, word)


def _why(error: BaseException) -> str | Later:
    """Why a run failed: for a person where somebody can mend it, else as Python has it."""
    if isinstance(error, UserError):
        found = error.args[0]
        return found if isinstance(found, Later) else str(error)
    if isinstance(error, OSError):
        return later("The run cannot be written: {why}.", why=reason(error))
    return str(error) or type(error).__name__
