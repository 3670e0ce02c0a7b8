"""The line of heavy work: in order, once for all, ended at once, and nothing left behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import slow_jobs
from tiny import ROOT

from s2s.errors import UserError
from ui.parts import work
from ui.parts.work import Line

pytestmark = pytest.mark.slow  # each of them starts processes
HELPERS = str(ROOT / "tests" / "helpers")


@pytest.fixture(autouse=True)
def _found(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([HELPERS, str(ROOT)]))


def until(true: Callable[[], object], seconds: float = 60) -> None:
    """Wait for something; a test fails where it never comes."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never came"
        time.sleep(0.02)


def finished(line: Line, *asked) -> work.Work:
    """Look as a page does, until the work is over."""
    found = [line.ask(*asked)]

    def over() -> bool:
        if found[0].outcome is None:
            found[0] = line.ask(*asked)
        return found[0].outcome is not None

    until(over)
    return found[0]


def ran(file: Path) -> list[str]:
    return file.read_text().splitlines() if file.exists() else []


def test_the_same_request_of_two_visitors_is_done_once_and_kept(tmp_path):
    line, file = Line(5), tmp_path / "ran"
    job = partial(slow_jobs.write, str(file), "once")
    assert line.ask("k", job, "a") is line.ask("k", job, "b")
    assert finished(line, "k", job, "a").result() == "once"
    assert finished(line, "k", job, "late").result() == "once"
    assert ran(file) == ["once"]


def test_a_work_in_the_middle_of_a_step_ends_when_nobody_waits_for_it(tmp_path):
    line, started, file = Line(5), tmp_path / "started", tmp_path / "ran"
    long = partial(slow_jobs.hold, str(started))
    until(lambda: line.ask("long", long, "a") and started.exists())
    first = line.ask("long", long, "a")
    until(lambda: (first.share, first.what) == (0.1, "an hour"))
    second = line.ask("short", partial(slow_jobs.write, str(file), "short"), "b")
    assert (line.before(first), line.before(second)) == (0, 1)
    line.leave("long", "a")
    assert line.before(second) == 0
    assert finished(line, "short", second.job, "b").result() == "short"
    with pytest.raises(OSError):  # noqa: PT011  it is gone
        os.kill(int(started.read_text()), 0)


def test_a_visitor_has_few_works_and_leaving_one_does_not_end_it_for_others(tmp_path):
    line = Line(5, each=2)
    long = partial(slow_jobs.hold, str(tmp_path / "started"))
    held = [line.ask(key, long, "a") for key in ("long", "longer")]
    assert line.ask("longer", long, "a") is held[1]
    with pytest.raises(UserError, match="2 works of yours stand in line"):
        line.ask("third", long, "a")
    line.ask("long", long, "b")
    line.leave("long", "a")
    assert set(held[0].seen) == {"b"}
    other = partial(slow_jobs.write, str(tmp_path / "ran"), "other")
    waits = line.ask("other", other, "a")
    assert line.before(waits) == 2
    line.leave("longer", "a")
    line.leave("long", "b")
    assert finished(line, "other", other, "a").result() == "other"


def test_a_page_that_does_not_look_any_more_gives_its_work_away(tmp_path, monkeypatch):
    monkeypatch.setattr(work, "GRACE", 0.5)
    line, started = Line(5), tmp_path / "started"
    line.ask("long", partial(slow_jobs.hold, str(started)), "gone")
    job = partial(slow_jobs.write, str(tmp_path / "ran"), "after")
    assert finished(line, "after", job, "b").result() == "after"


def test_how_a_work_can_end(tmp_path):
    line = Line(5)
    with pytest.raises(UserError, match="cannot be done"):
        finished(line, "refuse", slow_jobs.refuse, "a").result()
    with pytest.raises(RuntimeError, match=r"slow_jobs.py(.|\n)*a defect"):
        finished(line, "fail", slow_jobs.fail, "a").result()
    with pytest.raises(RuntimeError, match="ended by the system"):
        finished(line, "die", slow_jobs.die, "a").result()


def test_every_other_process_goes_first(monkeypatch):
    monkeypatch.setenv("S2S_WORK_NICE", "7")
    assert finished(Line(1), "nice", slow_jobs.nice, "a").result() == 7 * hasattr(os, "nice")


def test_a_line_has_an_end(tmp_path):
    line = Line(2)
    long = partial(slow_jobs.hold, str(tmp_path / "started"))
    for visitor in "ab":
        line.ask(visitor, long, visitor)
    with pytest.raises(UserError, match="2 works stand in line already"):
        line.ask("c", long, "c")
    for visitor in "ab":
        line.leave(visitor, visitor)
    job = partial(slow_jobs.write, str(tmp_path / "ran"), "room")
    until(lambda: not line._works)
    assert finished(line, "room", job, "c").result() == "room"


def test_a_long_rest_ends_the_process(tmp_path, monkeypatch):
    monkeypatch.setattr(work, "IDLE", 0.2)
    ended = []
    monkeypatch.setattr(work.Worker, "end", lambda self: ended.append(self._process.kill()))
    line = Line(2)
    finished(line, "k", partial(slow_jobs.write, str(tmp_path / "ran"), "x"), "a")
    until(lambda: ended)
    again = finished(line, "l", partial(slow_jobs.write, str(tmp_path / "ran"), "y"), "a")
    assert again.result() == "y"


SERVER = """
import os, sys, time
from functools import partial
import slow_jobs
from ui.parts.work import Line
line, file = Line(2), sys.argv[1]
while not os.path.exists(file):
    line.ask("long", partial(slow_jobs.hold, file), "a")
    time.sleep(0.05)
os._exit(0)
"""


@pytest.mark.skipif(not hasattr(os, "nice"), reason="processes are looked for as on Unix")
def test_no_process_outlives_its_server(tmp_path):
    file = tmp_path / "started"
    subprocess.run([sys.executable, "-c", SERVER, str(file)], check=True, timeout=60)

    def gone() -> bool:
        try:
            os.kill(int(file.read_text()), 0)
        except OSError:
            return True
        return False

    until(gone)
