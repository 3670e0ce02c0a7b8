"""What the visitor chose: task, model, sentence.

Values from an address are checked: the browser can send anything. What is shown instead is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from s2s.config.limits import limits
from s2s.decoding.whatif import Edit
from s2s.errors import UserError
from s2s.tasks import TASKS, Task, better
from s2s.tasks.openings import Opening
from s2s.text.language import N_, tr
from ui import cached
from ui.frame import another, edits, link
from ui.frame.link import MODEL, TASK, TEXT
from ui.frame.model import Model, models
from ui.markdown import escaped, plain

EXAMPLE, LAST = "example", "last_good"
FEW_EXAMPLES = 6
FEW_MODELS = 3
"""Up to so many models stand side by side; more are a list to choose from."""
TASK_WIDTH, MODEL_WIDTH = (150, 340), (170, 340)
"""Px that a list of tasks, and of models, takes: at least, and for a long name."""
LETTER, WIDE_LETTER, AROUND = 6, 12, 56
"""Px of a letter, of one of Hangul, and of a list around its text."""
NO_MODELS = N_("There are no models yet. Make one: `python -m s2s train reverse --name mine`")


@dataclass(frozen=True)
class Found:
    """What an address asks for, as far as there is such a thing."""

    model: Model
    instead: str
    """What it asks for that there is not, and what is shown instead; empty if nothing."""


def by_task(models: Sequence[Model]) -> dict[str, list[Model]]:
    """The models by task, in the tasks' order; the first one is what a newcomer meets."""
    # So it is one with attention, and of those the one that knows more sentences.
    first = {"mixed-attention": 0, "attention": 1}
    ordered = sorted(models, key=lambda model: first.get(model.variant, len(first)))
    found = {name: [m for m in ordered if m.task.name == name] for name in TASKS}
    return {name: those for name, those in found.items() if those}


def find(query: Mapping[str, str], tasks: Mapping[str, Sequence[Model]]) -> Found:
    """The model that an address asks for.

    Args:
        query: of the address. A model is also known by its whole name, as the command line has it.
        tasks: from `by_task`; not empty.
    """
    task, variant = query.get(TASK), query.get(MODEL)
    lacks = [] if task is None or task in tasks else [tr("the task {task}", task=_short(task))]
    first, slash, rest = (variant or "").partition("/")
    if slash and first in tasks:
        if task in tasks and task != first:
            lacks.append(tr("a model of {first} among those of {task}", first=first, task=task))
        task, variant = first, rest
    there = tasks[task] if task is not None and task in tasks else next(iter(tasks.values()))
    model = next((m for m in there if m.variant == variant), None)
    if variant is not None and model is None:
        lacks.append(tr("the model {model}", model=_short(variant)))
    model = model or there[0]
    if not lacks:
        return Found(model, "")
    return Found(
        model,
        tr(
            "This link asks for {lacks}: there is no such thing here. Shown instead: {model}.",
            lacks=tr("{a} and {b}", a=lacks[0], b=lacks[1]) if len(lacks) > 1 else lacks[0],
            model=model.name,
        ),
    )


def _short(name: str) -> str:
    return name if len(name) <= 60 else name[:60] + "…"


def first_task() -> str:
    """The task that an address without one means; empty if there are no models."""
    return next(iter(by_task(models())), "")


def link_to(
    task: str, variant: str, text: str | None = None, done: Iterable[Edit] = ()
) -> dict[str, str]:  # fmt: skip
    """Query parameters of a link to a page with this choice, and these edits of the text."""
    found = {TASK: task, MODEL: variant, TEXT: text, link.EDITS: link.encoded(done)}
    return {key: value for key, value in found.items() if value is not None} | link.spoken()


def choose(model: Model, before: Model) -> None:
    """Choose a model instead of another; for a callback.

    The sentence stays as long as the task does, and beyond it if it was typed and the other model
    can read it; what was asked about it goes.
    """
    if edits.late():
        return
    changes: dict[str, str | None] = {TASK: model.task.name, MODEL: model.variant}
    if model.task.name != before.task.name:
        text = link.view().get(TEXT, "")
        changes |= {TEXT: text if _reads(model, text, before.task) else None, link.BESIDE: None}
    edits.forget(**changes)


def _reads(model: Model, text: str, before: Task) -> bool:
    """Whether a model of another task reads all of what was typed, and knows most of it."""
    offered = {*before.examples, *(one.text for one in before.openings.pages.values())}
    if text in offered or better(model.task, text) is not None:
        return False
    try:
        reading = cached.system(model.key).read(text)
    except UserError:
        return False
    return not reading.dropped and 2 * len(reading.unknown) <= reading.length


def head(title: str, scored: bool = True) -> tuple[Found | None, DeltaGenerator]:
    """Draw the row at the top of a page: its title, the task, the models.

    Args:
        title: of the page.
        scored: whether the model's score stands there too.

    Returns:
        What the address asks for, None when there is no model at all; and the row.
    """
    row = st.container(horizontal=True, vertical_alignment="center", key="head")
    tasks = by_task(models())
    with row:
        st.title(title, anchor=False, width="content")
        if not tasks:
            return None, row
        found = find(link.view(), tasks)
        _choices(tasks, found.model)
        if scored:
            st.caption(found.model.headline, width="content")
            with st.container(key="head-size", width="content"):  # goes first where it is narrow
                st.caption(found.model.size, width="content")
    if found.instead:
        st.warning(plain(found.instead))
    return found, row


def _choices(tasks: Mapping[str, Sequence[Model]], chosen: Model) -> None:
    """The task, and the models of it."""
    there = {model.variant: model for model in tasks[chosen.task.name]}

    def other_task(name: str) -> None:
        choose(tasks.get(name, [chosen])[0], chosen)

    st.selectbox(
        tr("Task"),
        list(tasks),
        format_func=lambda task: TASKS[task].full_title,
        label_visibility="collapsed",
        width=_width(chosen.task.full_title, TASK_WIDTH),
        **link.shown(TASK, chosen.task.name, other_task),
    )
    names = {variant: model.named(there.values()) for variant, model in there.items()}
    control: dict[str, Any] = {
        "label": tr("Model"), "options": list(there), "label_visibility": "collapsed",
        **link.shown(MODEL, chosen.variant, lambda name: choose(there.get(name, chosen), chosen)),
    }  # fmt: skip
    if len(there) <= FEW_MODELS:
        st.segmented_control(
            required=True, format_func=lambda variant: escaped(names[variant]), **control
        )
    else:
        width = _width(names[chosen.variant], MODEL_WIDTH)
        st.selectbox(width=width, format_func=names.__getitem__, **control)


def _width(text: str, ends: tuple[int, int]) -> int:
    """Px for a list whose chosen name is read whole, as far as there is room."""
    letters = sum(WIDE_LETTER if "\uac00" <= letter <= "\ud7a3" else LETTER for letter in text)
    return min(max(ends[0], letters + AROUND), ends[1])


def sentence(
    task: Task,
    opening: Opening | None = None,
    offered: Sequence[str] | None = None,
    label: str = "",
) -> str:
    """The text field with its examples; the page's opening stands there on arrival.

    Args:
        task: whose sentence.
        opening: what the page opens on; None for the task's first example.
        offered: the examples; None for the opening and the task's own.
        label: what the examples are, before them.
    """
    opening = opening or Opening(task.examples[0])
    if offered is None:
        offered = tuple(dict.fromkeys((opening.text, *task.examples)))
    text = link.view().get(TEXT, opening.text)[: limits().text_characters]

    def typed(new: str | None) -> None:
        if not edits.late():
            edits.forget(text=new or "")

    st.text_input(
        tr(task.prompt),
        placeholder=tr(task.prompt),
        label_visibility="collapsed",
        max_chars=limits().text_characters,
        **link.shown(TEXT, text, typed),
    )
    if task.measured:  # what a model of one's own is made for, nobody here knows
        another.offer(task, text, by_task(models()))

    def take(example: str | None) -> None:
        if example in offered:
            edits.forget(text=example)

    with st.container(horizontal=True, vertical_alignment="center", key="examples"):
        if label:
            st.caption(label, width="content")
        st.pills(
            label or tr("Examples"),
            offered,
            # An example's label is Markdown, and dates hold characters that mean something there.
            format_func=plain,
            label_visibility="collapsed",
            # Many examples scroll sideways: on a phone they would push the picture off the screen.
            wrap=len(offered) <= FEW_EXAMPLES,
            **link.shown(EXAMPLE, text if text in offered else None, take),
        )
    if opening.instead and text == opening.text:
        st.caption(tr(opening.instead))
    if task.forms:
        forms = task.forms()
        told = tr("The {n} shapes that it was trained on", n=len(forms))
        with st.container(key="forms"), st.expander(told):
            st.markdown(" · ".join(f"`{example}`" for _, example in forms))
    return text


def opening_step(task: Task, page: str, text: str, steps: int, default: int) -> int:
    """The step that makes a page's point on its opening sentence; the default on any other.

    Args:
        task: whose openings.
        page: file name of the page.
        text: what is shown.
        steps: of the answer.
        default: 0-based.
    """
    opening = task.openings.pages.get(page)
    if opening is None or opening.step is None or text != opening.text or opening.step >= steps:
        return default
    return opening.step


def remember(chosen: Model, text: str) -> None:
    """Keep the last text that could be read, for when the next one cannot."""
    st.session_state[LAST] = chosen.name, text


def last_good(chosen: Model) -> str | None:
    """The last text this model could read in this session."""
    name, text = st.session_state.get(LAST, ("", None))
    return text if name == chosen.name else None
