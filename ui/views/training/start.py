"""The head of the page: what to train, and Start."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from s2s.errors import UserError
from s2s.text.language import N_, tr
from s2s.training import job_queue, jobs, run_folder
from s2s.training.jobs import OPEN, Job
from ui import server
from ui.frame import link
from ui.markdown import plain
from ui.views.training import own, runs
from ui.views.training.wish import numbers, offered, wish

FROZEN, OWN = "training_frozen", N_("A file of your own")

__all__ = ["OPEN", "controls", "follow", "look"]


def look() -> list[Job]:
    """All runs, the last one first; the queue is looked after."""
    server.tend_trainings()
    return jobs.jobs()


def controls(row: DeltaGenerator, visitor: str) -> str:
    """Recipe, settings, Start, or why nothing can be trained here; the task's name."""
    reason = jobs.allowed()
    if reason:
        st.info(plain(str(reason)))
        return ""
    recipes = offered()
    names = [*recipes, OWN]
    with row:
        name = st.selectbox(
            tr("Recipe"), names, label_visibility="collapsed", width=230,
            format_func=lambda name: tr(name) if name == OWN else name,
            **link.one_of("recipe", names, names[0]),
        )  # fmt: skip
        asked: job_queue.Wish | None = None
        if name != OWN:
            recipe = recipes.get(name, recipes[names[0]])
            asked = wish(recipe.name, recipe, numbers(recipe), visitor)
        begin = st.empty()
    if name == OWN:
        asked = own.asked(visitor)
    begin.button(
        tr("Start"), icon=":material/play_arrow:", type="primary", key="start-training",
        on_click=_start, args=(asked,), disabled=asked is None,
    )  # fmt: skip
    return asked.task if asked else ""


def _start(asked: job_queue.Wish | None) -> None:
    if asked is None:
        return
    try:
        job = job_queue.start(asked)
    except UserError as error:
        st.session_state[runs.PROBLEM] = str(error)
        return
    server.tend_trainings()
    link.show(**{runs.RUN: job.key})


def follow(job: Job) -> int | None:
    """Whether new epochs are shown as they come; the number that is shown else."""
    if job.state != "running":
        return None
    name = f"{FROZEN}_{job.key}"

    found: int | None = st.session_state.get(name)

    def follows(on: bool) -> None:
        st.session_state[name] = None if on else len(run_folder.reports(job.folder))

    st.toggle(tr("Follow the run"), **link.shown("follow-run", found is None, follows))
    return found
