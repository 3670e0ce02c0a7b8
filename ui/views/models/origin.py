"""Where a model comes from: its command, its card, its tables."""

from __future__ import annotations

import streamlit as st

from s2s.checkpoints import card, imported_card
from s2s.text.language import ORIGINAL, current, speaking, tr
from s2s.text.numbers import duration, number
from ui import cached
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts.export import TakeAway

FETCHES = ("![", "](", "://")
"""What a card of ours never holds: pictures and links, which a browser would follow."""


def line(model: Model) -> str:
    """Build, size and training of a model in one line."""
    parts = [plain(model.shape)]
    about = model.about
    if about.parameters is not None:
        parts.append(tr("{n} parameters", n=number(about.parameters)))
    if about.seconds is not None:
        took = duration(about.seconds)
        parts.append(tr("trained in {time} of processor time", time=took)
                     if about.clock == "cpu" else tr("trained in {time}", time=took))  # fmt: skip
    epochs = len(model.history.reports)
    if epochs:
        parts.append(tr("{n} epochs", n=epochs) if epochs > 1 else tr("1 epoch"))
    pairs = about.pairs.get("train")
    if pairs is not None:
        parts.append(tr("1 training pair") if pairs == 1
                     else tr("{n} training pairs", n=number(pairs)))  # fmt: skip
    if about.tutorial:
        parts.append(tr("after tutorial {n}", n=plain(about.tutorial[1:])))
    return " · ".join(parts)


def origin(model: Model, take: TakeAway) -> None:
    """The command, the card to read and to take away."""
    command, file = model.about.command, model.about.file
    if command and command != "-":
        st.code(command, language="bash", wrap_lines=True)
        if file:
            st.caption(tr("It reads the file {file}.", file=plain(file)))
    else:
        st.caption(tr("Its folder does not say which command made it."))
    text = cached.readme(model.key)
    if not text:
        st.caption(tr("It came without a card."))
        return
    name = f"{model.name.replace('/', '-')}.md"
    take.file("page", tr("Its card"), name, text.encode, tr("README.md of the model's folder."))
    with st.expander(tr("Read the card"), icon=":material/description:"):
        if current() != ORIGINAL:
            st.caption(tr("The card is written in English."))
        if ours(model, text):
            st.markdown(text.split("\n", 1)[1])
        else:
            st.caption(tr("This card was not written by this program, so it is shown as text."))
            st.code(text, language=None, wrap_lines=True)


def ours(model: Model, text: str) -> bool:
    """Whether a card is what its config.json makes of it, and can fetch nothing."""
    render = imported_card.render if model.about.imported else card.render
    with speaking(ORIGINAL):  # a card is written in the language of the code
        written = render(model.task, model.entry)
    return written == text and not any(mark in text for mark in FETCHES)
