"""The glossary: words of the field that explain themselves where they stand, from one file."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from html import escape
from pathlib import Path

import streamlit as st

from s2s.text.language import tr
from ui.markdown import escaped

FILE = Path(__file__).resolve().parents[1] / "static" / "glossary.toml"


@lru_cache(maxsize=1)
def glossary() -> dict[str, str]:
    """Word to what it says."""
    found = tomllib.loads(FILE.read_text("utf-8"))
    return {word: entry["says"] for word, entry in found.items()}


def help(*words: str) -> str:
    """Words with their meaning, as Markdown for a tooltip.

    Raises:
        KeyError: for a word that the glossary lacks.
    """
    return "\n\n".join(
        f"**{escaped(tr(word))}**: {escaped(tr(glossary()[word]))}" for word in words
    )


def line(*words: str) -> None:
    """Draw words that show their meaning under the pointer, on focus, and on a tap.

    Raises:
        KeyError: for a word that the glossary lacks.
    """
    terms = "".join(
        f'<button type="button" class="word" aria-describedby="word-{place}">'
        f"{escape(tr(word))}</button>"
        f'<span class="meaning" role="tooltip" id="word-{place}">'
        f"{escape(tr(glossary()[word]))}</span>"
        for place, word in enumerate(words)
    )
    with st.container(key="words"):
        st.html(f'<div class="words"><span>{escape(tr("Words on this page:"))}</span>{terms}</div>')
