"""A file of somebody's own: what was read in it, how it is split, what to make of it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.tasks import own, pairs_file
from s2s.tasks.base import COLUMNS
from s2s.tasks.pairs_file import PairSet
from s2s.tasks.split import PARTS
from s2s.text.language import N_, tr
from s2s.text.numbers import number
from s2s.training.job_queue import Wish
from ui.cached.shared import shared_cache
from ui.frame import link
from ui.markdown import plain
from ui.parts.pair_sets import ORDERS
from ui.views.training.wish import MOST_EPOCHS, UNITS, within

UNITS_OF_TEXT = {"words": N_("Words"), "characters": N_("Characters")}
SPLIT = {
    "train": N_("{n} train"),
    "validation": N_("{n} validation"),
    "test": N_("{n} test"),
}
"""How many pairs a part has."""
SHOWN = 20
"""Refused lines that are listed."""
LONGEST_NAME = 30


def asked(visitor: str) -> Wish | None:
    """Draw file, reading and numbers; what would be trained, None while nothing can be."""
    given = st.file_uploader(
        tr("Two columns with a tab between, UTF-8: what is read, what is to be written. At most "
           "{n} MB and {lines} lines", n=limits().file_bytes // 1_000_000,
           lines=number(limits().file_lines)),
        key="own_file",
    )  # fmt: skip
    with st.container(horizontal=True, vertical_alignment="bottom", key="own-numbers"):
        columns = st.segmented_control(
            tr("Columns"),
            COLUMNS,
            required=True,
            format_func=lambda order: tr(ORDERS[order]),
            **link.one_of("own_columns", COLUMNS, COLUMNS[0]),
        )
        unit = st.segmented_control(
            tr("Cut into"), list(UNITS_OF_TEXT), required=True,
            format_func=lambda name: tr(UNITS_OF_TEXT[name]),
            **link.one_of("own_unit", UNITS_OF_TEXT, "words"),
        )  # fmt: skip
        attends = st.toggle(tr("Attention"), **link.one_of("own_attention", (True, False), True))
        units = st.selectbox(tr("Units"), UNITS, width=90, **link.one_of("own_units", UNITS, 64))
        epochs = st.number_input(
            tr("Epochs"),
            1,
            MOST_EPOCHS,
            width=110,
            **link.between("own_epochs", 1, MOST_EPOCHS, 20),
        )
        name = st.text_input(
            tr("Name of the model"), "mine", max_chars=LONGEST_NAME, key="own_name", width=180
        )
    if given is None:
        st.caption(tr("The file stays on this computer, in the folder of its run."))
        return None
    data = given.getvalue()
    unit = unit if unit in UNITS_OF_TEXT else "words"
    order = columns if columns in COLUMNS else COLUMNS[0]
    try:
        found, seen = _read(_Bytes(data), given.name, order, unit)
    except UserError as error:
        st.warning(plain(str(error)))
        return None
    tell(found, seen)
    options = [
        "--watch", "4", "--attention", "additive" if attends else "none",
        "--hidden", str(units if units in UNITS else 64),
        "--epochs", str(within(epochs, 1, MOST_EPOCHS)),
        "--source-tokeniser", unit, "--target-tokeniser", unit,
        *_lengths(unit),
    ]  # fmt: skip
    if seen.usable >= own.MANY:
        options += ["--data-source-min-frequency", "2", "--data-target-min-frequency", "2"]
    return Wish(
        own.TASK.name, re.sub(r"[^A-Za-z0-9_-]+", "-", name).strip("-") or "mine",
        tr("{name}, {n} pairs", name=given.name, n=number(seen.usable)), tuple(options),
        within(epochs, 1, MOST_EPOCHS), "attention" if attends else "plain", visitor, lines(found),
    )  # fmt: skip


class _Bytes:
    """A file's bytes as the key of a cache, by what they are."""

    def __init__(self, data: bytes):
        self.data, self.digest = data, hashlib.sha256(data).hexdigest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Bytes) and self.digest == other.digest


@shared_cache(max_entries=4, said=True)
def _read(file: _Bytes, name: str, columns: str, unit: str) -> tuple[PairSet, own.Survey]:
    """The pairs of a file, and what there is in them."""
    found = pairs_file.read(file.data, name, columns)
    start = own.TASK.defaults
    sequence = replace(start.sequence, source_tokeniser=unit, target_tokeniser=unit)
    most = 60 if unit == "words" else 120
    return found, own.survey(found.pairs, replace(start.data, max_length=most), sequence)


def _lengths(unit: str) -> Sequence[str]:
    """Options for the room that a sentence takes."""
    if unit == "words":
        return ()
    return ("--data-max-length", "120", "--max-source-length", "120",
            "--max-output-length", "130")  # fmt: skip


def tell(found: PairSet, seen: own.Survey) -> None:
    """What was read, what was not and why, and how it is split."""
    parts = ", ".join(tr(SPLIT[part], n=number(seen.parts[part])) for part in PARTS)
    st.markdown(
        tr(
            "**{usable} pairs** of {lines} lines: {read} and {written} tokens, {words} and "
            "{others} different ones; the longest source has {longest}.",
            usable=number(seen.usable),
            lines=number(found.count),
            read=number(seen.tokens[0]),
            written=number(seen.tokens[1]),
            words=number(seen.vocabulary[0]),
            others=number(seen.vocabulary[1]),
            longest=seen.longest,
        )
    )
    same = len(found.pairs) - seen.usable
    told = [tr("Split: {parts}. Pairs that share a sentence stay in one part.", parts=parts)]
    if same:
        told.append(tr("{n} more are the same again, too long or empty.", n=number(same)))
    st.caption(" ".join([*told, *(plain(note) for note in found.notes)]))
    if found.refused:
        with st.expander(tr("{n:,} lines left out", n=len(found.refused))):
            st.markdown("  \n".join(
                tr("Line {line}: {reason}", line=line.line, reason=plain(str(line.reason)))
                for line in found.refused[:SHOWN]
            ))  # fmt: skip


def lines(found: PairSet) -> bytes:
    """The pairs as a file of their own, source first, with a head that is known as one."""
    rows = [("source", "target"), *found.pairs]
    return "".join(f"{source}\t{target}\n" for source, target in rows).encode()
