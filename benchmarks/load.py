"""What one rerun of each page costs the server, and how long many visitors wait for theirs.

    python benchmarks/load.py [--visitors 1 10 30] [--seconds 20] [--period 2]

Each visitor opens a page over the real websocket and acts every PERIOD seconds, at random half as
long or half as long again: another sentence, another token, another row. The first table has one
visitor who acts without a pause: processor time of the server and bytes for each rerun, beside the
same client on a bare page of Streamlit with one heat map of 20 × 20 cells. The second has the
milliseconds that visitors wait, p50 and p95, for each act and for all pages mixed. Read both as
ratios to the bare page: what a machine is worth cancels. On Linux server and client have a core
each.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import tempfile
import threading
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import websocket
from served import processor, serve
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState

BARE = """
import gc, numpy as np, pandas, streamlit as st

@st.cache_resource
def once():
    gc.collect(), gc.freeze()

once()
n = st.slider("n", 0, 1000, key="text")
cells = [{"x": x, "y": y, "z": (x * y + n) % 7} for x in range(20) for y in range(20)]
st.vega_lite_chart({"data": {"values": cells}, "mark": "rect", "encoding": {
    "x": {"field": "x", "type": "ordinal"}, "y": {"field": "y", "type": "ordinal"},
    "color": {"field": "z", "type": "quantitative"}}}, key="map")
"""
WORDS = "le la un chat chien il elle est a mange grand petit rouge homme femme tu je parle".split()
SENTENCES = [" ".join(random.Random(n).sample(WORDS, 3 + n % 5)) + " ." for n in range(60)]
BATCHES = 4
OK = (ForwardMsg.FINISHED_SUCCESSFULLY, ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY)


# What is sent for the n-th time: a sentence, a page's button, a place of a slider, a table's row.


def text(state: WidgetState, n: int) -> None:
    state.string_value = SENTENCES[n % len(SENTENCES)]


def token(state: WidgetState, n: int, options: list[str]) -> None:
    state.string_array_value.data.append(options[n % len(options)])


def number(state: WidgetState, n: int) -> None:
    state.double_array_value.data.append(n % 1000)


def row(state: WidgetState, n: int) -> None:
    state.string_value = json.dumps({"selection": {"rows": [n % 12], "columns": [], "cells": []}})


@dataclass(frozen=True)
class Act:
    """What a visitor does."""

    page: str
    widget: str
    send: Callable[..., None]
    query: str = "task=fra-eng"


ACTS = {
    "bare page": Act("", "text", number, ""),
    "Translate, another sentence": Act("translate", "text", text),
    "Attention, another token": Act("attention", "output_token", token),
    "Attention, another sentence": Act("attention", "text", text),
    "Gradients, another token": Act("gradients", "output_token", token),
    "Gradients, another sentence": Act("gradients", "text", text),
    "Compare, another sentence": Act("compare", "text", text),
    "Models, another row": Act("models", "models_rows", row, ""),
}


@dataclass
class Visitor:
    """One websocket session."""

    port: int
    act: Act
    widget: str = ""
    fragment: str = ""
    waiting: str = ""
    options: list[str] = field(default_factory=list)
    query: str = ""
    page: str = ""
    received: int = 0
    packed: int = 0

    def __post_init__(self) -> None:
        """Connect."""
        address = f"localhost:{self.port}"
        self.query = self.act.query
        self.packer = zlib.compressobj(wbits=-12, memLevel=5)  # as the server packs
        self.socket = websocket.create_connection(
            f"ws://{address}/_stcore/stream", origin=f"http://{address}",
            subprotocols=["streamlit"], timeout=120,
        )  # fmt: skip

    def arrive(self) -> float:
        """Open the page; seconds."""
        message = BackMsg()
        message.rerun_script.query_string = self.query
        message.rerun_script.page_name = self.act.page
        return self.run(message)

    def do(self, n: int) -> float:
        """Act; seconds until the page is finished."""
        message = BackMsg()
        script = message.rerun_script
        script.query_string, script.page_script_hash = self.query, self.page
        script.fragment_id = self.fragment
        state = script.widget_states.widgets.add(id=self.widget)
        self.act.send(state, n, *([self.options] if self.options else []))
        return self.run(message)

    def look(self) -> float:
        """Run again what looks by itself, if the page has it; seconds."""
        message = BackMsg()
        script = message.rerun_script
        script.query_string, script.page_script_hash = self.query, self.page
        script.fragment_id = self.waiting
        return self.run(message) if self.waiting else 0.0

    def run(self, message: BackMsg) -> float:
        """Send a message; seconds until the script has finished."""
        start = time.perf_counter()
        self.socket.send_binary(message.SerializeToString())
        self.received = self.packed = 0
        while True:
            got, raw = ForwardMsg(), self.socket.recv()
            got.ParseFromString(raw)
            self.received += len(raw)
            # As a browser gets it: this client asks for messages as they are.
            packed = self.packer.compress(raw) + self.packer.flush(zlib.Z_SYNC_FLUSH)
            self.packed += len(packed)
            kind = got.WhichOneof("type")
            if kind == "new_session":
                self.page = got.new_session.page_script_hash
            elif kind == "navigation":
                self.page = got.navigation.page_script_hash
            elif kind == "page_info_changed":
                self.query = got.page_info_changed.query_string
            elif kind == "auto_rerun":
                self.waiting = got.auto_rerun.fragment_id
            elif kind == "delta" and got.delta.WhichOneof("type") == "new_element":
                self._see(got)
            elif kind == "script_finished":
                if got.script_finished in OK:
                    return time.perf_counter() - start
                if got.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    raise SystemExit("The page did not run to its end.")

    def _see(self, got: ForwardMsg) -> None:
        kind = got.delta.new_element.WhichOneof("type")
        if kind == "exception":
            raise SystemExit(f"The page failed: {got.delta.new_element.exception.message}")
        element = getattr(got.delta.new_element, kind)
        name = getattr(element, "id", "")
        if isinstance(name, str) and name.endswith(f"-{self.act.widget}"):
            self.widget, self.fragment = name, got.delta.fragment_id
            if kind == "button_group":
                self.options = [option.content for option in element.options]


def alone(server: subprocess.Popen, port: int, act: Act, reruns: int) -> tuple[float, float, float]:
    """(milliseconds of processor time, kB, kB packed) of a rerun with one visitor.

    The time is that of the best of some batches: another process takes caches away.
    """
    visitor = Visitor(port, act)
    visitor.arrive()
    for n in range(5):
        visitor.do(n)
    used, received, packed, n = [], 0, 0, 5
    for _ in range(BATCHES):
        before = processor(server.pid)
        for _ in range(reruns):
            visitor.do(n)
            received += visitor.received
            packed += visitor.packed
            n += 1
        used.append((processor(server.pid) - before) / reruns)
    visitor.socket.close()
    count = 1000 * reruns * BATCHES
    return 1000 * min(used), received / count, packed / count


def together(
    port: int, acts: list[Act], visitors: int, seconds: float, period: float
) -> tuple[list[float], list[float]]:
    """Seconds of every first load and of every rerun, the acts dealt out in turns."""
    loads: list[float] = []
    waits: list[float] = []

    def visit(number: int) -> None:
        draw = random.Random(number)
        time.sleep(draw.uniform(0, period))
        visitor = Visitor(port, acts[number % len(acts)])
        loads.append(visitor.arrive())
        n = draw.randrange(1000)
        while time.monotonic() < end:
            time.sleep(period * draw.uniform(0.5, 1.5))
            waits.append(visitor.do(n))
            n += 1
        visitor.socket.close()

    end = time.monotonic() + period + seconds
    threads = [threading.Thread(target=visit, args=(n,)) for n in range(visitors)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return loads, waits


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--visitors", type=int, nargs="*", default=[])
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--period", type=float, default=2)
    parser.add_argument("--reruns", type=int, default=15)
    parser.add_argument("--only", default="", help="what its row begins with")
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[-1]})
    acts = {name: act for name, act in ACTS.items()
            if name == "bare page" or name.startswith(given.only)}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        bare = Path(folder) / "bare.py"
        bare.write_text(BARE)
        servers = {entry: serve(entry, cores[0]) for entry in (str(bare), "app.py")}
        try:
            measure(acts, {"": servers[str(bare)], "ours": servers["app.py"]}, given)
        finally:
            for server, _ in servers.values():
                server.terminate()
                server.wait()


def measure(
    acts: dict[str, Act], servers: dict[str, tuple[subprocess.Popen, int]],
    given: argparse.Namespace,
) -> None:  # fmt: skip
    """Print both tables."""

    def server_of(name: str) -> tuple[subprocess.Popen, int]:
        return servers["" if name == "bare page" else "ours"]

    print(f"{'one visitor':<32}CPU ms  ratio     kB  packed")
    base = 1.0
    for name, act in acts.items():
        used, size, packed = alone(*server_of(name), act, given.reruns)
        base = used if name == "bare page" else base
        print(f"{name:<32}{used:6.1f}{used / base:7.1f}{size:7.1f}{packed:8.1f}", flush=True)
    for visitors in given.visitors:
        print(f"\n{visitors:<3}visitors, ms p50 / p95{'':<12}reruns          first load    ratio")
        rows = {name: [act] for name, act in acts.items()}
        if not given.only:
            rows["all pages, mixed"] = [act for name, act in acts.items() if name != "bare page"]
        first = 0.0
        for name, those in rows.items():
            port = server_of(name)[1]
            loads, waits = together(port, those, visitors, given.seconds, given.period)
            told = [1000 * np.percentile(v, q) for v in (waits, loads) for q in (50, 95)]
            first = first or told[1]
            print(f"{name:<32}{told[0]:7.0f} /{told[1]:6.0f}{told[2]:10.0f} /{told[3]:6.0f}"
                  f"{told[1] / first:10.1f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
