"""The lab report: every check with its value, its healthy range and a verdict."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from s2s.findings.diagnosis import WORDS, healthy, says, value
from s2s.plots.health_band import health_band
from s2s.plots.palette import Palette
from s2s.results.diagnosis import Check, Diagnosis
from s2s.text.language import tr
from ui.frame import link
from ui.markdown import plain
from ui.parts.tables import picked
from ui.parts.verdicts import VERDICTS

ROW = 24
"""Px of a row: the pressed sentence below must stand whole in a laptop's window."""
TABLES, CHECK = "diagnose_checks", "check"


def show(found: Diagnosis, palette: Palette) -> Check | None:
    """Two tables of checks.

    Args:
        found: the report.
        palette: the theme's colours.

    Returns:
        The check whose row is pressed, if it has sentences that show it.
    """
    told = [check for check in found.checks if check.verdict != "no_answer"]
    half = -(-len(told) // 2)
    asked = link.view().get(CHECK)
    for place, (column, checks) in enumerate(
        zip(st.columns(2, gap="small"), (told[:half], told[half:]), strict=True)
    ):
        with column:
            _table(checks, f"{TABLES}_{place}", asked, palette)
    pressed = next((check for check in told if check.name == asked), None)
    if pressed is not None:
        st.info(plain(says(pressed, len(found.answers))), icon=":material/troubleshoot:")
        return pressed if pressed.places else None
    return None


def silent(found: Diagnosis) -> None:
    """The checks without an answer here, and what they need."""
    quiet = [check for check in found.checks if check.verdict == "no_answer"]
    if not quiet:
        return
    reasons: dict[str, list[str]] = {}
    for check in quiet:
        reasons.setdefault(str(check.why), []).append(tr(WORDS[check.name].title))
    told = (tr("{n} checks without an answer here", n=len(quiet)) if len(quiet) > 1
            else tr("1 check without an answer here"))  # fmt: skip
    with st.expander(told):
        for why, names in reasons.items():
            st.markdown(f"- {plain(', '.join(names))}: {plain(why)}")


def _table(checks: list[Check], key: str, asked: str | None, palette: Palette) -> None:
    rows = [row for row, check in enumerate(checks) if check.name == asked]
    st.session_state[key] = {"selection": {"rows": rows, "columns": [], "cells": []}}

    def pressed() -> None:
        row = picked(st.session_state.get(key), len(checks))
        name = None if row is None or checks[row].name == asked else checks[row].name
        link.show(**{CHECK: name, "line": None, link.STEP: None})

    frame = pd.DataFrame(
        {
            tr("Check"): [tr(WORDS[check.name].title) for check in checks],
            tr("Verdict"): [tr(VERDICTS[check.verdict]) for check in checks],
            tr("Measured"): [value(check) for check in checks],
            tr("Healthy range"): [health_band(check, palette) for check in checks],
        }
    )

    def filled(text: str) -> str:
        if not text.startswith("▲"):
            return ""
        return f"background-color: {palette.text}; color: {palette.background}; font-weight: 600"

    st.dataframe(
        frame.style.map(filled, subset=[tr("Verdict")]), key=key, hide_index=True,
        height=35 + ROW * len(checks) + 3, row_height=ROW, on_select=pressed,
        selection_mode=("single-row", "single-cell"),
        column_config={
            tr("Healthy range"): st.column_config.ImageColumn(
                width=130, help=tr("Grey: where the models that work lie. The tick: this model.")
            ),
            tr("Check"): st.column_config.TextColumn(width=160),
            tr("Verdict"): st.column_config.TextColumn(width=100),
            tr("Measured"): st.column_config.TextColumn(alignment="right", width=70),
        },
        alt="; ".join(
            f"{tr(WORDS[c.name].title)}: {value(c)}, {healthy(c)}, {tr(VERDICTS[c.verdict])}"
            for c in checks
        ),
    )  # fmt: skip
