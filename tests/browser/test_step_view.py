"""The step view alone: what it shows, what moves, and what it tells."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect
from step_view_page import HOSTILE, OUTPUT, SOURCE, edited, page_html, view_data

from s2s.text.numbers import percent

pytestmark = pytest.mark.browser

Show = Callable[..., Page]


@pytest.fixture
def show(open_page: Callable[..., Page]) -> Show:
    """``show(data, live=True, **of the page)``: a page with this step view, focus inside it."""

    def show_(data: dict[str, Any], live: bool = True, **options: Any) -> Page:
        page = open_page("about:blank", **options)
        page.set_content(page_html(data, live))
        expect(page.locator(".stage")).to_be_visible()
        page.evaluate("document.fonts.ready")
        page.locator(".card").focus()
        return page

    return show_


def told(page: Page) -> list[Any]:
    return page.evaluate("told")


def count(page: Page) -> Locator:
    return page.locator(".count")


def lane(page: Page, name: str) -> Locator:
    return page.locator(f"[data-lane={name}] > button")


def places(page: Page) -> list[list[float]]:
    """Where every tile, the map and the transport stand."""
    return page.evaluate(
        """() => [...document.querySelectorAll(
            ".lane > button, .grid, .candidate, .transport, .transport > *, .flow, .card")]
            .map(e => e.getBoundingClientRect()).map(r => [r.x, r.y, r.width, r.height])"""
    )


def still(page: Page) -> list[list[float]]:
    """As `places`, without the play button's and the counter's own words."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".lane > button, .grid, .candidate, .flow, .card")]
            .map(e => e.getBoundingClientRect()).map(r => [r.x, r.y, r.width, r.height])"""
    )


# Stepping ---------------------------------------------------------------------------------------


def test_the_keyboard_alone_reaches_the_end(show: Show) -> None:
    page = show(view_data())
    for t, token in enumerate(OUTPUT):
        expect(count(page)).to_have_text(f"step {t + 1} of {len(OUTPUT)}")
        expect(page.locator("[data-lane=output] [aria-current=step] .label")).to_have_text(token)
        expect(page.get_by_role("status")).to_have_text(f"Writes {token} at step {t + 1}.")
        page.keyboard.press("ArrowRight")
    expect(count(page)).to_have_text("step 7 of 7")
    page.keyboard.press("Home")
    expect(count(page)).to_have_text("step 1 of 7")
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(count(page)).to_have_text("step 6 of 7")


@pytest.mark.parametrize("attention", [True, False])
def test_stepping_moves_nothing(show: Show, attention: bool) -> None:
    page = show(view_data(attention=attention))
    before = still(page)
    for _ in OUTPUT:
        page.keyboard.press("ArrowRight")
        assert still(page) == before


def test_stepping_makes_no_new_element(show: Show) -> None:
    page = show(view_data())
    page.keyboard.press("End")  # every pooled piece has been used
    page.keyboard.press("Home")
    page.evaluate(
        """() => { window.made = 0; new MutationObserver(records => {
            for (const r of records) for (const n of r.addedNodes) if (n.nodeType === 1) made += 1;
        }).observe(document.querySelector(".card"), {childList: true, subtree: true}); }"""
    )
    for _ in OUTPUT:
        page.keyboard.press("ArrowRight")
    assert page.evaluate("made") == 0


def test_only_the_last_step_is_told_and_not_at_once(show: Show) -> None:
    page = show(view_data())
    # In one go, so that a slow machine does not rest in between.
    page.evaluate(
        """() => { for (let i = 0; i < 5; i += 1) document.querySelector(".card").dispatchEvent(
            new KeyboardEvent("keydown", {key: "ArrowRight", bubbles: true})) }"""
    )
    assert told(page) == []
    page.wait_for_function("told.length > 0")
    page.wait_for_timeout(600)
    assert told(page) == [5]


def test_play_stops_at_the_end_and_tells_nothing_before(show: Show) -> None:
    page = show(view_data(output=OUTPUT[:3]))
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    expect(page.get_by_role("status")).to_have_attribute("aria-live", "off")
    page.wait_for_function("document.querySelector('.count').textContent === 'step 2 of 3'")
    page.wait_for_timeout(500)
    assert told(page) == []
    expect(count(page)).to_have_text("step 3 of 3")
    expect(page.get_by_role("button", name="Play")).to_be_visible()
    expect(page.get_by_role("status")).to_have_attribute("aria-live", "polite")
    page.wait_for_function("told.length > 0")
    assert told(page) == [2]


def test_the_space_bar_plays_and_pauses(show: Show) -> None:
    page = show(view_data())
    lane(page, "output").first.focus()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_keys_end_in_the_step_view(show: Show) -> None:
    page = show(view_data())
    page.evaluate("window.heard = []; addEventListener('keydown', e => heard.push(e.key))")
    for key in ("r", "c", "ArrowRight", " ", "h", "?"):
        page.keyboard.press(key)
    assert page.evaluate("heard") == []


def test_keys_outside_do_nothing(show: Show) -> None:
    page = show(view_data())
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("ArrowRight")
    expect(count(page)).to_have_text("step 1 of 7")


def test_after_arrival_arrows_step(open_page: Callable[..., Page]) -> None:
    page = open_page("about:blank")
    page.set_content(page_html(view_data()))
    expect(page.locator(".stage")).to_be_visible()
    page.evaluate("document.body.prepend(document.createElement('input'))")
    field = page.locator("input").first
    field.fill("soir")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("!")
    expect(field).to_have_value("soi!r")
    page.evaluate("document.activeElement.blur()")
    for key in ("ArrowDown", "Shift+ArrowRight", "End"):
        page.keyboard.press(key)
    expect(count(page)).to_have_text("step 1 of 7")
    page.keyboard.press("ArrowRight")
    expect(count(page)).to_have_text("step 2 of 7")
    page.keyboard.press("End")
    expect(count(page)).to_have_text("step 7 of 7")
    assert page.evaluate("document.activeElement.className") == "card"


def test_another_sentence_is_hidden_as_the_page_says(show: Show) -> None:
    """Whatever was pressed since: back may come before the page knows of the press."""
    page = show(view_data(hidden=True))
    page.get_by_role("button", name="Hide what is not written yet").click()
    expect(page.locator(".card.hides")).to_have_count(0)
    page.evaluate("data => view.update(data)", view_data(hidden=True))
    expect(page.locator(".card.hides")).to_have_count(0)
    page.evaluate("data => view.update(data)", view_data(hidden=True, id="b"))
    expect(page.locator(".card.hides")).to_be_visible()


def test_the_list_of_keys(show: Show) -> None:
    page = show(view_data())
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys")
    expect(dialog).to_contain_text("next, previous step")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()


# What is drawn ----------------------------------------------------------------------------------


def test_ribbons_are_as_wide_as_their_weights(show: Show) -> None:
    data = view_data(step=4)
    page = show(data)
    row = data["run"]["attention"][4]
    found = page.evaluate(
        """() => [...document.querySelectorAll(".band")].map(p => {
            const n = p.getAttribute("d").match(/-?[0-9.]+/g).map(Number);
            return {top: n[12] - n[0], bottom: n[8] - n[6], start: n[6], shown:
                p.style.visibility !== "hidden", d: p.getAttribute("d")}; })"""
    )
    trunk = found[max(range(len(row)), key=row.__getitem__)]["bottom"] / max(row)
    assert 35.9 <= trunk <= 76.1
    end = None
    for share, band in zip(row, found, strict=True):
        assert band["top"] == pytest.approx(share * trunk, abs=0.03)
        assert band["bottom"] == pytest.approx(share * trunk, abs=0.03)
        assert band["shown"] == (share * trunk >= 2.5)
        # Side by side at the output, so that the trunk is always 1.
        if end is not None:
            assert band["start"] == pytest.approx(end, abs=0.03)
        end = band["start"] + band["bottom"]
    strokes = page.evaluate(
        """() => [...document.querySelectorAll(".ribbons .line")].map(p =>
            p.style.visibility === "hidden" ? null : parseFloat(p.style.strokeWidth))"""
    )
    for share, stroke in zip(row, strokes, strict=True):
        if share < 0.005 or share * trunk >= 2.5:
            assert stroke is None
        else:
            assert stroke == pytest.approx(max(0.8, share * trunk), abs=0.01)


def test_a_ribbon_stays_inside_its_lane(show: Show) -> None:
    """At both ends, under a token that is narrower than the band."""
    data = view_data(("a", *["semaine"] * 7, "."), ("internationally",) * 2)
    data["run"]["attention"] = np.eye(9)[[0, 8]].tolist()
    page = show(data)
    page.set_viewport_size({"width": 1000, "height": 800})
    # It is laid out anew in the frame after.
    page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
    lane = page.locator("[data-lane=source]")
    for place in (0, 8):
        tile = lane.locator(".token").nth(place).bounding_box()
        left, right = (
            page.locator(".band")
            .nth(place)
            .evaluate(
                """band => { const xs = band.getAttribute("d").match(/-?[0-9.]+/g)
                .map(Number).filter((_, i) => i % 2 === 0);
                return [Math.min(...xs), Math.max(...xs)]; }"""
            )
        )
        room = lane.bounding_box()
        assert tile and room and tile["width"] < 30
        assert left >= 0 and right <= room["width"], (left, right)
        page.keyboard.press("ArrowRight")


def test_the_table_has_the_numbers(show: Show) -> None:
    data = view_data()
    page = show(data)
    for t in (0, 4):
        page.locator(".card").focus()
        page.keyboard.press("Home")
        for _ in range(t):
            page.keyboard.press("ArrowRight")
        rows = page.evaluate(
            """() => [...document.querySelectorAll(".numbers-table table")].map(table =>
                [...table.tBodies[0].rows].map(r => [...r.cells].map(c => c.textContent)))"""
        )
        run = data["run"]
        expected = zip(SOURCE, run["attention"][t], strict=True)
        assert rows[0] == [[token, f"{share:.4f}"] for token, share in expected]
        assert rows[1] == [[c["label"], f"{c['p']:.4f}"] for c in run["candidates"][t]]


def test_names_for_screen_readers(show: Show) -> None:
    data = view_data(step=4)
    page = show(data)
    share = data["run"]["attention"][4][5]
    expect(page.get_by_role("button", name=f"soir, weight {share:.2f}")).to_be_visible()
    chosen = percent(data["run"]["probability"][4])
    expect(page.get_by_role("button", name=f"tonight, {chosen}, step 5")).to_be_visible()
    other = data["run"]["candidates"][4][1]
    name = f"{other['label']}, {percent(other['p'])}, write it instead"
    expect(page.get_by_role("button", name=name)).to_be_visible()


def test_a_button_without_a_hint_has_no_title(show: Show) -> None:
    page = show(edited())
    lane(page, "source").nth(2).click()
    expect(page.get_by_role("button", name="Drop this token")).to_be_visible()
    titles = page.locator("[title]").evaluate_all("all => all.map(e => e.title)")
    assert "Next step (→)" in titles
    assert {"undefined", "null", ""}.isdisjoint(titles)


def test_one_tab_stop_for_each_lane(show: Show) -> None:
    page = show(view_data())
    for name in ("source", "output"):
        stops = page.locator(f"[data-lane={name}] [tabindex='0']")
        expect(stops).to_have_count(1)
    lane(page, "source").first.focus()
    page.keyboard.press("ArrowRight")
    expect(lane(page, "source").nth(1)).to_be_focused()
    expect(count(page)).to_have_text("step 1 of 7")
    page.locator("[data-lane=output] [tabindex='0']").focus()
    page.keyboard.press("ArrowRight")
    expect(lane(page, "output").nth(1)).to_be_focused()
    expect(count(page)).to_have_text("step 2 of 7")


@pytest.mark.parametrize("width", [1040, 390])
def test_hostile_labels_are_text(show: Show, width: int) -> None:
    page = show(view_data(HOSTILE, HOSTILE, step=2), width=width)  # a dialog fails the test
    assert page.locator("img").count() == 0
    assert len(lane(page, "source").all()) == len(lane(page, "output").all()) == len(HOSTILE)
    table = page.evaluate(
        """() => [...document.querySelector(".numbers-table tbody").rows]
            .map(r => r.cells[0].textContent)"""
    )
    assert table == list(HOSTILE)
    for t, token in enumerate(HOSTILE):
        name = lane(page, "output").nth(t).get_attribute("aria-label")
        assert name is not None and name.startswith(f"{token}, ")
    lefts = [lane(page, "source").nth(s).bounding_box()["x"] for s in range(len(HOSTILE))]  # type: ignore[index]
    assert lefts == sorted(set(lefts)), "repeated words stand apart"


def test_a_cut_token_is_whole_on_hover(show: Show) -> None:
    long = "x" * 200
    page = show(view_data((long, "b"), ("c", "d")), width=1040)
    first = lane(page, "source").first
    assert first.inner_text().endswith("…")
    first.hover()
    expect(page.locator(".tip")).to_have_text(long)


def test_an_unknown_word_shows_what_was_typed(show: Show) -> None:
    data = view_data()
    data["source"][3] = {"label": "<unk>", "typed": "zibeline", "order": None}
    page = show(data)
    expect(lane(page, "source").nth(3)).to_have_text(re.compile("<unk>zibeline"))


def test_hover_brings_the_number_and_leaving_takes_it_away(show: Show) -> None:
    data = view_data(step=4)
    page = show(data)
    readout = page.get_by_role("status")
    lane(page, "source").nth(5).hover()
    share = data["run"]["attention"][4][5]
    expect(readout).to_have_text(f"Step 5: tonight looked at soir with weight {share:.2f}.")
    expect(page.locator(".band.lit")).to_have_attribute("data-s", "5")
    page.mouse.move(2, 2)
    expect(readout).to_have_text("Writes tonight at step 5.")


def test_a_click_in_the_map_goes_to_that_step(show: Show) -> None:
    page = show(view_data())
    box = page.locator(".grid").bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 2.5 / len(OUTPUT))
    expect(count(page)).to_have_text("step 3 of 7")


def test_arrow_keys_walk_the_map(show: Show) -> None:
    data = view_data()
    page = show(data)
    grid = page.get_by_role("slider", name="Map of all steps")
    grid.focus()
    row = data["run"]["attention"]
    first = max(range(len(SOURCE)), key=row[0].__getitem__)
    page.keyboard.press("ArrowDown")
    expected = f"step 2, m; {SOURCE[first]}, weight {row[1][first]:.2f}"
    expect(grid).to_have_attribute("aria-valuetext", expected)
    page.keyboard.press("Enter")
    expect(count(page)).to_have_text("step 2 of 7")


def test_without_attention_there_are_no_ribbons(show: Show) -> None:
    page = show(view_data(attention=False))
    assert page.locator(".band, .ribbons, .number").count() == 0
    expect(page.get_by_text("The whole sentence in one vector")).to_be_visible()
    expect(page.get_by_text("64 numbers, however long the sentence")).to_be_visible()
    assert page.locator(".strip rect:not(.frame)").count() == 64
    assert page.locator(".reach .flowline").count() == 1
    expect(page.get_by_role("link", name="See what reaches back")).to_be_visible()


def test_peeky_sees_the_vector_at_every_step(show: Show) -> None:
    page = show(view_data(attention=False, peeky="cell"))
    assert page.locator(".reach .flowline").count() == len(OUTPUT)


def test_hidden_steps_can_be_guessed(show: Show) -> None:
    page = show(view_data(step=2))
    page.keyboard.press("h")
    future = lane(page, "output").nth(3)
    expect(future.locator(".label")).to_be_hidden()
    assert future.get_attribute("aria-label") == "step 4, not written yet"
    expect(lane(page, "output").nth(2).locator(".label")).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(future.locator(".label")).to_be_visible()
    page.keyboard.press("h")
    expect(lane(page, "output").nth(6).locator(".label")).to_be_visible()


def test_the_width_of_a_box_gives_no_word_away(show: Show) -> None:
    def widths(data: dict[str, Any]) -> list[float]:
        page = show(data)
        page.keyboard.press("h")
        expect(lane(page, "output").nth(3)).to_have_class(re.compile("blank"))
        return lane(page, "output").evaluate_all("a => a.map(e => e.getBoundingClientRect().width)")

    short, long = view_data(step=2), view_data(step=2)
    for place in range(3, len(OUTPUT)):
        long["run"]["output"][place] |= {"label": "extraordinarily", "raw": "extraordinarily"}
    ours, theirs = widths(short), widths(long)
    assert len({round(width, 2) for width in ours[3:]}) == 1
    assert ours == pytest.approx(theirs)
    # What is written has its own width again.
    page = show(short)
    page.keyboard.press("h")
    page.keyboard.press("End")
    after = lane(page, "output").evaluate_all("a => a.map(e => e.getBoundingClientRect().width)")
    assert len({round(width) for width in after}) > 2
    page.keyboard.press("h")
    shown = lane(page, "output").evaluate_all("a => a.map(e => e.getBoundingClientRect().width)")
    assert shown == pytest.approx(after)


def test_no_motion_where_none_is_wanted(show: Show) -> None:
    page = show(view_data())  # the fixtures ask for reduced motion
    seconds = page.evaluate(
        """() => [...document.querySelectorAll(".band, .token, .candidate i")].map(e =>
            getComputedStyle(e)).filter(s => s.transitionDuration !== "0s"
            && s.transitionProperty !== "none").length"""
    )
    assert seconds == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_s_ground_chooses_the_palette(show: Show, scheme: str) -> None:
    data = view_data()
    page = show(data, scheme=scheme)
    text = page.locator(".s2s").evaluate("e => e.style.getPropertyValue('--text')")
    assert text == data["palettes"][scheme]["text"]
    # The same data again on another ground: Streamlit's theme was changed.
    page.evaluate("document.body.style.setProperty('--st-background-color', '#12161D')")
    page.evaluate("view.update(data)")
    text = page.locator(".s2s").evaluate("e => e.style.getPropertyValue('--text')")
    assert text == data["palettes"]["dark"]["text"]


# What-if ----------------------------------------------------------------------------------------


def test_a_candidate_is_one_click(show: Show) -> None:
    page = show(view_data(step=1))
    page.get_by_role("button", name=re.compile("^other1, .* write it instead$")).click()
    assert told(page) == [{"do": "force", "step": 1, "token": "other1"}]


def test_a_candidate_by_keyboard(show: Show) -> None:
    page = show(view_data())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert {"do": "force", "step": 1, "token": "other0"} in told(page)


def test_another_word_is_typed(show: Show) -> None:
    page = show(view_data(step=3))
    field = page.get_by_role("textbox", name="write another token")
    field.fill("hungry h?")
    field.press("Enter")
    assert told(page) == [{"do": "type", "step": 3, "text": "hungry h?"}]
    expect(field).to_have_value("")


def test_a_source_token_is_replaced_dropped_swapped(show: Show) -> None:
    page = show(view_data())
    menu = page.get_by_role("group", name="Change the source")
    for act, expected in (
        ("Drop this token", {"do": "drop", "source": 3}),
        ("Swap with the next token", {"do": "swap", "source": 3}),
    ):
        lane(page, "source").nth(3).click()
        menu.get_by_role("button", name=act).click()
        expect(menu).to_be_hidden()
        assert told(page)[-1] == expected
    lane(page, "source").nth(3).click()
    menu.get_by_role("textbox").fill("content")
    menu.get_by_role("textbox").press("Enter")
    assert told(page)[-1] == {"do": "replace", "text": "content", "source": 3}


def test_the_edited_lane_stands_over_the_original(show: Show) -> None:
    page = show(edited())
    assert [t.inner_text() for t in page.locator(".first").all()] == list(OUTPUT)
    differs = [t.get_attribute("data-t") for t in page.locator("[data-lane=output] .differs").all()]
    assert differs == ["0", "1", "3"]
    expect(page.locator(".forced")).to_have_attribute("data-t", "0")
    for t in range(len(OUTPUT)):
        above = lane(page, "output").nth(t).bounding_box()
        below = page.locator(".first").nth(t).bounding_box()
        assert above and below and above["x"] == below["x"] and above["y"] < below["y"]
    expect(page.get_by_text("first difference")).to_be_visible()


def test_edits_are_taken_back(show: Show) -> None:
    page = show(edited(can={"undo": True, "redo": True, "force": True, "attend": False}))
    bar = page.get_by_role("group", name="What if")
    bar.get_by_role("button", name="Remove: step 1: we instead of i").click()
    for name in ("Undo", "Redo", "Back to the original"):
        bar.get_by_role("button", name=name).click()
    page.locator(".card").focus()
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+Shift+z")
    acts = [{"do": "undo"}, {"do": "redo"}, {"do": "reset"}, {"do": "undo"}, {"do": "redo"}]
    assert told(page) == [{"do": "remove", "key": "f0"}, *acts]


def test_the_map_shows_edited_original_difference(show: Show) -> None:
    page = show(edited())
    drawn = page.locator(".grid svg")
    seen = {drawn.inner_html()}
    for name in ("original", "difference"):
        page.get_by_role("button", name=name, exact=True).click()
        seen.add(drawn.inner_html())
    assert len(seen) == 3


def test_without_answers_nothing_can_be_edited(show: Show) -> None:
    page = show(edited(), live=False)
    expect(page.locator(".candidate").first).to_be_disabled()
    assert page.get_by_role("textbox").count() == 0
    assert page.get_by_role("button", name="Undo").count() == 0
    lane(page, "source").nth(2).click()
    expect(page.locator(".menu")).to_be_hidden()
    page.keyboard.press("ArrowRight")
    expect(count(page)).to_have_text("step 2 of 7")


# New data ---------------------------------------------------------------------------------------


def update(page: Page, data: dict[str, Any]) -> None:
    page.evaluate("data => view.update(data)", json.loads(json.dumps(data)))


def test_the_same_data_again_leaves_the_step_alone(show: Show) -> None:
    data = view_data()
    page = show(data)
    page.keyboard.press("ArrowRight")
    update(page, data)
    expect(count(page)).to_have_text("step 2 of 7")
    page.wait_for_function("told.length > 0")
    update(page, {**data, "step": 1})  # our own step comes back
    page.keyboard.press("ArrowRight")
    update(page, {**data, "step": 1})
    expect(count(page)).to_have_text("step 3 of 7")
    update(page, {**data, "step": 5})  # the page asks for another
    expect(count(page)).to_have_text("step 6 of 7")


def test_a_new_sentence_begins_at_its_own_step(show: Show) -> None:
    page = show(view_data(step=6))
    update(page, {**view_data(("a", "b"), ("c", "d", "e")), "id": "b", "step": 1})
    expect(count(page)).to_have_text("step 2 of 3")
    assert [t.inner_text() for t in lane(page, "source").all()] == ["a", "b"]
    page.keyboard.press("ArrowRight")
    expect(count(page)).to_have_text("step 3 of 3")  # the focus has stayed inside


def test_destroy_leaves_nothing(show: Show) -> None:
    page = show(view_data())
    page.keyboard.press("ArrowRight")
    page.evaluate("view.destroy()")
    assert page.locator("#place > *").count() == 0
    page.wait_for_timeout(600)
    assert told(page) == []


# Sizes ------------------------------------------------------------------------------------------

DENSITY = [
    (8, 7, "token", 1040, "tiles", "beside"),
    (29, 10, "character", 1040, "tiles", "beside"),
    (34, 35, "token", 1040, "slanted", "beside"),
    (60, 60, "token", 1040, "wide", "wide"),
    (8, 7, "token", 390, "tiles", "narrow"),
    (34, 35, "token", 390, "scroll", "narrow"),
    (29, 10, "character", 320, "scroll", "narrow"),
    (60, 60, "token", 320, "scroll", "narrow"),
]


@pytest.mark.parametrize(("sources", "steps", "unit", "width", "mode", "layout"), DENSITY)
def test_density(
    show: Show, sources: int, steps: int, unit: str, width: int, mode: str, layout: str
) -> None:
    words = ("je", "suis", "vraiment", "fatigue", "ce", "soir", ".", "mot")
    token = (lambda i: "abcdefgh"[i % 8]) if unit == "character" else (lambda i: words[i % 8])
    data = view_data(
        tuple(map(token, range(sources))),
        tuple(map(token, range(steps))),
        unit=unit,
        step=steps - 1,
    )
    page = show(data, width=width)
    assert page.locator(".stage").get_attribute("data-mode") == mode
    assert page.locator(".card").get_attribute("data-layout") == layout
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    current = page.locator("[data-lane=output] .current").bounding_box()
    assert current is not None and 0 <= current["x"] and current["x"] + current["width"] <= width


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("kind", ["attention", "plain", "edited", "hostile"])
def test_no_sideways_scroll_on_a_phone(show: Show, width: int, kind: str) -> None:
    data = {
        "attention": view_data, "edited": edited, "plain": lambda: view_data(attention=False),
        "hostile": lambda: view_data(HOSTILE, HOSTILE, step=4),
    }[kind]()  # fmt: skip
    page = show(data, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for name in ("Previous step", "Next step", "Play"):
        box = page.get_by_role("button", name=name, exact=True).bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width


def test_weight_outside_the_view_stands_at_the_edge(show: Show) -> None:
    data = view_data(tuple("abcdefgh" * 5), tuple("abcdefgh" * 5))
    data["run"]["attention"][0] = [0.0] * 39 + [1.0]
    page = show(data, width=390)
    page.locator(".scroller").evaluate("e => { e.scrollLeft = 0; }")
    expect(page.locator(".edge.right")).to_have_text("1.00 ▸")


def test_the_card_follows_its_own_width(show: Show) -> None:
    page = show(view_data())
    page.locator("#place").evaluate("e => { e.style.width = '500px'; }")
    expect(page.locator(".card")).to_have_attribute("data-layout", "narrow")
    page.locator("#place").evaluate("e => { e.style.width = ''; }")
    expect(page.locator(".card")).to_have_attribute("data-layout", "beside")


TEN = (
    tuple("je ne comprends pas vraiment ce probleme difficile . <eos>".split()),
    tuple("i do not really understand this difficult problem . <eos>".split()),
)


@pytest.mark.parametrize("width", [930, 950])
def test_ten_words_stand_upright(show: Show, width: int) -> None:
    page = show(view_data(*TEN, step=4), width=width)
    expect(page.locator(".stage")).to_have_attribute("data-mode", "tiles")
    texts = [text for name in ("source", "output") for text in lane(page, name).all_inner_texts()]
    assert texts == [*TEN[0], *TEN[1]]


def test_slanted_lanes_take_their_room(show: Show) -> None:
    page = show(view_data(*TEN, step=4), width=900)
    expect(page.locator(".stage")).to_have_attribute("data-mode", "slanted")
    first, last = (lane(page, "source").nth(i).bounding_box() for i in (0, -1))
    stage = page.locator(".stage").bounding_box()
    assert first and last and stage
    assert last["x"] + last["width"] - first["x"] >= 0.8 * stage["width"]


@pytest.mark.parametrize("kind", ["seven", "ten", "edited", "plain"])
def test_full_screen_keeps_its_controls_on_the_screen(show: Show, kind: str) -> None:
    data = {
        "seven": view_data, "ten": lambda: view_data(*TEN, step=4), "edited": edited,
        "plain": lambda: view_data(attention=False),
    }[kind]()  # fmt: skip
    page = show(data, width=1280, height=720)
    page.keyboard.press("f")
    expect(page.locator(".card.full")).to_be_visible()
    for name in ("Previous step", "Next step", "Play", "Leave full screen"):
        expect(page.get_by_role("button", name=name, exact=True)).to_be_in_viewport(ratio=1)
    assert page.locator(".s2s").evaluate("e => e.scrollHeight - e.clientHeight") <= 1
    expect(page.locator(".stage")).to_have_attribute("data-mode", "tiles")
    # Larger than that there is no room for all, and the controls stay.
    for _ in range(5):
        page.keyboard.press("+")
    expect(page.get_by_role("button", name="Next step", exact=True)).to_be_in_viewport(ratio=1)


def test_full_screen_is_half_as_large_again(show: Show) -> None:
    page = show(view_data(step=4))
    page.keyboard.press("f")
    expect(page.locator(".card.full")).to_be_visible()
    page.wait_for_function(
        "document.querySelector('[data-lane=output] .current').getBoundingClientRect().height > 50"
    )
    size = page.locator("[data-lane=output] .current .label").evaluate(
        "e => parseFloat(getComputedStyle(e).fontSize) * document.querySelector('.card').style.zoom"
    )
    assert size >= 32
    page.keyboard.press("PageUp")
    expect(count(page)).to_have_text("step 4 of 7")
    page.keyboard.press("f")
    expect(page.locator(".card.full")).to_have_count(0)
    page.keyboard.press("PageUp")
    expect(count(page)).to_have_text("step 4 of 7")
