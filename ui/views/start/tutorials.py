"""The five tutorials: what is there, and where it is here."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from s2s.tasks import TASKS
from s2s.text.language import N_, tr
from ui.frame import link
from ui.frame.model import Model, models
from ui.markdown import plain


@dataclass(frozen=True)
class Place:
    """A page that has something of a tutorial, and how it opens."""

    words: str
    page: str
    query: dict[str, str]


@dataclass(frozen=True)
class Tutorial:
    """One of the five.

    Attributes:
        title: of the tutorial.
        there: what it does.
        here: where that is on these pages.
        task: of the models that follow it.
    """

    title: str
    there: str
    here: tuple[Place, ...]
    task: str


SMALL = "fra-eng-small"
TUTORIALS = (
    Tutorial(
        N_("Three Korean words, three units"), "저는 강사 입니다 → I am an instructor",
        (
            Place(
                N_("every number, on Attention"), "attention",
                {"task": "toy", "model": "attention"},
            ),
            Place(
                N_("the whole training, on Models"), "models",
                {"task": "toy", "model": "attention"},
            ),
        ),
        "toy",
    ),
    Tutorial(
        N_("Scores, reversed input, teacher forcing"),
        N_("four ways to score, input read backwards, answers fed in"),
        (
            Place(
                N_("models that differ in one thing, on Compare"), "compare",
                {"task": SMALL, "model": "dot", "beside": "additive,general,scheduled"},
            ),
            Place(N_("letters reversed, on Translate"), "translate", {"task": "reverse"}),
        ),
        SMALL,
    ),
    Tutorial(
        "French → English, 5 318 pairs", N_(N_("GRU 256; plain, mixed, dot attention")),
        (
            Place(
                N_("the three as they were, on Compare"), "compare",
                {"task": SMALL, "model": "tutorial-attention",
                 "beside": "tutorial-plain,tutorial-mixed",
                 "text": "Elle est déjà fatiguée."},
            ),
            Place(
                N_("the three in batches, on Compare"), "compare",
                {"task": SMALL, "model": "attention", "beside": "plain,mixed"},
            ),
        ),
        SMALL,
    ),
    Tutorial(
        N_("Dates"), "Tuesday, March 25, 2003 → 2003-03-25",
        (
            Place(
                N_("plain, peeky and attention, on Gradients"), "gradients",
                {"task": "dates-book", "model": "attention", "beside": "peeky,plain"},
            ),
            Place(
                N_("ten epochs, on Models"), "models",
                {"task": "dates-book", "model": "attention"},
            ),
        ),
        "dates-book",
    ),
    Tutorial(
        N_("Deep LSTMs, beam search"), N_("two and four layers, dropout, reversal, beam k"),
        (
            Place(
                N_("layer by layer, on Gradients"), "gradients",
                {"task": SMALL, "model": "deep", "beside": "deep-reversed,deep-4"},
            ),
            Place(
                N_("the beam as a tree, on Translate"), "translate",
                {"task": SMALL, "model": "deep", "roads_kind": "Beam search"},
            ),
        ),
        SMALL,
    ),
)  # fmt: skip


def show() -> None:
    """A row for each: its title, what is there, links to what is here, its task and models."""
    there = models()
    with st.container(key="start-tutorials"):
        with st.container(key="tutorial-head"):
            for title in ("", tr("Tutorial"), tr("There"), tr("Here"), tr("Task"), tr("Models")):
                st.markdown(title)
        for number, tutorial in enumerate(TUTORIALS, 1):
            with st.container(key=f"tutorial-{number}"):
                st.markdown(str(number))
                st.markdown(f"**{plain(tr(tutorial.title))}**")
                st.markdown(plain(tr(tutorial.there)))
                with st.container(key=f"tutorial-here-{number}"):
                    for place in tutorial.here:
                        st.page_link(
                            f"pages/{place.page}.py", label=f":blue[{tr(place.words)}]",
                            query_params=place.query | link.spoken(),
                        )  # fmt: skip
                st.markdown(plain(tr(TASKS[tutorial.task].title)))
                st.markdown(str(sum(_follows(model, tutorial, number) for model in there)))


def _follows(model: Model, tutorial: Tutorial, number: int) -> bool:
    told = model.about.tutorial or (model.recipe.tutorial if model.recipe else "")
    return model.task.name == tutorial.task and told == f"T{number}"
