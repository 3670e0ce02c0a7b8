"""A folder of models of every sort: shipped, with seeds, imported, hostile, broken in four ways."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from s2s.checkpoints import checkpoint
from s2s.checkpoints import history as histories
from s2s.results import EpochReport, History, Watched

GOOD = "reverse/attention"
IMAGE = "<img src=x onerror=alert(1)>"
FAR = "http://far.test/x.png"
HOSTILE = f"**b** {IMAGE} ![]({FAR}) $x$ :red[a]"
SOURCE, REFERENCE = "abc", "cba"


def build(root: Path) -> Path:
    """Write the folders under a root."""
    for name in (GOOD, "reverse/plain"):
        shutil.copytree(checkpoint.find(name), root / name)
    for variant, change in {
        "seeds": _seeds, "imported": _imported, "hostile": _hostile, "nonsense": _nonsense,
        "truncated": _truncated, "misfit": _misfit,
    }.items():  # fmt: skip
        shutil.copytree(root / GOOD, root / "reverse" / variant)
        change(root / "reverse" / variant)
    shutil.copytree(root / GOOD, root / "unheard" / "of")
    shutil.copytree(root / GOOD, root / "toy" / "foreign")
    (root / "toy" / "foreign" / checkpoint.CONFIG).write_text("{}")
    return root


def edit(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Change a folder's config.json."""
    file = folder / checkpoint.CONFIG
    config = json.loads(file.read_text("utf-8"))
    change(config)
    file.write_text(json.dumps(config), "utf-8")


def reports(start: float, epochs: int = 4) -> tuple[EpochReport, ...]:
    return tuple(
        EpochReport(e, start / e, start / e + 0.1, 0.2 * e, 10.0 * e, 0.1, 1.0, e, 1.0)
        for e in range(1, epochs + 1)
    )


def _seeds(folder: Path) -> None:
    """As a recipe leaves it: three seeds, watched sentences, gradients, a table."""
    runs = {seed: reports(1.0 + seed) for seed in (1, 2, 3)}
    watched = tuple(
        Watched(e, SOURCE, REFERENCE, "cba" if e > 2 else "ca", "cba" if e > 1 else "cbb")
        for e in range(1, 5)
    )
    gradients = {"h1": (0.1, 0.1, 0.1, 0.001), "h2": (1.0,) * 4, "s1": (2.0,) * 4}
    histories.write(folder, History(runs[1], runs, watched, gradients))

    def change(config: dict[str, Any]) -> None:
        config["about"] |= {
            "variant": "seeds", "tutorial": "T2", "look_for": "Look here.", "clock": "cpu",
            "gradient_of": "c",
            "seeds": [
                {"seed": s, "train_loss": 0.1 * s, "exact_match": 0.9 + 0.01 * s, "bleu": 50.0 + s,
                 "seconds": 100.0 * s}
                for s in (1, 2, 3)
            ],
            "tables": [{"title": "A table", "head": ["run", "score"],
                        "rows": [["one", 1234], ["two", None]], "note": "Its note."}],
        }  # fmt: skip

    edit(folder, change)


def _imported(folder: Path) -> None:
    """As an import leaves it: weights and a build, little else."""
    (folder / histories.HISTORY).unlink()
    (folder / checkpoint.CARD).unlink()

    def change(config: dict[str, Any]) -> None:
        config["about"] = {"variant": "imported"}
        del config["train"], config["data"]

    edit(folder, change)


def _hostile(folder: Path) -> None:
    """Mark-up wherever a text is shown."""
    watched = tuple(Watched(e, HOSTILE, HOSTILE, f"{HOSTILE} {e}", HOSTILE) for e in (1, 2))
    histories.write(folder, History(reports(1.0, 2), {}, watched))
    (folder / checkpoint.CARD).write_text(f"# x\n\n{HOSTILE}\n", "utf-8")

    def change(config: dict[str, Any]) -> None:
        config["about"] |= {
            "command": HOSTILE, "file": HOSTILE, "tutorial": HOSTILE, "look_for": HOSTILE,
            "tables": [{"title": HOSTILE, "head": [HOSTILE, HOSTILE],
                        "rows": [[HOSTILE, HOSTILE]], "note": HOSTILE}],
        }  # fmt: skip

    edit(folder, change)


def _nonsense(folder: Path) -> None:
    """Values of the wrong kind wherever the page reads one."""
    (folder / histories.HISTORY).write_text("a,b\n1,2\n")

    def change(config: dict[str, Any]) -> None:
        config["train"] = {"loss_reduction": 3}
        config["data"] = {}
        config["about"] = {
            "metrics": {"test": {"exact_match": "x", "by_length": [3, {"length": "y"}]}},
            "parameters": True, "seconds": float("nan"), "seeds": [1, {"exact_match": "z"}],
            "tables": [3, {"head": ["a"], "rows": [[1, 2]]}], "command": 5, "pairs": "many",
        }  # fmt: skip

    edit(folder, change)


def _truncated(folder: Path) -> None:
    weights = folder / checkpoint.WEIGHTS
    weights.write_bytes(weights.read_bytes()[: weights.stat().st_size // 3])


def _misfit(folder: Path) -> None:
    edit(folder, lambda config: config["model"].update(hidden=config["model"]["hidden"] + 1))
