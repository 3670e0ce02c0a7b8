"""Cached probes of states and influence: shared by all visitors, bounded, keyed by file times."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from s2s import probes
from s2s.results import HiddenStates, InputInfluence
from s2s.translator import Translator
from ui import cached, cached_gradients

Target = str | tuple[str, ...] | None
"""What the model is made to write, typed or as its tokens; None for its own answer."""


@st.cache_data(max_entries=64, show_spinner=False)
def hidden_states(name: str, path: str, stamp: int, text: str, target: Target) -> HiddenStates:
    """Every recurrent state and gate of one sentence."""
    translator = cached.translator(name, path, stamp)
    return probes.hidden_states(translator, text, _forced(translator, target))


@st.cache_data(max_entries=64, show_spinner=False)
def influence(name: str, path: str, stamp: int, text: str, target: Target) -> InputInfluence:
    """How far each encoder state of one sentence depends on each input."""
    translator = cached.translator(name, path, stamp)
    return probes.input_influence(translator, text, _forced(translator, target))


def _forced(translator: Translator, target: Target) -> str | Sequence[int] | None:
    """The target as the probes take it; a UserError where the model cannot write a token."""
    return cached_gradients.ids(translator, target) if isinstance(target, tuple) else target
