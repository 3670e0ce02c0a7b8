"""States: where does a word take the hidden state, what is near it, and what does it know?"""

from ui.frame import navigation

navigation.ensure()

from functools import partial

import streamlit as st

from s2s.decoding.whatif import WhatIf
from s2s.errors import UserError
from s2s.text.language import tr
from ui import words
from ui.cached import states as cached_states
from ui.frame import choice, sentence_page
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.markdown import plain
from ui.parts import gradient_lines, notes
from ui.parts.export import TakeAway
from ui.views.states import corpus, help, more, near, paths, place


def show(chosen: Model, others: list[Model], text: str, what: WhatIf) -> None:
    """The state, the paths, its neighbours, and what else can be asked."""
    trace, take = what.trace, TakeAway()
    target, last = trace.imposed, notes.last_word(trace)
    here = place.current(trace, choice.opening_step(chosen.task, "states", text, trace.steps, last))
    said = st.container(key="readout")
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="states-look"):
        asked, which = corpus.choice(chosen)
        layer = place.layer(chosen)
        controls = st.container(horizontal=True, gap="small", width="content")
    drawn = [chosen, *others]
    columns = st.container(key="states-path").columns([*(1 for _ in drawn), 1.1], gap="small")
    # While sentences are read their bars stand where the nearest ones will: nothing moves later.
    beside = columns[-1].container(key="states-beside")
    seen, room = list[paths.Seen](), []
    for model, column in zip(drawn, columns, strict=False):
        try:
            states = cached_states.hidden_states(
                model.key, what.source, target if model is chosen else None
            )
            at = min(layer, len(states.encoder) - 1)
            name = "states" if model is chosen else "states_beside"
            with beside:
                folder = corpus.folder(model, at, asked, which, name)
        except UserError as error:
            column.warning(f"{plain(model.variant)}: {plain(str(error))}")
            continue
        tokens = states.source if here.side == "encoder" else states.output
        mine = place.Place(here.side, min(here.token, len(tokens) - 1))
        seen.append(paths.Seen(model, states, folder, mine, at))
        room.append(column)
    if not seen or seen[0].model is not chosen:
        take.show(chosen, text)
        return
    with controls:
        colour, flat = paths.look(seen[0])
    found = near.found(seen[0], text, target)
    told = near.finding(found) if found else tr("Other sentences are being read, to compare with.")
    said.markdown(told)
    for column, one in zip(room, seen, strict=True):
        with column:
            paths.show(one, colour, flat, palette(), told)
    place.follow("states-path", trace)
    if found is not None:
        with beside:
            near.show(seen[0], found, take)
    place.controls(trace, here)
    compared = seen[0].corpus
    st.caption(
        tr("Hollow: reading. Filled: writing. Each model has its own units: compare the shapes, "
           "not the places.")
        + (f" {tr('{n:,} other sentences.', n=len(compared.texts))} {plain(tr(compared.about))}"
           if compared else "")
    )  # fmt: skip
    more.show(seen, text, what, here, palette(), take)
    words.line("hidden state", "attention")
    take.show(chosen, text)


chosen, head = sentence_page.arrive(tr("States"), scored=False, opens="states")
beside = gradient_lines.beside(chosen, head)[:1]
sentence_page.explore(chosen, "states", partial(show, chosen, beside))
help.show()
