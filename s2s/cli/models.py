"""List the models, with their scores; broken ones with the reason."""

from __future__ import annotations

import argparse
import json
from typing import Any

from s2s.checkpoints import card, checkpoint
from s2s.tasks import TASKS
from s2s.text.numbers import spread


def add(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``models``."""
    parser.add_argument("--json", action="store_true", help="one JSON array")


def run(given: argparse.Namespace) -> int:
    """Print one line per model."""
    rows = [describe(entry) for entry in checkpoint.entries()]
    if given.json:
        print(json.dumps(rows, ensure_ascii=False))
        return 0
    for row in rows:
        if row["problem"]:
            print(f"{row['name']:28} {row['problem']}")
        else:
            over = f" ({row['over_seeds']})" if row["over_seeds"] else ""
            print(f"{row['name']:28} {(row['score'] or '') + over:36} {row['shape']}")
    if not rows:
        print(checkpoint.no_models())
    return 0


def describe(entry: checkpoint.Entry) -> dict[str, Any]:
    """A model in short; the score is of the stored model, beside it that over seeds."""
    task = TASKS.get(entry.task)
    score = entry.about.score(task.score) if task and not entry.problem else None
    seeds = list(entry.about.by_seed(task.score).values()) if task else []
    return {
        "name": entry.name,
        "task": entry.task or None,
        "score": card.headline(task, score) if task and score is not None else None,
        "over_seeds": spread(seeds, 1) if len(seeds) > 1 and score is not None else None,
        "shape": card.shape(entry.config) if entry.config and not entry.problem else None,
        "parameters": entry.about.parameters,
        "seconds": entry.about.seconds,
        "problem": str(entry.problem) if entry.problem else None,
    }
