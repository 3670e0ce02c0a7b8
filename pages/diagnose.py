"""Diagnose: where does it go wrong, and in which sentences?"""

from ui.frame import navigation

navigation.ensure()

from functools import partial

import streamlit as st

from s2s.errors import UserError
from s2s.evaluation import jobs
from s2s.export.as_json import json_bytes
from s2s.export.diagnosis_json import diagnosis_json
from s2s.export.tables import csv_bytes
from s2s.findings.diagnosis import headline
from s2s.results.diagnosis import Diagnosis
from s2s.tasks.pairs_file import PairSet
from s2s.text.language import tr
from ui.frame import link, sentence_page
from ui.frame.model import Model, models
from ui.frame.theme import palette
from ui.markdown import plain
from ui.parts import on_demand, pair_sets
from ui.parts.export import TakeAway
from ui.views.diagnose import answers, more, report

AT_ONCE = 200
"""A set of more sentences is examined when it is asked for."""
AGAINST, WHOLE = "against", "whole"
Key = tuple[str, ...]
"""What tells a set from others."""


@link.part
def explore(chosen: Model) -> None:
    """The set, the report and its sentences; only this runs again while rows are pressed."""
    row = st.container(horizontal=True, vertical_alignment="center", key="diagnose-top")
    finding = row.container(key="diagnose-finding")
    body, below = st.container(), st.container()
    with body:
        pairs, key = pair_sets.chosen_pairs(chosen, row, below)
        take = TakeAway()
        if pairs is not None:
            key = (*key, str(len(pairs.pairs)))
            if len(pairs.pairs) > AT_ONCE:
                label = tr("Examine all {n:,} sentences", n=len(pairs.pairs))
                asked = ("diagnosis", (chosen.key, key), label, ":material/troubleshoot:", WHOLE)
                with row:
                    whole = on_demand.wanted(*asked)
                if not whole:
                    below.caption(tr("Until then: the first {n}.", n=AT_ONCE))
                    pairs, key = pairs.first(AT_ONCE), (*key, "first")
            try:
                found = examined(chosen, pairs, key)
            except UserError as error:
                st.warning(plain(str(error)))
            else:
                if found is not None:
                    finding.markdown(f"**{plain(headline(found))}**")
                    show(chosen, found, pairs, key, take)
    take.show(chosen)


def examined(chosen: Model, pairs: PairSet, key: Key) -> Diagnosis | None:
    """A model's report on a set, made once for all visitors; None while it is made.

    Raises:
        UserError: when the model can read none of it.
    """
    job = partial(jobs.diagnosis, chosen.key.job, pairs)
    return on_demand.computed("diagnosis", (chosen.key, key), job, WHOLE)


def show(chosen: Model, found: Diagnosis, pairs: PairSet, key: Key, take: TakeAway) -> None:
    """The report, and the sentences that show it.

    Args:
        chosen: the model.
        found: its report.
        pairs: the set.
        key: what tells it from others.
        take: the page's menu of files.
    """
    pressed = report.show(found, palette())
    answers.show(chosen, found, pressed, palette(), take)
    report.silent(found)
    more.buckets(found)
    told = tr("What it writes too often, and too seldom")
    with st.expander(told, expanded=AGAINST in link.view()):
        others = {other.variant: other for other in chosen.others(models())}
        name = st.selectbox(
            tr("Against"), [more.RIGHT, *others], width=320,
            format_func=lambda name: tr(name) if name == more.RIGHT else name,
            **link.one_of(AGAINST, [more.RIGHT, *others], more.RIGHT),
        )  # fmt: skip
        other = others.get(str(name))
        beside = None if other is None else examined(other, pairs, key)
        if other is None or beside is not None:
            more.runs(found, beside, str(name))
    more.like(chosen)
    if found.refused:
        with st.expander(tr("{n:,} lines left out", n=len(found.refused))):
            st.markdown("  \n".join(
                tr("Line {line}: {reason}", line=line.line, reason=plain(str(line.reason)))
                for line in found.refused[:100]
            ))  # fmt: skip
    name = f"{chosen.name.replace('/', '-')}-diagnosis"
    take.file(
        "numbers", tr("Every sentence"), f"{name}-sentences.csv",
        lambda: csv_bytes([
            row | {"chips": ", ".join(row["chips"])} for row in diagnosis_json(found)["sentences"]
        ]),
    )  # fmt: skip
    take.file(
        "numbers", tr("The report"), f"{name}.json",
        lambda: json_bytes(diagnosis_json(found)),
        tr("What `python -m s2s diagnose --json` prints."),
    )  # fmt: skip


chosen, _ = sentence_page.arrive(tr("Diagnose"))
explore(chosen)
