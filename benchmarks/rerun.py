"""What the server does when a visitor comes to rest on a step, and when one arrives.

    python benchmarks/rerun.py [--steps 60]

Stepping itself asks the server nothing (see stepping.py). 400 ms after the last step one message
tells it where the visitor rests: the link and the map's row mark follow. This script sends that
message over the real websocket and takes the time until the server says that the run is finished,
against a baseline in the same process: a rerun of the whole page. The sentence has 20 letters, the
answer 21 tokens.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import websocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parent.parent
QUERY = "task=reverse&text=abcdefghijklmnopqrst"


class Visitor:
    """One websocket session; remembers the step view's id and its fragment."""

    def __init__(self, port: int):
        address = f"localhost:{port}"
        self.socket = websocket.create_connection(
            f"ws://{address}/_stcore/stream", origin=f"http://{address}",
            subprotocols=["streamlit"], timeout=60,
        )  # fmt: skip
        self.view = self.fragment = self.query = ""

    def run(self, message: BackMsg) -> float:
        """Send a message; seconds until the script has finished."""
        start = time.perf_counter()
        self.socket.send_binary(message.SerializeToString())
        while True:
            got = ForwardMsg()
            got.ParseFromString(self.socket.recv())
            kind = got.WhichOneof("type")
            if kind == "delta" and got.delta.new_element.WhichOneof("type") == "bidi_component":
                self.view = got.delta.new_element.bidi_component.id
                self.fragment = got.delta.fragment_id
            elif kind == "page_info_changed":
                self.query = got.page_info_changed.query_string
            elif kind == "script_finished":
                return time.perf_counter() - start

    def arrive(self) -> float:
        """Open the page."""
        message = BackMsg()
        message.rerun_script.query_string = QUERY
        return self.run(message)

    def rest(self, step: int, whole_page: bool) -> float:
        """Come to rest on a step; the whole page runs only where it is the baseline."""
        message = BackMsg()
        message.rerun_script.query_string = QUERY
        if not whole_page:
            message.rerun_script.fragment_id = self.fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self.view
        state.json_value = json.dumps({"step": {"id": "benchmark", "step": step}})
        seconds = self.run(message)
        if f"step={step + 1}" not in self.query:
            raise SystemExit(f"The step did not arrive (the address holds {self.query!r}).")
        return seconds


def start_server() -> tuple[subprocess.Popen, int]:
    """The dashboard in a fresh process."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://localhost:{port}/_stcore/health", timeout=1)
            return server, port
        except OSError:
            time.sleep(0.25)
    server.terminate()
    raise SystemExit("The dashboard did not start.")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=60)
    given = parser.parse_args()
    server, port = start_server()
    try:
        first = Visitor(port).arrive()
        arrivals = [Visitor(port).arrive() for _ in range(10)]
        visitor = Visitor(port)
        visitor.arrive()
        times: dict[bool, list[float]] = {True: [], False: []}
        for step in range(given.steps):
            for whole_page in (False, True):
                # A step that was not shown before: the same one would change nothing.
                times[whole_page].append(visitor.rest((2 * step + whole_page) % 21, whole_page))
        part, whole = (1000 * np.percentile(times[key], [50, 95]) for key in (False, True))
        print(f"whole page / rest on a step, p50: {whole[0] / part[0]:.1f}")
        print(f"rest on a step: p50 {part[0]:.0f} ms, p95 {part[1]:.0f} ms")
        print(f"whole page:     p50 {whole[0]:.0f} ms, p95 {whole[1]:.0f} ms")
        print(f"a visitor arrives: first {1000 * first:.0f} ms, "
              f"then p50 {1000 * np.median(arrivals):.0f} ms")  # fmt: skip
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
