"""The language of whoever is served, kept for the session."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from s2s.text import language

KEY = "language"


def _asked() -> str | None:
    """What this run's visitor wants; None where nobody is served, as in a thread."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return None
    found = st.session_state.get(KEY)
    return found if isinstance(found, str) else None


def wear(code: str) -> None:
    """Speak a language to this visitor from now on."""
    language.follow(_asked)
    st.session_state[KEY] = code
