"""A diagnosis of 1,000 sentences against plain scoring of the same ones, in one process.

    python benchmarks/diagnose.py [--data FILE] [--model fra-eng/attention] [--sentences 1000]

FILE is the English-French file: sentences of its test part. Without it the sentences that ship are
taken as often as it needs. Processor time on one thread; each is measured three times, in turns.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from s2s.checkpoints import checkpoint
from s2s.evaluation.diagnose import diagnose
from s2s.evaluation.evaluate import evaluate
from s2s.tasks import TASKS, testsets
from s2s.tasks.about import own_data
from s2s.tasks.pairs_file import PairSet
from s2s.tasks.parts import load_parts

TURNS = 3


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", metavar="FILE")
    parser.add_argument("--model", default="fra-eng/attention")
    parser.add_argument("--sentences", type=int, default=1000)
    given = parser.parse_args()
    torch.set_num_threads(1)
    system = checkpoint.load(given.model)
    if given.data:
        task, data = TASKS[system.task], own_data(system, "pairs")
        pool = load_parts(task, data, system.sequence, given.data)[1]["test"]
    else:
        pool = list(testsets.of(system.task).pairs)
    pairs = (pool * (1 + given.sentences // len(pool)))[: given.sentences]
    whole = PairSet.of("set", pairs)
    diagnose(system, whole.first(20))  # both are warm
    own, plain = [], []
    for _ in range(TURNS):
        plain.append(spent(lambda: evaluate(system, pairs)))
        own.append(spent(lambda: diagnose(system, whole)))
    ratio = median(a / b for a, b in zip(own, plain, strict=True))
    print(f"{given.model}, {len(pairs)} sentences: a diagnosis takes {ratio:.1f} times as long as")
    print(f"evaluate; {median(own):.1f} s of processor time against {median(plain):.1f} s.")


def spent(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


if __name__ == "__main__":
    main()
