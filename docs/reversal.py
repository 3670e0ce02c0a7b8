"""Write docs/reversal.md: reading the source last token first, three experiments.

python docs/reversal.py

Two rest on the seeds of shipped models; the third, letters, is trained here in a few minutes.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from s2s.checkpoints import checkpoint  # noqa: E402
from s2s.evaluation.seed_table import paired  # noqa: E402
from s2s.results import Gap, Table  # noqa: E402
from s2s.results.scores import judged  # noqa: E402
from s2s.tasks import TASKS  # noqa: E402
from s2s.text.numbers import spread  # noqa: E402
from s2s.training import experiment  # noqa: E402

SEEDS = (1, 2, 3)
SHORTEST, LONGEST, SAMPLES, EPOCHS = 4, 6, 8_000, 8


@dataclass(frozen=True)
class Experiment:
    """Two systems that differ in the reading direction alone.

    Attributes:
        name: what was trained.
        expected: what reversal should do, by how far a source token stands from its output token.
        measure: of the scores.
        ordered: seed to score on unseen pairs, 0 to 100, read in order.
        turned: the same, read last token first.
    """

    name: str
    expected: str
    measure: str
    ordered: Mapping[int, float]
    turned: Mapping[int, float]


def main() -> None:
    """Measure, and write the page."""
    found = [
        shipped("plain-128", "reversed", "GRU 128, French sentences of 3 to 6 words"),
        shipped("deep", "deep-reversed", "2 × LSTM 128, the same sentences"),
        letters(),
    ]
    (ROOT / "docs" / "reversal.md").write_text("\n".join(page(found)) + "\n", "utf-8")


def shipped(ordered: str, turned: str, name: str) -> Experiment:
    """Of two models whose cards hold their seeds."""
    scores = [
        checkpoint.read(checkpoint.find(f"fra-eng-small/{variant}")).about.by_seed("bleu")
        for variant in (ordered, turned)
    ]
    return Experiment(name, "help: the first words are near", "BLEU", scores[0], scores[1])


def letters() -> Experiment:
    """Short strings of letters that come out reversed: read in order, the first needed is near."""
    scores = [{seed: trained(seed, turned) for seed in SEEDS} for turned in (False, True)]
    return Experiment(
        f"LSTM 128, {SHORTEST} to {LONGEST} letters, written reversed",
        "harm: the first letter written is read first", "exact match, %", scores[0], scores[1],
    )  # fmt: skip


def trained(seed: int, turned: bool) -> float:
    """Exact match in per cent on the test part of one run."""
    task = TASKS["reverse"]
    start = task.defaults
    with tempfile.TemporaryDirectory() as folder:
        plan = experiment.Plan(
            task, f"{seed}-{turned}",
            replace(start.data, samples=SAMPLES, shortest=SHORTEST, longest=LONGEST),
            replace(start.model, reverse_source=turned), start.sequence,
            replace(start.train, epochs=EPOCHS, seed=seed), None, "python docs/reversal.py",
            Path(folder), Path(folder) / "model",
        )  # fmt: skip
        target = experiment.execute(experiment.prepare(plan))
        score = judged(checkpoint.read(target).about.metrics["test"], task.score)
    assert score is not None  # every run is measured on its test part
    print(seed, "turned" if turned else "in order", f"{score:.1f} %", flush=True)
    return score


def page(found: list[Experiment]) -> Iterator[str]:
    """The lines of the page."""
    yield "# Reading the source last token first\n"
    yield (
        "Sutskever et al. (2014) read the source backwards and gained: the first words of the "
        "source then stand near the first words to be written. One-way encoders without "
        "attention, the same in all but the reading direction; the difference is the mean over "
        "seeds with a 95 % t-interval.\n"
    )
    rows = []
    for one in found:
        gap = paired(one.turned, one.ordered)
        assert gap is not None  # both have the same seeds
        rows.append((
            one.name, len(one.ordered), one.measure, spread(list(one.ordered.values()), 1),
            spread(list(one.turned.values()), 1), gap.text(), one.expected, verdict(gap),
        ))  # fmt: skip
    table = Table(
        "", ("system", "seeds", "measure", "in order", "reversed", "difference", "should", "does"),
        tuple(rows), "",
    )  # fmt: skip
    yield "\n".join(table.markdown())
    yield (
        f"\nOn pairs never seen in training. The letters: {SAMPLES:,} strings, {EPOCHS} epochs. "
        "An interval that holds 0 cannot tell, and one run has none.\n"
    )
    yield "Made by `python docs/reversal.py`."


def verdict(gap: Gap) -> str:
    """What the interval says."""
    if not gap.telling:
        return "cannot be told"
    return "helps" if gap.mean > 0 else "harms"


if __name__ == "__main__":
    main()
