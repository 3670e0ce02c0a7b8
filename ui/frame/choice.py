"""What the visitor chose: task, model, sentence. The address holds all three.

Streamlit binds model and text to it. The task is written here, because a bound select box would put
its title into the address. Values from an address are checked again: the browser can send anything.
"""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from s2s.tasks import TASKS, Task
from ui.frame import edits
from ui.frame.model import Model, models
from ui.markdown import plain

TASK, MODEL, TEXT = "task", "model", "text"
EXAMPLE, LAST = "example", "last_good"
PAGE, KEPT = "page", "kept"
OPEN_MODEL, OPEN_TEXT = "open_model", "open_text"
FEW_EXAMPLES = 6
LONGEST_TEXT = 5000  # characters; far above every model's limit, far below what hurts the server


def arrive(page: str) -> None:
    """Bring the choice along from the page before: the way to another page clears the address.

    Args:
        page: the page that is about to run.
    """
    before, kept = st.session_state.get(PAGE), st.session_state.get(KEPT)
    st.session_state[PAGE] = page
    query = st.query_params.to_dict()
    linked = OPEN_MODEL in query
    if not linked and before in (None, page):
        return
    # This page's widgets are others: what the keys still hold came from those of the page before.
    st.session_state.pop(TASK, None)
    if linked:
        kept = query.get(TASK, ""), query.pop(OPEN_MODEL), query.pop(OPEN_TEXT, None)
        st.query_params.from_dict(query)
    elif query or kept is None:
        return
    task, variant, text = kept
    bound = {MODEL: variant} | ({} if text is None else {TEXT: text[:LONGEST_TEXT]})
    st.session_state.update(bound)
    try:
        # A bound widget that is new on its page takes the value, but leaves the address alone.
        st.query_params.update({TASK: task} | bound)
    except StreamlitAPIException:  # still bound from an earlier visit: the widgets write theirs
        st.query_params[TASK] = task


def link_to(task: str, variant: str, text: str | None = None) -> dict[str, str]:
    """Query parameters of a link to another page with this choice; `arrive` reads them.

    Names of their own: on the way to another page Streamlit takes those of bound widgets out.
    """
    found = {TASK: task, OPEN_MODEL: variant}
    return found if text is None else found | {OPEN_TEXT: text}


def choose(task: str, variant: str) -> None:
    """Choose a model as the sidebar would; for a callback."""
    if st.query_params.get(TASK) != task or TASK not in st.session_state:
        st.session_state[TASK] = task
        _new_task()
    st.session_state[MODEL] = variant
    edits.forget()


def sidebar() -> Model | None:
    """Draw task and model; None when there is no model at all."""
    by_task: dict[str, list[Model]] = {}
    for model in models():
        by_task.setdefault(model.task.name, []).append(model)
    tasks = [name for name in TASKS if name in by_task]
    if not tasks:
        return None
    asked = st.query_params.get(TASK)
    asked = asked if asked in tasks else tasks[0]
    if st.session_state.get(TASK) != asked:
        st.session_state[TASK] = asked
    with st.sidebar:
        name = st.selectbox(
            "Task",
            tasks,
            format_func=lambda task: TASKS[task].title,
            key=TASK,
            on_change=_new_task,
        )
        task = TASKS[name if name in tasks else tasks[0]]
        # The first one is what a newcomer to the task meets, so it is one with attention.
        ordered = sorted(by_task[task.name], key=lambda model: model.variant != "attention")
        choices = {model.variant: model for model in ordered}
        variant = st.radio(
            "Model",
            list(choices),
            captions=[_caption(model) for model in ordered],
            key=MODEL,
            bind="query-params",
            on_change=edits.forget,
        )
    chosen = choices.get(variant) or ordered[0]
    _keep(chosen)
    return chosen


def _keep(chosen: Model) -> None:
    """Remember the choice for the next page, and the sentence as long as the task stays."""
    kept = st.session_state.get(KEPT)
    text = st.session_state.get(TEXT)
    if text is None and kept and kept[0] == chosen.task.name:
        text = kept[2]
    st.session_state[KEPT] = chosen.task.name, chosen.variant, text


def _caption(model: Model) -> str:
    if model.entry.problem:
        return "could not be loaded"
    return " · ".join(part for part in (model.headline, model.shape) if part)


def heading(title: str, chosen: Model) -> None:
    """The page's title, and the line that names the model (a phone hides the sidebar)."""
    st.title(title)
    config, seeds = chosen.entry.config, len(chosen.scores)
    without = ", no attention" if config and not config.has_attention else ""
    over = f" over {seeds} seeds" if seeds else ""
    score = f" · {chosen.headline}{over} {chosen.task.unseen}" if chosen.headline else ""
    st.caption(f"{chosen.task.title} · {plain(chosen.variant)}{without}{score}")


def sentence(task: Task) -> str:
    """The text field with its examples; the first example stands there on arrival."""
    st.session_state.setdefault(EXAMPLE, None)
    text = st.text_input(
        task.prompt,
        value=task.examples[0],
        key=TEXT,
        bind="query-params",
        placeholder=task.prompt,
        label_visibility="collapsed",
        max_chars=LONGEST_TEXT,
        on_change=edits.forget,
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
        # Many examples scroll sideways: on a phone they would push the picture off the screen.
        wrap=len(task.examples) <= FEW_EXAMPLES,
        on_change=_take_example,
    )
    return text


def remember(chosen: Model, text: str) -> None:
    """Keep the last text that could be read, for when the next one cannot."""
    st.session_state[LAST] = chosen.name, text


def last_good(chosen: Model) -> str | None:
    """The last text this model could read in this session."""
    name, text = st.session_state.get(LAST, ("", None))
    return text if name == chosen.name else None


def _new_task() -> None:
    task = TASKS.get(st.session_state.get(TASK, ""))
    if task:
        st.query_params[TASK] = task.name
        st.session_state[TEXT] = task.examples[0]
    edits.forget()


def _take_example() -> None:
    example: Any = st.session_state.get(EXAMPLE)
    if example:
        st.session_state[TEXT] = example
        edits.forget()
