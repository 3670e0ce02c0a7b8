"""How fast the step view answers a key, and that it does so without the server.

    python benchmarks/stepping.py [--browser PATH] [--steps 60] [--loads 10]

Part one opens the step view as a file (the exported page: the same script as in the dashboard) with
20 x 20 and 60 x 60 tokens and measures from a key to the frame after the readout changed. The
baseline, in the same page: the whole view drawn anew for every step.
Part two counts websocket messages during 20 steps in the running dashboard, part three how long it
takes to the first picture of the first page: the baseline is that of Translate.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page, sync_playwright
from rerun import start_server

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from s2s.export.step_view import standalone  # noqa: E402
from s2s.plots.step_data import Names, Shape, step_data  # noqa: E402
from s2s.results import Reading, Trace  # noqa: E402

ARGUMENTS = (
    "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking",
)  # fmt: skip

MEASURE = """
async ({steps, redraw, data}) => {
  const root = document.querySelector(".step-view");
  const readout = () => root.querySelector(".readout").textContent;
  const frame = () => new Promise((done) => requestAnimationFrame(done));
  const last = data.run.output.length - 1;
  const times = [];
  for (let i = 0; i < steps; i += 1) {
    const before = readout();
    const start = performance.now();
    if (redraw) {
      root.replaceChildren();
      mountStepper(root, {...data, step: (i + 1) % (last + 1)}, {});
    } else {
      const key = i % (last + 1) === last ? "Home" : "ArrowRight";
      const options = {key, bubbles: true, composed: true, cancelable: true};
      root.querySelector("button").dispatchEvent(new KeyboardEvent("keydown", options));
    }
    while (readout() === before) {
      if (performance.now() - start > 3000) throw new Error(`step ${i} changed nothing`);
      await frame();
    }
    await frame();
    times.push(performance.now() - start);
    await new Promise((done) => setTimeout(done, 60));
  }
  return times;
}
"""


def made_up_trace(size: int) -> Trace:
    """A trace of size x size with seeded random numbers: only its size matters here."""
    draw = np.random.default_rng(1)
    weights = draw.dirichlet(np.full(size, 0.15), size)
    tokens = tuple(f"mot{i}" for i in range(size))
    rows = np.sort(draw.dirichlet(np.ones(6), size), axis=1)[:, :0:-1]
    return Trace(
        model="benchmark",
        reading=Reading("", tokens, tuple(range(size)), size),
        output=tuple(f"word{i}" for i in range(size)),
        fed=("<sos>",) * size,
        stopped="length",
        text="",
        forced=(),
        candidates=tuple(tuple(f"w{t}-{k}" for k in range(5)) for t in range(size)),
        candidate_probabilities=rows,
        probabilities=rows[:, 0],
        log_probabilities=np.log(rows[:, 0]),
        encoder_states=np.zeros((size, 4)),
        initial_state=np.zeros(4),
        decoder_states=np.zeros((size, 4)),
        scores=weights,
        attention=weights,
        contexts=np.zeros((size, 4)),
    )


def latencies(browser: Browser, size: int, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """Milliseconds per step by key, and by drawing the view anew."""
    data = step_data(made_up_trace(size), Names("Source", "Target", "token"), Shape(), 0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "view.html"
        file.write_text(standalone(data, "benchmark"), "utf-8")
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.goto(file.as_uri())
        page.wait_for_selector(".readout")
        by_key = page.evaluate(MEASURE, {"steps": steps, "redraw": False, "data": data})
        anew = page.evaluate(MEASURE, {"steps": min(steps, 20), "redraw": True, "data": data})
        page.close()
    return np.array(by_key), np.array(anew)


def messages_while_stepping(page: Page, base: str) -> int:
    """Websocket frames that the browser sends during 20 steps of the running dashboard."""
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    page.goto(f"{base}/translate?task=reverse&text=abcdefghijklmnopqrstuv")
    page.wait_for_selector(".readout")
    page.get_by_role("button", name="Next").first.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(3000)
    sent.clear()
    before = page.locator(".readout").inner_text()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
        page.wait_for_timeout(100)
    if page.locator(".readout").inner_text() == before:
        raise SystemExit("The key did nothing; nothing was measured.")
    return len(sent)


def first_picture(page: Page, base: str, loads: int) -> np.ndarray:
    """Seconds from an address to the first token drawn: loads x (first page, Translate)."""

    def load(path: str) -> float:
        began = time.perf_counter()
        page.goto(base + path)
        page.locator(".card .token").first.wait_for()
        return time.perf_counter() - began

    load("/"), load("/translate")  # the server has everything and the browser its files from now on
    return np.array([(load("/"), load("/translate")) for _ in range(loads)])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--browser", default=shutil.which("chromium"))
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--loads", type=int, default=10)
    given = parser.parse_args()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=given.browser, args=list(ARGUMENTS))
        print("tokens    step p50   p95 ms   drawn anew p50   anew / step")
        for size in (20, 60):
            key, anew = latencies(browser, size, given.steps)
            p50, p95 = np.percentile(key, [50, 95])
            again = np.percentile(anew, 50)
            print(f"{size:3} x {size:<3}{p50:9.1f}{p95:9.1f}{again:17.1f}{again / p50:14.1f}")
        server, port = start_server()
        try:
            page = browser.new_page(viewport={"width": 1440, "height": 1000})
            base = f"http://localhost:{port}"
            print(f"websocket messages during 20 steps: {messages_while_stepping(page, base)}")
            start, translate = np.median(first_picture(page, base, given.loads), axis=0)
            print(
                f"first picture: {start / translate:.2f} times as long on the first page as on "
                f"Translate ({start:.2f} and {translate:.2f} s, medians of {given.loads} loads)"
            )
        finally:
            server.terminate()
            server.wait()
        browser.close()


if __name__ == "__main__":
    main()
