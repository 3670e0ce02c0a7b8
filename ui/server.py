"""What Streamlit's server leaves undone on its sockets."""

from __future__ import annotations

import os
import socket
import stat
from contextlib import suppress

OPEN_FILES = "/dev/fd"  # Linux and macOS; Windows has no such folder and keeps its 40 ms


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
