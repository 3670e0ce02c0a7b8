"""The Translate page in a browser: where it says what, and what it should say by the library."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from expected import first_word, said
from playwright.sync_api import Download, Locator, Page, TimeoutError, expect
from resting import idle, wear

import s2s
from s2s.checkpoints import checkpoint
from s2s.cli.models import describe
from s2s.decoding.system import System
from s2s.results import Array, Trace
from s2s.tasks import TASKS, Task
from s2s.text import label

FRENCH, FRENCH_PLAIN = "fra-eng/attention", "fra-eng/plain"
DATES, REVERSE = "dates/attention", "reverse/attention"

# The numbers of the drawn cells, row by row: Vega keeps each mark's data at its element.
MAP = """key => [...document.querySelectorAll(`.st-key-${key} .layer_0_marks path`)]
    .map(path => path.__data__.datum)
    .sort((a, b) => a.row - b.row || a.column - b.column)
    .map(cell => cell.weight)"""
# Caption and last column of each table of the step view, shadow root or not.
TABLES = """box => [...box.querySelectorAll('table')].map(table => ({
    caption: table.caption.textContent,
    names: [...table.querySelectorAll('tbody th')].map(cell => cell.textContent),
    numbers: [...table.querySelectorAll('tbody td')].map(cell => Number(cell.textContent)),
}))"""


@lru_cache
def system(model: str) -> System:
    """A shipped model."""
    return s2s.load(model)


def trace(model: str, text: str) -> Trace:
    """What the library answers."""
    return system(model).translate(text)


def task_of(model: str) -> Task:
    return TASKS[model.split("/")[0]]


def score(model: str) -> str:
    """The score as the command line prints it."""
    return next(
        describe(entry)["score"] or "" for entry in checkpoint.entries() if entry.name == model
    )


def accessible(page: Page, context: dict[str, Any] | None = None) -> None:
    """Fail where axe finds something serious or critical: in the light page, then in the dark."""
    idle(page)
    for scheme in ("light", "dark"):
        if scheme == "dark":
            wear(page, scheme)
        found = serious(page, context)
        assert not found, scheme + "\n".join(found)


def serious(page: Page, context: dict[str, Any] | None = None) -> list[str]:
    """What axe finds serious or critical on a page, or within a context of axe's."""
    found = Axe().run(page, context=context).response
    assert found["passes"], "axe saw nothing"
    return [
        f"{v['id']} ({v['impact']}): {v['help']}: {node['html'][:200]} at {node['target']}"
        for v in found["violations"]
        if v["impact"] in ("serious", "critical")
        for node in v["nodes"]
    ]


class Dashboard:
    """One tab. While a run goes on the answer before may still stand below, hence each first."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.sentence = page.locator(".st-key-text input")
        self.readout = page.locator("p.readout[role=status]").first
        self.slider = page.locator(".transport input[type=range]").first
        self.count = page.locator(".transport .count").first
        self.next = page.get_by_role("button", name="Next step").first
        self.back = page.get_by_role("button", name="Previous step").first
        self.table = page.locator(".numbers-table").first
        self.map = page.locator(".st-key-wide-map svg.marks").first
        self.model = page.locator(".st-key-model")
        # For the same reason its texts are expected as a list, which waits until one alert is left.
        self.alert = page.get_by_test_id("stAlert")

    @property
    def query(self) -> dict[str, str]:
        """The address's parameters."""
        values = parse_qs(urlsplit(self.page.url).query, keep_blank_values=True)
        return {key: value[-1] for key, value in values.items()}

    def shows(self, model: str, text: str, step: int | None = None) -> Trace:
        """Wait until the page shows this step (0-based; None: the opening one) of this answer."""
        answer = trace(model, text)
        self.shows_answer(answer, step)
        expect(self.sentence).to_have_value(text)
        return answer

    def shows_answer(self, answer: Trace, step: int | None = None) -> None:
        """As `shows`, for an answer that is not a plain translation."""
        step = first_word(answer) if step is None else step
        expect(self.readout).to_have_text(said(answer, step))
        expect(self.count).to_have_text(f"step {step + 1} of {answer.steps}")
        expect(self.slider).to_have_value(str(step + 1))

    def tells(self, answer: Trace, step: int) -> None:
        """Check the step's numbers, as the table for screen readers has them."""
        tables = self.table.evaluate(TABLES)
        if answer.attention is not None:
            weights = tables.pop(0)
            assert weights["names"] == [label(token) for token in answer.source]
            np.testing.assert_allclose(weights["numbers"], answer.attention[step], atol=6e-5)
        (choices,) = tables
        assert f"step {step + 1} of {answer.steps}" in choices["caption"]
        assert choices["names"] == [label(token) for token in answer.candidates[step]]
        np.testing.assert_allclose(
            choices["numbers"], answer.candidate_probabilities[step], atol=6e-5
        )

    def maps(self, weights: Array, key: str = "wide-map") -> None:
        """Wait until the whole map's cells have these weights."""
        want = np.asarray(weights, dtype=float).ravel()
        script = f"""([key, want]) => {{
            const drawn = ({MAP})(key);
            return drawn.length === want.length
                && drawn.every((weight, i) => Math.abs(weight - want[i]) < 1e-6);
        }}"""
        try:
            self.page.wait_for_function(script, arg=[key, want.tolist()])
        except TimeoutError:
            np.testing.assert_allclose(self.page.evaluate(MAP, key), want, atol=1e-6)
            raise

    def written(self) -> list[str]:
        """The tokens of the output lane."""
        return self.page.locator("[data-lane=output] > button .label").all_text_contents()

    def type(self, text: str) -> None:
        """Replace the sentence and press Enter."""
        self.sentence.fill(text)
        self.sentence.press("Enter")

    def choose_task(self, task: str) -> None:
        """Pick a task."""
        self.page.locator(".st-key-task").get_by_role("combobox").click()
        self.page.get_by_role("option", name=TASKS[task].full_title, exact=True).click()

    def choose_model(self, variant: str) -> None:
        """Pick a model: side by side where there are few, else in a list."""
        name = re.compile(rf"^\W {re.escape(variant)}( · .+)?$")
        self._model_is_there()
        if self.model.get_by_role("radiogroup").count():
            self.model.get_by_role("radio", name=name).click()
            return
        self.model.get_by_role("combobox").click()
        self.page.get_by_role("option", name=name).click()

    def has_model(self, variant: str) -> None:
        """Wait until the head names this model as the chosen one."""
        name = re.compile(rf"^\W {re.escape(variant)}( · .+)?$")
        self._model_is_there()
        if self.model.get_by_role("radiogroup").count():
            expect(self.model.get_by_role("radio", name=name)).to_be_checked()
        else:
            expect(self.model.get_by_role("combobox")).to_have_value(name)

    def _model_is_there(self) -> None:
        """Wait until the models can be chosen, in whichever way; before, grey stands there."""
        group, box = self.model.get_by_role("radiogroup"), self.model.get_by_role("combobox")
        group.or_(box).first.wait_for()

    def has_task(self, title: str) -> None:
        """Wait until the head names this task."""
        expect(self.page.locator(".st-key-task").get_by_role("combobox")).to_have_value(title)

    def menu(self) -> Locator:
        """The open menu of what can be taken away."""
        body = self.page.get_by_test_id("stPopoverBody")
        if not body.count():
            self.page.get_by_role("button", name="Take away").click()
        expect(body).to_be_visible()
        return body

    def take(self, name: str) -> Download:
        """Press the button of a file in that menu; the file, which has this name."""
        # A run that ends meanwhile takes its files away again.
        idle(self.page)
        button = self.menu().locator(f".st-key-take-{name.replace('.', '-')} button").first
        with self.page.expect_download() as waiting:
            button.click()
        assert waiting.value.suggested_filename == name
        return waiting.value

    def example(self, text: str) -> Locator:
        """An example's button."""
        return self.page.get_by_role("radiogroup", name="Examples").get_by_role("radio", name=text)

    def address_has(self, **expected: object) -> None:
        """Wait until the address holds these values; None: the parameter is absent."""
        wanted = {key: None if value is None else str(value) for key, value in expected.items()}
        self.page.wait_for_function(
            """wanted => {
                const query = new URLSearchParams(location.search);
                return Object.entries(wanted).every(([key, value]) => query.get(key) === value);
            }""",
            arg=wanted,
        )

    def no_crash(self) -> None:
        """No traceback, no redacted error, no error dialog."""
        expect(self.page.get_by_test_id("stException")).to_have_count(0)
        expect(self.page.get_by_text("encountered an error")).to_have_count(0)
        expect(self.page.get_by_role("dialog")).to_have_count(0)
