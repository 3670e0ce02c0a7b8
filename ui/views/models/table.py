"""All models in one table; the chosen row and the head's choice are the same thing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from s2s.checkpoints.checkpoint import Entry
from s2s.evaluation import seed_table
from s2s.plots.palette import Palette
from s2s.tasks import TASKS
from s2s.text.language import N_, tr
from s2s.text.numbers import number, spread
from ui.frame import choice
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts.tables import picked

ROWS, FIRST, PRESSED = "models_rows", "models_first", "models_pressed"
MOST_ROWS, ROW_HEIGHT = 11, 35
MODEL, JUDGED = N_("Model"), N_("Judged by")
MEASURES = {"bleu": "BLEU", "exact_match": N_("% exactly right")}
TOLD = N_("The tutorial that this model follows, T1 to T5.")


def overview(models: list[Model], chosen: Model, palette: Palette) -> None:
    """One row per model; a click on a row chooses its model.

    The task that a link or the head chose stands first. A click moves nothing.
    """
    if st.session_state.get(PRESSED) != chosen.name or FIRST not in st.session_state:
        st.session_state[FIRST] = chosen.task.name
    models = sorted(models, key=lambda model: model.task.name != st.session_state[FIRST])
    here = next((i for i, m in enumerate(models) if m.name == chosen.name), 0)
    wanted = {"selection": {"rows": [here], "columns": [], "cells": []}}
    if st.session_state.get(ROWS) != wanted:
        st.session_state[ROWS] = wanted
    st.dataframe(
        _frame(models).style.map(
            lambda text: f"color: {_colour(text, palette)}", subset=[tr(MODEL)]
        ),
        key=ROWS,
        hide_index=True,
        height=ROW_HEIGHT * min(len(models) + 1, MOST_ROWS) + 3,
        row_height=ROW_HEIGHT,
        placeholder="–",
        on_select=lambda: _choose(models, chosen),
        selection_mode=("single-row-required", "single-cell"),
        column_config={
            tr(MODEL): st.column_config.TextColumn(help="● attention, ◆ peeky, ■ plain"),
            tr("Score"): st.column_config.NumberColumn(
                format="%.1f", help=tr("Of the stored model, on pairs that it has never seen.")
            ),
            tr("Over seeds"): st.column_config.TextColumn(
                help=tr("Mean ± standard deviation, where the recipe trained several seeds.")
            ),
            tr("Parameters"): st.column_config.NumberColumn(format="localized"),
            tr("Trained, seconds"): st.column_config.NumberColumn(format="localized"),
            tr("Seeds"): st.column_config.NumberColumn(
                format="%d", help=tr("Runs of the same system.")
            ),
            tr("Tutorial"): st.column_config.TextColumn(help=tr(TOLD)),
        },
        alt=tr("All models with their scores"),
    )  # fmt: skip


def _choose(models: list[Model], chosen: Model) -> None:
    row = picked(st.session_state.get(ROWS), len(models))
    if row is not None:
        st.session_state[PRESSED] = models[row].entry.name
        choice.choose(models[row], chosen)


def _frame(models: list[Model]) -> pd.DataFrame:
    return pd.DataFrame([_row(model) for model in models])


def _row(model: Model) -> dict[str, Any]:
    score, family = model.score, model.family
    problem = tr("cannot be loaded") if model.entry.problem else tr("not measured")
    if not model.task.split_key:
        problem = tr("one pair only")
    if family is None:
        return {tr(MODEL): f"▲ {model.name}", tr("Score"): None, tr(JUDGED): problem,
                tr("Task"): tr(model.task.title)}  # fmt: skip
    return {
        tr(MODEL): f"{family.mark} {model.name}",
        tr("Score"): score,
        tr("Over seeds"): spread(model.scores, 1) if model.headline and model.scores else None,
        tr(JUDGED): problem if score is None else tr(MEASURES[model.task.score]),
        tr("Task"): tr(model.task.title),
        tr("Family"): family.name,
        tr("Parameters"): model.about.parameters,
        tr("Trained, seconds"): model.about.seconds,
        tr("Seeds"): max(len(model.about.seeds), 1),
        tr("Tutorial"): model.about.tutorial or (model.recipe.tutorial if model.recipe else ""),
    }


def _colour(text: str, palette: Palette) -> str:
    marks = {"●": palette.attention, "◆": palette.peeky, "▲": palette.muted}
    return marks.get(text[:1], palette.plain)


def strangers(entries: Sequence[Entry]) -> list[Entry]:
    """Model folders of a task that is not known here."""
    return [entry for entry in entries if entry.name.split("/", 1)[0] not in TASKS]


def broken(models: list[Model], entries: Sequence[Entry]) -> None:
    """Say which folders cannot be used, and why."""
    reasons = [str(model.entry.problem) for model in models if model.entry.problem]
    reasons += [
        str(entry.problem or tr("{name}: there is no task of this name.", name=entry.name))
        for entry in strangers(entries)
    ]
    if reasons:
        lines = "\n".join(f"- {plain(reason)}" for reason in reasons)
        told = tr("These folders cannot be used; the other models work.")
        st.warning(f"{told}\n\n{lines}")


def comparison(model: Model, models: list[Model]) -> tuple[pd.DataFrame, str] | None:
    """The models of one task side by side, cells as Markdown, with the note below.

    None where there is nothing to compare with.
    """
    rows = [m for m in models if model.comparable(m) and not m.entry.problem]
    if len(rows) < 2:
        return None
    judged = "BLEU" if model.task.score == "bleu" else tr("exactly right, %")
    if model.task.split_key:
        judged = tr("test: {score}", score=judged)
    against = tr("against")
    table = [
        {
            tr("model"): _named(m, m.name == model.name),
            judged: _score(m),
            against: plain(seed_table.against(m.entry, [r.entry for r in rows]) or "–"),
            tr("training loss"): _loss(m),
            tr("build"): plain(m.shape),
            tr("seeds"): str(max(len(m.about.seeds), 1)),
            tr("parameters"): _digits(m.about.parameters),
            tr("seconds"): _seconds(m),
        }
        for m in rows
    ]
    frame = pd.DataFrame(table).set_index(tr("model"))
    if not frame[against].str.strip("–").any():
        frame = frame.drop(columns=against)
    return frame, _note(rows, against in frame)


def _note(rows: list[Model], against: bool) -> str:
    reductions = {m.reduction for m in rows} - {""}
    parts = [
        tr("Training loss: accumulated during the last epoch, in the run's own averaging, which "
           "differs between these models: compare it only within one averaging.")
        if len(reductions) > 1
        else tr("Training loss: accumulated during the last epoch, in the run's own averaging.")
    ]  # fmt: skip
    if any(m.scores for m in rows):
        parts.append(tr("±: standard deviation over seeds."))
    if against:
        parts.append(
            tr("Against: the score less that of the named model, seed by seed, with a 95 % "
               "interval.")
        )  # fmt: skip
    clocks = {m.about.clock == "cpu" for m in rows if m.about.seconds is not None}
    if clocks == {True}:
        parts.append(tr("Seconds of one run with one thread: processor time."))
    elif clocks == {False}:
        parts.append(tr("Seconds of one run with one thread: by the wall clock."))
    else:
        parts.append(tr("Seconds of one run with one thread: processor time where there are seeds, "
                        "else by the wall clock."))  # fmt: skip
    return " ".join(parts)


def _named(model: Model, here: bool) -> str:
    name = plain(model.variant)
    mark = model.family.mark if model.family else ""
    return f"{mark} **{name}**" if here else f"{mark} {name}"


def _score(model: Model) -> str:
    scores = list(model.about.by_seed(model.task.score).values())
    return spread(scores, 1) if scores else _digits(model.score, 1)


def _loss(model: Model) -> str:
    about, reports = model.about, model.history.reports
    last = about.seeds[0].train_loss if about.seeds else None
    if last is None and reports:
        last = reports[-1].train_loss
    digits = 3 if last is None or last >= 0.01 else 5
    return seed_table.over_seeds(about, "train_loss", digits) or _digits(last, digits)


def _seconds(model: Model) -> str:
    seconds = model.about.seconds
    digits = 1 if seconds is not None and seconds < 10 else 0
    return seed_table.over_seeds(model.about, "seconds", digits) or _digits(seconds, digits)


def _digits(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else number(value, digits)
