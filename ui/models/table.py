"""All models in one table; the chosen row and the sidebar's choice are the same thing."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from s2s.checkpoints.checkpoint import Entry
from s2s.evaluation import seed_table
from s2s.plots.palette import Palette
from s2s.tasks import TASKS
from s2s.tasks.recipes import RECIPES
from s2s.text.numbers import number
from ui.careful import amount, piece
from ui.frame import choice
from ui.frame.choice import Choice
from ui.markdown import plain
from ui.parts.model_facts import Facts, others
from ui.parts.tables import picked

ROWS, FIRST, PRESSED = "models_rows", "models_first", "models_pressed"
MOST_ROWS, ROW_HEIGHT = 11, 35
MODEL, JUDGED = "Model", "Judged by"
TOLD = "The tutorial that this model follows, T1 to T5."


def overview(models: list[Facts], chosen: Choice, palette: Palette) -> None:
    """One row per model; a click on a row chooses its model.

    The task that a link or the sidebar chose stands first. A click moves nothing.
    """
    if st.session_state.get(PRESSED) != chosen.entry.name or FIRST not in st.session_state:
        st.session_state[FIRST] = chosen.task.name
    models = sorted(models, key=lambda facts: facts.task.name != st.session_state[FIRST])
    here = next((i for i, m in enumerate(models) if m.entry.name == chosen.entry.name), 0)
    wanted = {"selection": {"rows": [here], "columns": [], "cells": []}}
    if st.session_state.get(ROWS) != wanted:
        st.session_state[ROWS] = wanted
    st.dataframe(
        _frame(models).style.map(
            lambda text: f"color: {_colour(text, palette)}", subset=[MODEL]
        ),
        key=ROWS,
        hide_index=True,
        height=ROW_HEIGHT * min(len(models) + 1, MOST_ROWS) + 3,
        row_height=ROW_HEIGHT,
        placeholder="–",
        on_select=lambda: _choose(models),
        selection_mode=("single-row-required", "single-cell"),
        column_config={
            MODEL: st.column_config.TextColumn(help="● attention, ◆ peeky, ■ plain"),
            "Score": st.column_config.NumberColumn(format="%.1f", help="Of the stored model, on "
                                                   "pairs that it has never seen."),
            "Parameters": st.column_config.NumberColumn(format="localized"),
            "Seconds": st.column_config.NumberColumn("Trained, seconds", format="localized"),
            "Seeds": st.column_config.NumberColumn(format="%d", help="Runs of the same system."),
            "Tutorial": st.column_config.TextColumn(help=TOLD),
        },
        alt="All models with their scores",
    )  # fmt: skip


def _choose(models: list[Facts]) -> None:
    row = picked(st.session_state.get(ROWS), len(models))
    if row is not None:
        st.session_state[PRESSED] = models[row].entry.name
        choice.choose(models[row].task.name, models[row].variant)


def _frame(models: list[Facts]) -> pd.DataFrame:
    return pd.DataFrame([_row(facts) for facts in models])


def _row(facts: Facts) -> dict[str, Any]:
    score, family = facts.score(), facts.family
    problem = "cannot be loaded" if facts.entry.problem else "not measured"
    if not facts.task.split_key:
        problem = "one pair only"
    if family is None:
        return {MODEL: f"▲ {facts.entry.name}", "Score": None, JUDGED: problem,
                "Task": facts.task.title}  # fmt: skip
    return {
        MODEL: f"{family.mark} {facts.entry.name}",
        "Score": score,
        JUDGED: problem if score is None else facts.measure,
        "Task": facts.task.title,
        "Family": family.name,
        "Parameters": amount(facts.about, "parameters"),
        "Seconds": amount(facts.about, "seconds"),
        "Seeds": max(len(facts.seeds), 1),
        "Tutorial": facts.text("tutorial") or _tutorial(facts),
    }


def _tutorial(facts: Facts) -> str:
    recipe = RECIPES.get(facts.entry.name)
    return recipe.tutorial if recipe else ""


def _colour(text: str, palette: Palette) -> str:
    marks = {"●": palette.attention, "◆": palette.peeky, "▲": palette.muted}
    return marks.get(text[:1], palette.plain)


def strangers(entries: list[Entry]) -> list[Entry]:
    """Model folders of a task that is not known here."""
    return [entry for entry in entries if entry.name.split("/", 1)[0] not in TASKS]


def broken(models: list[Facts], entries: list[Entry]) -> None:
    """Say which folders cannot be used, and why."""
    reasons = [facts.entry.problem for facts in models if facts.entry.problem]
    reasons += [
        entry.problem or f"{entry.name}: there is no task of this name."
        for entry in strangers(entries)
    ]
    if reasons:
        lines = "\n".join(f"- {plain(reason)}" for reason in reasons)
        st.warning(f"These folders cannot be used; the other models work.\n\n{lines}")


def comparison(facts: Facts, models: list[Facts]) -> tuple[pd.DataFrame, str] | None:
    """The models of one task side by side, cells as Markdown, with the note below.

    None where there is nothing to compare with.
    """
    rows = [m for m in models if m.task is facts.task and not m.entry.problem]
    if len(rows) < 2:
        return None
    judged = "BLEU" if facts.task.score == "bleu" else "exactly right, %"
    part = "test: " if facts.task.split_key else ""
    table = [
        {
            "model": _named(m, m.entry.name == facts.entry.name),
            f"{part}{judged}": m.over_seeds(facts.task.score, 1) or _digits(m.score(), 1),
            "against": plain(_difference(m, rows)),
            "training loss": _loss(m),
            "build": plain(m.shape),
            "seeds": str(max(len(m.seeds), 1)),
            "parameters": _digits(amount(m.about, "parameters")),
            "seconds": _seconds(m),
        }
        for m in rows
    ]
    frame = pd.DataFrame(table).set_index("model")
    if not frame["against"].str.strip("–").any():
        frame = frame.drop(columns="against")
    return frame, _note(rows, frame)


def _note(rows: list[Facts], frame: pd.DataFrame) -> str:
    reductions = {_reduction(m) for m in rows} - {""}
    parts = ["Training loss: accumulated during the last epoch, in the run's own averaging"]
    parts[0] += (
        ", which differs between these models: compare it only within one averaging."
        if len(reductions) > 1
        else "."
    )
    if any(len(m.seeds) > 1 for m in rows):
        parts.append("±: standard deviation over seeds.")
    if "against" in frame:
        parts.append(
            "Against: the score less that of the named model, seed by seed, with a 95 % interval."
        )
    clocks = {m.text("clock") == "cpu" for m in rows if amount(m.about, "seconds") is not None}
    parts.append(
        "Seconds of one run with one thread: "
        + ("processor time." if clocks == {True} else "by the wall clock." if clocks == {False}
           else "processor time where there are seeds, else by the wall clock.")
    )  # fmt: skip
    return " ".join(parts)


def _reduction(facts: Facts) -> str:
    return str(piece(facts.entry.about, "train", "loss_reduction", kind=str))


def _named(facts: Facts, here: bool) -> str:
    name = plain(facts.variant)
    mark = facts.family.mark if facts.family else ""
    return f"{mark} **{name}**" if here else f"{mark} {name}"


def _loss(facts: Facts) -> str:
    reports = facts.history.reports
    last = amount(facts.seeds[0], "train_loss") if facts.seeds else None
    if last is None and reports:
        last = reports[-1].train_loss
    digits = 3 if last is None or last >= 0.01 else 5
    return facts.over_seeds("train_loss", digits) or _digits(last, digits)


def _seconds(facts: Facts) -> str:
    seconds = amount(facts.about, "seconds")
    digits = 1 if seconds is not None and seconds < 10 else 0
    return facts.over_seeds("seconds", digits) or _digits(seconds, digits)


def _digits(value: float | None, digits: int = 0) -> str:
    return "–" if value is None else number(value, digits)


def _difference(facts: Facts, rows: list[Facts]) -> str:
    if not facts.over_seeds(facts.task.score, 1):
        return "–"
    mates = [m for m in others(facts, rows) if m.over_seeds(facts.task.score, 1)]
    try:
        told = seed_table.difference(facts.entry.about, [m.entry.about for m in mates])
    except (KeyError, TypeError, ValueError):  # an edited config.json
        return "–"
    return told or "–"
