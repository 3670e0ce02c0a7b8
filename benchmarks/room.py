"""A teacher's step on sixty phones: how soon it is there, and what the server does for it.

    python benchmarks/room.py [--phones 60] [--seconds 60] [--period 10]

Every phone is a websocket session on the page of the lessons that asks for packed messages, as a
browser does; none of them sends anything. Three rooms take turns, each for so many seconds: phones
on the page that follow nobody; the same beside a teacher who shows an answer or the next question
every PERIOD seconds, in no room; the same phones following that teacher. Then every phone guesses
once. The server's processor time is told as a ratio to the first and to the second; the phones'
delay, from the teacher's key to the message with the new step, as a ratio to the teacher's own.
On Linux server and client have a core each.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import threading
import time
from collections.abc import Sequence

import numpy as np
from served import processor, serve
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

Step = tuple[str, bool]
"""A question, and whether its answer is shown."""
PATIENCE = 100.0  # seconds; the first page of a fresh server takes some
PLAYER = "s2s_lesson"
OPEN = "lesson_room_open"


class Visitor:
    """One session on the lessons' page, which listens from its own thread."""

    def __init__(self, port: int, query: str = "", name: str = "") -> None:
        """Connect, and open the page; a browser is known by its cookie."""
        self.query, self.page, self.player, self.part, self.button = query, "", "", "", ""
        self.told, self.seen, self.finished = "", dict[Step, float](), threading.Event()
        address = f"localhost:{port}"
        self.socket = connect(
            f"ws://{address}/_stcore/stream", origin=f"http://{address}",  # type: ignore[arg-type]
            subprotocols=["streamlit"], max_size=None, ping_interval=None,  # type: ignore[list-item]
            additional_headers={"Cookie": f"_streamlit_xsrf=room{name}"},
        )  # fmt: skip
        threading.Thread(target=self.listen, daemon=True).start()
        message = BackMsg()
        message.rerun_script.query_string, message.rerun_script.page_name = query, "lessons"
        self.send(message)

    def send(self, message: BackMsg) -> None:
        """Ask for a run, and wait until it is finished."""
        self.finished.clear()
        self.socket.send(message.SerializeToString())
        if not self.finished.wait(PATIENCE):
            raise SystemExit("The page did not run to its end.")

    def listen(self) -> None:
        """Note what the server sends, until the connection is closed."""
        try:
            for raw in self.socket:
                assert isinstance(raw, bytes)
                self.note(ForwardMsg.FromString(raw))
        except ConnectionClosed:
            pass

    def note(self, got: ForwardMsg) -> None:
        """Take what matters out of a message."""
        kind = got.WhichOneof("type")
        if kind == "new_session":
            self.page = got.new_session.page_script_hash or self.page
        elif kind == "navigation":
            self.page = got.navigation.page_script_hash
        elif kind == "page_info_changed":
            self.query = got.page_info_changed.query_string
        elif kind == "script_finished":
            self.finished.set()
        elif kind == "delta" and got.delta.WhichOneof("type") == "new_element":
            element = got.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise SystemExit(f"The page failed: {element.exception.message}")
            if element.button.id.endswith(OPEN):
                self.button = element.button.id
            if element.bidi_component.component_name == PLAYER:
                shown = element.bidi_component
                data = json.loads(shown.json or shown.mixed.json)
                self.player, self.part = shown.id, got.delta.fragment_id
                self.told = data.get("told", "")
                self.seen[data["id"], bool(data["shown"])] = time.perf_counter()

    def act(self, do: str, question: str, value: int | None = None) -> None:
        """What the player tells when something was pressed in it."""
        message = self.message()
        name = f"$$STREAMLIT_INTERNAL_KEY_{self.player}__events"
        state = message.rerun_script.widget_states.widgets.add(id=name)
        act = {"do": do, "id": question} | ({} if value is None else {"value": value})
        state.json_trigger_value = json.dumps([{"event": "act", "value": act}])
        message.rerun_script.fragment_id = self.part
        self.send(message)

    def open_room(self) -> str:
        """Open a room; its number."""
        message = self.message()
        message.rerun_script.widget_states.widgets.add(id=self.button, trigger_value=True)
        self.send(message)
        _, found, key = self.query.partition("teach=")
        if not found:
            raise SystemExit("No room was opened.")
        return key.partition("-")[0]

    def message(self) -> BackMsg:
        """A request for a run of the page as it stands."""
        message = BackMsg()
        script = message.rerun_script
        script.query_string, script.page_script_hash = self.query, self.page
        return message

    @property
    def stands(self) -> Step:
        """What was shown last."""
        return max(self.seen, key=self.seen.__getitem__)


def steps(
    teacher: Visitor, phones: Sequence[Visitor], seconds: float, period: float
) -> tuple[list[float], list[float]]:
    """A teacher who goes on every PERIOD seconds: (own delays, the phones' delays), in seconds."""
    own, delays = [], []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        next_ = time.monotonic() + period
        question, shown = teacher.stands
        start = time.perf_counter()
        teacher.act("next" if shown else "answer", question)
        there = teacher.stands
        own.append(teacher.seen[there] - start)
        for phone in phones:
            while phone.seen.get(there, 0.0) < start:
                if time.perf_counter() - start > PATIENCE:
                    raise SystemExit("A step never reached a phone.")
                time.sleep(0.005)
            delays.append(phone.seen[there] - start)
        time.sleep(max(0.0, next_ - time.monotonic()))
    return own, delays


def guesses(server: subprocess.Popen, teacher: Visitor, phones: Sequence[Visitor]) -> float:
    """Milliseconds of processor time for a phone's guess, the teacher's count included."""
    if teacher.stands[1]:
        teacher.act("next", teacher.stands[0])
    time.sleep(1.0)
    before = processor(server.pid)
    for phone in phones:
        phone.act("guess", teacher.stands[0], 0)
    end = time.monotonic() + PATIENCE
    while f"{len(phones)} answered" not in teacher.told:
        if time.monotonic() > end:
            raise SystemExit(f"The teacher sees: {teacher.told}")
        time.sleep(0.05)
    return 1000 * (processor(server.pid) - before) / len(phones)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--phones", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--period", type=float, default=10)
    given = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    if len(cores) > 1:
        os.sched_setaffinity(0, {cores[-1]})
    server, port = serve("app.py", cores[0])
    try:
        measure(server, port, given)
    finally:
        server.terminate()
        server.wait()


def measure(server: subprocess.Popen, port: int, given: argparse.Namespace) -> None:
    """Print the loads and the delays."""

    def load(run: object) -> float:
        """Milliseconds of processor time in a second, while something runs."""
        start, before = time.monotonic(), processor(server.pid)
        assert callable(run)
        run()
        return 1000 * (processor(server.pid) - before) / (time.monotonic() - start)

    idle = [Visitor(port) for _ in range(given.phones)]
    alone = Visitor(port)
    steps(alone, [], 10, 0.5)  # every question once: what is computed once is not counted
    time.sleep(5)
    rest = load(lambda: time.sleep(given.seconds))
    beside = load(lambda: steps(alone, [], given.seconds, given.period))
    for visitor in idle:
        visitor.socket.close()
    number = alone.open_room()
    phones = [Visitor(port, f"room={number}", str(n)) for n in range(given.phones)]
    time.sleep(2)
    found: tuple[list[float], list[float]] = ([], [])

    def lead() -> None:
        for into, more in zip(found, steps(alone, phones, given.seconds, given.period),
                              strict=True):  # fmt: skip
            into += more

    led = load(lead)
    print(f"{given.phones} phones, a step every {given.period:g} s   CPU ms/s    × idle  × beside")
    for name, used in (("idle", rest), ("a teacher beside them", beside), ("followed", led)):
        print(f"{name:<34}{used:12.2f}{used / max(rest, 1e-9):10.1f}{used / beside:10.2f}")
    slow = rest + (led - rest) * given.period / 60
    print(f"{'of that, at a step a minute':<34}{slow:12.2f}{slow / max(rest, 1e-9):10.2f}")
    own, delays = (np.array(values) * 1000 for values in found)
    print(f"\n{'from the key, ms':<34}{'p50':>6}{'p95':>8}{'most':>8}")
    for name, those in (("the teacher's own page", own), ("the phones", delays)):
        told = [np.percentile(those, q) for q in (50, 95, 100)]
        print(f"{name:<34}{told[0]:6.0f}{told[1]:8.0f}{told[2]:8.0f}")
    print(f"ratio of the medians{np.median(delays) / np.median(own):20.1f}")
    print(f"\nCPU of a step: {(led - rest) * given.period:.0f} ms for all, "
          f"{(led - beside) * given.period / given.phones:.2f} ms a phone; "
          f"of a guess: {guesses(server, alone, phones):.0f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
