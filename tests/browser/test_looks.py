"""Any window, both themes: nothing sticks out, and axe finds nothing serious."""

from __future__ import annotations

import pytest
from dashboard import DATES, FRENCH, FRENCH_PLAIN, REVERSE, Dashboard, accessible, task_of, trace
from expected import first_word
from playwright.sync_api import expect
from resting import AT_REST, WHOLE, settled

pytestmark = pytest.mark.browser

# Elements of the page that reach beyond the window to the right, unless they lie in something that
# scrolls by itself or are not shown (a slider's own input lies clipped to 1 px beneath its handle,
# a formula for screen readers likewise).

LONG = {
    FRENCH: "Je suis vraiment fatigué ce soir car je n'ai pas dormi depuis trois jours.",
    DATES: "Wednesday, September 25, 2003",
    REVERSE: "abcdefghijklmnopqrstuvwxyzabcdefghijklmn",
}


# What still sticks out after ten seconds, nothing as soon as it has stayed away for half a second:
# sidebar and pictures follow the window slowly. (Not `wait_for_function`: it takes the promise of
# an async function for true.)


@pytest.mark.parametrize("model", [FRENCH, FRENCH_PLAIN, DATES, REVERSE])
def test_nothing_scrolls_sideways(server, open_page, model):
    task, variant = model.split("/")
    text = LONG.get(model, LONG[FRENCH])
    page = open_page(server.url(task=task, model=variant, text=text), width=320, height=844)
    shown = Dashboard(page)
    shown.shows(model, text)
    for width in (320, 390, 720, 1024):
        page.set_viewport_size({"width": width, "height": 844})
        settled(page)
        assert page.evaluate(AT_REST) == [], f"at {width} px"
    shown.slider.press("End")
    shown.shows(model, text, trace(model, text).steps - 1)
    assert page.evaluate(AT_REST) == []


@pytest.mark.parametrize(
    ("path", "query", "drawn"),
    [
        ("/gradients", {"task": "dates-book", "model": "attention"}, ".st-key-flow-curves"),
        ("/compare", {"task": task_of(FRENCH).name}, ".st-key-cell-map-attention"),
        ("/models", {}, ".st-key-cell-curves-loss"),
    ],
    ids=["gradients", "compare", "models"],
)
def test_a_window_that_narrows_cuts_no_word_of_a_figure(server, open_page, path, query, drawn):
    page = open_page(server.url(path, **query), width=1366, height=768)
    settled(page, f"{drawn} svg.marks")
    # Each of these widths gives a line more to a title, or slants the labels, of some figure.
    for width in (1366, 1000, 700, 600, 500, 390, 1366):
        page.set_viewport_size({"width": width, "height": 768})
        settled(page, f"{drawn} svg.marks")
        assert page.evaluate(WHOLE) == [], f"at {width} px"


def test_phone(server, open_page):
    task = task_of(FRENCH)
    page = open_page(server.url(), width=390, height=844)
    shown = Dashboard(page)
    answer = shown.shows(FRENCH, task.examples[0])
    # The sidebar is closed: the head names task and model.
    expect(page.get_by_test_id("stSidebar")).not_to_be_in_viewport()
    shown.has_task(task.full_title)
    shown.has_model("attention")
    expect(shown.model).to_be_in_viewport()
    # Sentence, readout, flow and transport fit the first 900 px.
    for part in (shown.sentence, shown.readout, page.locator(".flow"), shown.slider, shown.next):
        box = part.bounding_box()
        assert box and box["y"] + box["height"] <= 900
    widths = {part: part.bounding_box()["width"] for part in (shown.next, shown.back)}
    assert widths[shown.next] > widths[shown.back]
    for part in (shown.next, shown.back):
        assert part.bounding_box()["height"] >= 44
    expect(page.locator(".st-key-wide-map")).to_be_hidden()
    page.locator(".st-key-narrow-map").scroll_into_view_if_needed()
    shown.maps(answer.attention, "narrow-map")
    shown.next.tap()
    shown.shows(FRENCH, task.examples[0], first_word(answer) + 1)


@pytest.mark.parametrize(
    ("state", "query"),
    [
        ("attention", {}),
        ("plain", {"model": "plain"}),
        ("edited", {"task": "reverse", "edits": "f1.z"}),
        ("message", {"task": "reverse"}),
        ("phone", {"task": "dates"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_axe_finds_nothing_serious(server, open_page, state, query):
    page = open_page(server.url(**query), width=390 if state == "phone" else 1440)
    shown = Dashboard(page)
    expect(shown.readout).to_be_visible()
    # While a message stands, the answer before is dimmed to 60 %: the guide says so, axe does not.
    aside = {}
    if state == "message":
        shown.type("!!!")
        expect(shown.alert.first).to_be_visible()
        aside = {"exclude": [[".st-key-stale"]]}
    accessible(page, aside or None)
