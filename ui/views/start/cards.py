"""Six questions, each with a small picture of its answer and a link to the page that has it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from html import escape

import streamlit as st

from s2s.errors import UserError
from s2s.findings.gradient_flow import Line
from s2s.plots import thumbnails
from s2s.plots.palette import PALETTES, Palette
from s2s.results import GradientFlow
from s2s.text.language import current, tr
from ui import cached
from ui.cached import Key
from ui.cached import gradients as cached_gradients
from ui.frame import link
from ui.frame.model import Model, models
from ui.markdown import escaped
from ui.parts.token_picker import plain_token

KEYS = "Nous avons perdu les clés de la maison."
WORD = 3
"""0-based step that writes the keys."""
DATE = "Tuesday, March 25, 2003"
MONTH = 6
"""0-based step that writes the month's second digit."""
FRENCH, VECTOR = "fra-eng/attention", "fra-eng/plain"
DATES, DATES_PEEKY, DATES_PLAIN = "dates-book/attention", "dates-book/peeky", "dates-book/plain"

Models = Mapping[str, Model]


@dataclass(frozen=True)
class Card:
    """One question.

    Attributes:
        name: of the card, unlike any other.
        page: that answers it.
        query: of the address there.
        title: what to press.
        question: as Markdown.
        picture: SVG.
        alt: what the picture shows.
    """

    name: str
    page: str
    query: dict[str, str]
    title: str
    question: str
    picture: str
    alt: str


def show(palette: Palette) -> None:
    """The cards that there are models for, beside each other or stacked."""
    there = {model.name: model for model in models() if not model.entry.problem}
    keys = tuple(there[name].key for name in sorted(there))
    theme = next(name for name, known in PALETTES.items() if known is palette)
    with st.container(key="start-cards"):
        for card in _cards(keys, there, theme, current()):
            with st.container(border=True, key=f"card-{card.name}"):
                data = base64.b64encode(card.picture.encode()).decode()
                st.html(
                    f'<img src="data:image/svg+xml;base64,{data}" alt="{escape(card.alt)}" '
                    f'width="{thumbnails.WIDTH}" height="{thumbnails.HEIGHT}">'
                )
                st.page_link(
                    f"pages/{card.page}.py", label=f":blue[{card.title}]",
                    query_params=card.query | link.spoken(),
                )  # fmt: skip
                st.markdown(card.question)


@st.cache_resource(max_entries=16, show_spinner=False)
def _cards(keys: tuple[Key, ...], _there: Models, theme: str, language: str) -> tuple[Card, ...]:
    """Computed once in each language for all visitors, and again when a model changes."""
    found = []
    for make in (_write, _bottleneck, _back, _trust, _learn, _own):
        # Without its model, or with one of somebody's own that cannot read the sentence or has no
        # weights, a card has nothing to show.
        with suppress(KeyError, UserError, thumbnails.NothingToDraw):
            found.append(make(_there, PALETTES[theme]))
    return tuple(found)


def _query(name: str, text: str, **more: str) -> dict[str, str]:
    task, variant = name.split("/")
    return {link.TASK: task, link.MODEL: variant, link.TEXT: text} | more


def _write(there: Models, palette: Palette) -> Card:
    trace = cached.what_if(there[FRENCH].key, KEYS).trace
    step = min(WORD, trace.steps - 1)
    return Card(
        "write", "translate", _query(FRENCH, KEYS, step=str(step + 1)), tr("Watch it write"),
        tr("Which French word does it look at before it writes *{word}*?",
           word=plain_token(trace.output[step])),
        thumbnails.step_picture(trace, step, palette),
        tr("Bands from French words to an English one"),
    )  # fmt: skip


def _bottleneck(there: Models, palette: Palette) -> Card:
    trace = cached.what_if(there[VECTOR].key, KEYS).trace
    return Card(
        "bottleneck", "compare", _query(FRENCH, KEYS, beside="plain"), tr("Take attention away"),
        tr("What is lost when a sentence must fit into one vector?"),
        thumbnails.bottleneck_picture(trace, palette), tr("A sentence squeezed through one vector"),
    )  # fmt: skip


def _flow(there: Models, name: str) -> GradientFlow:
    target = cached.what_if(there[DATES].key, DATE).trace.output
    own = None if name == DATES else target
    return cached_gradients.flow(there[name].key, DATE, own, "log_odds", "hidden", -1)


def _back(there: Models, palette: Palette) -> Card:
    lines = [
        Line("attention", "attention", _flow(there, DATES), front=True),
        Line("plain", "plain", _flow(there, DATES_PLAIN)),
    ]
    last = len(lines[0].flow.output) - 1
    return Card(
        "back", "gradients", _query(DATES, DATE, beside="peeky,plain", step=str(last + 1)),
        tr("What reaches back in time?"),
        tr("Does the first letter of a date still count at its end?"),
        thumbnails.gradient_picture(lines, last, palette),
        tr("Gradients at every letter, with attention and without"),
    )  # fmt: skip


def _trust(there: Models, palette: Palette) -> Card:
    trace = cached.what_if(there[DATES].key, DATE).trace
    assert trace.attention is not None  # a model of this name has attention
    row, mattered = trace.attention[MONTH], _flow(there, DATES).encoder[MONTH]
    letter = escaped(trace.source[int(row.argmax())])
    return Card(
        "trust", "gradients", _query(DATES, DATE, step=str(MONTH + 1), verdict="1"),
        tr("Can you trust the map?"),
        tr("It looked at **{letter}**. Was it **{letter}** that mattered?", letter=letter),
        thumbnails.two_rows_picture(trace.source, row, mattered, palette),
        tr("Where it looked, above what the digit depends on"),
    )  # fmt: skip


def _learn(there: Models, palette: Palette) -> Card:
    scores = {}
    for name in (DATES, DATES_PLAIN):
        model = there[name]
        values = [report.exact_match or 0.0 for report in model.history.reports]
        if model.family and values:
            scores[model.family] = [100 * value for value in values]
    if not scores:
        raise KeyError(DATES)
    task, variant = DATES.split("/")
    return Card(
        "learn", "models", {link.TASK: task, link.MODEL: variant}, tr("See it learn"),
        tr("In which epoch does it find out where to look?"),
        thumbnails.learning_picture(scores, palette),
        tr("Dates written right, epoch by epoch, with attention and without"),
    )  # fmt: skip


def _own(there: Models, palette: Palette) -> Card:
    system = cached.system(there[FRENCH].key)
    reads = sum(weight.numel() for weight in system.model.encoder.parameters())
    both = sum(weight.numel() for weight in system.model.parameters())
    words = len(system.source_vocab) + len(system.target_vocab)
    files = {"encoder.pt": reads, "decoder.pt": both - reads, "words.json": words}
    return Card(
        "own", "import", {}, tr("Bring your own model"),
        tr("Does the model from your notebook do the same here?"),
        thumbnails.files_picture(files, palette),
        tr("Files of a notebook, and how many numbers or words each holds"),
    )  # fmt: skip
