"""What others wait while one visitor asks for heavy work, and while a job trains.

    python benchmarks/beside.py [--visitors 10] [--seconds 40] [--period 2]

The visitors act on all pages mixed, as in ``load.py``. They do so alone (the baseline), then while
eight more visitors have test sets run through two or three models each, then while a training goes
on, then alone again. All of it shares the server's core, on Linux; the client has another. Printed
are p50 and p95 of their reruns, the ratio of the p95 to the lower one of the two alone, and the
share of the core that the work beside got.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import numpy as np
from load import ACTS, Act, Visitor, together
from served import processor, serve
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websocket import WebSocketTimeoutException

from s2s.training import job_queue
from s2s.training.job_queue import Wish
from s2s.training.jobs import STARTED, read
from s2s.training.run_folder import read_json

SETS = (
    "task=dates&model=attention&beside=plain",
    "task=dates-book&model=attention&beside=plain,peeky",
    "task=phrases&model=attention&beside=plain",
    "task=kor-eng&model=attention&beside=plain",
    "task=fra-eng&model=attention&beside=plain",
    "task=fra-eng-small&model=dot&beside=additive,general",
    "task=fra-eng-small&model=attention&beside=plain,mixed",
    "task=fra-eng-small&model=deep&beside=deep-reversed,deep-4",
)


def press(state: WidgetState, _n: int) -> None:
    state.trigger_value = True


@contextmanager
def test_sets(server: subprocess.Popen, port: int) -> Iterator[int]:
    """Visitors who each ask for a test set and wait for it; the process that does it."""
    waiting = [Visitor(port, Act("compare", "button_set", press, query)) for query in SETS]
    for visitor in waiting:
        visitor.arrive()
        visitor.do(0)
    stop = threading.Event()

    def look(visitor: Visitor) -> None:
        visitor.socket.settimeout(10)  # what no longer waits does not answer
        with suppress(WebSocketTimeoutException):
            while not stop.wait(0.4):  # as often as the page does
                visitor.look()

    threads = [threading.Thread(target=look, args=(visitor,)) for visitor in waiting]
    for thread in threads:
        thread.start()
    try:
        told = ["ps", "-o", "pid=", "--ppid", str(server.pid)]
        (worker,) = subprocess.run(told, capture_output=True, text=True, check=True).stdout.split()
        yield int(worker)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for visitor in waiting:
            visitor.socket.close()


@contextmanager
def training(core: int) -> Iterator[int]:
    """A job as the page Training starts it, on the server's core; its process."""
    own = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    options = ("--epochs", "100", "--hidden", "128", "--attention", "dot")
    job = job_queue.start(Wish("dates", "beside", "beside", options, 100, "dot", "benchmark"))
    os.sched_setaffinity(0, own)
    time.sleep(10)  # it reads its data
    try:
        yield int(read_json(job.folder / STARTED)["process"])
    finally:
        job_queue.cancel(job)
        while (now := read(job.folder)) and now.state == "running":
            time.sleep(0.5)


@contextmanager
def nothing() -> Iterator[int]:
    """The baseline, no process."""
    yield 0


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visitors", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=40)
    parser.add_argument("--period", type=float, default=2)
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    acts = [act for name, act in ACTS.items() if name != "bare page"]
    with tempfile.TemporaryDirectory() as folder:
        os.environ["S2S_RUNS"] = folder
        server, port = serve("app.py", cores[0])
        try:
            together(port, acts, given.visitors, 30, given.period)  # caches as full as they get
            told = []
            for name, beside in (
                ("alone", nothing()), ("beside test sets", test_sets(server, port)),
                ("beside a training", training(cores[0])), ("alone again", nothing()),
            ):  # fmt: skip
                with beside as process:
                    used, start = processor(process), time.monotonic()
                    _, waits = together(port, acts, given.visitors, given.seconds, given.period)
                    share = (processor(process) - used) / (time.monotonic() - start)
                told.append((name, *(1000 * np.percentile(waits, q) for q in (50, 95)), share))
        finally:
            server.terminate()
            server.wait()
    base = min(told[0][2], told[-1][2])
    print(f"{given.visitors} visitors, ms{'':<14}p50    p95   ratio   beside: of the core")
    for name, p50, p95, share in told:
        print(f"{name:<25}{p50:7.0f}{p95:7.0f}{p95 / base:8.2f}{share:12.0%}")


if __name__ == "__main__":
    main()
