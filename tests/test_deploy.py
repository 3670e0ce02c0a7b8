"""Two real servers behind real nginx: a visitor stays with one, and the other takes over."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from serving import _stop, free_port
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tiny import ROOT
from websocket import WebSocket, WebSocketException, create_connection

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here"),
]
PATIENCE = 90.0
TEXTS = ["".join(letters) for letters in list(itertools.permutations("bdgkmqvwxz", 9))[::9999]][:30]
HEADERS = {
    "X-Content-Type-Options": "nosniff", "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
}  # fmt: skip


@dataclass
class Cluster:
    """The proxy's port, and each process by its own."""

    port: int
    processes: dict[int, subprocess.Popen[bytes]]


def wait_for(port: int) -> None:
    limit = time.monotonic() + PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5)
            return
        except OSError:
            assert time.monotonic() < limit, f"nothing answers at {port}"
            time.sleep(0.2)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    first, second, front = (free_port() for _ in range(3))
    conf = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for written, port in (("8601", first), ("8602", second), ("listen 8600", f"listen {front}")):
        assert conf.count(written) == 1
        conf = conf.replace(written, f"{port}")
    (tmp_path / "nginx.conf").write_text(conf, "utf-8")
    with ExitStack() as stack, (tmp_path / "log").open("wb") as log:

        def start(*command: str) -> subprocess.Popen[bytes]:
            process = subprocess.Popen(
                command, cwd=ROOT, env=dict(os.environ), stdin=subprocess.DEVNULL, stdout=log,
                stderr=log, start_new_session=True,
            )  # fmt: skip
            stack.callback(_stop, process)
            return process

        processes = {
            port: start(sys.executable, "-m", "streamlit", "run", "app.py",
                        "--server.port", str(port), "--server.address", "127.0.0.1")
            for port in (first, second)
        }  # fmt: skip
        for port in processes:
            wait_for(port)
        start("nginx", "-c", str(tmp_path / "nginx.conf"), "-p", str(tmp_path))
        wait_for(front)
        yield Cluster(front, processes)


@dataclass
class Visitor:
    """One with a cookie and a sentence that nobody else has."""

    cluster: Cluster
    route: str
    text: str

    def arrive(self) -> None:
        """Open a page, or come back to it by its address."""
        address = f"127.0.0.1:{self.cluster.port}"
        self.socket: WebSocket = create_connection(
            f"ws://{address}/_stcore/stream", origin=f"http://{address}",
            cookie=f"route={self.route}", subprotocols=["streamlit"], timeout=PATIENCE,
        )  # fmt: skip
        self.ask()

    def ask(self) -> None:
        """Run the page: it shows this visitor's own answer and nobody else's sentence."""
        message = BackMsg()
        message.rerun_script.query_string = f"task=reverse&text={self.text}"
        message.rerun_script.page_name = "translate"
        self.socket.send_binary(message.SerializeToString())
        seen = []
        while True:
            raw = self.socket.recv()
            if not raw:
                raise WebSocketException("the socket was closed")
            got = ForwardMsg()
            got.ParseFromString(raw)
            seen.append(str(got))
            if got.WhichOneof("type") == "script_finished":
                break
        whole = "".join(seen)
        assert "exception" not in whole
        assert {word for word in TEXTS if word in whole} == {self.text}

    def stays(self) -> bool:
        """Whether the connection holds."""
        try:
            self.ask()
        except (WebSocketException, OSError):
            return False
        return True


def test_a_visitor_stays_and_the_other_process_takes_over(cluster: Cluster):
    with urllib.request.urlopen(f"http://127.0.0.1:{cluster.port}/") as answer:
        given = answer.headers["Set-Cookie"]
        assert re.fullmatch(
            r"route=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400", given
        )
        for name, value in HEADERS.items():
            assert answer.headers[name] == value
    visitors = [Visitor(cluster, f"visitor{n}", text) for n, text in enumerate(TEXTS)]
    with ThreadPoolExecutor(6) as pool:

        def all_of(act: Callable[[Visitor], Any]) -> list[Any]:
            return list(pool.map(act, visitors))

        all_of(Visitor.arrive)
        ended, other = cluster.processes
        cluster.processes[ended].kill()
        cluster.processes[ended].wait()
        held = all_of(Visitor.stays)
        assert 0 < sum(held) < len(visitors), "both processes had visitors"
        lost = [visitor for visitor, stays in zip(visitors, held, strict=True) if not stays]
        list(pool.map(Visitor.arrive, lost))
        assert all(all_of(Visitor.stays))
        for visitor in visitors:
            visitor.socket.close()
    assert cluster.processes[other].poll() is None
