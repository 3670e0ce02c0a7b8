"""What the server does when a visitor comes to rest on a step, and when one arrives.

    python benchmarks/rerun.py [--steps 60]

Stepping itself asks the server nothing (see stepping.py). 400 ms after the last step one message
tells it where the visitor rests: the link and the map's row mark follow. This script sends that
message over the real websocket and takes the time until the server says that the run is finished,
against two baselines: a rerun of the whole page in the same process, and the same message to a
second server as Streamlit starts by itself (file watcher on, heap not frozen, Nagle's algorithm
on). The three take turns, so that a busy machine slows them alike. The sentence has 20 letters.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time

import numpy as np
import websocket
from served import ROOT, free_port, wait_for
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

QUERY = "task=reverse&text=abcdefghijklmnopqrst"
# `streamlit run app.py` without what the dashboard does for speed.
DEFAULTS = """
import gc, sys
from ui import server
gc.freeze = server.send_at_once = lambda: None
from streamlit.web.cli import main
sys.argv[:1] = ["streamlit", "run", "app.py"]
main()
"""


# What is measured: in words, and what its ratio is taken to.
NAMES = {
    "rest": ("a visitor comes to rest on a step", "rest"),
    "page": ("… if the whole page ran", "rest"),
    "defaults": ("… with Streamlit's defaults", "rest"),
    "arrive": ("another visitor opens the page", "arrive"),
    "arrive, defaults": ("… with Streamlit's defaults", "arrive"),
}


class Visitor:
    """One websocket session; remembers the step view's id and its fragment."""

    def __init__(self, port: int):
        address = f"localhost:{port}"
        self.socket = websocket.create_connection(
            f"ws://{address}/_stcore/stream", origin=f"http://{address}",
            subprotocols=["streamlit"], timeout=60,
        )  # fmt: skip
        self.view = self.shown = self.fragment = self.query = ""
        self.received = 0  # bytes of the last run

    def run(self, message: BackMsg) -> float:
        """Send a message; seconds until the script has finished."""
        start = time.perf_counter()
        self.socket.send_binary(message.SerializeToString())
        self.received = 0
        while True:
            got, raw = ForwardMsg(), self.socket.recv()
            got.ParseFromString(raw)
            self.received += len(raw)
            kind = got.WhichOneof("type")
            if kind == "delta" and got.delta.new_element.WhichOneof("type") == "bidi_component":
                element = got.delta.new_element.bidi_component
                told = json.loads(element.json or "{}")
                if "run" in told:  # the step view, not what keeps the history
                    self.view, self.shown = element.id, told["id"]
                    self.fragment = got.delta.fragment_id
            elif kind == "page_info_changed":
                self.query = got.page_info_changed.query_string
            elif kind == "script_finished":
                seconds = time.perf_counter() - start
                if got.script_finished not in (
                    ForwardMsg.FINISHED_SUCCESSFULLY,
                    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
                ):
                    raise SystemExit("The page did not run to its end.")
                return seconds

    def arrive(self) -> float:
        """Open the page."""
        message = BackMsg()
        message.rerun_script.query_string = QUERY
        message.rerun_script.page_name = "translate"
        return self.run(message)

    def rest(self, step: int, whole_page: bool) -> float:
        """Come to rest on a step; the whole page runs only where it is the baseline."""
        message = BackMsg()
        message.rerun_script.query_string = QUERY
        message.rerun_script.page_name = "translate"
        if not whole_page:
            message.rerun_script.fragment_id = self.fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self.view
        state.json_value = json.dumps({"step": {"id": self.shown, "step": step}})
        seconds = self.run(message)
        if f"step={step + 1}" not in self.query:
            raise SystemExit(f"The step did not arrive (the address holds {self.query!r}).")
        return seconds


def start_server(defaults: bool = False) -> tuple[subprocess.Popen, int]:
    """The dashboard in a fresh process; with `defaults`, as Streamlit would run it by itself."""
    port = free_port()
    entry = ["-c", DEFAULTS] if defaults else ["-m", "streamlit", "run", "app.py"]
    watcher = {"STREAMLIT_SERVER_FILE_WATCHER_TYPE": "auto"} if defaults else {}
    server = subprocess.Popen(
        [sys.executable, *entry, "--server.port", str(port)],
        cwd=ROOT, env=os.environ | watcher,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(server, port)
    return server, port


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=60)
    given = parser.parse_args()
    ours, port = start_server()
    plain, plain_port = start_server(defaults=True)
    try:
        # The first visitor pays for what is imported and loaded once.
        first = [Visitor(p).arrive() for p in (port, plain_port)]
        times: dict[str, list[float]] = {name: [] for name in NAMES}
        visitor, other = Visitor(port), Visitor(plain_port)
        visitor.arrive()
        other.arrive()
        for step in range(given.steps):
            # Always a step that was not shown before: the same one would change nothing.
            times["rest"].append(visitor.rest(2 * step % 21, False))
            received = visitor.received
            times["page"].append(visitor.rest((2 * step + 1) % 21, True))
            times["defaults"].append(other.rest(step % 21, False))
            if step < 20:
                times["arrive"].append(Visitor(port).arrive())
                times["arrive, defaults"].append(Visitor(plain_port).arrive())
    finally:
        for server in (ours, plain):
            server.terminate()
            server.wait()
    p50, p95 = (
        {name: 1000 * np.percentile(values, q) for name, values in times.items()} for q in (50, 95)
    )
    print(f"{'ratio':<53}p50 ms  p95 ms")
    for name, (words, base) in NAMES.items():
        ratio = f"{p50[name] / p50[base]:5.1f}" if base != name else "    1"
        print(f"{ratio}  {words:<46}{p50[name]:6.0f}{p95[name]:8.0f}")
    print(f"a visitor who comes to rest on a step receives {received / 1000:.0f} kB")
    print(f"the very first visitor: {first[0]:.1f} s; with Streamlit's defaults {first[1]:.1f} s")


if __name__ == "__main__":
    main()
