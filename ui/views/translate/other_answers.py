"""Roads not taken: what else the model could have written, found by a beam or drawn by chance."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from s2s.decoding import whatif
from s2s.decoding.beam_search import MOST, STRONGEST_PENALTY
from s2s.decoding.sampling import LAST_SEED
from s2s.errors import UserError
from s2s.export.tables import csv_bytes
from s2s.findings.readout import Part
from s2s.findings.search import answer_text, finished_note, sampling_finding, search_finding
from s2s.plots.beam_tree import NODE, beam_tree, n_best
from s2s.plots.step_data import first_difference
from s2s.results import BeamTree, SearchVerdict, Source, Trace
from s2s.text.language import N_, tr
from ui import cached
from ui.cached import searches as cached_searches
from ui.frame import edits, link
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.markdown import escaped, plain
from ui.parts import figures
from ui.parts.export import TakeAway
from ui.parts.tables import picked

KIND, SIZE, PENALTY = "roads_kind", "roads_beam", "roads_penalty"
TEMPERATURE, TOP_K, SEED = "roads_temperature", "roads_top_k", "roads_seed"
FOUND, DRAWN, TREE = "roads_found", "roads_drawn", "roads-tree"
BEAM, SAMPLING = N_("Beam search"), N_("Sampling")
DRAWS = 5
WIDTH = 1000
"""Px that the tree is set for; a longer one scrolls inside its container."""
COOLEST, HOTTEST = 0.1, 3.0
LEGEND = N_(
    "Each step's hypotheses by rank, under each token the log probability of all tokens so far. "
    "Solid: kept. Dashed: pruned. Bold: the best that ended. Press a tile to write on from there."
)


def show(chosen: Model, text: str, reference: str | None, take: TakeAway) -> None:
    """The panel. Nothing is searched before one of the two ways is chosen.

    Args:
        chosen: the model.
        text: the sentence in the field; edits of the source that stand in the address apply.
        reference: the answer that the visitor typed, if there is one.
        take: the page's menu of files.
    """
    st.subheader(tr("Roads not taken"))
    kind = st.segmented_control(
        tr("Roads not taken"), [BEAM, SAMPLING], label_visibility="collapsed", format_func=tr,
        **link.one_of(KIND, [BEAM, SAMPLING], None),
    )  # fmt: skip
    if kind not in (BEAM, SAMPLING):
        st.caption(
            tr(
                "Beam search keeps several hypotheses side by side; sampling draws each token by "
                "chance. Pick one to see what else this model could have written."
            )
        )
        return
    try:
        source = cached_searches.edited(chosen.key, text, edits.current())
        if kind == BEAM:
            _beam(chosen, text, source, reference, take)
        else:
            _sampling(chosen, text, source)
    except UserError as error:
        st.warning(plain(str(error)))


def _beam(chosen: Model, text: str, source: Source, reference: str | None, take: TakeAway) -> None:
    """Controls, the finding, the tree, the finished hypotheses."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="roads-controls"):
        size = st.slider(
            tr("Beam size"), 1, MOST, width=320, **link.between(SIZE, 1, MOST, 5),
            help=tr("How many hypotheses are kept at each step; 1 is greedy."),
        )  # fmt: skip
        penalty = st.number_input(
            tr("Length penalty α"), 0.0, STRONGEST_PENALTY, step=0.1, format="%.1f", width=220,
            **link.between(PENALTY, 0.0, STRONGEST_PENALTY, 0.0),
            help=tr("Hypotheses that ended are ranked by log probability / ((5 + length) / 6)^α "
            "(Wu et al. 2016, eq. 14). 0 ranks by log probability alone, which favours short "
            "ones."),
        )  # fmt: skip
    asked = (chosen.key, source, int(size), float(penalty))
    traces, tree = cached_searches.beam(*asked)
    verdict = _verdict(asked, reference)
    said = search_finding(verdict)
    st.markdown(_markdown(said))
    _tree(chosen, text, source, tree, "".join(part.text for part in said))
    rows = n_best(tree, traces)
    _answers(chosen, text, source, traces, FOUND, [
        {tr("Rank"): r["rank"], tr("Answer"): r["answer"],
         tr("Log probability"): r["log_probability"],
         # Without a penalty it is the same number once more.
         **({tr("Score"): r["score"]} if tree.length_penalty else {}), tr("Tokens"): r["length"]}
        for r in rows
    ])  # fmt: skip
    opens = tr("Press a row to open it in the step view.")
    st.caption(f"{finished_note(tree, int(size))} {opens}")
    name = f"{chosen.entry.name.replace('/', '-')}-beam"
    take.picture(tr("The beam"), partial(beam_tree, tree, palette(), WIDTH), name)
    take.file(
        "numbers", tr("N-best"), f"{name}.csv", lambda: _csv(rows),
        tr("Every finished hypothesis with its numbers."),
    )  # fmt: skip


def _verdict(asked: tuple[cached.Key, Source, int, float], reference: str | None) -> SearchVerdict:
    """Without the reference where the model cannot write it; why not is said."""
    try:
        return cached_searches.verdict(*asked, reference)
    except UserError as error:
        if reference is None:
            raise
        st.caption(plain(str(error)))
        return cached_searches.verdict(*asked, None)


def _tree(chosen: Model, text: str, source: Source, tree: BeamTree, finding: str) -> None:
    # Another search is another tree: its tiles were not pressed.
    shape = (chosen.entry.name, source, tree.tokens, tree.ranking, tree.length_penalty)
    key = f"{TREE}-{hash(shape) & 0xFFFFFFFF:08x}"

    def pressed() -> None:
        node = clicked(st.session_state.get(key), tree)
        if node is not None:
            _open(chosen, text, source, tree.hypothesis(node))

    with st.container(key="scroll-roads"):
        st.vega_lite_chart(
            beam_tree(tree, palette(), WIDTH), theme=None, width="content", key=key,
            on_select=pressed, selection_mode=NODE, alt=finding,
        )  # fmt: skip
    st.caption(tr(LEGEND))


def _sampling(chosen: Model, text: str, source: Source) -> None:
    """Controls, the finding, the drawn answers."""
    vocabulary = chosen.config.target_vocabulary
    with st.container(horizontal=True, vertical_alignment="bottom", key="roads-controls"):
        temperature = st.slider(
            tr("Temperature"), COOLEST, HOTTEST, step=0.1, width=320,
            **link.between(TEMPERATURE, COOLEST, HOTTEST, 1.0),
            help=tr("Tokens are drawn from softmax(logits / temperature): low is nearly greedy, "
            "above 1 is more even."),
        )  # fmt: skip
        top_k = st.number_input(
            tr("Top-k"), 1, vocabulary, None, 1, width=160,
            **link.between(TOP_K, 1, vocabulary, None),
            placeholder=tr("all tokens"),
            help=tr("Draw among so many most probable tokens; 1 is greedy."),
        )  # fmt: skip
        seed = st.number_input(
            tr("Seed"), 0, LAST_SEED - DRAWS, step=1, width=160,
            **link.between(SEED, 0, LAST_SEED - DRAWS, 0),
            help=tr("The same seed draws the same answers."),
        )  # fmt: skip
        st.button(tr("Draw others"), icon=":material/casino:", on_click=_draw_others)
    seeds = tuple(range(int(seed), int(seed) + DRAWS))
    drawn = cached_searches.samples(
        chosen.key, source, float(temperature), None if top_k is None else int(top_k), seeds
    )
    st.markdown(_markdown(sampling_finding(cached_searches.greedy(chosen.key, source), drawn)))
    _answers(chosen, text, source, drawn, DRAWN, [
        {tr("Seed"): s, tr("Answer"): answer_text(trace),
         tr("Log probability"): trace.log_probability,
         tr("Probability"): math.exp(trace.log_probability), tr("Tokens"): trace.steps}
        for s, trace in zip(seeds, drawn, strict=True)
    ])  # fmt: skip
    st.caption(
        tr(
            "Temperature and top-k change what is drawn; the probabilities are the model's own. "
            "Press a row to open it in the step view."
        )
    )


def _draw_others() -> None:
    seed = st.session_state.get(SEED)
    seed = seed if isinstance(seed, int) else 0
    link.show(**{SEED: str((seed + DRAWS) % (LAST_SEED - 2 * DRAWS))})


def _answers(
    chosen: Model, text: str, source: Source, traces: Sequence[Trace], key: str,
    rows: list[dict[str, Any]],
) -> None:  # fmt: skip
    """A table of answers; a press on a row opens it, and the open one is marked."""
    now = cached.what_if(chosen.key, text, edits.current()).trace.output
    here = [i for i, trace in enumerate(traces) if trace.output == now][:1]
    st.session_state[key] = {"selection": {"rows": here, "columns": [], "cells": []}}

    def pressed() -> None:
        row = picked(st.session_state.get(key), len(traces))
        if row is not None:
            _open(chosen, text, source, traces[row].output)

    digits = st.column_config.NumberColumn(format="%.3f")
    st.dataframe(
        pd.DataFrame(rows), key=key, hide_index=True, on_select=pressed,
        selection_mode=("single-row", "single-cell"),
        alt=tr("Answers with their log probabilities"),
        column_config={
            tr("Log probability"): digits,
            tr("Probability"): st.column_config.NumberColumn(format="%.3g"),
            tr("Score"): st.column_config.NumberColumn(
                format="%.3f",
                help=tr("Log probability / ((5 + tokens) / 6)^α, what the beam ranks by"),
            ),
            tr("Answer"): st.column_config.TextColumn(width="large"),
            tr("Tokens"): st.column_config.NumberColumn(help=tr("The end token counted")),
        },
    )  # fmt: skip


def _open(chosen: Model, text: str, source: Source, tokens: tuple[str, ...]) -> None:
    """Put an answer, or its beginning, into the step view; one undo takes it back."""
    before = edits.current()
    # Its first tokens and its attention are as the search had them: only the source stays edited.
    kept = [edit for edit in before if edit.kind in ("drop", "replace", "swap")]
    wanted = cached_searches.opening(chosen.key, source, tokens)
    after = (*kept, *wanted)
    try:
        whatif.decode(whatif.encode(after))  # the limit on their number
        shown = cached.what_if(chosen.key, text, after)
    except UserError as error:
        st.session_state[edits.PROBLEM] = str(error)
        return
    past = st.session_state.get(edits.UNDO, [])
    st.session_state[edits.UNDO] = [*past, whatif.encode(before)][-edits.MOST_UNDO :]
    st.session_state[edits.REDO] = []
    own = cached_searches.greedy(chosen.key, source)
    parts = first_difference(shown.trace, own)
    step = len(tokens) - 1 if parts is None else min(parts, shown.trace.steps - 1)
    link.show(edits=link.encoded(after), step=str(step + 1), verdict=None)


def clicked(event: Any, tree: BeamTree) -> int | None:
    """The node that a tree's selection names; None if it names none but the start."""
    chosen = event.get("selection") if isinstance(event, dict) else None
    found = chosen.get(NODE) if isinstance(chosen, dict) else None
    last = found[-1] if isinstance(found, list) and found else None
    node = last.get(NODE) if isinstance(last, dict) else None
    return node if type(node) is int and 0 < node < len(tree.tokens) else None


def _markdown(parts: Sequence[Part]) -> str:
    """A finding as Markdown: verdicts bold, answers in italics, all of it literal."""
    marks = {"strong": "**", "token": "*", "plain": ""}
    return "".join(
        f"{marks[part.kind]}{figures.literal(part.text)}{marks[part.kind]}"
        if part.kind == "token"
        else f"{marks[part.kind]}{escaped(part.text)}{marks[part.kind]}"
        for part in parts
    )


def _csv(rows: list[dict[str, Any]]) -> bytes:
    return csv_bytes(rows)
