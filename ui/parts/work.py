"""Heavy work: one line for all visitors, done one by one in a process that yields to everybody.

A thread of the server would take the interpreter from the visitors' own; a process of the lowest
priority does not, and it can be ended in the middle of a step.
"""

from __future__ import annotations

import itertools
import pickle
import queue
import subprocess
import sys
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from s2s.errors import UserError
from s2s.text.language import N_, Later, later, tr

WORKER = Path(__file__).with_name("worker.py")
LOOK = 0.2
"""Seconds between two looks at a work."""
GRACE, REST = 3.0, 75.0
"""Seconds for which a work goes on that no page looks at: of a visitor who is gone, of one who is
there (a browser lets a hidden page look once a minute). A failure is told as long."""
IDLE = 600.0
"""Seconds without work after which the process ends."""
KEPT = 256
STARTING = later("starting")
ENDED = ("failed", N_("The process of this work was ended by the system. Ask for it again."))


@dataclass(eq=False)
class Work:
    """What somebody asked for.

    Attributes:
        job: a function of `s2s.evaluation.jobs` with its arguments; it is called with what takes
            its words of progress.
        seen: visitor to the time when its page looked last.
        share: of the work that is done, 0 to 1.
        what: comes next.
        outcome: ("done", result), ("refused", a sentence) or ("failed", why); None before the end.
        ended: when it ended.
    """

    job: Callable[..., Any]
    seen: dict[str, float] = field(default_factory=dict)
    share: float = 0.0
    what: Later = STARTING
    outcome: tuple[str, Any] | None = None
    ended: float = 0.0

    def result(self) -> Any:
        """The result of a work that is over.

        Raises:
            UserError: the work was refused.
            RuntimeError: it failed.
        """
        kind, told = self.outcome or ENDED
        if kind == "refused":
            raise UserError(told)
        if kind == "failed":
            raise RuntimeError(told)
        return told


class Worker:
    """The process, and the thread that reads what it says."""

    def __init__(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, str(WORKER)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        self._said: queue.Queue[tuple[Any, ...]] = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as out, suppress(EOFError, OSError, pickle.UnpicklingError):
            while True:
                self._said.put(pickle.load(out))
        self._said.put(ENDED)

    def do(self, job: Callable[..., Any]) -> None:
        """Hand a job over."""
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended, and says so
            pickle.dump(job, self._process.stdin)
            self._process.stdin.flush()

    def said(self) -> tuple[Any, ...] | None:
        """What it said next; None if it said nothing for a moment."""
        with suppress(queue.Empty):
            return self._said.get(timeout=LOOK)
        return None

    def end(self) -> None:
        """End it at once."""
        assert self._process.stdin is not None
        self._process.kill()
        self._process.wait()
        with suppress(OSError):
            self._process.stdin.close()


class Line:
    """The works that wait, the first of them being done, and the results of those that are."""

    def __init__(
        self, most: int, each: int = 3, here: Callable[[str], bool] = lambda visitor: False
    ) -> None:
        """An empty line.

        Args:
            most: works that may stand in it.
            each: works of one visitor.
            here: whether a visitor is still there.
        """
        self._most, self._each, self._here = most, each, here
        self._works: OrderedDict[Hashable, Work] = OrderedDict()
        self._done: OrderedDict[Hashable, Work] = OrderedDict()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def ask(self, key: Hashable, job: Callable[..., Any], visitor: str) -> Work:
        """The work of a key, put in line if nobody asked for it yet; asked again it stays wanted.

        Args:
            key: everything the result depends on; the same work of two visitors is done once.
            job: as in `Work`.
            visitor: who asks.

        Raises:
            UserError: too many stand in line, altogether or of this visitor.
        """
        with self._changed:
            done = self._done.get(key)
            if done and (done.outcome or ENDED)[0] == "failed":
                # Everybody who waited reads why; who asks later may have better luck.
                if time.monotonic() - done.ended > REST:
                    done = None
            if done:
                self._done.move_to_end(key)
                return done
            mine = [k for k, work in self._works.items() if visitor in work.seen and k != key]
            if len(mine) >= self._each:
                raise UserError(
                    tr(
                        "{n} works of yours stand in line. Wait for one, or cancel one.",
                        n=len(mine),
                    )
                )
            if key not in self._works:
                if len(self._works) >= self._most:
                    raise UserError(
                        tr(
                            "{n} works stand in line already. Try again in a minute.",
                            n=len(self._works),
                        )
                    )
                self._works[key] = Work(job)
                self._changed.notify_all()
            work = self._works[key]
            work.seen[visitor] = time.monotonic()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="s2s-work")
                self._thread.start()
            return work

    def before(self, work: Work) -> int:
        """How many works that somebody waits for stand before one."""
        with self._changed:
            earlier = itertools.takewhile(lambda other: other is not work, self._works.values())
            return sum(self._wanted(other) for other in earlier)

    def leave(self, key: Hashable, visitor: str) -> None:
        """Give a work away; it ends if nobody else waits for it."""
        with self._changed:
            if key in self._works:
                self._works[key].seen.pop(visitor, None)

    def done(self, key: Hashable) -> Work | None:
        """A work that is over; None where nobody asked, or it is not."""
        with self._changed:
            return self._done.get(key)

    def forget(self, key: Hashable) -> None:
        """Keep a result no longer: what it names is gone, and who asks again has it made anew."""
        with self._changed:
            self._done.pop(key, None)

    def _wanted(self, work: Work) -> bool:
        now = time.monotonic()
        return any(
            now - seen < GRACE or (now - seen < REST and self._here(visitor))
            for visitor, seen in list(work.seen.items())
        )

    def _next(self) -> tuple[Hashable, Work] | None:
        """The first work that somebody still waits for; None after a long time without."""
        with self._changed:
            while True:
                for key in [k for k, work in self._works.items() if not self._wanted(work)]:
                    del self._works[key]
                if self._works:
                    return next(iter(self._works.items()))
                if not self._changed.wait(IDLE):
                    return None

    def _run(self) -> None:
        """Do one work after the other; for the line's own thread."""
        worker: Worker | None = None
        while True:
            found = self._next()
            if found is None:
                if worker is not None:
                    worker.end()
                worker = None
                continue
            key, work = found
            worker = worker or Worker()
            if not self._do(worker, work):
                worker.end()
                worker = None
            with self._changed:
                self._works.pop(key, None)
                if work.outcome:
                    work.ended = time.monotonic()
                    self._done[key] = work
                    while len(self._done) > KEPT:
                        self._done.popitem(last=False)

    def _do(self, worker: Worker, work: Work) -> bool:
        """Have a work done; False if the process must end with it."""
        worker.do(work.job)
        while self._wanted(work):
            said = worker.said()
            if said is None:
                continue
            if said[0] != "told":
                work.outcome = said[0], said[1]
                return said is not ENDED
            work.share, work.what = said[1:]
        return False
