"""What the visitor chose: task, model, sentence, step. Owns every session key and the link.

The four keys are bound to the address, so that one link restores the view. Values from an address
are checked here again: the browser can send anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from s2s import card
from s2s.checkpoint import Entry
from s2s.results import Trace
from s2s.tasks import TASKS, Task
from s2s.vocab import EOS
from ui import cached
from ui.words import plain

TASK, MODEL, TEXT, STEP = "task", "model", "text", "step"
EXAMPLE, LAST, RESET = "example", "last_good", "reset_step"
LONGEST_TEXT = 5000  # characters; far above every model's limit, far below what hurts the server


@dataclass(frozen=True)
class Choice:
    """A task and one of its models."""

    task: Task
    entry: Entry

    @property
    def variant(self) -> str:
        """The model's name within its task."""
        return self.entry.name.split("/", 1)[1]

    @property
    def key(self) -> tuple[str, str, int]:
        """What cached functions are keyed by."""
        return self.entry.name, self.entry.path, self.entry.stamp

    @property
    def score(self) -> str:
        """The model's test score in words, or nothing."""
        metrics = self.entry.about.get("about", {}).get("metrics", {}).get("test")
        return card.headline(self.task, metrics) if metrics else ""


def sidebar() -> Choice | None:
    """Draw task and model; None when there is no model at all."""
    by_task: dict[str, list[Entry]] = {}
    for entry in cached.entries():
        task = entry.name.split("/", 1)[0]
        if task in TASKS:
            by_task.setdefault(task, []).append(entry)
    tasks = [name for name in TASKS if name in by_task]
    if not tasks:
        return None
    with st.sidebar:
        name = st.selectbox(
            "Task",
            tasks,
            format_func=lambda task: TASKS[task].title,
            key=TASK,
            bind="query-params",
            on_change=_new_task,
        )
        task = TASKS[name if name in tasks else tasks[0]]
        choices = {
            entry.name.split("/", 1)[1]: Choice(task, entry) for entry in by_task[task.name]
        }
        variant = st.radio(
            "Model",
            list(choices),
            captions=[_caption(choice) for choice in choices.values()],
            key=MODEL,
            bind="query-params",
            on_change=_forget_step,
        )
    return choices.get(variant) or next(iter(choices.values()))


def _caption(choice: Choice) -> str:
    if choice.entry.problem:
        return "could not be loaded"
    shape = card.shape(choice.entry.about["model"])
    return " · ".join(part for part in (choice.score, shape) if part)


def heading(title: str, choice: Choice) -> None:
    """The page's title, and the line that names the model (a phone hides the sidebar)."""
    st.title(title)
    about = choice.entry.about.get("model", {})
    without = ", no attention" if about.get("attention") == "none" else ""
    score = f" · {choice.score} {choice.task.unseen}" if choice.score else ""
    st.caption(f"{choice.task.title} · {plain(choice.variant)}{without}{score}")


def sentence(task: Task) -> str:
    """The text field with its examples; the first example stands there on arrival."""
    st.session_state.setdefault(EXAMPLE, None)
    text = st.text_input(
        task.prompt,
        value=task.examples[0],
        key=TEXT,
        bind="query-params",
        placeholder=task.prompt,
        max_chars=LONGEST_TEXT,
        on_change=_forget_step,
    )
    text = (text or "")[:LONGEST_TEXT]
    st.session_state[EXAMPLE] = text if text in task.examples else None
    st.pills(
        "Examples",
        task.examples,
        # An example's label is Markdown, and dates hold characters that mean something there.
        format_func=plain,
        key=EXAMPLE,
        label_visibility="collapsed",
        on_change=_take_example,
    )
    return text


def step(trace: Trace) -> int:
    """The step control: back, next and a slider. Returns the 0-based step."""
    last = trace.steps
    with st.container(horizontal=True, vertical_alignment="center", key="transport"):
        buttons = st.container(horizontal=True, width="content")
        if last == 1:
            value = 1
            st.text("step 1 of 1")
        else:
            if st.session_state.pop(RESET, False):
                st.session_state[STEP] = first_word(trace) + 1
            value = st.slider(
                "Step",
                1,
                last,
                value=first_word(trace) + 1,
                key=STEP,
                bind="query-params",
                label_visibility="collapsed",
                format=f"step %d of {last}",
            )
    value = min(max(int(value), 1), last)
    # Drawn after the slider, which knows the address's step, and shown before it.
    buttons.button(
        "Back", icon=":material/chevron_left:", key="back",
        on_click=_move, args=(value - 1,), disabled=value == 1,
    )  # fmt: skip
    buttons.button(
        "Next", icon=":material/chevron_right:", key="next",
        on_click=_move, args=(value + 1,), disabled=value == last,
    )  # fmt: skip
    return value - 1


def remember(choice: Choice, text: str) -> None:
    """Keep the last text that could be read, for when the next one cannot."""
    st.session_state[LAST] = choice.entry.name, text


def last_good(choice: Choice) -> str | None:
    """The last text this model could read in this session."""
    name, text = st.session_state.get(LAST, ("", None))
    return text if name == choice.entry.name else None


def first_word(trace: Trace) -> int:
    """The first step that writes more than the start or end token: where a picture begins."""
    specials = {trace.fed[0], EOS}
    return next((t for t, token in enumerate(trace.output) if token not in specials), 0)


def _new_task() -> None:
    task = TASKS.get(st.session_state.get(TASK, ""))
    if task:
        st.session_state[TEXT] = task.examples[0]
    _forget_step()


def _take_example() -> None:
    example: Any = st.session_state.get(EXAMPLE)
    if example:
        st.session_state[TEXT] = example
        _forget_step()


def _forget_step() -> None:
    # The slider's new default is known only when the new text has been decoded.
    st.session_state[RESET] = True


def _move(step: int) -> None:
    st.session_state[STEP] = step
