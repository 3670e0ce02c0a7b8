"""List the models, with their scores; broken ones with the reason."""

from __future__ import annotations

import argparse
import json
from typing import Any

from s2s.checkpoints import card, checkpoint
from s2s.tasks import TASKS


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
            print(f"{row['name']:24} {row['problem']}")
        else:
            print(f"{row['name']:24} {row['score'] or '':24} {row['shape']}")
    if not rows:
        print(checkpoint.no_models())
    return 0


def describe(entry: checkpoint.Entry) -> dict[str, Any]:
    """A model in short: name, task, score, shape, parameters, problem."""
    about, task = entry.about.get("about", {}), TASKS.get(entry.about.get("task", ""))
    metrics = about.get("metrics", {}).get("test")
    return {
        "name": entry.name,
        "task": entry.about.get("task"),
        "score": card.headline(task, metrics) if task and metrics and not entry.problem else None,
        "shape": card.shape(entry.about["model"]) if not entry.problem else None,
        "parameters": about.get("parameters"),
        "seconds": about.get("seconds"),
        "problem": entry.problem,
    }
