"""What Streamlit's server leaves undone: sockets, threads, numbers, and what visitors leave behind.

Each function changes Streamlit 1.67 once; called again it changes no more than its argument.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import socket
import stat
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any
from weakref import WeakSet

from streamlit import runtime
from streamlit.elements.widgets.number_input import NumberInputSerde
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from s2s.training import job_queue

OPEN_FILES = "/dev/fd"  # Linux and macOS; Windows has no such folder and keeps its 40 ms
RETURN = 125.0
"""Seconds after which a visitor who left is forgotten; Streamlit lets one come back for 120."""
PAUSE = 0.005
"""Seconds for which a run's messages are gathered; the server sends what it has every 0.01 s."""
LEAVERS: dict[str, Callable[[str], None]] = {}
"""Who wants to be told which session a visitor has left, by name."""
LOOK = 1.0
"""Seconds between two looks at the trainings."""


def send_at_once() -> None:
    """Switch Nagle's algorithm off on this process's TCP sockets; new ones take it from theirs.

    asyncio does so by itself, but not for the socket that Streamlit 1.67 opens without naming its
    protocol. A rerun sends a long message and then short ones; without this the short ones wait for
    the other side's delayed acknowledgement: 40 ms for each rerun.
    """
    for name in os.listdir(OPEN_FILES) if os.path.isdir(OPEN_FILES) else ():
        # Between the listing and here, a file may have been closed.
        with suppress(OSError):
            if not stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                continue
            with socket.socket(fileno=os.dup(int(name))) as copy:
                if copy.family in (socket.AF_INET, socket.AF_INET6):
                    if copy.type == socket.SOCK_STREAM:
                        copy.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def refuse_infinity() -> None:
    """A number field for whole numbers takes its default where a browser sends none or infinity.

    Streamlit 1.67 looks whether a number is finite after it made it a whole one, which raises.
    """
    read = NumberInputSerde.deserialize
    if hasattr(read, "__wrapped__"):
        return

    @wraps(read)
    def finite(self: NumberInputSerde, value: float | None) -> float | None:
        return read(self, value if value is None or math.isfinite(value) else None)

    NumberInputSerde.deserialize = finite  # type: ignore[assignment,method-assign]


def wake_seldom() -> None:
    """Hand a run's messages to the server's thread in few parcels, in their order.

    Streamlit 1.67 wakes the thread for each message, of which a rerun has 30 to 70; that was a
    quarter of its processor time.
    """
    if hasattr(AppSession._call_soon_on_event_loop, "__wrapped__"):
        return
    at_once = AppSession._call_soon_on_event_loop

    @wraps(at_once)
    def gathered(self: AppSession, callback: Callable[[], None]) -> None:
        waiting: deque[Callable[[], None]] = vars(self).setdefault("_s2s_waiting", deque())
        waiting.append(callback)
        if vars(self).get("_s2s_awake"):
            return
        self._s2s_awake = True  # type: ignore[attr-defined]
        at_once(self, lambda: pause(self, waiting))

    def pause(self: AppSession, waiting: deque[Callable[[], None]]) -> None:
        self._event_loop.call_later(PAUSE, emptied, self, waiting)

    def emptied(self: AppSession, waiting: deque[Callable[[], None]]) -> None:
        self._s2s_awake = False  # type: ignore[attr-defined]
        while waiting:
            try:
                waiting.popleft()()
            except Exception as error:
                told = {"message": "a session's callback failed", "exception": error}
                self._event_loop.call_exception_handler(told)

    AppSession._call_soon_on_event_loop = gathered  # type: ignore[method-assign]


def bound_uploads(most: int) -> None:
    """Keep at most so many bytes of one visitor's files: the oldest go, the last one stays."""
    add = MemoryUploadedFileManager.add_file
    MemoryUploadedFileManager._s2s_most = most  # type: ignore[attr-defined]
    if hasattr(add, "__wrapped__"):
        return

    @wraps(add)
    def bounded(self: MemoryUploadedFileManager, session_id: str, file: UploadedFileRec) -> None:
        add(self, session_id, file)
        kept = list(self.file_storage[session_id].values())
        size = sum(len(one.data) for one in kept)
        for oldest in kept[:-1]:
            if size <= self._s2s_most:  # type: ignore[attr-defined]
                break
            self.remove_file(session_id, oldest.file_id)
            size -= len(oldest.data)

    MemoryUploadedFileManager.add_file = bounded  # type: ignore[method-assign]


def forget_leavers() -> None:
    """Free what a visitor left behind when the time to come back is over.

    Streamlit 1.67 keeps it until another visitor leaves.
    """
    leave = WebsocketSessionManager.disconnect_session
    if hasattr(leave, "__wrapped__"):
        return

    @wraps(leave)
    def leaving(self: WebsocketSessionManager, session_id: str) -> None:
        leave(self, session_id)
        for told in LEAVERS.values():
            told(session_id)
        left = self._session_storage.get(session_id)
        if left is not None:
            loop = asyncio.get_running_loop()
            loop.call_later(RETURN, forgotten, self, session_id, left.session)

    def forgotten(self: WebsocketSessionManager, session_id: str, session: AppSession) -> None:
        # Who came back and left again has a later time to be forgotten.
        if self.is_active_session(session_id) or self._session_storage.get(session_id):
            return
        with suppress(KeyError):
            self._session_storage.delete(session_id)
        session.shutdown()

    WebsocketSessionManager.disconnect_session = leaving  # type: ignore[method-assign]


def active(session_id: str) -> bool:
    """Whether a visitor is connected by this session."""
    return runtime.exists() and runtime.get_instance()._session_mgr.is_active_session(session_id)


def session(session_id: str) -> AppSession | None:
    """A connected visitor's session; None outside a served page."""
    if not runtime.exists():
        return None
    known = runtime.get_instance()._session_mgr.get_active_session_info(session_id)
    return known.session if known is not None and isinstance(known.session, AppSession) else None


_woken: WeakSet[AppSession] = WeakSet()
"""Sessions that are about to run again; only the server's thread asks."""


def wake(session_ids: Iterable[str], after: float = 0.0) -> None:
    """Let these sessions run again, as after a rerun of their own; those that left are passed over.

    Streamlit 1.67 has no public way to tell another session; its own file watcher does the same.

    Args:
        session_ids: whom.
        after: seconds; who is woken again before they are over runs once.
    """
    for found in map(session, tuple(session_ids)):
        if found is not None:
            found._event_loop.call_soon_threadsafe(_soon, found, after)


def _soon(found: AppSession, after: float) -> None:
    if found not in _woken:
        _woken.add(found)
        found._event_loop.call_later(after, again, found)


def again(found: AppSession) -> None:
    """Run a session's script as its browser asked for it last."""
    _woken.discard(found)
    if active(found.id):
        found.request_rerun(found._client_state)


def later(seconds: float, call: Callable[[], None]) -> None:
    """Call something on the server's thread, from there."""
    asyncio.get_running_loop().call_later(seconds, call)


_tending = threading.Lock()


def tend_trainings() -> None:
    """Let trainings that wait begin when their turn comes, whether anybody looks or not.

    A thread looks after the queue as long as there is something in it.
    """
    if not _tending.acquire(blocking=False):
        return

    def tend() -> None:
        try:
            while job_queue.tend():
                time.sleep(LOOK)
        except OSError:
            pass  # the folder cannot be written: whoever wants to train is told so
        finally:
            _tending.release()

    threading.Thread(target=tend, name="trainings", daemon=True).start()


class AsJson(logging.Formatter):
    """A line of JSON for each record, with nothing that a visitor typed.

    The message of an exception and the arguments of a record may hold such text: an exception is
    told by its type and the places it went through, a record by its unfilled message.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": str(record.msg),
        }
        if record.exc_info and record.exc_info[0]:
            kind, _, trace = record.exc_info
            told["message"] = "an exception"
            told["exception"] = kind.__name__
            told["at"] = [
                f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(trace)
            ]
        return json.dumps(told, ensure_ascii=False)


def structured_logs(kind: str) -> None:
    """Write this process's log as lines of JSON where `kind` is ``json``; else as it is.

    Raises:
        ValueError: for another word.
    """
    if kind not in ("", "text", "json"):
        raise ValueError(f"S2S_LOG is {kind!r}; it must be text or json.")
    if kind != "json":
        return
    known = [logging.getLogger(), *(
        logger for logger in logging.Logger.manager.loggerDict.values()
        if isinstance(logger, logging.Logger)
    )]  # fmt: skip
    for logger in known:
        for handler in logger.handlers:
            handler.setFormatter(AsJson())
