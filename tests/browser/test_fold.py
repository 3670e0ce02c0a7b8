"""The main figure and what steps it stand whole in the window of a laptop and of a projector."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from dashboard import DATES, FRENCH, FRENCH_PLAIN, Dashboard, task_of
from playwright.sync_api import Page, expect
from resting import fill_the_screen, wear

from s2s.lessons import read

pytestmark = pytest.mark.browser

CHART = "[data-testid=stVegaLiteChart]"
SIZES = ((1366, 768), (1280, 720))
PROJECTORS = ((1280, 720), (1920, 1080))
KEYS = "Nous avons perdu les clés de la maison."
PARTS = {
    "start": ("/", {}, (".card.small .transport", ".st-key-start-cards")),
    "translate": ("/translate", {"text": KEYS}, (".card .side", ".card .transport")),
    "no attention": ("/translate", {"model": "plain"}, (".card .side", ".card .transport")),
    "characters": ("/translate", {"task": "dates"}, (".card .side", ".card .transport")),
    "attention": (
        "/attention",
        {"text": KEYS},
        (
            ".st-key-picker",
            *(f".st-key-walk-{card} {CHART}" for card in ("score", "softmax", "combine")),
        ),
    ),
    "every number": (
        "/attention",
        {"task": "toy"},
        tuple(
            f".st-key-walk-{card} {CHART}" for card in ("score", "softmax", "context", "combine")
        ),
    ),
    "gradients": (
        "/gradients",
        {"task": "dates-book"},
        (".st-key-picker", ".st-key-flow-view", ".st-key-flow-curves svg.marks"),
    ),
    "compare": (
        "/compare",
        {"text": KEYS},
        (
            ".st-key-readout",
            ".st-key-scroll-lanes svg.marks",
            ".st-key-cell-map-attention svg.marks",
            ".st-key-cell-map-plain svg.marks",
            ".st-key-set-line",
        ),
    ),
    "long names": (
        "/gradients",
        {
            "task": "fra-eng-small",
            "model": "input-feeding",
            "beside": "deep-reversed,scaled-dot,scheduled",
        },
        (".st-key-picker", ".st-key-flow-view", ".st-key-flow-curves svg.marks"),
    ),
    "states": (
        "/states",
        {"task": "reverse"},
        (".st-key-states-beside", ".st-key-states-steps", ".st-key-states-path .js-plotly-plot"),
    ),
    "diagnose": (
        "/diagnose",
        {},
        (
            ".st-key-diagnose_checks_0 canvas",
            ".st-key-diagnose_checks_1 canvas",
            ".st-key-diagnosed-row .card .transport",
        ),
    ),
    "models": ("/models", {}, (".st-key-models_rows canvas",)),
    # Their last questions, each in the other language: in the tests of the lessons.
    **{
        f"lesson {lesson.name}": (
            "/lessons",
            {"lesson": lesson.name, "answer": 1, "lang": ("ko", "en")[at % 2]},
            (".card.in-lesson, .st-key-lesson-figure", ".st-key-lesson-below", ".lesson .keys"),
        )
        for at, lesson in enumerate(read.lessons())
    },
}
"""Page, query, and what must be seen whole. Where all the cards of Attention cannot be, it is the
picture at the top of each of its columns: what is scored, what that makes of it, what comes out."""
BESIDES = {
    "training": ("/training", {}, ("[data-testid=stPlotlyChart]",)),
    "import": ("/import", {}, (".st-key-import-card-1",)),
}
"""What is looked at on the whole screen besides; other tests look at it in a window."""
UNDER = """() => {
    const [button] = document.querySelectorAll('.st-key-take-away, .st-key-present');
    const edge = button.getBoundingClientRect().left;
    return [...document.querySelectorAll('.st-key-head > *')]
        .filter(part => part.getBoundingClientRect().right > edge + 1).map(part => part.innerText);
}"""


@pytest.mark.parametrize("name", PARTS)
def test_the_figure_is_whole_in_the_window(server, open_page, name):
    path, query, parts = PARTS[name]
    page = open_page(server.url(path, **query))
    for scheme in ("light", "dark"):
        if scheme == "dark":
            wear(page, scheme)
        for size in SIZES:
            whole(page, parts, size)
            for head in page.locator(".st-key-head").all():
                box = head.bounding_box()
                assert box and box["height"] < 48, "names take a second row"
            assert page.evaluate(UNDER) == [], "names stand under the buttons of the corner"


@pytest.mark.parametrize("name", PARTS | BESIDES)
def test_the_figure_is_whole_on_the_whole_screen(server, open_page, name):
    path, query, parts = (PARTS | BESIDES)[name]
    page = open_page(server.url(path, **query), width=1280, height=720)
    expect(page.locator(parts[0]).filter(visible=True).first).to_be_visible()
    fill_the_screen(page)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    for size in PROJECTORS:
        whole(page, parts, size)


def test_a_lesson_is_larger_on_a_projector(server, open_page):
    """Its step view grows with the page around it, and takes the height that there is."""
    page = open_page(server.url("/lessons", lesson="looks", answer=1), width=1280, height=720)
    card = page.locator(".card.in-lesson")
    expect(card).to_be_visible()
    fill_the_screen(page)
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(card).to_have_css("zoom", "1.35")
    whole(page, (".st-key-lesson-below",), (1920, 1080))
    assert at_rest(page, (".st-key-lesson-below",))[0] > 0.9 * 1080


def whole(page: Page, parts: Sequence[str], size: tuple[int, int]) -> None:
    """Fail where a part does not end within the window."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    for _ in range(20):  # a picture follows the window some time after it
        ends = at_rest(page, parts)
        if max(ends) <= height:
            break
    assert {part: end for part, end in zip(parts, ends, strict=True) if end > height} == {}, size


def at_rest(page: Page, parts: Sequence[str]) -> list[float]:
    """Where parts end once they have come to rest, in px from the top of the page."""
    seen = [page.locator(part).filter(visible=True).first for part in parts]
    for part in seen:
        expect(part).to_be_visible()
    before, boxes = [], [part.bounding_box() for part in seen]
    for _ in range(50):
        if boxes == before and None not in boxes:  # none while it is drawn anew
            break
        page.wait_for_timeout(200)
        before, boxes = boxes, [part.bounding_box() for part in seen]
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollTop") == 0
    return [box["y"] + box["height"] for box in boxes if box]


@pytest.mark.parametrize("model", [FRENCH, FRENCH_PLAIN, DATES])
def test_a_window_that_gets_lower_makes_the_card_lower(server, open_page, model):
    task, variant = model.split("/")
    page = open_page(server.url(task=task, model=variant), width=1366, height=900)
    Dashboard(page).shows(model, task_of(model).examples[0])
    (before,) = at_rest(page, (".card",))
    page.set_viewport_size({"width": 1366, "height": 720})
    page.wait_for_function(
        "() => document.querySelector('.st-key-step_view .stBidiComponent, .st-key-step_view')"
        ".getBoundingClientRect().bottom <= 720"
    )
    assert at_rest(page, (".card",))[0] <= before
