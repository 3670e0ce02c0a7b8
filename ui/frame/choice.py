"""What the visitor chose: task, model, sentence.

Values from an address are checked: the browser can send anything. What is shown instead is said.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from s2s.tasks import TASKS, Task
from ui.frame import edits, link
from ui.frame.link import MODEL, TASK, TEXT
from ui.frame.model import Model, models
from ui.markdown import plain

EXAMPLE, LAST = "example", "last_good"
FEW_EXAMPLES = 6
LONGEST_TEXT = 5000  # characters; far above every model's limit, far below what hurts the server


@dataclass(frozen=True)
class Found:
    """What an address asks for, as far as there is such a thing."""

    model: Model
    instead: str
    """What it asks for that there is not, and what is shown instead; empty if nothing."""


def by_task(models: Sequence[Model]) -> dict[str, list[Model]]:
    """The models by task, in the tasks' order; the first one is what a newcomer meets."""
    # So it is one with attention.
    ordered = sorted(models, key=lambda model: model.variant != "attention")
    found = {name: [m for m in ordered if m.task.name == name] for name in TASKS}
    return {name: those for name, those in found.items() if those}


def find(query: Mapping[str, str], tasks: Mapping[str, Sequence[Model]]) -> Found:
    """The model that an address asks for.

    Args:
        query: of the address. A model is also known by its whole name, as the command line has it.
        tasks: from `by_task`; not empty.
    """
    task, variant = query.get(TASK), query.get(MODEL)
    lacks = [] if task is None or task in tasks else [f"the task {_short(task)}"]
    first, slash, rest = (variant or "").partition("/")
    if slash and first in tasks:
        if task in tasks and task != first:
            lacks.append(f"a model of {first} among those of {task}")
        task, variant = first, rest
    there = tasks[task] if task in tasks else next(iter(tasks.values()))
    model = next((m for m in there if m.variant == variant), None)
    if variant is not None and model is None:
        lacks.append(f"the model {_short(variant)}")
    model = model or there[0]
    if not lacks:
        return Found(model, "")
    return Found(
        model,
        f"This link asks for {' and '.join(lacks)}: there is no such thing here. "
        f"Shown instead: {model.name}.",
    )


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:60] + "…"


def first_task() -> str:
    """The task that an address without one means; empty if there are no models."""
    return next(iter(by_task(models())), "")


def link_to(task: str, variant: str, text: str | None = None) -> dict[str, str]:
    """Query parameters of a link to a page with this choice."""
    found = {TASK: task, MODEL: variant}
    return found if text is None else found | {TEXT: text}


def choose(model: Model, before: Model) -> None:
    """Choose a model instead of another; for a callback.

    The sentence stays as long as the task does; what was asked about it goes.
    """
    changes: dict[str, str | None] = {TASK: model.task.name, MODEL: model.variant}
    if model.task is not before.task:
        changes |= {TEXT: None, link.BESIDE: None}
    edits.forget(**changes)


def sidebar() -> Found | None:
    """Draw task and model; None when there is no model at all."""
    tasks = by_task(models())
    if not tasks:
        return None
    found = find(link.view(), tasks)
    chosen = found.model
    there = {model.variant: model for model in tasks[chosen.task.name]}
    st.session_state.update({TASK: chosen.task.name, MODEL: chosen.variant})

    def other_task() -> None:
        choose(tasks.get(st.session_state.get(TASK, ""), [chosen])[0], chosen)

    with st.sidebar:
        st.selectbox(
            "Task",
            list(tasks),
            format_func=lambda task: TASKS[task].title,
            key=TASK,
            on_change=other_task,
        )
        st.radio(
            "Model",
            list(there),
            captions=[_caption(model) for model in there.values()],
            key=MODEL,
            on_change=lambda: choose(there.get(st.session_state.get(MODEL, ""), chosen), chosen),
        )
    return found


def _caption(model: Model) -> str:
    if model.entry.problem:
        return "could not be loaded"
    return " · ".join(part for part in (model.headline, model.shape) if part)


def heading(title: str, found: Found) -> None:
    """The page's title, and the line that names the model (a phone hides the sidebar)."""
    chosen = found.model
    st.title(title)
    config, seeds = chosen.entry.config, len(chosen.scores)
    without = ", no attention" if config and not config.has_attention else ""
    over = f" over {seeds} seeds" if seeds else ""
    score = f" · {chosen.headline}{over} {chosen.task.unseen}" if chosen.headline else ""
    st.caption(f"{chosen.task.title} · {plain(chosen.variant)}{without}{score}")
    if found.instead:
        st.warning(plain(found.instead))


def sentence(task: Task) -> str:
    """The text field with its examples; the first example stands there on arrival."""
    text = link.view().get(TEXT, task.examples[0])[:LONGEST_TEXT]
    st.session_state[TEXT] = text
    st.text_input(
        task.prompt,
        key=TEXT,
        placeholder=task.prompt,
        label_visibility="collapsed",
        max_chars=LONGEST_TEXT,
        on_change=lambda: edits.forget(text=st.session_state.get(TEXT) or ""),
    )
    st.session_state[EXAMPLE] = text if text in task.examples else None

    def take() -> None:
        example = st.session_state.get(EXAMPLE)
        if example in task.examples:
            edits.forget(text=example)

    st.pills(
        "Examples",
        task.examples,
        # An example's label is Markdown, and dates hold characters that mean something there.
        format_func=plain,
        key=EXAMPLE,
        label_visibility="collapsed",
        # Many examples scroll sideways: on a phone they would push the picture off the screen.
        wrap=len(task.examples) <= FEW_EXAMPLES,
        on_change=take,
    )
    return text


def remember(chosen: Model, text: str) -> None:
    """Keep the last text that could be read, for when the next one cannot."""
    st.session_state[LAST] = chosen.name, text


def last_good(chosen: Model) -> str | None:
    """The last text this model could read in this session."""
    name, text = st.session_state.get(LAST, ("", None))
    return text if name == chosen.name else None
