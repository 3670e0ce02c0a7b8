"""Where a model comes from: its command, its card, its tables."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from s2s import card, imported
from s2s.plots.labels import number
from s2s.results import Table
from ui import cached, export
from ui.careful import amount
from ui.models_facts import Facts, duration
from ui.words import plain, whole

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


def table(made: Table) -> None:
    """One of a recipe's tables with its note."""
    st.markdown(f"**{plain(made.title)}**")
    head = _distinct(made.head)
    frame = pd.DataFrame(
        [[_cell(cell) for cell in row] for row in made.rows],
        columns=[plain(name) for name in head],
    )
    st.table(frame.set_index(frame.columns[0]), border="horizontal", alt=made.title or None)
    if made.note:
        st.caption(plain(made.note))


def _distinct(names: tuple[str, ...]) -> list[str]:
    """Column names that differ; a file may repeat one."""
    return [
        name if name not in names[:place] else f"{name} ({place + 1})"
        for place, name in enumerate(names)
    ]


def _cell(cell: object) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, int) and not isinstance(cell, bool):
        return number(cell)
    return whole(plain(str(cell)))


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
        render = imported.render if "imported" in facts.about else card.render
        same = render(facts.task, facts.entry.about) == text
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return False
    return same and not any(mark in text for mark in FETCHES)
