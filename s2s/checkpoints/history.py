"""What training recorded, as CSV files in a checkpoint's folder.

The files:

    history.csv    a row per epoch of the stored model
    seeds.csv      the same for every seed, where there were several
    watched.csv    what the watched sentences became, epoch by epoch
    gradients.csv  hidden-state gradients of one output token (tutorial 1), before each epoch
    replay.csv     as history.csv, of the run that replay.safetensors was kept from, where that is
                   another run than the stored model's: same settings and seed, other processor
"""

from __future__ import annotations

import csv
import io
import math
import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from s2s.checkpoints import files
from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.results import EpochReport, History, Watched
from s2s.tasks.split import Pair
from s2s.text.language import later

HISTORY, SEEDS, WATCHED, GRADIENTS = "history.csv", "seeds.csv", "watched.csv", "gradients.csv"
REPLAYED = "replay.csv"
NOT_COLUMNS = ("written", "forced", "state_gradients")
COLUMNS = [item.name for item in fields(EpochReport) if item.name not in NOT_COLUMNS]
WHOLE = {"epoch", "updates"}
FILES = (HISTORY, SEEDS, WATCHED, GRADIENTS, REPLAYED)
LARGEST_COUNT, LARGEST_NUMBER = 10**9, 3.5e38


def collect(
    reports: Sequence[EpochReport],
    watch: Sequence[Pair] = (),
    seeds: Mapping[int, Sequence[EpochReport]] | None = None,
) -> History:
    """The history of a run from its reports and the sentences they followed."""
    watched = tuple(
        Watched(report.epoch, source, target, written, forced)
        for report in reports
        for (source, target), written, forced in zip(
            watch, report.written, report.forced, strict=True
        )
    )
    states = reports[0].state_gradients if reports else {}
    return History(
        tuple(reports),
        {seed: tuple(own) for seed, own in (seeds or {}).items()},
        watched,
        {state: tuple(report.state_gradients[state] for report in reports) for state in states},
    )


def write(folder: Path, history: History) -> None:
    """Write the tables: history.csv always, the others if there is something to say."""
    _write(folder / HISTORY, COLUMNS, (_row(report) for report in history.reports))
    if len(history.seeds) > 1:
        rows = ({"seed": seed} | _row(r) for seed, own in history.seeds.items() for r in own)
        _write(folder / SEEDS, ["seed", *COLUMNS], rows)
    if history.watched:
        columns = [item.name for item in fields(Watched)]
        _write(folder / WATCHED, columns, (asdict(row) for row in history.watched))
    gradients = [
        {"epoch": report.epoch, "state": state, "value": values[place]}
        for place, report in enumerate(history.reports)
        for state, values in history.state_gradients.items()
    ]
    if gradients:
        _write(folder / GRADIENTS, ["epoch", "state", "value"], gradients)


def read(folder: str | Path) -> History:
    """What a checkpoint remembers; a missing file means there is nothing.

    Raises:
        UserError: naming a file that cannot be read.
    """
    folder = Path(folder)
    seeds: dict[int, list[EpochReport]] = defaultdict(list)
    gradients: dict[str, list[float]] = defaultdict(list)
    place = folder / HISTORY
    try:
        reports = tuple(_report(row) for row in _read(place))
        place = folder / SEEDS
        for row in _read(place):
            seeds[_count(row.pop("seed"))].append(_report(row))
        place = folder / WATCHED
        watched = tuple(Watched(_count(row.pop("epoch")), **row) for row in _read(place))
        place = folder / GRADIENTS
        for row in _read(place):
            gradients[row["state"]].append(_number(row["value"]))
    except Exception:
        raise _damaged(place) from None
    return History(
        reports,
        {seed: tuple(own) for seed, own in seeds.items()},
        watched,
        {state: tuple(values) for state, values in gradients.items()},
    )


def replayed(folder: str | Path) -> tuple[EpochReport, ...]:
    """The epochs of the run that was kept; empty where it is the stored model's own.

    Raises:
        UserError: when the file cannot be read.
    """
    place = Path(folder) / REPLAYED
    try:
        return tuple(_report(row) for row in _read(place))
    except Exception:
        raise _damaged(place) from None


def _damaged(place: Path) -> UserError:
    return UserError(
        later("{file} is damaged: it is not the table that training writes.", file=place)
    )


def _row(report: EpochReport) -> dict[str, Any]:
    """Empty where there is no validation part."""
    values = ((name, getattr(report, name)) for name in COLUMNS)
    return {name: "" if value is None else value for name, value in values}


def _report(row: dict[str, str]) -> EpochReport:
    values = {
        name: None if text == "" else _count(text) if name in WHOLE else _number(text)
        for name, text in row.items()
    }
    return EpochReport(**values)  # type: ignore[arg-type]


def _count(text: str) -> int:
    """A whole number; ValueError beyond any that training can write."""
    value = int(text)
    if not 0 <= value <= LARGEST_COUNT:
        raise ValueError(text)
    return value


def _number(text: str) -> float:
    """A number, also one that is none or infinite; ValueError for others beyond float32."""
    value = float(text)
    if math.isfinite(value) and abs(value) > LARGEST_NUMBER:
        raise ValueError(text)
    return value


def _write(path: Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _read(path: Path) -> list[dict[str, str]]:
    if not os.path.lexists(path):
        return []
    text = files.read_text(path, limits().table_bytes, path.parent.name)
    return list(csv.DictReader(io.StringIO(text, newline="")))
