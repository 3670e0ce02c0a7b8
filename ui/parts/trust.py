"""The trust line: what speaks against trusting an answer; no line where nothing does."""

from __future__ import annotations

import streamlit as st

from s2s.evaluation.trust import trust
from s2s.findings.trust import HELP, Told, told
from s2s.results import Trace
from s2s.text.language import tr
from ui import cached
from ui.frame.model import Model
from ui.markdown import plain


def of(chosen: Model, trace: Trace) -> Told | None:
    """What is said of an answer."""
    return told(trust(cached.system(chosen.key), trace), chosen.task.unit)


def line(chosen: Model, trace: Trace, name: str = "") -> None:
    """Draw it.

    Args:
        chosen: the model.
        trace: its answer.
        name: of the model, where several answers stand on the page.
    """
    said = of(chosen, trace)
    if said is None:
        return
    whose = f"{plain(name)}: " if name else ""
    with st.container(key=f"trust-{chosen.variant}"):
        st.markdown(
            f":material/warning: {whose}**{said.verdict}** {plain(said.facts)}", help=tr(HELP)
        )
