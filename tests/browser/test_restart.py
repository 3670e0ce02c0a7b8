"""A server that goes away and comes back: the view stands in the address, so it is there again."""

from __future__ import annotations

import pytest
from dashboard import REVERSE, Dashboard, task_of
from playwright.sync_api import expect
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
    app, state = page.get_by_test_id("stApp"), "data-test-connection-state"
    expect(app).not_to_have_attribute(state, "CONNECTED")
    with serving(port=port):
        # The browser asks again by itself, in longer and longer intervals.
        expect(app).to_have_attribute(state, "CONNECTED", timeout=90_000)
        expect(app).to_have_attribute("data-test-script-state", "notRunning")
        shown.next.click()
        shown.address_has(text="fghij", step=3)
        shown.example(other).click()
        shown.shows(REVERSE, other)
        page.go_back()
        shown.shows(REVERSE, "fghij", 2)
        shown.no_crash()
    assert start > 3
