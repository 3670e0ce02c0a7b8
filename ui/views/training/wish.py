"""What is to be trained: a recipe with some of its numbers changed."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from s2s.plots import family_of
from s2s.tasks.recipe import Recipe
from s2s.tasks.recipes import RECIPES
from s2s.text.language import tr
from s2s.training.job_queue import Wish
from ui.frame import link
from ui.markdown import plain

UNITS = (8, 16, 32, 64, 128, 192, 256)
MOST_EPOCHS, MOST_SAMPLES = 200, 100_000
PACE = {"toy": 0.1}
"""Seconds that an epoch takes at least, where it would be over before anybody saw it."""


def offered() -> dict[str, Recipe]:
    """Recipes that need no file, the quickest first."""
    order = ("toy", "reverse", "dates", "phrases")
    found = {name: one for name, one in RECIPES.items() if one.task.name in order}
    return dict(sorted(found.items(), key=lambda item: (
        order.index(item[1].task.name), not item[1].model.has_attention))
    )  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """What may be changed of a recipe."""

    units: int
    epochs: int
    seed: int
    samples: int


def numbers(recipe: Recipe) -> Numbers:
    """A menu of a recipe's numbers, which the address holds; what a browser sends is checked."""
    usual = recipe.model.hidden
    with st.popover(tr("Settings"), icon=":material/tune:"):
        st.caption(plain(tr(recipe.look_for)))
        sizes = sorted({usual, *(size for size in UNITS if recipe.task.name != "toy")})
        units = st.selectbox(tr("Units of a state"), sizes, **link.one_of("units", sizes, usual))
        epochs = st.number_input(
            tr("Epochs"),
            1,
            MOST_EPOCHS,
            **link.between("epochs", 1, MOST_EPOCHS, recipe.train.epochs),
        )
        samples = recipe.data.samples
        if recipe.data.origin == "generator" and recipe.task.split_key:
            samples = st.number_input(
                tr("Pairs drawn"), 100, MOST_SAMPLES, step=1000,
                **link.between("samples", 100, MOST_SAMPLES, samples),
            )  # fmt: skip
        seed = st.number_input(
            tr("Seed"), 1, 10_000, **link.between("seed", 1, 10_000, recipe.keep),
            help=tr("Another seed starts from other weights. Not every run of the toy gets there."),
        )  # fmt: skip
    return Numbers(
        units if units in sizes else usual, within(epochs, 1, MOST_EPOCHS),
        within(seed, 1, 10_000), within(samples, 100, MOST_SAMPLES),
    )  # fmt: skip


def within(value: float | None, low: int, high: int) -> int:
    """A whole number that a browser sent, kept between two ends."""
    return int(min(max(low if value is None else value, low), high))


def wish(name: str, recipe: Recipe, chosen: Numbers, visitor: str) -> Wish:
    """A recipe with these numbers, as the command line has it."""
    changed = {
        "--hidden": (chosen.units, recipe.model.hidden),
        "--epochs": (chosen.epochs, recipe.train.epochs),
        "--data-samples": (chosen.samples, recipe.data.samples),
        "--seed": (chosen.seed, recipe.keep),
    }
    options = ["--recipe", name]
    told = []
    for flag, (value, usual) in changed.items():
        if value != usual:
            options += [flag, str(value)]
            told.append(f"{flag.removeprefix('--').removeprefix('data-')} {value}")
    if not recipe.watch:
        options += ["--watch", "4"]
    pace = PACE.get(recipe.task.name)
    if pace:
        options += ["--pace", str(pace)]
    return Wish(
        recipe.task.name, recipe.variant, ", ".join([name, *told]), tuple(options), chosen.epochs,
        family_of(recipe.model).name, visitor,
    )  # fmt: skip
