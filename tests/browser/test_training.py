"""The Training page in a browser: a run is seen, queued, stopped, found again."""

from __future__ import annotations

import pytest
from dashboard import Dashboard, serious
from playwright.sync_api import Page, expect
from serving import PATIENCE, serving

pytestmark = pytest.mark.browser

SLOW = 3 * PATIENCE * 1000  # ms; a process starts beside everything else
FRAME = """() => {
    const figure = document.querySelector('.js-plotly-plot');
    const map = figure.data.find(trace => trace.type === 'heatmap');
    const drawn = [...figure.querySelectorAll('.layer-subplot .imagelayer image')];
    return [figure.layout.sliders[0].active, map.z.flat(),
        drawn.map(picture => picture.getAttribute('xlink:href') ?? picture.href.baseVal)];
}"""

LEFT = "TypeError: Failed to fetch dynamically imported module"
"""What Chromium says of a part that it still fetched as the page was left."""


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """A folder of runs that outlives a server."""
    monkeypatch.setenv("S2S_RUNS", str(tmp_path / "runs"))
    return tmp_path / "runs"


def start(page: Page) -> None:
    page.get_by_role("button", name="Start", exact=True).click()


def ready(page: Page) -> None:
    expect(page.get_by_role("button", name="Start", exact=True)).to_be_visible(timeout=SLOW)


def test_a_run_is_queued_stopped_watched_and_found_again(browser, runs, open_page, watch):
    watch.expected = ("Failed to load resource", LEFT)
    with serving() as server:
        page = open_page(server.url("/training", recipe="reverse/attention", epochs="90"))
        ready(page)
        start(page)
        expect(page.get_by_text("Epoch 1 of 90")).to_be_visible(timeout=SLOW)
        # Reloaded while it runs, and another run behind it.
        page.goto(server.url("/training", recipe="toy/attention"))
        ready(page)
        expect(page.get_by_text("of 90").first).to_be_visible(timeout=SLOW)
        start(page)
        expect(page.get_by_text("Waiting for the run before it")).to_be_visible(timeout=SLOW)
        # The first one stops, the second one begins and is seen to learn.
        page.goto(server.url("/training", run="reverse/attention-2"))
        page.get_by_role("button", name="Stop").click()
        expect(page.get_by_text("■ stopped").first).to_be_visible(timeout=SLOW)
        page.goto(server.url("/training", run="toy/attention-2"))
        written = page.get_by_test_id("stTable")
        expect(written).to_contain_text("✗", timeout=SLOW)
        expect(written).to_contain_text("I am an instructor <eos>", timeout=SLOW)
        expect(page.get_by_text("✓ finished").first).to_be_visible(timeout=SLOW)
        Dashboard(page).no_crash()
        page.close()
    with serving() as server:
        page = open_page(server.url("/training", run="toy/attention-2"))
        expect(page.get_by_text("✓ finished").first).to_be_visible(timeout=SLOW)
        expect(page.get_by_text("Press a row to watch it.")).to_be_visible(timeout=SLOW)
        page.get_by_role("button", name="Keep as model").click()
        page.get_by_role("link", name="Open in Translate").click()
        shown = Dashboard(page)
        expect(page.get_by_role("heading", name="Translate")).to_be_visible(timeout=SLOW)
        shown.has_model("attention-2")


def test_the_slider_moves_everything_and_asks_nobody(server, open_page, watch):
    watch.expected = ("Failed to load resource", LEFT)
    sent: list[str | bytes] = []
    page = open_page("about:blank")
    page.on("websocket", lambda socket: socket.on("framesent", lambda data: sent.append(data)))
    page.goto(server.url("/training", mode="Replay", replay_task="toy", replay_epoch="41"))
    expect(page.locator(".js-plotly-plot .layer-subplot .imagelayer image").first).to_be_visible(
        timeout=SLOW
    )
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
    assert page.evaluate(FRAME)[0] == 20
    assert serious(page) == []
    before, asked = page.evaluate(FRAME), len(sent)
    track = page.locator(".slider-rail-touch-rect").first.bounding_box()
    assert track
    page.mouse.click(track["x"] + 4, track["y"] + track["height"] / 2)
    # The handle moves first, the numbers and the picture with the next frames.
    page.wait_for_function(
        f"""before => ({FRAME})().every(
            (part, n) => JSON.stringify(part) !== JSON.stringify(before[n]))""",
        arg=before,
    )
    assert len(sent) == asked
