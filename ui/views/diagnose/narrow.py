"""Which sentences are listed: by what happened, by length, by their rarest word, by a check."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import streamlit as st

from s2s.evaluation.chips import CHIPS
from s2s.results.diagnosis import Bucket, Check, Diagnosis
from s2s.text.language import N_, tr
from ui.frame import link

RAREST = N_(
    "Where in the model's word list its rarest word stands; a list begins with the most frequent."
)

ANY = "any"


def places(found: Diagnosis, pressed: Check | None) -> list[int]:
    """Draw the filters; the sentences that pass them, the worst first.

    Args:
        found: the report.
        pressed: a check that only its own sentences are shown of; None for all.
    """
    with st.container(
        horizontal=True, vertical_alignment="center", gap="small", key="diagnose-filters"
    ):
        asked = _chips(found)
        length = _bucket(tr("Length"), "lengths", found.by_length(), tr("Tokens of the source."))
        rarest = _bucket(tr("Rarest word"), "rarest", found.by_rarest(), tr(RAREST))
    return [
        place
        for place in found.worst()
        if {*asked} <= {*found.answers[place].chips}
        and (pressed is None or place in pressed.places)
        and all(bucket is None or place in bucket.places for bucket in (length, rarest))
    ]


def _chips(found: Diagnosis) -> list[str]:
    """The chips that are pressed; they stand in the address."""
    counts = Counter(chip for answer in found.answers for chip in answer.chips)
    names = [chip for chip in CHIPS if counts[chip]]
    if not names:
        return []

    def read(text: str) -> list[str]:
        return [name for name in text.split(",") if name in names]

    control = link.held("happened", list[str](), read, ",".join)
    asked = st.pills(
        tr("What happened"), names, selection_mode="multi", label_visibility="collapsed",
        format_func=lambda chip: f"{tr(chip)} {counts[chip]:,}",
        key=control["key"], on_change=control["on_change"],
    )  # fmt: skip
    return list(asked or [])


def _bucket(label: str, key: str, buckets: Sequence[Bucket], help: str) -> Bucket | None:
    """One bucket, or all of them."""
    if len(buckets) < 2:
        return None
    counts = {bucket.name: len(bucket.places) for bucket in buckets}
    asked = st.selectbox(
        label, [ANY, *counts], label_visibility="collapsed", width=208, help=help,
        format_func=lambda name: (
            tr("{what}: any", what=label) if name == ANY
            else f"{label} {bucket(name)} ({counts[name]:,})"
        ),
        **link.one_of(key, [ANY, *counts], ANY),
    )  # fmt: skip
    return next((bucket for bucket in buckets if bucket.name == asked), None)


def bucket(name: str) -> str:
    """What a bucket is called: numbers, or a word."""
    most = re.match(r"([\d,]+) or more$", name)
    if most:
        return tr("{n} or more", n=most[1])
    return name if name[:1].isdigit() else tr(name)
