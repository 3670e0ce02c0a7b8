"""The three cards, one after the other, and the line above them that says what came of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from s2s.checkpoints.importers import families, own_model
from s2s.checkpoints.importers.dropped import Dropped
from s2s.checkpoints.importers.recognise import Recognised
from s2s.config import SequenceConfig
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.evaluation.original import Proof
from s2s.findings.own_model import how_it_answers, what_it_is
from s2s.tasks import own
from s2s.text.language import N_, tr
from ui.markdown import plain
from ui.views.importing import check, files, kept, maps, recognised, words
from ui.views.importing.bring import Wanted
from ui.views.importing.words import Words

Result = TypeVar("Result")
EMPTY = {
    2: (N_("What was recognised"), N_("Whose modules the tensors are, and what each of them is.")),
    3: (N_("Check it"), N_("Whether it answers as your notebook does, sentence by sentence.")),
}
MAP_ALONE = {
    2: (EMPTY[2][0], N_("A map has no tensors: it is taken as it is, row by row.")),
    3: (EMPTY[3][0], N_("A map alone cannot answer a sentence. What it can tell stands below it.")),
}
"""The same cards where maps were dropped and no model."""


class Built(NamedTuple):
    """A model that could be opened.

    Attributes:
        system: ready to translate.
        model: what it was recognised as.
        sequence: how it reads and writes.
        changes: what the visitor said otherwise than the files.
    """

    system: Translator
    model: Recognised
    sequence: SequenceConfig
    changes: dict[str, Any]


def show(keep: bool) -> None:
    """The whole page.

    Args:
        keep: whether a model may be kept for everybody.
    """
    line = st.container(key="import-finding").empty()
    with st.container(key="import-cards"):
        cards = [st.container(border=True, key=f"import-card-{n}") for n in (1, 2, 3)]
    kept.here()
    with cards[0]:
        st.subheader(f"1 · {tr('Drop your files')}", anchor=False)
        found, mark = files.given()
    for place, one in enumerate(found.maps if found else ()):
        maps.show(one, place)
    if found is None or found.held is None:
        alone = len(found.maps) if found else 0
        line.markdown(_asks(alone))
        _empty(cards, 2, 3, texts=MAP_ALONE if alone else EMPTY)
        return
    first = _tried(lambda: recognised.first_look(found), cards[0])
    if first is None:
        line.markdown(tr("**This is no model that is known here.**"))
        _empty(cards, 2, 3)
        return
    told = what_it_is(first.config, families.title(first.family.name))
    line.markdown(told)
    with cards[1]:
        st.subheader(f"2 · {tr('What was recognised')}", anchor=False)
        st.caption(recognised.counted(first, found.held.ignored))
        recognised.tensors(first, found.held.ignored)
    known = _tried(lambda: words.given(found, first, mark), cards[0])
    built = None if known is None else _tried(lambda: _built(found, first, known, mark), cards[1])
    if known is None or built is None:
        _empty(cards, 3)
        return
    with cards[2]:
        st.subheader(f"3 · {tr('Check it')}", anchor=False)
        proof, typed = _checked(found, built, known, mark)
        kept.offer(_wanted(found, built, known, proof, typed), keep)
    if proof is not None:
        answers = how_it_answers(proof.equal, proof.sentences, proof.deviation, proof.holds)
        line.markdown(f"{told} {answers}")


def _tried(act: Callable[[], Result], card: DeltaGenerator) -> Result | None:
    """Draw into a card; what is wrong is said in it."""
    with card:
        try:
            return act()
        except UserError as error:
            st.warning(plain(str(error)))
            return None


def _asks(maps_alone: int) -> str:
    """The line above while there is no model, by how many maps there are."""
    if not maps_alone:
        return tr("Drop a model: its weights and its words. What it is, is seen from its tensors.")
    if maps_alone == 1:
        return tr("**A map without its model.** It is drawn below, with the checks it can answer.")
    return tr(
        "**{n} maps without their model.** They are drawn below, with the checks they can answer.",
        n=maps_alone,
    )


def _empty(
    cards: list[DeltaGenerator], *places: int, texts: Mapping[int, tuple[str, str]] = EMPTY
) -> None:
    """What stands in cards that wait."""
    for place in places:
        title, says = texts[place]
        with cards[place - 1]:
            st.subheader(f"{place} · {tr(title)}", anchor=False)
            st.caption(tr(says))


def _built(found: Dropped, first: Recognised, known: Words, mark: str) -> Built:
    """The model with the visitor's answers."""
    model, sequence, changes = recognised.asked(found, first, known, mark)
    system = own_model.build(
        f"{own.MODEL.name}/mine", own.MODEL, model, (known.source, known.target), sequence
    )
    return Built(system, model, sequence, changes)


def _checked(found: Dropped, built: Built, known: Words, mark: str) -> tuple[Proof | None, str]:
    """Draw the card; what came of the check, and the visitor's sentence."""
    typed = check.preview(built.system)
    check.lines()
    proof = _tried(
        lambda: check.checked(found.check, built.system, (mark, repr(built.changes),
                                                          built.sequence, known.mark)),
        st.container(),
    )  # fmt: skip
    if proof is None:
        st.caption(
            tr("Without check.json it opens too, marked “not checked against the original”.")
        )
    else:
        check.show(proof, known, mark)
    return proof, typed


def _wanted(found: Dropped, built: Built, known: Words, proof: Proof | None, typed: str) -> Wanted:
    texts = (typed, *check.sources(found.check)) if typed else tuple(check.sources(found.check))
    return Wanted(
        built.system, built.model, found.held.ignored if found.held else (),
        found.named(known.files), known.found,
        built.changes, proof, texts,
    )  # fmt: skip
