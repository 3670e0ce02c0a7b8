"""What the pages about one sentence share: head, edits, and a text that cannot be read."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from s2s.decoding.whatif import WhatIf
from s2s.errors import UserError
from s2s.tasks.openings import first_for
from s2s.text.language import tr
from ui import cached
from ui.frame import choice, edits, link, speech
from ui.frame.model import Model, models
from ui.markdown import plain


def arrive(title: str, scored: bool = True, opens: str = "") -> tuple[Model, DeltaGenerator]:
    """Draw the head; the run ends here where there is no model that works.

    Args:
        title: of the page.
        scored: whether the model's score stands in the head.
        opens: file name of a page that opens on the first task that makes its point, where the
            address asks for nothing; empty for the first task of all.

    Returns:
        The chosen model, and the row of the head, for what else is chosen there.
    """
    if opens and not link.view().keys() - {speech.LANG}:
        there = list(choice.by_task(models()))
        if there and (task := first_for(opens, there)) != there[0]:
            link.mend(**{link.TASK: task})
    found, row = choice.head(title, scored)
    if found is None:
        st.warning(tr(choice.NO_MODELS))
        st.stop()
    chosen = found.model
    problem = chosen.entry.problem or cached.fault(chosen.key)
    if problem:
        st.error(tr("{problem} The other models work.", problem=plain(str(problem))))
        st.stop()
    return chosen, row


def stay(chosen: Model) -> None:
    """Begin a fragment about a model: the whole page runs where something in it chose another."""
    tasks = choice.by_task(models())
    if not tasks or choice.find(link.view(), tasks).model.name != chosen.name:
        st.rerun()


@link.part
def explore(chosen: Model, page: str, show: Callable[[str, WhatIf], None]) -> None:
    """The sentence and everything about it; only this runs again while something in it is picked.

    Args:
        chosen: the model.
        page: file name of the page, for what it opens on.
        show: draws a sentence and its answer.
    """
    stay(chosen)
    answer(chosen, choice.sentence(chosen.task, chosen.task.openings.pages.get(page)), show)


def complaint(text: str, error: UserError) -> str:
    """Why a text has no answer; an empty field says what can be done here."""
    return str(error) if text.strip() else tr("Type a sentence, or press an example.")


def answer(chosen: Model, text: str, show: Callable[[str, WhatIf], None]) -> None:
    """Draw a sentence with the edits of the address, or the last good one, paler.

    Args:
        chosen: the model.
        text: the sentence in the field.
        show: draws a sentence and its answer.
    """
    try:
        what = edits.apply(chosen.key, text)
    except UserError as error:
        st.warning(plain(complaint(text, error)))
        before = choice.last_good(chosen)
        if before:
            if edits.current():  # they were for the sentence that cannot be read
                link.mend(edits=None)
            with st.container(key="stale"):
                st.caption(tr("Still the answer to: {before}", before=plain(before)))
                show(before, cached.what_if(chosen.key, before))
        return
    choice.remember(chosen, text)
    problem = edits.problem()
    if problem:
        st.warning(plain(problem))
    show(text, what)
