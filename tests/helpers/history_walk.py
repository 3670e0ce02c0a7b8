"""A visitor who walks about, and what must be shown: a model of the browser's history.

One deliberate act (a sentence, a model, an edit, a page) is one entry; a step changes the entry
that stands there; back, forward and reload show an entry exactly as it was left.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from dashboard import Dashboard, system
from expected import first_word
from playwright.sync_api import Page, expect

from s2s.decoding import whatif
from s2s.decoding.whatif import Edit
from s2s.results import Trace
from ui.parts.notes import last_word

TASK = "reverse"
TEXTS = ("microscope", "attention", "abc", "hgfedcba", "context")
MODELS = ("attention", "plain")
PAGES = ("translate", "attention", "gradients", "compare")
ACTS = ("type", "step", "edit", "page", "model", "back", "forward", "reload")


@dataclass(frozen=True)
class State:
    """What is shown; step: 0-based, None as long as nobody picked one."""

    page: str = "translate"
    model: str = MODELS[0]
    text: str = TEXTS[0]
    edits: tuple[Edit, ...] = ()
    step: int | None = None

    @property
    def answer(self) -> Trace:
        """By the library."""
        return whatif.run(system(f"{TASK}/{self.model}"), self.text, self.edits).trace

    @property
    def at(self) -> int:
        """The step that is shown."""
        default = last_word if self.page == "gradients" else first_word
        return default(self.answer) if self.step is None else self.step


class Walk:
    """A walk in one tab; every act ends with a look at everything that is shown."""

    def __init__(self, page: Page, seed: int) -> None:
        self.shown, self.page, self.random = Dashboard(page), page, random.Random(seed)
        self.entries, self.now = [State()], 0
        self.before = page.evaluate("history.length") - 1
        self.told: list[str] = []
        self.look()

    @property
    def state(self) -> State:
        """What must be shown."""
        return self.entries[self.now]

    def go(self, acts: int) -> None:
        """Do some acts that are possible, by chance."""
        for _ in range(acts):
            possible = [act for act in ACTS if self.possible(act)]
            act = self.random.choice(possible)
            self.told.append(act)
            self.page_() if act == "page" else getattr(self, act)()
            try:
                self.look()
            except AssertionError as error:
                raise AssertionError(
                    f"after {' '.join(self.told)}: {self.state}\n{error}"
                ) from None

    def possible(self, act: str) -> bool:
        """Whether a visitor could do it here."""
        return {
            "step": self.state.page != "compare",
            "edit": self.state.page == "translate" and not self.state.edits,
            "back": self.now > 0,
            "forward": self.now + 1 < len(self.entries),
        }.get(act, True)

    def push(self, **changes: object) -> None:
        """A new entry; those that were ahead are gone."""
        self.entries = [*self.entries[: self.now + 1], replace(self.state, **changes)]
        self.now += 1

    def type(self) -> None:
        text = self.random.choice([text for text in TEXTS if text != self.state.text])
        self.shown.type(text)
        self.push(text=text, edits=(), step=None)

    def step(self) -> None:
        answer = self.state.answer
        step = self.random.choice([t for t in range(answer.steps) if t != self.state.at])
        if self.state.page == "translate":
            self.shown.slider.fill(str(step + 1))
        else:
            name = re.compile(rf"^{step + 1} · ")
            picker = self.page.get_by_role("radiogroup", name="Output token")
            picker.get_by_role("radio", name=name).click()
        self.entries[self.now] = replace(self.state, step=step)

    def edit(self) -> None:
        answer, step = self.state.answer, self.state.at
        words = [t for t in answer.candidates[step] if t.isalpha() and t != answer.output[step]]
        word = self.random.choice(words)
        name = re.compile(rf"^{word}, ")
        self.page.get_by_role("button", name=name).and_(self.page.locator(".candidate")).click()
        self.push(edits=(Edit("force", step, word),), step=step)

    def model(self) -> None:
        other = next(name for name in MODELS if name != self.state.model)
        self.shown.choose_model(other)
        self.push(model=other, edits=(), step=None)

    def page_(self) -> None:
        name = self.random.choice([name for name in PAGES if name != self.state.page])
        navigation = self.page.get_by_test_id("stSidebarNav")
        navigation.get_by_role("link", name=name.capitalize(), exact=True).click()
        self.push(page=name)

    def back(self) -> None:
        for _ in range(self.random.randint(1, min(2, self.now))):  # twice in a row, too
            self.page.go_back()
            self.now -= 1

    def forward(self) -> None:
        for _ in range(self.random.randint(1, min(2, len(self.entries) - 1 - self.now))):
            self.page.go_forward()
            self.now += 1

    def reload(self) -> None:
        self.page.reload()

    def look(self) -> None:
        """Everything that is shown is that of the state, and the history has so many entries."""
        state, page = self.state, self.page
        expect(page.get_by_role("heading", level=1, name=state.page.capitalize())).to_be_visible()
        expect(self.shown.sentence).to_have_value(state.text)
        self.shown.has_model(state.model)
        self.shown.address_has(
            model=state.model,
            text=None if state.text == TEXTS[0] and "text" not in self.shown.query else state.text,
            edits=whatif.encode(state.edits) or None,
            step=None if state.step is None else state.step + 1,
        )
        if state.page == "translate":
            self.shown.shows_answer(state.answer, state.at)
            assert self.shown.written() == list(state.answer.output)
        elif state.page != "compare":
            picked = page.locator(".st-key-output_token [aria-checked=true]")
            expect(picked).to_have_text(re.compile(rf"^{state.at + 1} · "))
            expect(page.locator(".st-key-output_token [role=radio]")).to_have_count(
                state.answer.steps
            )
        self.shown.no_crash()
        # What is pressed is marked at once; the entry comes with the server's answer.
        for _ in range(40):
            entries = page.evaluate("history.length") - self.before
            if entries == len(self.entries):
                return
            page.wait_for_timeout(250)
        raise AssertionError(f"{entries} entries, not {len(self.entries)}")
