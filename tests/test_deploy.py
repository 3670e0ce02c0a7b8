"""Two real servers behind real nginx: a visitor stays with one, and the other takes over."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from serving import _free_port, _stop
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from tiny import ROOT
from websocket import WebSocket, create_connection

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="no nginx here"),
]
VISITORS, PATIENCE = 6, 90.0


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
    first, second, front = (_free_port() for _ in range(3))
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


def arrive(cluster: Cluster, route: str, text: str) -> tuple[WebSocket, str]:
    """Open a page with a cookie; the socket, and what was sent."""
    address = f"127.0.0.1:{cluster.port}"
    socket = create_connection(
        f"ws://{address}/_stcore/stream", origin=f"http://{address}", cookie=f"route={route}",
        subprotocols=["streamlit"], timeout=PATIENCE,
    )  # fmt: skip
    message = BackMsg()
    message.rerun_script.query_string = f"task=reverse&text={text}"
    message.rerun_script.page_name = "translate"
    socket.send_binary(message.SerializeToString())
    seen = []
    while True:
        raw = socket.recv()
        assert raw, "the socket was closed"
        got = ForwardMsg()
        got.ParseFromString(raw)
        seen.append(str(got))
        if got.WhichOneof("type") == "script_finished":
            return socket, "".join(seen)


def test_a_visitor_stays_and_the_other_process_takes_over(cluster: Cluster):
    with urllib.request.urlopen(f"http://127.0.0.1:{cluster.port}/") as answer:
        given = answer.headers["Set-Cookie"]
        assert re.fullmatch(
            r"route=[0-9a-f]{32}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400", given
        )
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    texts = {f"visitor{n}": "abcdefgh"[: 3 + n] for n in range(VISITORS)}
    sockets = {}
    for route, text in texts.items():
        sockets[route], seen = arrive(cluster, route, text)
        assert f"text={text}" in seen or text[::-1] in seen
    ended, other = cluster.processes
    _stop(cluster.processes[ended])
    for route, text in texts.items():
        sockets[route].close()
        again, seen = arrive(cluster, route, text)
        assert "exception" not in seen
        again.close()
    assert cluster.processes[other].poll() is None
