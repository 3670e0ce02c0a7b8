"""A real server in a fresh process."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser

from s2s.checkpoints import checkpoint

ROOT = Path(__file__).resolve().parents[2]


BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 30.0  # seconds; a shared two-core machine is slow, and nothing waits longer than needed


@dataclass(frozen=True)
class Server:
    """A running dashboard."""

    base: str
    log: Path
    process: int

    def url(self, path: str = "/translate", **query: object) -> str:
        """An address of it."""
        return f"{self.base}{path}" + (f"?{urlencode(query)}" if query else "")

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is answered meanwhile; what comes is taken up at once when it goes on."""
        os.kill(self.process, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.process, signal.SIGCONT)

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            with urllib.request.urlopen(f"{self.base}/_stcore/health", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False


def find_browser() -> str | None:
    """Path of Chromium or Chrome; the environment variable CHROME_BIN comes first."""
    names = (os.environ.get("CHROME_BIN"), *BROWSERS)
    return next((path for name in names if name and (path := shutil.which(name))), None)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(checkpoints: Path | None = None, port: int | None = None) -> Iterator[Server]:
    """`streamlit run app.py` in a fresh process; on leaving, no traceback may be in its log."""
    port = port or free_port()
    environment = dict(os.environ)
    if checkpoints:
        environment["S2S_CHECKPOINTS"] = str(checkpoints)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        with log.open("wb") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
                cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
                start_new_session=True,
            )  # fmt: skip
        server = Server(f"http://localhost:{port}", log, process.pid)
        try:
            limit = time.monotonic() + 2 * PATIENCE
            while not server.ready():
                assert process.poll() is None, f"the server stopped:\n{log.read_text()}"
                assert time.monotonic() < limit, f"the server does not answer:\n{log.read_text()}"
                time.sleep(0.1)
            yield server
        finally:
            _stop(process)
        text = log.read_text()
        assert "Traceback" not in text, text


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the process and what it started."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, sign)
            process.wait(5)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
        return


@pytest.fixture(scope="session")
def server(browser: Browser) -> Iterator[Server]:
    """One server for all tests to which freshness does not matter (after the browser: no skip)."""
    assert checkpoint.entries(), f"no models under {checkpoint.root()}"
    with serving() as running:
        yield running
