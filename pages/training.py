"""Training: when does it find out where to look?"""

from ui.frame import navigation

navigation.ensure()

import streamlit as st

from s2s.errors import UserError
from s2s.text.language import N_, tr
from ui.cached.visitor import visitor
from ui.frame import link
from ui.frame.model import models
from ui.frame.theme import palette
from ui.markdown import plain
from ui.views.training import live, replayed, runs, start

TRAIN, REPLAY = N_("Train"), N_("Replay")


def train(task: str) -> None:
    """Start a run, watch one, see all of them."""
    there = start.look()
    chosen = runs.shown(there)
    problem = st.session_state.pop(runs.PROBLEM, None)
    if problem:
        st.warning(plain(problem))
    if chosen is None:
        replayed.opening(task, palette())
        return
    busy = any(job.state in start.OPEN for job in there)
    st.fragment(watch, run_every=1.0 if busy else None)(busy)


def watch(busy: bool) -> None:
    """The chosen run and the list; drawn anew every second while anything runs or waits."""
    there = start.look()
    chosen = runs.shown(there)
    if chosen is None or busy != any(job.state in start.OPEN for job in there):
        st.rerun()
    waiting = sum(job.state == "waiting" and job.key != chosen.key for job in there)
    live.progress(chosen, waiting)
    with st.container(horizontal=True, vertical_alignment="center", key="run-actions"):
        runs.actions(chosen, visitor())
        upto = start.follow(chosen)
    others = [model for model in models() if model.task.name == chosen.task]
    live.figure(chosen, others, palette(), upto)
    runs.table(there, chosen)


row = st.container(horizontal=True, vertical_alignment="center", key="head")
with row:
    st.title(tr("Training"), anchor=False, width="content")
    mode = st.segmented_control(
        tr("What to do"), (TRAIN, REPLAY), required=True, label_visibility="collapsed",
        format_func=tr, **link.one_of("mode", (TRAIN, REPLAY), TRAIN),
    )  # fmt: skip
try:
    if mode == REPLAY:
        replayed.show(row, palette())
    else:
        train(start.controls(row, visitor()))
except UserError as error:
    st.warning(plain(str(error)))
