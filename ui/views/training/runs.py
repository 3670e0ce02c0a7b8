"""The list of runs, the same for all visitors, and what can be done with one."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import streamlit as st

from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.plots import FAMILIES
from s2s.tasks import TASKS
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import duration, percent
from s2s.training import job_queue, jobs, run_folder
from s2s.training.jobs import Job
from ui import server
from ui.frame import choice, link
from ui.markdown import plain
from ui.parts.tables import picked
from ui.views.training.live import STATES

Act = Callable[[Job], object]
ROWS, RUN, PROBLEM = "training_runs", "run", "training_problem"


def shown(there: Sequence[Job]) -> Job | None:
    """The run of the address; else the one that runs, else the last one."""
    asked = link.view().get(RUN)
    found = next((job for job in there if job.key == asked), None)
    running = next((job for job in there if job.state == "running"), None)
    return found or running or next(iter(there), None)


def table(there: Sequence[Job], chosen: Job | None) -> None:
    """All runs; pressing a row shows it."""
    st.subheader(tr("Runs"))
    frame = pd.DataFrame([_row(job, job is chosen) for job in there])

    def pick() -> None:
        row = picked(st.session_state.get(ROWS), len(there))
        if row is not None:
            link.show(**{RUN: there[row].key})

    st.dataframe(
        frame, key=ROWS, hide_index=True, on_select=pick, selection_mode="single-row",
        height=35 * (len(there) + 1) + 3, alt=tr("All runs with their state"),
    )  # fmt: skip
    most, used = limits(), jobs.used() / 1e9
    st.caption(
        tr(
            "At most {n} at a time; this computer keeps {kept} runs ({used:.1f} of {room:g} GB), "
            "the oldest finished one goes first. A run goes on when you leave or close the page. "
            "Press a row to watch it.",
            n=most.trainings,
            kept=most.trainings_kept,
            used=used,
            room=most.trainings_bytes / 1e9,
        )
    )


def _row(job: Job, chosen: bool) -> dict[str, str]:
    reports = run_folder.reports(job.folder)
    score = TASKS[job.task].score
    values = [v for v in (getattr(report, score) for report in reports) if v is not None]
    best = ""
    if values:
        best = (f"{max(values):.1f} BLEU" if score == "bleu"
                else tr("{share} right", share=percent(max(values))))  # fmt: skip
    elif reports:
        best = tr("loss {loss:.3f}", loss=min(report.train_loss for report in reports))
    mark = FAMILIES[job.family].mark if job.family in FAMILIES else ""
    return {
        "": "→" if chosen else "",
        tr("State"): tr(STATES[job.state]),
        tr("Run"): f"{mark} {label(job.key)}",
        tr("What"): label(str(job.title), 80).replace("␣", " "),
        tr("Epoch"): tr("{n} of {of}", n=len(reports), of=job.epochs),
        tr("Best so far"): best,
        tr("Time"): duration(sum(report.seconds for report in reports)) if reports else "",
    }


def actions(job: Job, visitor: str) -> None:
    """Buttons for one run; those that change it are for who started it."""
    mine = job.visitor == visitor

    def button(name: str, icon: str, act: Act, *given: Job, help: str | None = None) -> None:
        st.button(
            tr(name), icon=f":material/{icon}:", help=help,
            key=f"run-{name.lower().replace(' ', '-')}", on_click=_tried, args=(act, *given),
            disabled=not mine,
        )  # fmt: skip

    st.markdown(f"**{plain(job.key)}**", width="content")
    if job.state in jobs.OPEN:
        says = tr("What it learned up to the last whole epoch is kept.")
        button(N_("Stop"), "stop", job_queue.cancel, job, help=says)
    else:
        if job.state != "finished":
            button(N_("Go on"), "play_arrow", job_queue.go_on, job)
        if job.model and not job.kept:
            says = tr("It opens in Translate and on the other pages from then on.")
            button(N_("Keep as model"), "bookmark", job_queue.keep, job, help=says)
        button(N_("Delete"), "delete", job_queue.delete, job)
    if job.kept:
        st.page_link(
            "pages/translate.py", label=tr("Open in Translate"), icon=":material/translate:",
            query_params=choice.link_to(job.task, job.name),
        )  # fmt: skip
    if not mine:
        st.caption(tr("Started by somebody else."), width="content")


def _tried(act: Act, *given: Job) -> None:
    """Do it, and look after the queue; what does not work is said once."""
    try:
        act(*given)
    except UserError as error:
        st.session_state[PROBLEM] = str(error)
    server.tend_trainings()
