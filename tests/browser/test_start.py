"""The first page in a browser: what it shows at once, and how near everything is."""

from __future__ import annotations

import pytest
from dashboard import Dashboard, accessible
from playwright.sync_api import Locator, Page, expect
from resting import AT_REST, settled

from ui.frame.navigation import GROUPS
from ui.views.start.cards import KEYS

pytestmark = pytest.mark.browser

CARDS = ("write", "bottleneck", "back", "trust", "learn", "own")


def card(page: Page, name: str) -> Locator:
    """A card's link; Streamlit has a twin of it for touch screens."""
    return page.locator(f".st-key-card-{name} a").filter(visible=True)


def title(page: Page, name: str) -> None:
    expect(page.get_by_role("heading", level=1, name=name, exact=True)).to_be_visible()


def test_the_first_screen(server, open_page):
    page = open_page(server.url("/"), width=1366, height=768)
    title(page, "Seq2Seq Microscope")
    expect(page.get_by_text("Watch a small translator read a sentence")).to_be_in_viewport()
    expect(page.locator(".card.small p.readout")).to_contain_text("Writes house")
    for name in CARDS:
        expect(card(page, name)).to_be_in_viewport()
        picture = page.locator(f".st-key-card-{name} img")
        assert picture.get_attribute("alt")
        assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    for number in range(1, 6):
        row = page.locator(f".st-key-tutorial-{number}")
        expect(row.get_by_role("link").filter(visible=True).first).to_be_visible()
    assert Dashboard(page).query == {}
    Dashboard(page).no_crash()


def test_the_pages_stand_in_groups(server, open_page):
    page = open_page(server.url("/"))
    settled(page)
    items = page.get_by_test_id("stSidebarNavItems").locator("> li")
    expect(items).to_have_count(2 + sum(len(those) for those in GROUPS.values()))
    told = items.evaluate_all(
        "items => items.map(item => [getComputedStyle(item, '::before').content, item.innerText])"
    )
    wanted = [("none", "Start"), ("none", "Lessons")]
    for group, those in GROUPS.items():
        wanted += [(f'"{group}"' if e is those[0] else "none", e.title) for e in those]
    assert [head for head, _ in told] == [head for head, _ in wanted]
    for (_, shown), (_, name) in zip(told, wanted, strict=True):
        assert name in shown.split("\n")


def what_is_this(page: Page) -> None:
    expect(page.get_by_text("Watch a small translator read a sentence")).to_be_in_viewport()


def my_own_sentence(page: Page) -> None:
    page.get_by_role("link", name="Try your own sentence").click()
    title(page, "Translate")
    Dashboard(page).sentence.click()


def plain_against_attention(page: Page) -> None:
    card(page, "bottleneck").click()
    title(page, "Compare")
    expect(page.locator(".st-key-text input")).to_have_value(KEYS)
    expect(page.locator(".st-key-readout")).to_contain_text("plain")


def gradients(page: Page) -> None:
    card(page, "back").click()
    title(page, "Gradients")
    expect(page.locator(".st-key-flow-curves svg.marks")).to_be_visible()


def my_tutorial(page: Page) -> None:
    links = page.locator(".st-key-tutorial-5").get_by_role("link", name="layer by layer")
    links.filter(visible=True).click()
    title(page, "Gradients")
    Dashboard(page).has_model("deep")


@pytest.mark.parametrize(
    "want", [what_is_this, my_own_sentence, plain_against_attention, gradients, my_tutorial]
)
def test_what_a_student_wants_is_two_clicks_away(server, open_page, want):
    page = open_page(server.url("/"), width=1366, height=768)
    title(page, "Seq2Seq Microscope")
    page.evaluate("""() => {
        sessionStorage.clicks = 0;
    }""")
    count = "addEventListener('click', () => sessionStorage.clicks++, true)"
    page.evaluate(count)
    page.add_init_script(count)  # the page may be loaded anew on the way
    want(page)
    assert int(page.evaluate("sessionStorage.clicks")) <= 2
    Dashboard(page).no_crash()


def test_the_way_back_to_what_was_seen_last(server, open_page):
    page = open_page(server.url("/"), visitor=True)
    title(page, "Seq2Seq Microscope")
    link = page.locator(".st-key-go-on a")
    expect(page.locator(".card.small")).to_be_visible()
    expect(link).to_be_hidden()
    card(page, "trust").click()
    title(page, "Gradients")
    shown = Dashboard(page)
    shown.type("MAY 3, 1984")
    shown.address_has(text="MAY 3, 1984")
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Start").click()
    title(page, "Seq2Seq Microscope")
    assert shown.query == {}
    expect(link).to_have_text("↩ Go on: Gradients · MAY 3, 1984")
    beside = page.get_by_role("heading", level=1).bounding_box()
    place = link.bounding_box()
    assert beside and place
    assert beside["x"] + beside["width"] < place["x"] < 1440 - place["width"]
    link.click()
    title(page, "Gradients")
    shown.address_has(task="dates-book", text="MAY 3, 1984")
    expect(shown.sentence).to_have_value("MAY 3, 1984")


def test_the_first_page_forgets_and_back_brings_it_again(server, open_page):
    page = open_page(server.url("/"), visitor=True)
    card(page, "write").click()
    shown = Dashboard(page)
    shown.type("Il fait froid.")
    shown.address_has(text="Il fait froid.")
    entries = page.evaluate("history.length")
    navigation = page.get_by_test_id("stSidebarNav")
    navigation.get_by_role("link", name="Start").click()
    title(page, "Seq2Seq Microscope")
    navigation.get_by_role("link", name="Translate").click()
    title(page, "Translate")
    assert page.evaluate("history.length") == entries + 2
    assert shown.query == {}
    for _ in range(2):
        page.go_back()
    title(page, "Translate")
    expect(shown.sentence).to_have_value("Il fait froid.")


def test_it_plays_once_and_rests_on_the_last_word(server, open_page):
    page = open_page("about:blank", visitor=True)
    page.emulate_media(reduced_motion="no-preference")
    page.goto(server.url("/"))
    play = page.locator(".card.small .play")
    expect(play).to_have_attribute("aria-label", "Pause")
    expect(page.locator(".card.small .count")).to_have_text("step 7 of 9")
    expect(play).to_have_attribute("aria-label", "Play")
    page.reload()
    expect(page.locator(".card.small .count")).to_have_text("step 7 of 9")
    expect(play).to_have_attribute("aria-label", "Play")
    play.click()
    expect(page.locator(".card.small .count")).to_have_text("step 2 of 9")


def test_axe_finds_nothing_serious(server, open_page):
    page = open_page(server.url("/"))
    settled(page)
    accessible(page)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/translate",
        "/attention",
        "/gradients",
        "/compare",
        "/diagnose",
        "/training",
        "/import",
    ],
)
def test_nothing_scrolls_sideways_on_a_phone_and_at_twice_the_size(server, open_page, path):
    """A laptop's window of 1366 px at 200 % is one of 683 px."""
    page = open_page(server.url(path), width=390, height=844)
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    for width in (390, 683, 640):
        page.set_viewport_size({"width": width, "height": 844 if width == 390 else 384})
        expect(page.get_by_test_id("stSkeleton")).to_have_count(0)
        assert page.evaluate(AT_REST) == [], f"at {width} px"
