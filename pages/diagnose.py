"""Diagnose: where does it go wrong, and in which sentences?"""

from ui.frame import navigation

navigation.ensure()

import json

import streamlit as st

from s2s.errors import UserError
from s2s.evaluation.diagnose import diagnose
from s2s.export.diagnosis_json import diagnosis_json
from s2s.export.tables import csv_bytes
from s2s.results.diagnosis import Diagnosis
from ui import cached
from ui.diagnose import answers, report
from ui.frame import sentence_page
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.markdown import plain
from ui.parts import on_demand, pair_sets
from ui.parts.export import TakeAway

AT_ONCE = 200
"""A set of more sentences is examined when it is asked for."""


@st.fragment
def explore(chosen: Model) -> None:
    """The set, the report and its sentences; only this runs again while rows are pressed."""
    pairs, key = pair_sets.chosen_pairs(chosen)
    take = TakeAway()
    if pairs is not None:
        key = (*key, str(len(pairs.pairs)))
        whole = (chosen.key, key)
        many = len(pairs.pairs) > AT_ONCE
        label = f"Examine all {len(pairs.pairs):,} sentences"
        if many and not on_demand.wanted("diagnosis", whole, label, ":material/troubleshoot:"):
            st.caption(f"Until then: the first {AT_ONCE}.")
            pairs, whole = pairs.first(AT_ONCE), (chosen.key, (*key, "first"))
        try:
            found = on_demand.computed(
                "diagnosis", whole,
                lambda told: diagnose(
                    cached.system(chosen.key), pairs, lambda share: told(share, "sentences")
                ),
            )  # fmt: skip
        except UserError as error:
            st.warning(plain(str(error)))
        else:
            show(chosen, found, take)
    take.show(chosen)


def show(chosen: Model, found: Diagnosis, take: TakeAway) -> None:
    """The report, and the sentences that show it."""
    pressed = report.show(found, palette())
    answers.show(chosen, found, pressed, palette())
    if found.refused:
        with st.expander(f"{len(found.refused):,} lines left out"):
            st.markdown("  \n".join(
                f"Line {line.line}: {plain(line.reason)}" for line in found.refused[:100]
            ))  # fmt: skip
    name = f"{chosen.name.replace('/', '-')}-diagnosis"
    told = diagnosis_json(found)
    take.file(
        "Numbers", "Every sentence", f"{name}-sentences.csv",
        lambda: csv_bytes([
            row | {"chips": ", ".join(row["chips"])} for row in told["sentences"]
        ]),
    )  # fmt: skip
    take.file(
        "Numbers", "The report", f"{name}.json",
        lambda: json.dumps(told, ensure_ascii=False).encode(),
        "What `python -m s2s diagnose --json` prints.",
    )  # fmt: skip


chosen, _ = sentence_page.arrive("Diagnose")
explore(chosen)
