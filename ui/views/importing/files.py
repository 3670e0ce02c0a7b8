"""Card 1: files are dropped, and what is in each of them is said."""

from __future__ import annotations

import hashlib

import streamlit as st

from s2s.checkpoints.importers import dropped
from s2s.checkpoints.importers.dropped import TEXTS, WEIGHTS, Dropped
from s2s.config.limits import limits
from s2s.text.language import N_, Later, tr
from ui.markdown import plain

KINDS = N_("Weights: {weights}. Words and check.json: {texts}.")
FILES, READ = "import_files", "import_read"


def given() -> tuple[Dropped | None, str]:
    """Draw the field and what was found; the files, and what tells them from others."""
    most = limits().imports_bytes
    uploaded = st.file_uploader(
        tr("The model, its words, check.json: all together; or a map alone"),
        accept_multiple_files=True, key=FILES,
        help=tr(KINDS, weights=" ".join(WEIGHTS), texts=" ".join(TEXTS)),
        max_upload_size=max(1, most // 1_000_000),
    )  # fmt: skip
    if not uploaded:
        st.session_state.pop(READ, None)
        return None, ""
    named = "|".join(f"{file.name}:{file.file_id}" for file in uploaded)
    mark = hashlib.sha256(named.encode()).hexdigest()[:12]
    kept: tuple[str, Dropped] | None = st.session_state.get(READ)
    if kept is None or kept[0] != mark:
        found = dropped.read([(file.name, file.getvalue()) for file in uploaded], most)
        kept = mark, found
        st.session_state[READ] = kept
    tell(kept[1])
    return kept[1], mark


def tell(found: Dropped) -> None:
    """What the files hold, or why they cannot be read."""
    together: dict[str | Later, list[str]] = {}
    for file in found.files:
        if file.problem:
            st.warning(plain(str(file.problem)))
        else:
            together.setdefault(file.holds, []).append(file.name)
    for holds, names in together.items():
        st.caption(f"{plain(', '.join(names))}: {plain(str(holds))}")
