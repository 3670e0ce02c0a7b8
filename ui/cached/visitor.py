"""Who is asking: so that one visitor cannot fill the queue, or stop the run of another."""

from __future__ import annotations

import hashlib
from contextlib import suppress

import streamlit as st

COOKIE = "_streamlit_xsrf"
"""Streamlit gives every browser one, unlike that of any other."""


def visitor() -> str:
    """A name for this browser; for its address where it takes no cookie."""
    mark = str(st.context.cookies.get(COOKIE) or st.context.ip_address or "here")
    parts = mark.split("|")  # "2|mask|masked|time": masked anew for each page that is loaded
    with suppress(ValueError, IndexError):
        mask, masked = (bytes.fromhex(part) for part in parts[1:3])
        mark = bytes(a ^ mask[i % len(mask)] for i, a in enumerate(masked)).hex()
    return hashlib.sha256(mark.encode()).hexdigest()[:16]
