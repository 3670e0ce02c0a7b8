"""Browser tests: a real server in a fresh process, a real Chromium, no way out of the machine.

Every page a test opens is watched: a request to another machine, an error in the console, an
uncaught error or a dialog box fails the test, whatever it was looking for.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect
from serving import BROWSERS, PATIENCE, Server, find_browser, server, serving  # noqa: F401 (server is a fixture)

PAGES = (Path(__file__).resolve().parents[2] / "pages").glob("*.py")
LOCAL = ("localhost", "127.0.0.1")
BESIDE_A_PAGE = tuple(f"{page.stem}/_stcore/{name}" for page in PAGES
                      for name in ("health", "host-config"))  # fmt: skip
PHONE = (
    "Mozilla/5.0 (Linux; Android 14; Phone) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Mobile Safari/537.36"
)
INSIDE = ("data", "blob", "about", "file")  # schemes that ask nobody

expect.set_options(timeout=PATIENCE * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow tests last."""
    items.sort(key=lambda item: "browser" in item.keywords)


# The browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """What pytest-playwright starts for its ``browser`` fixture."""
    path = find_browser()
    if path is None:
        text = (
            f"no browser: none of {', '.join(BROWSERS)} is on the PATH. Debian and Ubuntu: "
            "apt install chromium; elsewhere install Chrome, or name one in CHROME_BIN"
        )
        if os.environ.get("CI", "").lower() in ("true", "1"):
            pytest.fail(text, pytrace=False)
        pytest.skip(text)
    return {
        "executable_path": path,
        "args": [
            "--no-sandbox",
            "--disable-dev-shm-usage",
            "--disable-gpu",
            "--disable-background-networking",
            # A test's page is drawn by the process of the one before: see Profiles.
            "--process-per-site",
            # As without a network: no name but localhost is ever resolved.
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
        ],
    }


@dataclass
class Watch:
    """What the pages of one test did that they should not."""

    hosts: set[str] = field(default_factory=set)
    errors: list[str] = field(default_factory=list)
    expected: tuple[str, ...] = ()
    """Starts of console errors that belong to the test."""

    def page(self, page: Page) -> None:
        """Listen to a page from its first request on."""
        page.on("request", lambda request: self._address(request.url))
        page.on("websocket", lambda websocket: self._address(websocket.url))
        page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        page.on("dialog", self._dialog)
        page.on("console", self._console)

    def _address(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in INSIDE:
            self.hosts.add(parts.hostname or url)

    def _console(self, message: ConsoleMessage) -> None:
        # Streamlit looks for two of its files beside the page first, when it is not the first one.
        sought = urlsplit(message.location["url"]).path.endswith(BESIDE_A_PAGE)
        if message.type == "error" and not sought:
            self.errors.append(f"{message.text} {message.location['url']}".strip())

    def _dialog(self, dialog: Any) -> None:
        self.errors.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def check(self) -> None:
        """Fail if anything happened."""
        assert self.hosts <= set(LOCAL), f"asked other machines: {self.hosts}"
        unexpected = [text for text in self.errors if not text.startswith(self.expected or ("\0",))]
        assert not unexpected, unexpected


@pytest.fixture
def watch() -> Iterator[Watch]:
    """The test's watch; checked when the test has passed so far."""
    seen = Watch()
    yield seen
    seen.check()


@dataclass
class Profiles:
    """Browser contexts, one for each kind of screen. They share what the server's files weigh.

    In each one page stays: the process that draws a server's pages lives as long as one of them
    is open, and a living one has read the scripts already, which is half of what a page takes.
    """

    browser: Browser
    kinds: dict[bool, BrowserContext] = field(default_factory=dict)
    stays: list[Page] = field(default_factory=list)

    def of(self, touch: bool, url: str) -> BrowserContext:
        """The context for a mouse or for fingers; its cache stays for the tests to come."""
        if touch not in self.kinds:
            context = self.kinds[touch] = self.fresh(touch)
            self.stays.append(context.new_page())
            if urlsplit(url).scheme == "http":
                self.stays[-1].goto(urljoin(url, "/_stcore/health"))
        return self.kinds[touch]

    def fresh(self, touch: bool) -> BrowserContext:
        """A context of its own."""
        context = self.browser.new_context(
            reduced_motion="reduce", has_touch=touch, service_workers="block",
            user_agent=PHONE if touch else None,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE * 1000)
        return context

    def forget(self) -> None:
        """Close all pages and drop what they stored, but not the cache."""
        for context in self.kinds.values():
            for page in set(context.pages).difference(self.stays):
                parts = urlsplit(page.url)
                if parts.scheme == "http":
                    # Asked of the browser, not of the page, which may be on its way elsewhere.
                    context.new_cdp_session(page).send(
                        "Storage.clearDataForOrigin",
                        {"origin": f"http://{parts.netloc}", "storageTypes": "local_storage"},
                    )
                page.close()
            context.clear_cookies()
            context.clear_permissions()


@pytest.fixture(scope="session")
def profiles(browser: Browser) -> Iterator[Profiles]:
    """The contexts of this process."""
    kept = Profiles(browser)
    yield kept
    for context in kept.kinds.values():
        context.close()


@pytest.fixture
def open_page(profiles: Profiles, watch: Watch) -> Iterator[Callable[..., Page]]:
    """``open_page(url, width=, height=, scheme=)``: a page; ``visitor``: of somebody else.

    Nothing is routed: a routed browser has no cache, and asks Python about every single request.
    That nobody outside is asked is seen by the watch and kept by the browser's own rule.
    """
    others = []

    def open_(
        url: str,
        width: int = 1440,
        height: int = 1000,
        scheme: str = "light",
        visitor: bool = False,
    ) -> Page:
        touch = width < 600
        context = profiles.fresh(touch) if visitor else profiles.of(touch, url)
        if visitor:
            others.append(context)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        watch.page(page)
        page.goto(url)
        return page

    yield open_
    for context in others:
        context.close()
    profiles.forget()


# The server -------------------------------------------------------------------------------------


@pytest.fixture
def fresh_server(browser: Browser) -> Iterator[Server]:
    """A server that nobody has asked anything yet."""
    with serving() as running:
        yield running


@pytest.fixture
def serve(browser: Browser) -> Iterator[Callable[[Path], Server]]:
    """``serve(checkpoints)``: a fresh server on a folder of models."""
    with ExitStack() as running:
        yield lambda checkpoints: running.enter_context(serving(checkpoints))
