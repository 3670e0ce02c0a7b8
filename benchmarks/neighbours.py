"""Nearest states: one query among many, and making what is searched; on one core.

    python benchmarks/neighbours.py [--states 100000] [--units 512] [--sentences 4000]

A query is exact (`s2s.probes.neighbours`). Its baseline computes the same distances as one would
without thinking of memory: all states as float64, one product with NumPy. The states of `dates`
sentences are made by reading and writing each of them (`s2s.probes.state_corpus`); the baseline
translates the same sentences and keeps no state. Things and baselines take turns; counted is the
processor time of their one thread.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import s2s
from s2s.decoding import batched
from s2s.model.threads import one_thread
from s2s.probes.neighbours import METRICS, nearest
from s2s.probes.state_corpus import BATCH, sizes, state_corpus
from s2s.results.state_corpus import SideStates
from s2s.tasks.labelled import of_task

TURNS, MODEL = 60, "dates/attention"


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def queries(count: int, units: int) -> None:
    draw = np.random.default_rng(0)
    states = draw.standard_normal((count, units)).astype(np.float16)
    places = np.arange(count, dtype=np.int32)
    part = SideStates(states, sizes(states), places // 20, places % 20)
    whole = states.astype(np.float64)
    norms = np.linalg.norm(whole, axis=1)
    print(f"{count:,} states x {units}: {states.nbytes / 2**20:,.0f} MiB as float16, "
          f"{whole.nbytes / 2**20:,.0f} MiB as the baseline's float64")  # fmt: skip
    for metric in METRICS:

        def brute(query: np.ndarray, metric: str = metric) -> np.ndarray:
            dots = whole @ query
            far = -dots / norms if metric == "cosine" else norms**2 - 2 * dots
            return np.argsort(far)[:10]

        own, other = [], []
        for _ in range(TURNS):
            query = draw.standard_normal(units)
            own.append(seconds(partial(nearest, part, query, metric, 10)))
            other.append(seconds(partial(brute, query)))
        ours, theirs = np.percentile(own, 95), np.percentile(other, 95)
        print(
            f"  {metric}: p95 {theirs / ours:.2f} times as fast as the baseline "
            f"(p50 {1e3 * np.median(own):.0f} ms, p95 {1e3 * ours:.0f} ms)"
        )


def making(count: int) -> None:
    system, found = s2s.load(MODEL), of_task("dates", count)

    def translate() -> None:
        rows = [system.read(one.text, suggest=False).ids for one in found.sentences]
        batched.write(system, rows, batch=BATCH, looked=False)

    own, other = [], []
    for _ in range(3):
        own.append(seconds(lambda: state_corpus(system, found)))
        other.append(seconds(translate))
    ours, theirs = min(own), min(other)
    print(
        f"{MODEL}, {count:,} sentences: states in {ours / theirs:.2f} times the baseline's time "
        f"({count / ours:,.0f} sentences a second, translating alone {count / theirs:,.0f})"
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--states", type=int, default=100_000)
    parser.add_argument("--units", type=int, default=512)
    parser.add_argument("--sentences", type=int, default=4000)
    given = parser.parse_args()
    one_thread()
    queries(given.states, given.units)
    making(given.sentences)
