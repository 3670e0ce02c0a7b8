"""The way of the hidden state, one figure a model, over the states of other sentences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from s2s.plots.families import family_of
from s2s.plots.palette import Palette
from s2s.plots.state_scene import Around, scene_figure
from s2s.results import HiddenStates
from s2s.results.projection import principal
from s2s.results.state_corpus import LENGTH, NEXT, POSITION, SIDES, TOKEN, StateCorpus
from s2s.results.state_space import Cloud, StateSpace
from s2s.text.language import tr
from ui.cached import corpora
from ui.frame import link
from ui.frame.model import Model
from ui.parts import scenes
from ui.views.states.place import Place

COLOUR, VIEW = "colour", "dimensions"
SCENE, FLAT = VIEWS = "3-D", "2-D"
HEIGHT = 350
GENERAL = (POSITION, TOKEN, NEXT, LENGTH)


@dataclass(frozen=True, eq=False)
class Seen:
    """One model's sentence, ready to be looked at.

    Attributes:
        model: the model.
        states: of the sentence.
        folder: of its corpus; None while it is made.
        place: the state that is looked at, as far as this model has it.
    """

    model: Model
    states: HiddenStates
    folder: str | None
    place: Place
    layer: int

    @property
    def corpus(self) -> StateCorpus | None:
        """Its corpus."""
        return corpora.opened(self.folder) if self.folder else None


def look(seen: Seen) -> tuple[str, bool]:
    """What colours the states of other sentences, and whether the figure is flat."""
    corpus = seen.corpus
    own = [name for name in corpus.attributes() if name not in GENERAL] if corpus else []
    offered = [*GENERAL, *own]
    first = own[0] if own else POSITION
    held = link.one_of(COLOUR, offered, first)
    colour = st.selectbox(
        tr("Coloured by"), offered, width=190, label_visibility="collapsed",
        format_func=lambda name: tr("Coloured by {what}", what=tr(name)), **held,
    )  # fmt: skip
    view = FLAT
    if scenes.drawn():
        view = st.segmented_control(
            tr("View"), VIEWS, required=True, label_visibility="collapsed",
            **link.one_of(VIEW, VIEWS, FLAT if scenes.on_a_phone() else SCENE),
        )  # fmt: skip
    return colour if colour in offered else first, view == FLAT


def show(seen: Seen, colour: str, flat: bool, palette: Palette, alt: str) -> dict[str, Any]:
    """Draw one model's path; gives the figure."""
    space = _space(seen)
    around = None
    if seen.folder is not None and space.clouds:
        values = {
            side: [corpora.values(seen.folder, side, colour)[n] for n in cloud.states]
            for side, cloud in space.clouds.items() if len(cloud.states)
        }  # fmt: skip
        around = Around(space, colour, values) if values else None
    figure = scene_figure(
        seen.model.variant, space.path(seen.states, seen.layer), family_of(seen.model.config),
        (seen.place.side, seen.place.token), around, palette, flat, HEIGHT,
    )  # fmt: skip
    kind = "flat" if flat else "scene"
    st.plotly_chart(
        figure, theme=None, width="stretch", key=f"states-{kind}-{seen.model.variant}",
        config={"displaylogo": False, "displayModeBar": False}, alt=alt,
    )  # fmt: skip
    return figure


def _space(seen: Seen) -> StateSpace:
    """The corpus's directions; while it is made, those of this sentence alone, without a cloud."""
    layers = (seen.states.encoder[seen.layer], seen.states.decoder[seen.layer])
    same = layers[0].states.shape[1] == layers[1].states.shape[1]
    side = None if same else seen.place.side
    if seen.folder is not None:
        return corpora.space(seen.folder, side)
    parts = {name: part.states for name, part in zip(SIDES, layers, strict=True)
             if side in (None, name)}  # fmt: skip
    states = np.concatenate(list(parts.values()))
    empty = Cloud(np.empty((0, 3)), np.empty(0, np.int32))
    return StateSpace(principal(states), len(states), dict.fromkeys(parts, empty))
