"""Sockets that Streamlit opens without naming their protocol send at once."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import os
import socket
from types import SimpleNamespace
from unittest.mock import MagicMock

import pytest
from streamlit.elements.widgets.number_input import NumberInputSerde
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager

from ui import server


def waits(connection: socket.socket) -> bool:
    return not connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.skipif(not os.path.isdir(server.OPEN_FILES), reason="no folder of open files here")
def test_open_and_later_connections_send_at_once():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as early:
            assert waits(early)
            server.send_at_once()
            assert not waits(early)
        with socket.create_connection(listener.getsockname()), listener.accept()[0] as late:
            assert not waits(late)


def test_no_folder_of_open_files(monkeypatch):
    monkeypatch.setattr(server, "OPEN_FILES", "/nowhere")
    server.send_at_once()


@pytest.mark.parametrize("value", [float("inf"), float("-inf"), float("nan")])
def test_a_number_without_bound_is_the_default(value):
    server.refuse_infinity()
    server.refuse_infinity()
    for kind, low, high in ((NumberInput.INT, 1, 9), (NumberInput.FLOAT, 1.0, 9.0)):
        serde = NumberInputSerde(None, kind, low, high)
        assert serde.deserialize(value) is None
        assert serde.deserialize(3.0) == 3


class Session(AppSession):
    """One without anything around it."""

    def __init__(self) -> None: ...

    def __del__(self) -> None: ...


def test_messages_keep_their_order_and_wake_the_server_seldom():
    """Also when one of them fails."""
    server.wake_seldom()
    server.wake_seldom()
    done, failed, wakes = [], [], []

    async def run() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, told: failed.append(told["exception"]))
        wake = loop.call_soon_threadsafe
        loop.call_soon_threadsafe = lambda *given: (wakes.append(1), wake(*given))
        session = Session()
        session._event_loop = loop

        def send() -> None:
            for n in range(100):
                session._call_soon_on_event_loop(lambda n=n: done.append(n) if n % 7 else 1 / 0)

        await loop.run_in_executor(None, send)
        for _ in range(500):  # a busy machine takes its time
            await asyncio.sleep(server.PAUSE)
            if len(done) + len(failed) == 100:
                break

    asyncio.run(run())
    assert done == [n for n in range(100) if n % 7]
    assert len(failed) == 15
    assert len(wakes) < 50


def test_a_visitors_files_are_bounded(monkeypatch):
    monkeypatch.setattr(MemoryUploadedFileManager, "_s2s_most", 50, raising=False)  # for now
    server.bound_uploads(50)
    server.bound_uploads(50)
    files = MemoryUploadedFileManager("/upload")
    for n in range(25):
        files.add_file("one", UploadedFileRec(str(n), "f", "text/plain", b"x" * 20))
    files.add_file("two", UploadedFileRec("0", "f", "text/plain", b"x" * 20))
    kept = {name: sorted(files.file_storage[name], key=int) for name in ("one", "two")}
    assert kept == {"one": ["23", "24"], "two": ["0"]}
    files.add_file("one", UploadedFileRec("25", "f", "text/plain", b"x" * 60))
    assert list(files.file_storage["one"]) == ["25"], "the last one stays"


class Storage(dict):
    """Sessions that may come back, without a time."""

    def save(self, info) -> None:
        self[info.session.id] = info

    delete = dict.__delitem__


@pytest.mark.parametrize("back", [False, True])
def test_who_left_is_forgotten(monkeypatch, back):
    server.forget_leavers()
    server.forget_leavers()
    monkeypatch.setattr(server, "RETURN", 0.01)
    storage, session = Storage(), MagicMock(id="one")
    manager = WebsocketSessionManager(storage, MagicMock(), MagicMock(), MagicMock())
    manager._active_session_info_by_id["one"] = SimpleNamespace(session=session, script_run_count=1)

    async def leave() -> None:
        manager.disconnect_session("one")
        info = storage.pop("one")  # as its time is over, or as its visitor comes back
        if back:
            manager._active_session_info_by_id["one"] = info
        for _ in range(5 if back else 500):
            await asyncio.sleep(0.02)
            if session.shutdown.called:
                break

    asyncio.run(leave())
    assert session.shutdown.called is not back


def test_a_line_of_the_log_has_nothing_that_a_visitor_typed():
    logger = logging.getLogger("s2s-of-this-test")
    logger.propagate = False
    out = io.StringIO()
    logger.addHandler(logging.StreamHandler(out))
    server.structured_logs("json")
    try:
        raise ValueError("typed by a visitor")
    except ValueError:
        logger.exception("the page of %s failed", "typed by a visitor")
    logger.warning("slow: %s", "typed by a visitor")
    first, second = map(json.loads, out.getvalue().splitlines())
    assert "typed by" not in out.getvalue()
    assert (first["level"], first["exception"]) == ("error", "ValueError")
    assert first["at"][-1].startswith("test_server.py:")
    assert (second["logger"], second["message"]) == ("s2s-of-this-test", "slow: %s")
    with pytest.raises(ValueError, match="text or json"):
        server.structured_logs("xml")
