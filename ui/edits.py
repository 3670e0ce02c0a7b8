"""What the visitor asked the step view to change, turned into edits in the address."""

from __future__ import annotations

from typing import Any

import streamlit as st

from s2s import whatif
from s2s.errors import UserError
from s2s.plots.step_data import Edit as Chip
from s2s.results import Trace
from s2s.whatif import Edit, WhatIf
from ui import cached, link

REDO, PROBLEM, REFERENCE = "edits_undone", "edits_problem", "reference"


def current() -> tuple[Edit, ...]:
    """The edits of the address; a damaged address leaves none and a message."""
    try:
        return link.edits()
    except UserError as error:
        st.session_state[PROBLEM] = str(error)
        return ()


def apply(key: tuple[str, str, int], text: str) -> WhatIf:
    """The sentence with the edits of the address; edits that do not fit it are dropped, and said.

    Raises:
        UserError: when the model cannot read the sentence itself.
    """
    done = current()
    try:
        return cached.what_if(*key, text, done)
    except UserError as error:
        if not done:
            raise
        original = cached.what_if(*key, text)
        st.session_state[PROBLEM] = str(error)
        link.set_edits(())
        return original


def problem() -> str | None:
    """Why the last edit was refused; said once."""
    return st.session_state.pop(PROBLEM, None)


def can() -> dict[str, bool]:
    """Which moves through the edits are possible now."""
    return {"undo": bool(current()), "redo": bool(st.session_state.get(REDO)), "force": True}


def chips(edits: tuple[Edit, ...], original: Trace | None) -> list[Chip]:
    """The edits as chips; each is named by its place in the list."""
    kinds = {"force": "force", "reference": "reference"}
    return [
        Chip(
            str(place),
            kinds.get(edit.kind, "source"),
            whatif.describe(edit, original),
            edit.place if edit.kind == "force" else None,
        )
        for place, edit in enumerate(edits)
    ]


def forget() -> None:
    """Another sentence or model: nothing to undo or redo."""
    link.forget()
    st.session_state.pop(REDO, None)


def ask(asked: Any, key: tuple[str, str, int], text: str) -> None:
    """Do what the step view asked for, if the model can; say why not, if it cannot.

    Args:
        asked: {"do": "force" | "type" | "drop" | "replace" | "swap" | "undo" | "redo" | "reset" |
            "remove", …}; whatever a browser can send is checked here.
        key: the model.
        text: the sentence in the field.
    """
    if not isinstance(asked, dict):
        return
    before, redo = current(), list(st.session_state.get(REDO, []))
    after = list(before)
    do = asked.get("do")
    if do == "undo" and before:
        redo.append(after.pop())
    elif do == "redo" and redo:
        after.append(redo.pop())
    elif do == "reset":
        after, redo = [], []
    elif do == "remove":
        after = [edit for place, edit in enumerate(before) if str(place) != asked.get("key")]
        redo = []
    else:
        first = cached.what_if(*key, text).trace.reading.first
        edit = _new_edit(asked, first)
        if edit is None:
            return
        if edit.kind in ("force", "reference"):
            after = [e for e in after if (e.kind, e.place) != (edit.kind, edit.place)]
        after.append(edit)
        redo = []
    try:
        whatif.decode(whatif.encode(after))  # the limit on their number
        cached.what_if(*key, text, tuple(after))
    except UserError as error:
        st.session_state[PROBLEM] = str(error)
        return
    st.session_state[REDO] = redo
    link.set_edits(after)
    if do in ("force", "type"):
        link.set_step(after[-1].place)


def reference_field(target: str, key: tuple[str, str, int], text: str) -> None:
    """A field for the answer the visitor expects, teacher-forced beside the free run."""

    def changed() -> None:
        reference = str(st.session_state.get(REFERENCE) or "")
        if reference.strip():
            ask({"do": "reference", "text": reference}, key, text)
        else:
            link.set_edits([edit for edit in current() if edit.kind != "reference"])

    given = [edit.text for edit in current() if edit.kind == "reference"]
    st.session_state[REFERENCE] = given[-1] if given else ""
    st.text_input(
        f"What if it had to write this? ({target})",
        key=REFERENCE,
        on_change=changed,
        placeholder="Type the answer you expect",
        help="The model reads your answer word by word: the picture shows how likely it found "
        "each word, and where its own answer parts from yours.",
        max_chars=2000,
    )


def _new_edit(asked: dict[str, Any], first: int) -> Edit | None:
    """The edit that is asked for; None if the message makes no sense.

    The view counts source tokens with the start token, an edit counts those of the text.
    """
    do, text = asked.get("do"), asked.get("text", asked.get("token", ""))
    source = asked.get("source")
    place = source - first if isinstance(source, int) else asked.get("step", 0)
    if not isinstance(text, str) or not isinstance(place, int) or isinstance(place, bool):
        return None
    if not 0 <= place < 1000 or len(text) > 2000:
        return None
    kind = {"type": "force"}.get(str(do), str(do))
    if kind not in whatif.LETTERS:
        return None
    return Edit(kind, place, text.strip() if do in ("type", "replace") and text.strip() else text)
