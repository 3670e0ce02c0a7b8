"""Compare: what did attention change, on this sentence and on a whole test set?"""

from ui.frame import navigation

navigation.ensure()

from contextlib import suppress

import streamlit as st

from s2s.errors import UserError
from s2s.text.language import tr
from ui import words
from ui.cached import compare as cached_compare
from ui.frame import choice, edits, link, sentence_page
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.markdown import plain
from ui.parts import gradient_lines as pick
from ui.parts import on_demand, replay
from ui.parts.export import TakeAway
from ui.views.compare import alignment, differing, scores, sentence, test_set


@link.part
def explore(choices: list[Model]) -> None:
    """What the models make of the sentence, of a test set and of gold links."""
    sentence_page.stay(choices[0])
    text = differing.sentence(choices)
    if len(choices) < 2:
        st.info(tr("Choose at least one model to hold beside this one."))
        return
    take = TakeAway()
    on_sentence(choices, text, take)
    # Neither depends on the sentence, so both stand where it cannot be read.
    st.subheader(tr("On a whole test set"), anchor=scores.SET, help=words.help("BLEU", "chrF"))
    test_set.show(choices, palette(), take)
    st.subheader(tr("Attention and gold links"))
    alignment.show(choices, palette())
    kept = [model for model in choices if model.kept_epochs]
    if kept:
        st.subheader(tr("While they learned"))
        what = tuple(model.key for model in kept)
        told = tr("Wind the trainings back") if len(kept) > 1 else tr("Wind the training back")
        if on_demand.wanted("replay", what, told, ":material/replay:", "wound_back"):
            replay.of_models(kept, choices, palette(), "compare_replay")
    words.line("attention", "Peeky", "teacher forcing", "free-running", "exposure bias")
    take.show(choices[0], text)


def on_sentence(choices: list[Model], text: str, take: TakeAway) -> None:
    """The sentence through all of them, or why not and the last one that could be read, paler."""
    chosen, keys = choices[0], tuple(one.key for one in choices)
    try:
        found = cached_compare.sentence(keys, text, edits.current())
    except UserError as error:
        st.warning(plain(sentence_page.complaint(text, error)))
        before = choice.last_good(chosen)
        if before:
            with suppress(UserError), st.container(key="stale"):
                found = cached_compare.sentence(keys, before, ())
                st.caption(tr("Still the answers to: {before}", before=plain(before)))
                sentence.show(choices, found, palette(), take)
        return
    choice.remember(chosen, text)
    sentence.show(choices, found, palette(), take)
    edits.reference_field(chosen.task.target_name, chosen.key, text)


chosen, head = sentence_page.arrive(tr("Compare"), scored=False)
beside = pick.beside(chosen, head)
if not pick.others_of(chosen):
    more = (
        tr("This task has one model only. Import it beside the models of a task, and they stand "
           "side by side here.")
        if chosen.about.imported
        else tr("This task has one model only. Train another, and they stand side by side here.")
    )  # fmt: skip
    st.info(more)
    st.stop()
explore([chosen, *beside])
