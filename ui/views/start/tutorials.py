"""The five tutorials: what is there, and where it is here."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from s2s.tasks import TASKS
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
        "Three Korean words, three units", "저는 강사 입니다 → I am an instructor",
        (
            Place("every number, on Attention", "attention", {"task": "toy", "model": "attention"}),
            Place("the whole training, on Models", "models", {"task": "toy", "model": "attention"}),
        ),
        "toy",
    ),
    Tutorial(
        "Scores, reversed input, teacher forcing",
        "four ways to score, input read backwards, answers fed in",
        (
            Place(
                "models that differ in one thing, on Compare", "compare",
                {"task": SMALL, "model": "dot", "beside": "additive,general,scheduled"},
            ),
            Place("letters reversed, on Translate", "translate", {"task": "reverse"}),
        ),
        SMALL,
    ),
    Tutorial(
        "French → English, 5 318 pairs", "GRU 256; plain, mixed, dot attention",
        (
            Place(
                "the three as they were, on Compare", "compare",
                {"task": SMALL, "model": "tutorial-attention",
                 "beside": "tutorial-plain,tutorial-mixed",
                 "text": "Elle est déjà fatiguée."},
            ),
            Place(
                "the three in batches, on Compare", "compare",
                {"task": SMALL, "model": "attention", "beside": "plain,mixed"},
            ),
        ),
        SMALL,
    ),
    Tutorial(
        "Dates", "Tuesday, March 25, 2003 → 2003-03-25",
        (
            Place(
                "plain, peeky and attention, on Gradients", "gradients",
                {"task": "dates-book", "model": "attention", "beside": "peeky,plain"},
            ),
            Place("ten epochs, on Models", "models", {"task": "dates-book", "model": "attention"}),
        ),
        "dates-book",
    ),
    Tutorial(
        "Deep LSTMs, beam search", "two and four layers, dropout, reversal, beam k",
        (
            Place(
                "layer by layer, on Gradients", "gradients",
                {"task": SMALL, "model": "deep", "beside": "deep-reversed,deep-4"},
            ),
            Place(
                "the beam as a tree, on Translate", "translate",
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
            for title in ("", "Tutorial", "There", "Here", "Task", "Models"):
                st.markdown(title)
        for number, tutorial in enumerate(TUTORIALS, 1):
            with st.container(key=f"tutorial-{number}"):
                st.markdown(str(number))
                st.markdown(f"**{plain(tutorial.title)}**")
                st.markdown(plain(tutorial.there))
                with st.container(key=f"tutorial-here-{number}"):
                    for place in tutorial.here:
                        st.page_link(
                            f"pages/{place.page}.py", label=f":blue[{place.words}]",
                            query_params=place.query,
                        )  # fmt: skip
                st.markdown(plain(TASKS[tutorial.task].title))
                st.markdown(str(sum(_follows(model, tutorial, number) for model in there)))


def _follows(model: Model, tutorial: Tutorial, number: int) -> bool:
    told = model.about.tutorial or (model.recipe.tutorial if model.recipe else "")
    return model.task.name == tutorial.task and told == f"T{number}"
