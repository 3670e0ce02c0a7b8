"""The sentences that a state is compared with: chosen, read by the worker, opened here."""

from __future__ import annotations

import hashlib
from collections.abc import Hashable
from functools import partial

import streamlit as st

from s2s.errors import UserError
from s2s.evaluation import jobs
from s2s.evaluation.reading import fits
from s2s.tasks import pairs_file
from s2s.tasks.labelled import GENERATORS, LabelledSet
from s2s.text.language import N_, tr
from ui import cached
from ui.cached import corpora
from ui.frame import link
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import on_demand

COUNTS = (1000, 3000, 10_000)
SENTENCES, FILE = "sentences", "states_file"
Asked = tuple[str, int] | LabelledSet


def choice(chosen: Model) -> tuple[Asked, tuple[Hashable, ...]]:
    """What is read for comparison, and what tells it from others; drawn in a menu."""
    task = chosen.task.name
    with st.popover(tr("Compared with"), icon=":material/library_books:"):
        count = COUNTS[0]
        if task in GENERATORS:
            picked = st.segmented_control(
                tr("New sentences of the task"), COUNTS, required=True,
                format_func=lambda n: f"{n:,}", **link.one_of(SENTENCES, COUNTS, COUNTS[0]),
            )  # fmt: skip
            count = picked if picked in COUNTS else COUNTS[0]
        given = st.file_uploader(
            tr(
                "Or the sources of a file of pairs: two columns, a tab between; UTF-8, at most 20 "
                "MB"
            ),
            key=FILE,
        )
        if given is not None:
            data = given.getvalue()
            try:
                pairs = pairs_file.read(data, given.name, None, fits(cached.system(chosen.key)))
            except UserError as error:
                st.warning(plain(str(error)))
            else:
                texts = [source for source, _ in pairs.first(COUNTS[-1]).pairs]
                found = LabelledSet.of(texts, N_("The sources of the file."))
                return found, ("file", hashlib.sha256(data).hexdigest())
    return (task, count), (task, count)


def folder(
    model: Model, layer: int, asked: Asked, which: tuple[Hashable, ...], name: str = "states"
) -> str | None:
    """Where a model's corpus lies; None while it is made: then a bar stands here.

    Raises:
        UserError: the model can read none of it, or cannot give its states.
    """
    key = (model.key, layer, which)
    room = corpora.room().name
    made = on_demand.computed(name, key, partial(jobs.states, model.key.job, asked, layer, room))
    if made is None:
        return None
    try:
        corpora.opened(made)
    except FileNotFoundError:  # so many came after it that it had to go
        on_demand.forget(name, key)
        st.rerun()
    return made
