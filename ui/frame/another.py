"""A way to the task that a text is made for, where that is another one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from s2s.tasks import Task, better, languages
from s2s.text.language import N_, tr
from ui.frame import edits
from ui.frame.model import Model

LOOKS = {
    True: N_("This looks {source}: open it in {title}"),
    False: N_("This looks like a {source}: open it in {title}"),
}
"""By whether the text is in another language, or of another form."""


def offer(task: Task, text: str, there: Mapping[str, Sequence[Model]]) -> None:
    """Draw a button that opens the text there; nothing where it is made for this task.

    Args:
        task: that is shown.
        text: that was typed.
        there: the models by task.
    """
    other = better(task, text)
    if other is None or other.name not in there:
        return
    model, name = there[other.name][0], tr(other.source_name)
    spoken = languages.known(other.source_name)
    st.button(
        tr(LOOKS[spoken], source=name if spoken else name.lower(), title=tr(other.title)),
        key="better-task",
        icon=":material/arrow_forward:",
        on_click=lambda: edits.forget(
            task=other.name, model=model.variant, text=text, beside=None
        ),
    )  # fmt: skip
