"""How many epochs a second a replay can show, and that it asks the server nothing.

    python benchmarks/replay.py [--browser PATH] [--rounds 3]

Opens the replay of one and of two models of `dates-book` (29 characters read, 10 written) in the
running dashboard, takes the pause out of Play, presses it, and measures from each epoch's frame to
the next. The baseline, in the same page: Play that draws the whole figure anew for every epoch, as
Plotly must where a heat map moves.
"""

from __future__ import annotations

import argparse
import shutil

import numpy as np
from playwright.sync_api import Page, sync_playwright
from rerun import start_server
from stepping import ARGUMENTS

VIEWS = {"one model": "attention", "two models": "attention,plain"}

PLAY = """
async ({redraw, rounds}) => {
  const figure = document.querySelector(".js-plotly-plot");
  const [play] = figure.layout.updatemenus[0].buttons;
  Object.assign(play.args[1], {fromcurrent: false, frame: {duration: 0, redraw}});
  const button = figure.querySelector(".updatemenu-button");
  const picture = figure.querySelector(".layer-subplot .imagelayer image");
  const gaps = [];
  const seen = new Set();
  let last = 0;
  figure.on("plotly_animatingframe", () => {
    const now = performance.now();
    if (last) gaps.push(now - last);
    last = now;
    seen.add(picture.href.baseVal);
  });
  for (let round = 0; round < rounds; round += 1) {
    last = 0;
    const ended = new Promise((done) => figure.once("plotly_animated", done));
    for (const kind of ["mousedown", "mouseup", "click"])
      button.dispatchEvent(new MouseEvent(kind, {bubbles: true}));
    await ended;
  }
  figure.removeAllListeners("plotly_animatingframe");
  if (seen.size < figure._transitionData._frames.length / 2) throw new Error("the map stood still");
  return gaps;
}
"""


def frames(page: Page, address: str, rounds: int) -> tuple[np.ndarray, np.ndarray, int]:
    """Milliseconds between frames, moved and drawn anew; messages sent meanwhile."""
    sent: list[int] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: sent.append(1)))
    page.goto(address)
    page.locator(".js-plotly-plot .imagelayer image").first.wait_for(timeout=90_000)
    page.wait_for_timeout(3000)
    sent.clear()
    moved = page.evaluate(PLAY, {"redraw": False, "rounds": rounds})
    anew = page.evaluate(PLAY, {"redraw": True, "rounds": rounds})
    return np.array(moved), np.array(anew), len(sent)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--browser", default=shutil.which("chromium"))
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    server, port = start_server()
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=given.browser, args=[*ARGUMENTS])
            print("             anew / moved   ms p50    p95   frames a second   messages")
            for name, models in VIEWS.items():
                page = browser.new_page(viewport={"width": 1366, "height": 768})
                query = f"mode=Replay&replay_task=dates-book&replayed={models}"
                address = f"http://localhost:{port}/training?{query}"
                moved, anew, sent = frames(page, address, given.rounds)
                p50, p95 = np.percentile(moved, [50, 95])
                ratio = np.percentile(anew, 50) / p50
                print(f"{name:12}{ratio:13.1f}{p50:9.1f}{p95:7.1f}{1000 / p50:18.1f}{sent:11}")
                page.close()
            browser.close()
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    main()
