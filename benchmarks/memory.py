"""What visitors leave behind: the server's memory, threads, processes, files after many sessions.

    python benchmarks/memory.py [--first 100] [--then 400]

Each visitor opens a page over the real websocket, acts twice, and goes. The server keeps a visitor
who left for two minutes, so every figure is taken that long after the last one. The baseline is the
same server after the first visitors: its caches are as full as they get.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from pathlib import Path

from load import ACTS, Visitor
from served import serve

FORGOTTEN = 130
"""Seconds after which the server has forgotten who left."""


def taken(pid: int) -> dict[str, int]:
    """MB of memory, threads, processes that it started, files of ours in the temporary folder."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    children = [
        folder for folder in Path("/proc").iterdir()
        if folder.name.isdecimal() and _parent(folder) == pid
    ]  # fmt: skip
    ours = [name for name in os.listdir(tempfile.gettempdir()) if name.startswith("s2s-")]
    return {
        "MB": int(status["VmRSS"].split()[0]) // 1000,
        "threads": int(status["Threads"]),
        "processes": len(children),
        "temporary files": len(ours),
    }


def _parent(folder: Path) -> int:
    try:
        return int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
    except OSError:
        return 0


def visit(port: int, number: int) -> None:
    """One visitor on one of the pages."""
    draw = random.Random(number)
    act = draw.choice([act for name, act in ACTS.items() if name != "bare page"])
    visitor = Visitor(port, act)
    visitor.arrive()
    for _ in range(2):
        visitor.do(draw.randrange(1000))
    visitor.socket.close()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--first", type=int, default=100)
    parser.add_argument("--then", type=int, default=400)
    given = parser.parse_args()
    server, port = serve("app.py", min(os.sched_getaffinity(0)))
    try:
        before, done = None, 0
        for count in (given.first, given.then):
            for number in range(done, done + count):
                visit(port, number)
            done += count
            at_once = taken(server.pid)["MB"]
            time.sleep(FORGOTTEN)
            now = taken(server.pid)
            before = before or now
            told = ", ".join(f"{value} {name}" for name, value in now.items())
            ratio = now["MB"] / before["MB"]
            print(f"after {done} sessions: {told} ({at_once} MB at once), {ratio:.2f} x the first",
                  flush=True)  # fmt: skip
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
