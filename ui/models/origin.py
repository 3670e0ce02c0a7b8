"""Where a model comes from: its command, its card, its tables."""

from __future__ import annotations

import streamlit as st

from s2s.checkpoints import card, imported_card
from s2s.text.numbers import number
from ui import cached
from ui.careful import amount
from ui.markdown import plain
from ui.parts import export
from ui.parts.model_facts import Facts, duration

FETCHES = ("![", "](", "://")
"""What a card of ours never holds: pictures and links, which a browser would follow."""


def line(facts: Facts) -> str:
    """Build, size and training of a model in one line."""
    parts = [plain(facts.shape)]
    parameters, seconds = (amount(facts.about, name) for name in ("parameters", "seconds"))
    if parameters is not None:
        parts.append(f"{number(parameters)} parameters")
    if seconds is not None:
        clock = " of processor time" if facts.text("clock") == "cpu" else ""
        parts.append(f"trained in {duration(seconds)}{clock}")
    epochs = len(facts.history.reports)
    if epochs:
        parts.append(f"{epochs} epoch{'s' * (epochs > 1)}")
    pairs = amount(facts.about, "pairs", "train")
    if pairs is not None:
        parts.append(f"{number(pairs)} training pair{'s' * (pairs != 1)}")
    tutorial = facts.text("tutorial")
    if tutorial:
        parts.append(f"after tutorial {plain(tutorial[1:])}")
    return " · ".join(parts)


def origin(facts: Facts) -> None:
    """The command, the card to read and to take away."""
    command = facts.text("command")
    if command and command != "-":
        st.code(command, language="bash", wrap_lines=True)
        file = facts.text("file")
        if file:
            st.caption(f"It reads the file {plain(file)}.")
    else:
        st.caption("Its folder does not say which command made it.")
    text = cached.readme(facts.entry.path, facts.entry.stamp)
    if not text:
        st.caption("It came without a card.")
        return
    with st.container(horizontal=True, key="take-card"):
        export.button(
            "Card",
            text.encode,
            f"{facts.entry.name.replace('/', '-')}.md",
            "text/markdown",
            ":material/description:",
            "README.md of the model's folder.",
        )
    with st.expander("Read the card", icon=":material/description:"):
        if ours(facts, text):
            st.markdown(text.split("\n", 1)[1])
        else:
            st.caption("This card was not written by this program, so it is shown as text.")
            st.code(text, language=None, wrap_lines=True)


def ours(facts: Facts, text: str) -> bool:
    """Whether a card is what its config.json makes of it, and can fetch nothing."""
    try:
        render = imported_card.render if "imported" in facts.about else card.render
        same = render(facts.task, facts.entry.about) == text
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return False
    return same and not any(mark in text for mark in FETCHES)
