"""What the models score on unseen pairs, in one line with a way to the whole test set."""

from __future__ import annotations

import streamlit as st

from s2s.evaluation.seed_table import gap
from s2s.findings.standing import side_by_side
from s2s.text.language import N_, tr
from ui.frame.model import Model
from ui.markdown import escaped

SET = "test-set"
"""Anchor of the section about a whole test set."""
BELOW = N_("By length, worst sentences of each, fairness ↓")


def line(choices: list[Model]) -> None:
    """Draw it; the way to the test set alone where nothing was measured."""
    first, metric = choices[0], choices[0].task.score
    parts = side_by_side(
        first.task,
        [(one.variant, one.about) for one in choices],
        [gap(other.about, first.about, metric) for other in choices[1:]],
    )
    told = "".join(f"**{escaped(part.text)}**" if part.kind == "strong" else escaped(part.text)
                   for part in parts)  # fmt: skip
    with st.container(key="set-line"):
        st.markdown(f"{told} [{tr(BELOW)}](#{SET})".strip())
