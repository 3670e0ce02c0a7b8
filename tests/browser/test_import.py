"""A model is dropped in a browser, proven, opened on every page, and seen by nobody else."""

from __future__ import annotations

import brought
import pytest
from dashboard import Dashboard, serious
from playwright.sync_api import Page, expect
from serving import PATIENCE

pytestmark = pytest.mark.browser

SLOW = 3 * PATIENCE * 1000


def drop(page: Page, *files: tuple[str, bytes, str]) -> None:
    page.locator("input[type=file]").set_input_files(
        [{"name": name, "mimeType": kind, "buffer": data} for name, data, kind in files]
    )


def go(page: Page, title: str) -> None:
    page.get_by_role("link", name=title, exact=True).first.click()
    expect(page.get_by_role("heading", name=title, exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def test_a_model_is_dropped_proven_seen_everywhere_and_by_nobody_else(server, open_page, watch):
    watch.expected = ("Failed to load resource",)
    original = brought.model("PyTorch tutorial, plain")
    original.relu = False  # its own notebook left the tutorial's ReLU out
    weights, words, check = brought.files(original, brought.check(original))
    page = open_page(server.url("/import"), width=1366, height=768)
    expect(page.get_by_text("Whether it answers as")).to_be_visible(timeout=SLOW)
    drop(page, weights)
    expect(page.get_by_text("GRU of 6 units", exact=True)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("decoder.out.weight").first).to_be_visible()
    expect(page.get_by_text("Now the words")).to_be_visible()
    drop(page, words, check)
    # A failing check, its likeliest cause, and a press that tries it.
    expect(page.get_by_text("no ReLU after").first).to_be_visible(timeout=SLOW)
    page.get_by_label("A sentence of yours").fill("sa sc")
    page.get_by_label("A sentence of yours").press("Enter")
    expect(page.get_by_text("sa·3 sc·5 <eos>·2")).to_be_visible(timeout=SLOW)
    assert serious(page) == []
    page.get_by_role("button", name="Read it so and check again").click()
    expect(page.get_by_text("equal to your notebook to").first).to_be_visible(timeout=SLOW)
    # Beside the models of a task, so that Compare has another one.
    page.get_by_label("Stands").click()
    page.get_by_role("option", name="Letters").click()
    page.get_by_role("button", name="Open in Translate").click()
    expect(page.get_by_role("heading", name="Translate")).to_be_visible(timeout=SLOW)
    shown = Dashboard(page)
    shown.has_model("mine")
    expect(page.get_by_text("Equal to the original").first).to_be_visible()
    address = page.url
    for title in ("Gradients", "Attention", "Compare"):
        go(page, title)
        shown.no_crash()
        expect(page.get_by_test_id("stAlertContentError")).to_have_count(0)
    # The same browser finds it again; another one does not, even with the address.
    page.goto(address)
    shown.has_model("mine")
    other = open_page(address, visitor=True)
    expect(other.get_by_text("there is no such thing here")).to_be_visible(timeout=SLOW)
    other.goto(server.url("/models"))
    expect(other.get_by_text("Press a row")).to_be_visible(timeout=SLOW)
    assert "mine" not in other.inner_text("body")
