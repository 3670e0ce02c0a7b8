"""What a comparison of two models on a test set costs, against one sentence at a time.

    python benchmarks/compare.py [--pairs 2000] [--sample 100] [--task reverse]

Processor seconds on one thread, everything included: reading, writing, BLEU, chrF, 1,000 bootstrap
resamples overall and by length, 10,000 trials of the paired test. The baseline decodes a sample of
the same sentences one at a time (greedy, as the Translate page does), scaled to all of them.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from s2s.checkpoints import checkpoint
from s2s.decoding.system import System
from s2s.evaluation.compare import compare_set
from s2s.findings.comparison import set_finding
from s2s.model.threads import one_thread  # noqa: E402
from s2s.tasks import testsets
from s2s.tasks.pairs_file import PairSet


def together(systems: list[System], pairs: PairSet) -> tuple[float, float, str]:
    """(seconds in all, seconds until all is written, the finding)."""
    start = time.process_time()
    written = [start]

    def progress(share: float, what: str) -> None:
        if "writes" in what:
            written[0] = time.process_time()

    result = compare_set(systems, pairs, progress)
    return time.process_time() - start, written[0] - start, set_finding(result)


def one_by_one(systems: list[System], pairs: PairSet, sample: int) -> float:
    """Seconds for all pairs, from every n-th."""
    some = pairs.pairs[:: max(1, len(pairs.pairs) // sample)]
    start = time.process_time()
    for system in systems:
        for source, _ in some:
            system.translate(source)
    return (time.process_time() - start) * len(pairs.pairs) / len(some)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pairs", type=int, default=2000)
    parser.add_argument("--sample", type=int, default=100)
    parser.add_argument("--task", action="append", help="default: reverse and dates")
    given = parser.parse_args()
    one_thread()
    for task in given.task or ["reverse", "dates"]:
        systems = [checkpoint.load(f"{task}/{name}") for name in ("attention", "plain")]
        whole = testsets.of(task)
        # A set that is too small is gone through again: the cost is that of new sentences.
        pairs = PairSet.of(
            whole.name, [whole.pairs[i % len(whole.pairs)] for i in range(given.pairs)]
        )
        seconds, written, finding = together(systems, pairs)
        single = one_by_one(systems, pairs, given.sample)
        print(
            f"{task}: {len(pairs.pairs):,} sentences, {len(systems)} models: {seconds:.1f} s, "
            f"{written:.1f} of them to read and write; one at a time {single:.1f} s to write "
            f"({single / written:.0f} times as long)"
        )
        print(f"  {finding}")


if __name__ == "__main__":
    main()
