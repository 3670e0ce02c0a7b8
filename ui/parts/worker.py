"""The process of heavy work: reads a job from its input, says how far it is, writes the result.

It is started by `work` as a file, so that it imports no more than its jobs need.
"""

from __future__ import annotations

import os
import pickle
import queue
import sys
import threading
import traceback
from pathlib import Path
from typing import Any, BinaryIO

ROOT = Path(__file__).resolve().parents[2]


def main(given: BinaryIO, taken: BinaryIO) -> None:
    """Do jobs until there are no more.

    Args:
        given: jobs, pickled: callables that take a function for their words of progress.
        taken: what is said: ("told", share, what), and at the end of each job its outcome.
    """
    waiting: queue.Queue[Any] = queue.Queue()
    threading.Thread(target=read, args=(given, waiting), daemon=True).start()

    def say(*words: Any) -> None:
        pickle.dump(words, taken)
        taken.flush()

    from s2s.errors import UserError

    while True:
        job = waiting.get()
        try:
            result = job(lambda share, what: say("told", share, what))
        except UserError as error:
            say("refused", *error.args)
        except Exception:
            say("failed", traceback.format_exc())
        else:
            say("done", result)


def read(given: BinaryIO, waiting: queue.Queue[Any]) -> None:
    """Take jobs; when the server is gone, end in the middle of any of them."""
    try:
        while True:
            waiting.put(pickle.load(given))
    except (EOFError, OSError):
        os._exit(0)


if __name__ == "__main__":
    if hasattr(os, "nice"):  # every other process goes first
        os.nice(int(os.environ.get("S2S_WORK_NICE", "19")))
    sys.path[0] = str(ROOT)
    # What a library prints must not get between the words.
    words = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    main(sys.stdin.buffer, words)
