"""A set of pairs, chosen on a page: the shipped one, length by length, or a file."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import streamlit as st

from s2s.errors import UserError
from s2s.evaluation.reading import fits
from s2s.tasks import pairs_file, testsets
from s2s.tasks.base import COLUMNS
from s2s.tasks.pairs_file import PairSet
from ui import cached
from ui.cached import compare as cached_compare
from ui.frame import link
from ui.frame.model import Model
from ui.markdown import plain

SHIPPED, LENGTHS, OWN = "The shipped set", "Length by length", "A file of yours"


def chosen_pairs(first: Model) -> tuple[PairSet | None, tuple[str, ...]]:
    """The pairs that the visitor chose, and what tells them from others."""
    task = first.task.name
    kinds = [SHIPPED] if task in testsets.names() else []
    kinds += [LENGTHS] if first.task.fresh else []
    kinds.append(OWN)
    kind = st.segmented_control(
        "Test set", kinds, required=True, label_visibility="collapsed",
        **link.one_of("set_kind", kinds, kinds[0]),
    )  # fmt: skip
    if kind == SHIPPED and SHIPPED in kinds:
        found = cached_compare.shipped_set(task)
        st.caption(f"{len(found.pairs):,} pairs. {plain(found.about)}")
        return found, (task,)
    if kind == LENGTHS and LENGTHS in kinds:
        most = first.sequence.max_source_length - 2  # start and end tokens
        trained = first.sequence.trained_source_length
        ends = st.slider(
            "Lengths", 1, most,
            **_lengths(most, (min(3, most), min(2 * (trained or most) - 6, most))),
        )  # fmt: skip
        found = cached_compare.lengths_set(task, *ends)
        beyond = f" The models were trained on at most {trained}." if trained else ""
        st.caption(f"{len(found.pairs):,} pairs, 50 of each length. {plain(found.about)}{beyond}")
        return found, (task, *map(str, ends))
    columns = st.segmented_control(
        "Columns", COLUMNS, **link.one_of("set_columns", COLUMNS, None),
        help="Which text stands first in a line; a tab stands between them. If you pick none, the "
        "words that the model knows decide.",
    )  # fmt: skip
    given = st.file_uploader(
        f"Two columns: {first.task.source_name} and {first.task.target_name}, a tab between; "
        "UTF-8, at most 20 MB",
        key="set_file",
    )  # fmt: skip
    if given is None:
        return None, ()
    data = given.getvalue()
    try:
        system = cached.system(first.key)
        found = pairs_file.read(data, given.name, columns, fits(system))
    except UserError as error:
        st.warning(plain(str(error)))
        return None, ()
    said = tuple(note.replace("--columns", "the columns") for note in found.notes)
    return replace(found, notes=said), (hashlib.sha256(data).hexdigest(), str(columns))


def _lengths(most: int, default: tuple[int, int]) -> dict[str, Any]:
    """The shortest and the longest, held in the address as ``3-14``."""

    def read(text: str) -> tuple[int, int]:
        low, high = map(int, text.split("-"))
        if not 1 <= low <= high <= most:
            raise ValueError(text)
        return low, high

    return link.held("set_lengths", default, read, lambda ends: "-".join(map(str, ends)))
