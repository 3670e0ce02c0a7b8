"""A server that goes away and comes back: the view stands in the address, so it is there again."""

from __future__ import annotations

import pytest
from dashboard import REVERSE, Dashboard, task_of
from playwright.sync_api import expect
from resting import COUNT_RUNS, idle
from serving import free_port, serving

pytestmark = pytest.mark.browser


def test_a_restarted_server_goes_on_where_the_visitor_was(open_page, watch):
    watch.expected = ("WebSocket", "Failed to load resource", "Client Error")
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
