"""What the page measures and what was found with it."""

from __future__ import annotations

import csv

import numpy as np
import streamlit as st

from s2s.plots.readout_curves import memory_chart
from s2s.results.readout import Remembered
from s2s.text.language import N_, tr
from ui.frame.navigation import FOLDER
from ui.frame.theme import palette
from ui.parts import help_texts

FIRST_LETTER = "first-letter.md"
TEXTS = {
    N_("How to read this page"): "states.md",
    N_("How long does the encoder remember the first letter? Measured"): FIRST_LETTER,
}


def show() -> None:
    """One closed box per text; the curve stands above its own."""
    help_texts.show(TEXTS, {FIRST_LETTER: _curve})


def _curve() -> None:
    found = remembered()
    if found:
        with st.container(key="figure-first-letter"):
            st.vega_lite_chart(
                memory_chart(found, palette()), theme=None, width="stretch",
                key="chart-first-letter",
                alt=tr("How often a linear probe tells the first letter, by length."),
            )  # fmt: skip


def remembered() -> list[Remembered]:
    """What `benchmarks/first_letter.py` measured, the plain models first."""
    path = (FOLDER / "docs" / FIRST_LETTER).with_suffix(".csv")
    if not path.is_file():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = []
    for variant in dict.fromkeys(row["variant"] for row in rows):
        mine = [row for row in rows if row["variant"] == variant]
        lengths = tuple(dict.fromkeys(int(row["letters"]) for row in mine))
        tables = (
            np.array([float(row[name]) for row in mine]).reshape(len(lengths), -1)
            for name in ("accuracy", "shuffled")
        )
        found.append(Remembered(variant, lengths, *tables))
    return found
