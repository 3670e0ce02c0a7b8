"""Below the sentences: buckets, runs of tokens, and which mistake gives an original's outputs."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import pandas as pd
import streamlit as st

from s2s.errors import UserError
from s2s.evaluation import jobs
from s2s.evaluation.pasted import typed_pairs
from s2s.results.diagnosis import Bucket, Diagnosis
from s2s.results.ngrams import NGram
from s2s.text.language import N_, tr
from ui import cached
from ui.frame import link
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import on_demand
from ui.views.diagnose.narrow import bucket

LIKE = "like"
LONGEST = 2000
"""Characters of pasted outputs; they stand in the address."""
RIGHT, AS_IT_IS = N_("the right answers"), N_("As it is")


def buckets(found: Diagnosis) -> None:
    """Sentences and their score by length and by rarest word."""
    tables = [(tr("Length"), found.by_length()), (tr("Rarest word"), found.by_rarest())]
    with st.expander(tr("By length and by rarest word")):
        columns = st.columns(2)
        for column, (name, rows) in zip(columns, tables, strict=True):
            if rows:
                with column:
                    _buckets(name, rows)


def _buckets(name: str, rows: Sequence[Bucket]) -> None:
    frame = pd.DataFrame(
        {
            name: [bucket(row.name) for row in rows],
            tr("Sentences"): [len(row.places) for row in rows],
            tr("Score"): [row.score for row in rows],
        }
    ).dropna(axis="columns", how="all")
    st.dataframe(
        frame, hide_index=True, alt=tr("Score by {what}", what=name.lower()),
        column_config={tr("Score"): st.column_config.NumberColumn(format="%.1f")},
    )  # fmt: skip


def runs(found: Diagnosis, other: Diagnosis | None, name: str) -> None:
    """Runs of tokens that it writes and the other side does not.

    Args:
        found: the report.
        other: another model on the same set; None for the right answers.
        name: what the other side is called.
    """
    try:
        more, less = found.ngrams(other)
    except ValueError:
        return
    for column, title, rows in zip(
        st.columns(2),
        (tr("It writes more often than {other}", other=tr(name)),
         tr("It writes less often than {other}", other=tr(name))),
        (more, less), strict=True,
    ):  # fmt: skip
        with column:
            st.markdown(f"**{plain(title)}**")
            _runs(rows)


def _runs(rows: Sequence[NGram]) -> None:
    if not rows:
        st.caption(tr("None in two sentences or more."))
        return
    frame = pd.DataFrame(
        {
            tr("Tokens"): [" ".join(row.tokens) for row in rows],
            tr("Its answers"): [row.ours for row in rows],
            tr("The others"): [row.theirs for row in rows],
        }
    )
    st.dataframe(frame, hide_index=True, height=35 * (min(len(rows), 6) + 1) + 3,
                 alt=tr("Runs of tokens and in how many answers they stand"))  # fmt: skip


def like(chosen: Model) -> None:
    """Paste outputs of the original: which mistake in reading the weights gives them?"""
    with st.expander(tr("Which mistake gives your output?"), expanded=LIKE in link.view()):
        st.caption(
            tr(
                "For a model that answers otherwise than its original: paste three or more "
                "sentences with what the original wrote, a tab or “=>” between. The model is "
                "decoded as it is and under each known mistake."
            )
        )
        asked = link.view().get(LIKE, "")[:LONGEST]
        st.session_state[LIKE] = asked

        def typed() -> None:
            text = str(st.session_state.get(LIKE) or "").strip()[:LONGEST]
            link.show(**{LIKE: text or None})

        st.text_area(tr("Sentences and outputs"), key=LIKE, on_change=typed, max_chars=LONGEST,
                     placeholder="je suis fatigue . => i m tired .",
                     label_visibility="collapsed")  # fmt: skip
        if not asked.strip():
            return
        system = cached.system(chosen.key)
        try:
            sources, outputs = typed_pairs(system, asked)
            job = partial(jobs.mistakes, chosen.key.job, tuple(sources), tuple(outputs))
            ranked = on_demand.computed(LIKE, (chosen.key, asked), job, LIKE)
        except UserError as error:
            st.warning(plain(str(error)))
            return
        if ranked is None:
            return
        best = ranked[0]
        if not best.hits:
            st.markdown(tr("**None of the known mistakes gives any of them.**"))
        else:
            name = str(best.name) if best.name else tr("As it is, it answers as the original.")
            equal = tr("{n} of {of} are equal.", n=best.hits, of=best.count)
            st.markdown(f"**{plain(name)}** {equal}")
        frame = pd.DataFrame(
            {
                tr("Read in this way"): [str(fit.name or tr(AS_IT_IS)) for fit in ranked],
                tr("Equal outputs"): [
                    tr("{n} of {of}", n=fit.hits, of=fit.count) for fit in ranked
                ],
            }
        )
        st.dataframe(frame.head(8), hide_index=True, alt=tr("Ways of reading, the best first"))
