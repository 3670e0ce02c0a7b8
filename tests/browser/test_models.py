"""The Models page in a browser: a deep link first, a row, a link, reasons, phones, both themes."""

from __future__ import annotations

from pathlib import Path

import model_folders
import pytest
from dashboard import Dashboard, accessible, task_of
from playwright.sync_api import Page, expect
from resting import AT_REST
from serving import PATIENCE, serving

pytestmark = pytest.mark.browser

ROW = 35  # px; ui/models_table.py


@pytest.fixture(scope="session")
def folders(tmp_path_factory) -> Path:
    return model_folders.build(tmp_path_factory.mktemp("models") / "checkpoints")


@pytest.fixture(scope="session")
def sorts(browser, folders):
    """A server on models of every sort; nobody has asked it anything yet."""
    with serving(folders) as running:
        yield running


def opened(page: Page, name: str) -> None:
    """Wait until a model's detail is whole."""
    expect(page.get_by_role("heading", name=name)).to_be_visible()
    expect(page.get_by_role("heading", name="The command that made it")).to_be_visible()
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0)


def press(page: Page, name: str) -> None:
    """Click a row of the overview; its cells are a table that only screen readers see."""
    table = page.locator(".st-key-models_rows canvas").first
    cells = table.locator("td[aria-colindex='1']")
    expect(cells.first).to_be_attached()
    place = next(i for i, text in enumerate(cells.all_text_contents()) if text.endswith(name))
    box = table.bounding_box()
    assert box
    page.mouse.click(box["x"] + 120, box["y"] + ROW * (place + 1) + ROW / 2)


def query(page: Page) -> dict[str, str]:
    return Dashboard(page).query


def test_deep_link_row_and_link(sorts, open_page, watch):
    # Streamlit asks for two of its files beside the page first when the page is not the home page.
    watch.expected = ("Failed to load resource",)
    page = open_page(sorts.url("/models"))
    # The first visitor of a server waits for its imports.
    expect(page.get_by_role("heading", name="Models")).to_be_visible(timeout=3 * PATIENCE * 1000)
    opened(page, "reverse/attention")
    expect(page).to_have_title("Seq2Seq Microscope")
    press(page, "reverse/seeds")
    opened(page, "reverse/seeds")
    Dashboard(page).has_model("seeds")
    charts = page.get_by_test_id("stVegaLiteChart")
    expect(charts.locator("svg.marks")).to_have_count(6)
    page.get_by_role("slider", name="After epoch").press("Home")
    Dashboard(page).address_has(model="seeds", task="reverse", epoch=1)
    expect(page.get_by_test_id("stTable").first).to_contain_text("✗")

    other = open_page(page.url)
    opened(other, "reverse/seeds")
    expect(other.get_by_role("slider", name="After epoch")).to_have_value("1")
    expect(other.get_by_test_id("stTable").first).to_contain_text("✗")

    # A sample opens in Translate with this model.
    other.get_by_role("link", name="microscope").click()
    expect(other.get_by_role("heading", name="Translate")).to_be_visible()
    shown = Dashboard(other)
    expect(shown.sentence).to_have_value("microscope")
    shown.has_task(task_of("reverse/attention").full_title)
    shown.has_model("seeds")
    other.get_by_test_id("stSidebarNav").get_by_role("link", name="Models").click()
    opened(other, "reverse/seeds")
    shown.address_has(task="reverse", model="seeds")


def test_broken_folders_say_why(sorts, open_page, watch):
    watch.expected = ("Failed to load resource",)
    page = open_page(sorts.url("/models", task="reverse", model="truncated"))
    expect(page.get_by_role("heading", name="reverse/truncated")).to_be_visible()
    alerts = page.get_by_test_id("stAlert")
    expect(alerts.last).to_contain_text("ends early")
    expect(alerts.first).to_contain_text("unheard/of: there is no task of this name")
    Dashboard(page).choose_model("hostile")
    opened(page, "reverse/hostile")
    page.get_by_text("Read the card").click()
    expect(page.get_by_text("not written by this program")).to_be_visible()
    expect(page.locator("[data-testid=stMain] img")).to_have_count(0)
    Dashboard(page).no_crash()


def test_files(sorts, open_page, tmp_path, watch):
    watch.expected = ("Failed to load resource",)
    page = open_page(sorts.url("/models", task="reverse", model="seeds"))
    opened(page, "reverse/seeds")
    shown = Dashboard(page)
    for name, start in (
        ("reverse-seeds-training.csv", b"\xef\xbb\xbfseed,epoch,train_loss"),
        ("reverse-seeds.md", b"# reverse/"),
        ("reverse-seeds-training-loss.png", b"\x89PNG"),
    ):
        shown.take(name).save_as(tmp_path / name)
        assert (tmp_path / name).read_bytes().startswith(start)


def test_nothing_scrolls_sideways(sorts, open_page, watch):
    watch.expected = ("Failed to load resource",)
    page = open_page(sorts.url("/models", task="reverse", model="seeds"), width=320, height=844)
    opened(page, "reverse/seeds")
    for width in (320, 390, 720, 1024):
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate(AT_REST) == [], f"at {width} px"


def test_axe_finds_nothing_serious(sorts, open_page, watch):
    watch.expected = ("Failed to load resource",)
    page = open_page(sorts.url("/models", task="reverse", model="seeds"))
    opened(page, "reverse/seeds")
    expect(page.get_by_test_id("stVegaLiteChart").locator("svg.marks")).to_have_count(6)
    accessible(page)
