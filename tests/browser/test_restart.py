"""A server or a wire that goes away and comes back: the visitor is where they were."""

from __future__ import annotations

import os
from contextlib import closing
from urllib.parse import urlsplit

import pytest
from dashboard import REVERSE, Dashboard, task_of
from playwright.sync_api import expect
from relay import Relay
from resting import COUNT_RUNS, idle
from serving import free_port, serving

CUT = (
    "WebSocket", "Failed to load resource", "Client Error", "Is Streamlit still running?",
    "Cannot send rerun backMessage when disconnected",
)  # fmt: skip
"""What the browser may complain of meanwhile."""
pytestmark = pytest.mark.browser


def test_a_restarted_server_goes_on_where_the_visitor_was(open_page, watch):
    watch.expected = CUT
    port, (_, other, *_) = free_port(), task_of(REVERSE).examples
    with serving(port=port) as server:
        page = open_page(server.url(task="reverse", text="fghij"))
        shown = Dashboard(page)
        start = shown.shows(REVERSE, "fghij").steps
        shown.next.click()
        shown.address_has(text="fghij", step=2)
    app = page.get_by_test_id("stApp")
    expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED")
    page.evaluate(COUNT_RUNS)
    with serving(port=port):
        # The browser asks again by itself, in longer and longer intervals.
        page.wait_for_function("() => window.runs > 0", timeout=90_000)
        idle(page)
        shown.next.click()
        shown.address_has(text="fghij", step=3)
        shown.example(other).click()
        shown.shows(REVERSE, other)
        page.go_back()
        shown.shows(REVERSE, "fghij", 2)
        shown.no_crash()
    assert start > 3


def test_a_cut_wire_is_mended_without_a_word(open_page, watch, server):
    """Stepping asks nobody and goes on; what is asked for meanwhile is there once it is whole."""
    watch.expected = CUT
    seconds = 60 if os.environ.get("S2S_HARD") else 3
    _, other, *_ = task_of(REVERSE).examples
    with closing(Relay(int(urlsplit(server.base).port))) as wire:
        here = server.url(task="reverse", text="fghij")
        page = open_page(here.replace(server.base, f"http://localhost:{wire.port}"))
        shown = Dashboard(page)
        shown.shows(REVERSE, "fghij")
        app = page.get_by_test_id("stApp")
        wire.cut()
        expect(app).not_to_have_attribute("data-test-connection-state", "CONNECTED")
        shown.next.click()
        shown.shows(REVERSE, "fghij", 1)
        page.wait_for_timeout(1000 * seconds)
        page.evaluate(COUNT_RUNS)
        wire.mend()
        expect(app).to_have_attribute("data-test-connection-state", "CONNECTED", timeout=90_000)
        idle(page)
        shown.shows(REVERSE, "fghij", 1)
        shown.example(other).click()
        shown.shows(REVERSE, other)
        shown.no_crash()
