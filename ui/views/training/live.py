"""A run as it is now: how far it is, its curves, and what it does with its watched sentences."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from s2s.checkpoints import history as histories
from s2s.checkpoints import replays as replay_file
from s2s.errors import UserError
from s2s.plots.families import FAMILIES
from s2s.plots.palette import Palette
from s2s.plots.replay_frame import Told
from s2s.results import EpochReport
from s2s.results.replay import Replay
from s2s.tasks import TASKS
from s2s.text.language import N_, tr
from s2s.text.numbers import duration, percent
from s2s.training import jobs, run_folder
from s2s.training.jobs import Job
from ui.cached.shared import shared_cache
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import replay

KEY = "live"
STATES = {
    "running": N_("▶ running"),
    "waiting": N_("waiting"),
    "finished": N_("✓ finished"),
    "stopped": N_("■ stopped"),
    "failed": N_("▲ failed"),
    "lost": N_("▲ lost"),
}


def progress(job: Job, waiting: int) -> None:
    """The bar, with what is gone and what is left; or how it ended."""
    reports = run_folder.reports(job.folder)
    done = len(reports)
    if job.state in jobs.OPEN:
        parts = [tr("**Epoch {n} of {of}**", n=min(done + 1, job.epochs), of=job.epochs)]
        if job.state == "waiting":
            parts = [tr("**Waiting** for the run before it")]
        elif job.share >= 1 or done >= job.epochs:
            parts = [tr("**Measuring** what it learned")]
        elif job.left is not None:
            parts.append(tr("{gone} gone, about {left} left", gone=duration(job.gone),
                            left=duration(job.left)))  # fmt: skip
        else:
            parts.append(tr("starting"))
        if waiting:
            parts.append(tr("{n} more waiting", n=waiting))
        st.progress(min(job.share, 1.0), " · ".join(parts))
        return
    told = tr("**{state}** after epoch {n} of {of}", state=tr(STATES[job.state]), n=done,
              of=job.epochs)  # fmt: skip
    if job.why:
        told += f": {plain(str(job.why))}"
    st.markdown(told)
    if job.state in ("failed", "lost"):
        lines = jobs.log(job)
        if lines:
            st.code("\n".join(lines), language=None)


def finding(score: str, reports: list[EpochReport], replays: tuple[Replay, ...]) -> str:
    """What the epochs so far show, in one sentence; empty before the first."""
    if not reports:
        return ""
    last = reports[-1]
    value = getattr(last, score)
    if value is not None:
        told = (f"{value:.1f} BLEU" if score == "bleu"
                else tr("{share} exactly right", share=percent(value)))  # fmt: skip
        jumps = [
            (getattr(now, score) - getattr(before, score), now.epoch)
            for before, now in zip(reports, reports[1:], strict=False)
        ]
        text = tr("After epoch {n}: {told} on pairs it has never seen.", n=last.epoch, told=told)
        if jumps and max(jumps)[0] > 0:
            text += " " + tr("The largest step came in epoch {n}.", n=max(jumps)[1])
        return text
    first = replays[0] if replays else None
    if first is None:
        return tr("After epoch {n} the loss is {loss:.3f}.", n=last.epoch, loss=last.train_loss)
    right = [
        moment.epoch for moment in first.moments
        if replay.is_right(first, moment)
    ]  # fmt: skip
    if right:
        return tr("It wrote the sentence for the first time after epoch {n}.", n=right[0])
    return tr("After epoch {n} it does not write the sentence yet.", n=last.epoch)


def figure(job: Job, others: list[Model], palette: Palette, upto: int | None) -> None:
    """Everything there is of the run so far.

    Args:
        job: the run.
        others: models of its task, behind its curves.
        palette: the theme's colours.
        upto: epochs that are shown; None for all.
    """
    reports, replays = contents(job, upto)
    if not reports:
        st.caption(tr("The first epoch is not over yet."))
        return
    st.markdown(f"**{plain(finding(TASKS[job.task].score, reports, replays))}**")
    behind = [one for one in map(replay.told, others) if one and one.reports]
    if not replays:
        return
    source = replay.which([one.source for one in replays], KEY)
    place = [one.source for one in replays].index(source)
    column = _told(str(job.folder), job.name, job.family, len(reports), job.state, place)
    if column is None:
        return
    replay.show([column], behind, TASKS[job.task].score, palette, KEY, job.epochs)
    replay.sentences(replays)


def contents(job: Job, upto: int | None) -> tuple[list[EpochReport], tuple[Replay, ...]]:
    """Reports and sentences of a run, from its folder while it trains, else from its model."""
    model = job.model
    if job.state not in jobs.OPEN and model is not None:
        try:
            return (
                list(histories.read(model).reports),
                replay_file.read(Path(model) / replay_file.REPLAY),
            )
        except (UserError, OSError):
            return [], ()
    reports = run_folder.reports(job.folder)[:upto]
    try:
        return reports, run_folder.seen(job.folder, len(reports))
    except (UserError, OSError):  # it has just ended, and its epochs went into the model
        return reports, ()


@shared_cache(max_entries=32)
def _told(folder: str, name: str, family: str, count: int, state: str, place: int) -> Told | None:
    """The same object for the same epochs, so that a figure is drawn once."""
    job = jobs.read(Path(folder))
    if job is None:
        return None
    reports, replays = contents(job, count)
    if place >= len(replays):
        return None
    return Told(name, FAMILIES[family], reports, replays[place])
