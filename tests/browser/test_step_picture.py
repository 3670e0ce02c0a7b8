"""The step view as SVG and PNG: the file shows what the card shows, and nothing else happens."""

from __future__ import annotations

import base64
import re
import struct
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from dashboard import FRENCH, Dashboard, task_of
from playwright.sync_api import Page, expect
from resting import quiet
from step_view_page import HOSTILE, OUTPUT, SOURCE, edited, page_html, view_data

from s2s.export import step_view
from s2s.plots.palette import PALETTES

pytestmark = pytest.mark.browser

Show = Callable[..., Page]
SVG = "{http://www.w3.org/2000/svg}"
NAMED = {"model": "fra-eng/attention", "text": "Je suis vraiment fatigué ce soir."}
# Tokens that would end an element, or that no XML file may hold.
EVIL = (*HOSTILE[:5], "</text>", "]]>", "&amp;", "bell\x07", "half\ud800", "a\ufffe", "\x00")

# How many colours a picture has, and those of its first and last pixel.
DECODE = """async data => {
    const bytes = Uint8Array.from(atob(data), c => c.charCodeAt(0));
    const image = await createImageBitmap(new Blob([bytes]));
    const canvas = new OffscreenCanvas(image.width, image.height);
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    const { data: px } = context.getImageData(0, 0, image.width, image.height);
    const colours = new Set(), last = px.length - 4;
    for (let i = 0; i < px.length; i += 4) colours.add(`${px[i]},${px[i + 1]},${px[i + 2]}`);
    const at = i => [...px.slice(i, i + 4)];
    return {colours: colours.size, first: at(0), last: at(last)};
}"""


@pytest.fixture
def show(open_page: Callable[..., Page]) -> Show:
    """``show(data, **of the page)``: a page with this step view."""

    def show_(data: dict[str, Any], **options: Any) -> Page:
        page = open_page("about:blank", **options)
        page.set_content(page_html(data))
        expect(page.locator(".stage")).to_be_visible()
        page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))")
        return page

    return show_


def save(page: Page, kind: str, folder: Path) -> Path:
    """Save a picture with the keyboard alone."""
    page.get_by_role("button", name="Save picture").focus()
    page.keyboard.press("Enter")
    items = page.get_by_role("menu", name="Save picture").get_by_role("menuitem")
    expect(items.first).to_be_focused()
    if kind == "png":
        page.keyboard.press("ArrowDown")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    file = folder / waiting.value.suggested_filename
    waiting.value.save_as(file)
    assert file.suffix == f".{kind}"
    return file


def texts(root: ElementTree.Element) -> list[str]:
    """The pieces of text; a line in two weights has two."""
    found = (e for e in root.iter() if e.tag in (f"{SVG}text", f"{SVG}tspan"))
    return [element.text or "" for element in found]


def says(root: ElementTree.Element, sentence: str) -> bool:
    """Whether a sentence stands in the picture, on however many lines the browser wrote it."""
    return "".join(sentence.split()) in "".join("".join(texts(root)).split())


def read(file: Path) -> ElementTree.Element:
    """A saved SVG; it draws with shapes and texts only, and asks nobody."""
    root = ElementTree.parse(file).getroot()
    kinds = {element.tag.removeprefix(SVG) for element in root.iter()}
    assert kinds <= set("svg title desc defs linearGradient stop rect path text tspan".split())
    assert not [name for element in root.iter() for name in element.attrib if "href" in name]
    assert "NaN" not in file.read_text("utf-8") and "undefined" not in file.read_text("utf-8")
    return root


def on_screen(page: Page, selector: str) -> Counter[str]:
    """The texts of what is visible under a selector."""
    return Counter(
        page.evaluate(
            """selector => [...document.querySelectorAll(selector)]
                .filter(e => e.checkVisibility() && e.textContent.trim())
                .map(e => e.textContent.trim())""",
            selector,
        )
    )


def test_the_svg_says_what_the_card_says(show: Show, tmp_path: Path) -> None:
    page = show(view_data(step=4, **NAMED))
    before = page.locator("#place").inner_html()
    file = save(page, "svg", tmp_path)
    assert file.name == "fra-eng-attention-step-5.svg"
    expect(page.get_by_role("button", name="Save picture")).to_be_focused()
    assert page.locator("#place").inner_html() == before, "a trace is left"
    assert page.evaluate("told") == []
    root = read(file)
    found = Counter(texts(root))
    assert not Counter([*SOURCE, *OUTPUT]) - found
    shown = on_screen(page, ".share, .number, .candidate .name, .heading b, .title b, .fed")
    assert not shown - found
    percents = {text for text in found if re.fullmatch(r"[<>]?\s?[\d.]+\s%", text)}
    assert percents == set(on_screen(page, ".share"))
    assert says(root, f"fra-eng/attention · {NAMED['text']} · step 5 of 7")
    for control in ("Next", "Play", "1×"):
        assert control not in found
    card = page.locator(".card").bounding_box()
    assert card is not None and root.get("width") == str(round(card["width"]))
    ribbons = page.evaluate(
        """() => [...document.querySelectorAll(".band, .ribbons .line")]
            .filter(e => getComputedStyle(e).visibility === "visible")
            .map(e => e.getAttribute("d"))"""
    )
    drawn = [e.get("d") for e in root.iter(f"{SVG}path") if e.get("class") in ("band", "line")]
    icons = page.evaluate(
        """() => [...document.querySelectorAll(".candidate .icon .line")]
            .filter(e => e.checkVisibility()).map(e => e.getAttribute("d"))"""
    )
    assert sorted(drawn) == sorted(ribbons + icons)  # type: ignore[type-var]


def test_a_text_stands_where_it_stands_on_the_card(show: Show, tmp_path: Path) -> None:
    page = show(view_data(step=4))
    root = read(save(page, "svg", tmp_path))
    card = page.locator(".card").bounding_box()
    assert card is not None
    for name in ("vraiment", "really", "other2"):
        label = page.locator(".label, .name").get_by_text(name, exact=True).first
        on_card = label.evaluate(
            """e => { const range = document.createRange(); range.selectNodeContents(e);
                const r = range.getBoundingClientRect(); return [r.x, r.y, r.right, r.bottom]; }"""
        )
        text = next(e for e in root.iter(f"{SVG}text") if e.text == name)
        width = float(text.get("textLength", "0"))
        shift = {None: 0.0, "middle": 0.5, "end": 1.0}[text.get("text-anchor")] * width
        left = float(text.get("x", "0")) - shift
        # The picture has no border: the lanes get 1 px more on each side.
        assert left == pytest.approx(on_card[0] - card["x"] - 1, abs=2.5)
        assert width == pytest.approx(on_card[2] - on_card[0], abs=0.1)
        assert on_card[1] < float(text.get("y", "0")) + card["y"] + 1 < on_card[3]


@pytest.mark.parametrize("width", [1040, 390])
def test_hostile_tokens_are_text(show: Show, tmp_path: Path, width: int) -> None:
    page = show(view_data(EVIL, EVIL, step=2, text="</svg><script>alert(1)</script>"), width=width)
    root = read(save(page, "svg", tmp_path))
    said = [re.sub("[\x00\x07\ud800\ufffe]", "\ufffd", token) for token in EVIL]
    found = texts(root)
    for token in (token for token in said if len(token) <= 10):
        assert found.count(token) >= 2, token
    assert says(root, "</svg><script>alert(1)</script>")
    # A token that is too wide for a tile ends in "…", and the whole of it is in the description.
    assert any(re.fullmatch("x+…", text) for text in found)
    description = root.findtext(f"{SVG}desc") or ""
    assert all(token in description for token in said)
    # Loaded as a page it is a picture too: no dialog, no error.
    page.goto((tmp_path / "french-english-step-3.svg").as_uri())
    assert page.evaluate("document.documentElement.localName") == "svg"


def test_the_png_is_the_same_picture_twice_as_sharp(show: Show, tmp_path: Path) -> None:
    page = show(view_data(step=4), scheme="dark")
    before = page.locator("#place").inner_html()
    root = read(save(page, "svg", tmp_path))
    data = save(page, "png", tmp_path).read_bytes()
    assert page.locator("#place").inner_html() == before
    assert struct.unpack(">II", data[16:24]) == tuple(
        2 * int(root.get(name, "0")) for name in ("width", "height")
    )
    seen = page.evaluate(DECODE, base64.b64encode(data).decode())
    ground = [*bytes.fromhex(PALETTES["dark"].background[1:]), 255]
    assert seen["first"] == seen["last"] == ground
    assert seen["colours"] > 100


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 390])
def test_a_page_on_disk_saves_too(
    open_page: Callable[..., Page], tmp_path: Path, scheme: str, width: int
) -> None:
    alone = tmp_path / "alone.html"
    alone.write_text(step_view.standalone(view_data(step=4, **NAMED), "alone"), "utf-8")
    page = open_page(alone.as_uri(), scheme=scheme, width=width)
    expect(page.locator(".stage")).to_be_visible()
    root = read(save(page, "svg", tmp_path))
    ground = next(root.iter(f"{SVG}rect"))
    assert ground.get("fill") == PALETTES[scheme].background.lower()
    assert [ground.get(name) for name in ("width", "height")] == [
        root.get("width"),
        root.get("height"),
    ]
    data = save(page, "png", tmp_path)
    assert data.name == "fra-eng-attention-step-5.png"
    assert data.read_bytes().startswith(b"\x89PNG")
    sizes = page.get_by_role("button", name="Save picture").bounding_box()
    assert sizes and sizes["height"] == (36 if width > 600 else 44)


def test_lanes_that_scroll_are_saved_whole(show: Show, tmp_path: Path) -> None:
    tokens = tuple(f"w{i}" for i in range(40))
    page = show(view_data(tokens, tokens, step=20), width=390)
    assert page.locator(".stage").get_attribute("data-mode") == "scroll"
    root = read(save(page, "svg", tmp_path))
    wide = float(root.get("width", "0"))
    # Each token in its two lanes; one more is the chosen candidate, one the word fed back.
    found = Counter(texts(root))
    assert all(found[token] >= 2 for token in tokens)
    for element in root.iter(f"{SVG}text"):
        at = element.get("transform")
        x = float(element.get("x", "0"))
        if at:  # slanted around its own corner: only the corner is looked at
            a, _, c, _, e, _ = map(float, re.findall(r"-?[\d.]+", at))
            x = a * x + c * float(element.get("y", "0")) + e
        assert 0 <= x <= wide, element.text


def test_edits_are_in_the_picture(show: Show, tmp_path: Path) -> None:
    page = show(edited())
    page.get_by_role("button", name="difference").click()
    root = read(save(page, "svg", tmp_path))
    found = Counter(texts(root))
    for sentence in ("What if", "we instead of i", "edited", "original", "first difference"):
        assert says(root, sentence), sentence
    assert not Counter(OUTPUT) - found
    assert "difference" in found and "Undo" not in found
    rose = PALETTES["light"].edit.lower()
    assert [e for e in root.iter(f"{SVG}rect") if e.get("stroke") == rose]


def test_without_attention_the_vector_is_drawn(show: Show, tmp_path: Path) -> None:
    page = show(view_data(attention=False, step=2))
    root = read(save(page, "svg", tmp_path))
    assert says(root, "The whole sentence in one vector") and says(root, "No attention map")
    assert len([e for e in root.iter(f"{SVG}rect") if e.get("transform")]) > 64
    assert not says(root, "See what reaches back")


def test_what_is_hidden_stays_hidden(show: Show, tmp_path: Path) -> None:
    page = show(view_data(step=2))
    page.locator(".card").focus()
    page.keyboard.press("h")
    file = save(page, "svg", tmp_path)
    assert "really" in texts(read(file))
    assert "tonight" not in file.read_text("utf-8")


def test_the_menu(show: Show) -> None:
    page = show(view_data(step=2))
    button = page.get_by_role("button", name="Save picture")
    menu = page.get_by_role("menu", name="Save picture")
    button.click()
    expect(menu.get_by_role("menuitem")).to_have_text([re.compile("^SVG"), re.compile("^PNG")])
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    expect(menu.get_by_role("menuitem").last).to_be_focused()
    expect(page.locator(".count")).to_have_text("step 3 of 7")
    found = Axe().run(page).response
    assert not [v for v in found["violations"] if v["impact"] in ("serious", "critical")]
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(button).to_be_focused()
    button.click()
    page.get_by_role("button", name="Next step").click()
    expect(menu).to_be_hidden()
    button.click()
    button.click()
    expect(menu).to_be_hidden()


def test_the_server_hears_nothing(
    server: Any, open_page: Callable[..., Page], tmp_path: Path
) -> None:
    page = open_page("about:blank")
    sent: list[Any] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(frame)))
    page.goto(server.url(model="attention"))
    answer = Dashboard(page).shows(FRENCH, task_of(FRENCH).examples[0])
    assert sent
    quiet(page, sent)
    root = read(save(page, "svg", tmp_path))
    save(page, "png", tmp_path)
    page.wait_for_timeout(600)
    assert sent == []
    assert not Counter(answer.source) - Counter(texts(root))
