"""A server in a fresh process, for benchmarks: on a port and a core of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUIET = ["--server.headless", "true", "--server.fileWatcherType", "none"]


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        return int(free.getsockname()[1])


def wait_for(server: subprocess.Popen, port: int) -> None:
    """Until a server answers; the benchmark ends if it does not within 100 seconds."""
    for _ in range(400):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1)
            return
        except OSError:
            time.sleep(0.25)
    server.terminate()
    raise SystemExit("The server did not start.")


def serve(entry: str, core: int, scratch: str = "") -> tuple[subprocess.Popen, int]:
    """A server in a fresh process, on a core of its own where that is possible.

    Args:
        entry: the script.
        core: that it runs on.
        scratch: folder of its temporary files; empty for that of all.
    """
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", entry, "--server.port", str(port), *QUIET],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=os.environ | ({"TMPDIR": scratch} if scratch else {}),
    )  # fmt: skip
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(server.pid, {core})
    wait_for(server, port)
    return server, port


def processor(pid: int) -> float:
    """Seconds of processor time that a process has used; 0 where the system does not say."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
