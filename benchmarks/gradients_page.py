"""What the Gradients page costs the server: a sentence it has not seen, and another token picked.

    python benchmarks/gradients_page.py [--rounds 15] [--task dates-book]

Over the real websocket, until the server says that the run is finished; three models of ten output
tokens, no agreement panel. A cold visit has the models loaded and nothing of its sentence cached.
The baseline is the Translate page of the same sentence, cold as well, in the same process and in
turns.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
import websocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.rerun import start_server  # noqa: E402

TOKENS = 10
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip


class Visitor:
    """One websocket session; remembers the token picker and its fragment."""

    def __init__(self, port: int):
        self.socket = websocket.create_connection(
            f"ws://localhost:{port}/_stcore/stream", origin=f"http://localhost:{port}",
            subprotocols=["streamlit"], timeout=60,
        )  # fmt: skip
        self.picker = self.fragment = ""
        self.options: list[str] = []
        self.pages: dict[str, str] = {}
        self.charts = 0

    def run(self, message: BackMsg) -> float:
        """Send a message; seconds until the script has finished."""
        start, self.charts = time.perf_counter(), 0
        self.socket.send_binary(message.SerializeToString())
        while True:
            got = ForwardMsg()
            got.ParseFromString(self.socket.recv())
            kind = got.WhichOneof("type")
            if kind == "navigation":
                self.pages = {page.url_pathname: page.page_script_hash
                              for page in got.navigation.app_pages}  # fmt: skip
            elif kind == "delta":
                self._element(got)
            elif kind == "script_finished":
                seconds = time.perf_counter() - start
                if got.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    continue
                if got.script_finished not in (
                    ForwardMsg.FINISHED_SUCCESSFULLY,
                    ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY,
                ):
                    raise SystemExit("The page did not run to its end.")
                return seconds

    def _element(self, got: ForwardMsg) -> None:
        element = got.delta.new_element
        kind = element.WhichOneof("type")
        if kind == "button_group" and "output_token" in element.button_group.id:
            self.picker, self.fragment = element.button_group.id, got.delta.fragment_id
            self.options = [option.content for option in element.button_group.options]
        self.charts += kind == "vega_lite_chart"

    def open(self, page: str, task: str, text: str) -> float:
        """Open a page by its address."""
        message = BackMsg()
        query = {"task": task, "model": "attention", "text": text}
        message.rerun_script.query_string = urlencode(query)
        message.rerun_script.page_name = page
        return self.run(message)

    def pick(self, token: int) -> float:
        """Pick another output token."""
        message = BackMsg()
        message.rerun_script.fragment_id = self.fragment
        state = message.rerun_script.widget_states.widgets.add()
        state.id = self.picker
        state.string_array_value.data.append(self.options[token])
        return self.run(message)


def sentences(count: int) -> list[str]:
    """Dates that nobody asked about before."""
    draw = random.Random(1)
    return [
        f"{draw.choice(MONTHS)} {draw.randint(1, 28)}, {draw.randint(1950, 2049)}"
        for _ in range(count)
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--task", default="dates-book")
    given = parser.parse_args()
    server, port = start_server()
    times: dict[str, list[float]] = {"gradients": [], "pick": [], "translate": []}
    try:
        asked = sentences(2 * given.rounds + 1)
        # The first visitors pay for what is imported and loaded once.
        for page in ("", "gradients"):
            Visitor(port).open(page, given.task, asked[-1])
        for number in range(given.rounds):
            times["translate"].append(Visitor(port).open("", given.task, asked[2 * number]))
            visitor = Visitor(port)
            times["gradients"].append(visitor.open("gradients", given.task, asked[2 * number + 1]))
            if visitor.charts != 3 or len(visitor.options) != TOKENS:
                raise SystemExit(f"{visitor.charts} figures, {len(visitor.options)} tokens: "
                                 "this is not the page that was meant.")  # fmt: skip
            for token in (2, 5):
                times["pick"].append(visitor.pick(token))
                if visitor.charts != 3:
                    raise SystemExit("Picking a token did not draw the figures again.")
    finally:
        server.terminate()
        server.wait()
    p50, p95 = (
        {name: 1000 * np.percentile(values, q) for name, values in times.items()} for q in (50, 95)
    )
    words = {
        "translate": "Translate, a new sentence (the baseline)",
        "gradients": "Gradients, a new sentence, three models",
        "pick": "… another token picked",
    }
    print(f"{'ratio':<53}p50 ms  p95 ms")
    for name, said in words.items():
        print(f"{p50[name] / p50['translate']:5.2f}  {said:<46}{p50[name]:6.0f}{p95[name]:8.0f}")


if __name__ == "__main__":
    main()
