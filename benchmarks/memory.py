"""What visitors leave behind: the server's memory, threads, processes, files after many sessions.

    python benchmarks/memory.py [--first 500] [--then 500]

Each visitor opens a page over the real websocket, acts twice, and goes. The server keeps a visitor
who left for two minutes, so every figure is taken that long after the last one. The baseline is the
same server after the first visitors: after 500 its caches are as full as they get.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import tempfile
import time
from pathlib import Path

from load import ACTS, Visitor
from served import serve

FORGOTTEN = 130
"""Seconds after which the server has forgotten who left."""


def taken(pid: int, scratch: str) -> dict[str, int]:
    """MB of memory, threads, processes that it started, and temporary files of a server."""
    status = dict(
        line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines()
    )
    children = [
        folder for folder in Path("/proc").iterdir()
        if folder.name.isdecimal() and _parent(folder) == pid
    ]  # fmt: skip
    return {
        "MB": int(status["VmRSS"].split()[0]) // 1000,
        "threads": int(status["Threads"]),
        "processes": len(children),
        "temporary files": len(os.listdir(scratch)),
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
    parser.add_argument("--first", type=int, default=500)
    parser.add_argument("--then", type=int, default=500)
    given = parser.parse_args()
    scratch = tempfile.mkdtemp()
    server, port = serve("app.py", min(os.sched_getaffinity(0)), scratch)
    try:
        before, done = None, 0
        for count in (given.first, given.then):
            for number in range(done, done + count):
                visit(port, number)
            done += count
            at_once = taken(server.pid, scratch)["MB"]
            time.sleep(FORGOTTEN)
            now = taken(server.pid, scratch)
            before = before or now
            told = ", ".join(f"{value} {name}" for name, value in now.items())
            ratio = now["MB"] / before["MB"]
            print(f"after {done} sessions: {told} ({at_once} MB at once), {ratio:.2f} x the first",
                  flush=True)  # fmt: skip
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(scratch)


if __name__ == "__main__":
    main()
