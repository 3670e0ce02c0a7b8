"""Take the README's pictures anew: docs/start.png, docs/translate.png and docs/gradients.png.

    python docs/pictures.py

Needs what `make setup` installs, and Chromium on the PATH (or named in CHROME_BIN).
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from resting import settled  # noqa: E402
from serving import PATIENCE, find_browser, serving  # noqa: E402

KEYS = {"task": "fra-eng", "text": "Nous avons perdu les clés de la maison.", "step": "4"}
MONTH = {"task": "dates-book", "text": "Tuesday, March 25, 2003", "step": "7"}
PICTURES = {
    "start": ("/", {}, ".card", 720),
    "translate": ("/translate", KEYS, ".card", 740),
    "gradients": ("/gradients", MONTH | {"beside": "peeky,plain"}, "svg.marks", 760),
}
"""File to page, query, what must be drawn, and height in px."""
WIDTH = 1280


def main() -> None:
    """One server, one browser, all pictures."""
    expect.set_options(timeout=PATIENCE * 1000)
    with serving() as server, sync_playwright() as play:
        browser = play.chromium.launch(executable_path=find_browser(), args=["--no-sandbox"])
        for name, (page_path, query, drawn, height) in PICTURES.items():
            page = browser.new_page(
                viewport={"width": WIDTH, "height": height}, reduced_motion="reduce"
            )
            page.goto(server.url(page_path, **query))
            settled(page, drawn)
            page.wait_for_timeout(1000)  # figures follow the window
            page.screenshot(path=ROOT / "docs" / f"{name}.png")
            page.close()


if __name__ == "__main__":
    main()
