"""Replay: the shipped runs of a task, wound back; nothing is trained."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from s2s.plots.palette import Palette
from s2s.tasks import TASKS
from s2s.text.language import tr
from ui.frame import link
from ui.frame.choice import by_task
from ui.frame.model import Model, models
from ui.markdown import escaped
from ui.parts import replay

KEY, TASK = "replay", "replay_task"


def kept() -> dict[str, list[Model]]:
    """Models that kept their epochs, by task."""
    found = {
        task: [model for model in those if model.kept_epochs]
        for task, those in by_task([m for m in models() if not m.entry.problem]).items()
    }
    return {task: those for task, those in found.items() if those}


def show(row: DeltaGenerator, palette: Palette) -> None:
    """Task and models in the head, then their epochs."""
    tasks = kept()
    if not tasks:
        st.info(tr("No model here kept its epochs. Train one: it does."))
        return
    names = list(tasks)
    with row:
        task = st.selectbox(
            tr("Task"), names, format_func=lambda name: TASKS[name].full_title, width=300,
            label_visibility="collapsed", **link.one_of(TASK, names, names[0]),
        )  # fmt: skip
        there = {model.variant: model for model in tasks.get(task, tasks[names[0]])}
        chosen = list(there)[: replay.MOST_BESIDE]
        if len(there) > 1:
            asked = link.view().get("replayed", ",".join(chosen)).split(",")
            wanted = [name for name in asked if name in there] or chosen
            picked = st.pills(
                tr("Models"), list(there), selection_mode="multi", label_visibility="collapsed",
                format_func=lambda name: escaped(there[name].marked),
                **link.shown(f"replayed_{task}", wanted, lambda names: _put(names, list(there))),
            )  # fmt: skip
            chosen = [name for name in there if name in (picked or chosen)]
    found = [there[name] for name in chosen]
    behind = [other for other in models() if other.task.name == found[0].task.name]
    replay.of_models(found, behind, palette, KEY)
    st.caption(tr("Kept from the runs that made these models; nothing is trained here."))


def _put(wanted: object, there: list[str]) -> None:
    """Two at most: the last ones that were pressed."""
    names = [name for name in wanted if name in there] if isinstance(wanted, list) else []
    link.show(replayed=",".join(names[-replay.MOST_BESIDE :]) or None)


def opening(task: str, palette: Palette) -> None:
    """Before anybody trained anything: what was kept of a task, or of any."""
    tasks = kept()
    if not tasks:
        st.info(tr("Nothing has been trained here yet. Choose a recipe and press Start."))
        return
    first = tasks.get(task) or next(iter(tasks.values()))
    replay.of_models(first, [], palette, KEY)
    st.caption(
        tr("Shown: kept from a run that made a shipped model. Press Start for one of your own.")
    )
