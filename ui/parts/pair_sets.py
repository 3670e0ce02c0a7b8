"""A set of pairs, chosen on a page: the shipped one, length by length, or a file."""

from __future__ import annotations

import hashlib
from contextlib import nullcontext
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from s2s.errors import UserError
from s2s.evaluation.reading import fits
from s2s.tasks import pairs_file, testsets
from s2s.tasks.base import COLUMNS
from s2s.tasks.pairs_file import PairSet
from s2s.text.language import N_, later, tr
from ui import cached
from ui.cached import compare as cached_compare
from ui.frame import link
from ui.frame.model import Model
from ui.markdown import plain

SHIPPED, LENGTHS, OWN = N_("The shipped set"), N_("Length by length"), N_("A file of yours")
ORDERS = dict(zip(COLUMNS, (N_("source,target"), N_("target,source")), strict=True))


def chosen_pairs(
    first: Model, row: DeltaGenerator | None = None, below: DeltaGenerator | None = None
) -> tuple[PairSet | None, tuple[str, ...]]:
    """The pairs that the visitor chose, and what tells them from others.

    Args:
        first: the model that must read them.
        row: where the choice stands, as a list, on a page that has no line for it.
        below: where it is said what the shipped set is; here if nowhere else.
    """
    task = first.task.name
    kinds = [SHIPPED] if task in testsets.names() else []
    kinds += [LENGTHS] if first.task.fresh else []
    kinds.append(OWN)
    choice: dict[str, Any] = {
        "label": tr("Test set"), "options": kinds, "format_func": tr,
        **link.one_of("set_kind", kinds, kinds[0]),
    }  # fmt: skip
    if row is None:
        kind = st.segmented_control(required=True, label_visibility="collapsed", **choice)
    else:
        kind = row.selectbox(width=176, label_visibility="collapsed", **choice)
    if kind == SHIPPED and SHIPPED in kinds:
        found = cached_compare.shipped_set(task)
        with below or nullcontext():
            st.caption(f"{tr('{n:,} pairs.', n=len(found.pairs))} {plain(tr(found.about))}")
        return found, (task,)
    if kind == LENGTHS and LENGTHS in kinds:
        most = first.sequence.max_source_length - 2  # start and end tokens
        trained = first.sequence.trained_source_length
        ends = st.slider(
            tr("Lengths"), 1, most,
            **_lengths(most, (min(3, most), min(2 * (trained or most) - 6, most))),
        )  # fmt: skip
        found = cached_compare.lengths_set(task, *ends)
        told = [tr("{n:,} pairs, 50 of each length.", n=len(found.pairs)), plain(tr(found.about))]
        if trained:
            told.append(tr("The models were trained on at most {n}.", n=trained))
        st.caption(" ".join(told))
        return found, (task, *map(str, ends))
    columns = st.segmented_control(
        tr("Columns"), COLUMNS, format_func=lambda order: tr(ORDERS[order]),
        **link.one_of("set_columns", COLUMNS, None),
        help=tr("Which text stands first in a line; a tab stands between them. If you pick none, "
                "the words that the model knows decide."),
    )  # fmt: skip
    given = st.file_uploader(
        tr("Two columns: {source} and {target}, a tab between; UTF-8, at most 20 MB",
           source=tr(first.task.source_name), target=tr(first.task.target_name)),
        key="set_file",
    )  # fmt: skip
    if given is None:
        return None, ()
    data = given.getvalue()
    try:
        system = cached.system(first.key)
        found = pairs_file.read(data, given.name, columns, fits(system),
                                option=later("the columns"))  # fmt: skip
    except UserError as error:
        st.warning(plain(str(error)))
        return None, ()
    return found, (hashlib.sha256(data).hexdigest(), str(columns))


def _lengths(most: int, default: tuple[int, int]) -> dict[str, Any]:
    """The shortest and the longest, held in the address as ``3-14``."""

    def read(text: str) -> tuple[int, int]:
        low, high = map(int, text.split("-"))
        if not 1 <= low <= high <= most:
            raise ValueError(text)
        return low, high

    return link.held("set_lengths", default, read, lambda ends: "-".join(map(str, ends)))
