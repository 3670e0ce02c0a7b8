"""Card 3: how a sentence is read, and whether the model answers as its original."""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any

import pandas as pd
import streamlit as st

from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.evaluation import check_file
from s2s.evaluation.original import Proof, Ranked, prove
from s2s.text.language import tr
from s2s.text.numbers import percent
from ui.markdown import plain
from ui.views.importing import recognised
from ui.views.importing.notebook import LINES
from ui.views.importing.words import Words

SENTENCE, PROOF = "import_sentence", "import_proof"
MOST = 100
"""Sentences of a check.json that are compared here; the command line takes any number."""


def preview(system: Translator) -> str:
    """Draw how a sentence of the visitor's is read; the sentence."""
    typed = st.text_input(
        tr("A sentence of yours"), key=SENTENCE, placeholder=tr("Type one, and see how it is read"),
        max_chars=500,
    )  # fmt: skip
    if not typed or not typed.strip():
        return ""
    try:
        reading = system.read(typed)
    except UserError as error:
        st.warning(plain(str(error)))
        return ""
    read = " ".join(f"{token}·{i}" for token, i in zip(reading.tokens, reading.ids, strict=True))
    st.caption(tr("is read as"))
    st.code(read, language=None, wrap_lines=True)
    if reading.dropped:
        st.caption(tr("Left no trace: {pieces}", pieces=plain(" ".join(reading.dropped))))
    if reading.changed:
        told = ", ".join(f"{a} → {b}" for a, b in reading.changed)
        st.caption(tr("Read otherwise: {pieces}", pieces=plain(told)))
    if reading.unknown:
        unknown = ", ".join(one.token for one in reading.unknown)
        st.caption(tr("Unknown: {pieces}", pieces=plain(unknown)))
    return typed


def lines() -> None:
    """The lines that write check.json in the visitor's own notebook."""
    with st.popover(tr("10 lines for your notebook"), icon=":material/content_copy:"):
        st.code(LINES, language="python")


def checked(given: tuple[str, bytes] | None, system: Translator, state: Hashable) -> Proof | None:
    """What comes of the check, computed once for a state of the page; None without one.

    Args:
        given: check.json, by name.
        system: the model.
        state: all that the result depends on.

    Raises:
        UserError: check.json cannot be read.
    """
    if given is None:
        return None
    kept: tuple[Hashable, Proof] | None = st.session_state.get(PROOF)
    if kept is None or kept[0] != state:
        kept = state, prove(system, check_file.read(given[1], given[0], system)[:MOST])
        st.session_state[PROOF] = kept
    return kept[1]


def show(proof: Proof, words: Words, mark: str) -> None:
    """Every sentence, the first step that differs, and a guess."""
    frame = pd.DataFrame(
        {
            tr("Sentence"): [row.source for row in proof.rows],
            tr("Here and there"): [
                tr("✓ equal") if row.step is None else tr("▲ step {n}", n=row.step)
                for row in proof.rows
            ],
            tr("differ by"): ["" if row.deviation is None else f"{row.deviation:.0e}"
                          for row in proof.rows],
        }
    )  # fmt: skip
    narrow = {tr("Sentence"): 150, tr("Here and there"): 95}
    st.dataframe(
        frame, hide_index=True, height=35 * (min(len(proof.rows), 6) + 1) + 3,
        column_config={name: st.column_config.Column(width=px) for name, px in narrow.items()},
        alt=tr("Sentences and whether both answers are the same"),
    )  # fmt: skip
    if proof.first is None:
        return
    first = proof.first
    row = proof.rows[first.sentence - 1]
    st.markdown(
        tr(
            "**Step {n} of** *{sentence}*: your notebook has {wanted}, this model {found}.",
            n=first.step,
            sentence=plain(row.source),
            wanted=plain(str(first.wanted)),
            found=plain(str(first.found)),
        )
    )
    if first.theirs:
        left, right = st.columns(2)
        _ranked(left, tr("your notebook"), first.theirs)
        _ranked(right, tr("here"), first.ours)
    with st.container(border=True):
        cause = str(proof.cause) if proof.cause else tr("no known mistake explains it.")
        st.markdown(tr("**A guess:** {cause}", cause=plain(cause)))
        if recognised.mends(proof.changes):
            st.button(
                tr("Read it so and check again"), key="import-mend", on_click=recognised.mend,
                args=(proof.changes, words, mark),
            )  # fmt: skip


def _ranked(column: Any, title: str, ranked: Ranked) -> None:
    with column:
        st.caption(title)
        st.markdown("  \n".join(f"{plain(word)} {percent(share)}" for word, share in ranked))


def sources(given: tuple[str, bytes] | None) -> list[str]:
    """The texts of a check.json, as examples."""
    if given is None:
        return []
    held = json.loads(given[1].decode("utf-8-sig"))
    return [one["source"] for one in held if isinstance(one.get("source"), str)][:MOST]
