"""What the visitor asked the step view to change, turned into edits in the address."""

from __future__ import annotations

from typing import Any

import streamlit as st

from s2s.decoding import weight_edits, whatif
from s2s.decoding.whatif import Edit, WhatIf
from s2s.errors import UserError
from s2s.plots.step_data import Edit as Chip
from s2s.results import Trace
from s2s.text.label import writable
from s2s.text.language import tr
from ui import cached
from ui.cached import Key
from ui.frame import link

UNDO, REDO = "edits_before", "edits_undone"  # lists of edits, each as in a link
STEP_VIEW, SHOWN = "step_view", "step_view_shown"
PROBLEM, REFERENCE = "edits_problem", "reference"
MOST_UNDO = 100


def current() -> tuple[Edit, ...]:
    """The edits of the address; a damaged address leaves none and a message."""
    try:
        return link.edits()
    except UserError as error:
        st.session_state[PROBLEM] = str(error)
        link.mend(edits=None)
        return ()


def apply(key: Key, text: str) -> WhatIf:
    """The sentence with the edits of the address; edits that do not fit it are dropped, and said.

    Raises:
        UserError: when the model cannot read the sentence itself.
    """
    done = current()
    try:
        return cached.what_if(key, text, done)
    except UserError as error:
        if not done:
            raise
        original = cached.what_if(key, text)
        st.session_state[PROBLEM] = str(error)
        link.mend(edits=None)
        return original


def problem() -> str | None:
    """Why the last edit was refused; said once."""
    return st.session_state.pop(PROBLEM, None)


def can(trace: Trace) -> dict[str, bool]:
    """Which moves through the edits are possible now, and what can be edited in this answer."""
    return {
        "undo": bool(current() or st.session_state.get(UNDO)),
        "redo": bool(st.session_state.get(REDO)),
        "force": True,
        "attend": trace.attention is not None,
    }


def chips(edits: tuple[Edit, ...], what: WhatIf) -> list[Chip]:
    """The edits as chips; each is named by its place in the list."""
    return [
        Chip(
            str(place),
            edit.kind if edit.kind in ("force", "attend", "reference") else "source",
            whatif.describe(edit, what.original, what.trace.source),
            edit.place if edit.kind in ("force", "attend") else None,
        )
        for place, edit in enumerate(edits)
    ]


def no_way_back() -> None:
    """What is shown was not reached by an edit: nothing to undo or redo."""
    for key in (UNDO, REDO):
        st.session_state.pop(key, None)


def forget(**changes: str | None) -> None:
    """Show another sentence or model: what was asked about the one before means nothing any more.

    Args:
        changes: of the address; what they do not name of the old sentence goes.
    """
    link.show(**{"edits": None, "step": None, "verdict": None, **changes})
    no_way_back()
    st.session_state.pop(SHOWN, None)


def told(name: str) -> Any:
    """What the step view told last under a name."""
    return getattr(st.session_state.get(STEP_VIEW), name, None)


def late() -> bool:
    """Whether the browser told something before it saw what is shown now; for a callback.

    The step view tells some time after a step. All fields of that message are as old: none of them
    was changed by anybody.
    """
    rest = told("step")
    return isinstance(rest, dict) and rest.get("id") != st.session_state.get(SHOWN)


def ask(asked: Any, key: Key, text: str) -> None:
    """Do what the step view asked for, if the model can; say why not, if it cannot.

    Args:
        asked: {"do": "force" | "type" | "attend" | "drop" | "replace" | "swap" | "undo" | "redo" |
            "reset" | "remove", …}; whatever a browser can send is checked here.
        key: the model.
        text: the sentence in the field.
    """
    if not isinstance(asked, dict):
        return
    before = current()
    now = whatif.encode(before)
    past, future = (list(st.session_state.get(name, [])) for name in (UNDO, REDO))
    try:
        do, lost = asked.get("do"), list[Edit]()
        if do == "undo":
            while past and past[-1] == now:  # the browser's own way back was taken
                past.pop()
            if not before and not past:
                return
            # A link that was opened has edits and no past: its last one goes first.
            after = whatif.decode(past.pop()) if past else before[:-1]
            future.append(now)
        elif do == "redo":
            if not future:
                return
            after = whatif.decode(future.pop())
            past.append(now)
        else:
            changed = _changed(asked, before, key, text)
            if changed is None:
                return
            added = do not in ("remove", "reset")
            after, lost = _fitting(changed, added, key, text)
            past, future = ([], []) if do == "reset" else ([*past, now][-MOST_UNDO:], [])
        whatif.decode(whatif.encode(after))  # the limit on their number
        cached.what_if(key, text, after)
    except UserError as error:
        st.session_state[PROBLEM] = str(error)
        return
    st.session_state[UNDO], st.session_state[REDO] = past, future
    changes = {"edits": link.encoded(after), "verdict": None}
    if do in ("force", "type", "attend"):
        changes["step"] = str(after[-1].place + 1)
    link.show(**changes)
    if lost:
        steps = ", ".join(str(edit.place + 1) for edit in lost)
        st.session_state[PROBLEM] = tr(
            "The weights that you set at step {steps} were for other source tokens, so they "
            "were taken back. Undo brings them back.",
            steps=steps,
        )


def _changed(
    asked: dict[str, Any], before: tuple[Edit, ...], key: Key, text: str
) -> tuple[Edit, ...] | None:
    """The edits after one was added or removed, or all were; None if the message makes no sense."""
    if asked.get("do") == "reset":
        return ()
    if asked.get("do") == "remove":
        return tuple(e for place, e in enumerate(before) if str(place) != asked.get("key"))
    if asked.get("do") == "attend":
        edit = _weights(asked, before)
    else:
        edit = _new_edit(asked, cached.what_if(key, text).trace.reading.first)
    if edit is None:
        return None
    if edit.kind in ("force", "attend", "reference"):
        before = tuple(e for e in before if (e.kind, e.place) != (edit.kind, edit.place))
    return (*before, edit)


def _fitting(
    edits: tuple[Edit, ...], added: bool, key: Key, text: str
) -> tuple[tuple[Edit, ...], list[Edit]]:
    """The edits without weights that a change of the source left behind, and those weights.

    An edit that was just `added`, the last, is never among them: if it does not fit, it is refused.
    """
    lost = whatif.unfit(cached.system(key), text, edits)
    if added:
        lost = [edit for edit in lost if edit != edits[-1]]
    return tuple(edit for edit in edits if edit not in lost), lost


def reference_field(target: str, key: Key, text: str) -> None:
    """A field for the answer the visitor expects, teacher-forced beside the free run."""

    def changed(reference: str | None) -> None:
        if reference and reference.strip():
            ask({"do": "reference", "text": reference}, key, text)
        else:
            for place, edit in reversed(list(enumerate(current()))):
                if edit.kind == "reference":
                    ask({"do": "remove", "key": str(place)}, key, text)

    given = [edit.text for edit in current() if edit.kind == "reference"]
    st.text_input(
        tr("What if it had to write this? ({target}, teacher forcing)", target=tr(target)),
        placeholder=tr("Type the answer you expect"),
        help=tr(
            "Your answer is fed to the model word by word in place of its own, as in training "
            "(teacher forcing): the picture shows how likely it found each word, and where its own "
            "answer parts from yours."
        ),
        max_chars=2000,
        **link.shown(REFERENCE, given[-1] if given else "", changed),
    )


def _weights(asked: dict[str, Any], before: tuple[Edit, ...]) -> Edit | None:
    """The weights that are asked for; None if the message makes no sense.

    Either all of them as "weights", or a preset as "form"; the order that "p" asks for is another
    one each time.

    Raises:
        UserError: when they are no weights.
    """
    step, weights, form = asked.get("step"), asked.get("weights"), asked.get("form")
    if not isinstance(step, int) or isinstance(step, bool) or not 0 <= step < 1000:
        return None
    if isinstance(weights, list) and len(weights) < 1000:
        if not all(isinstance(w, int | float) and 0 <= w <= 1 for w in weights):
            return None
        form = weight_edits.form_of(weights)
    if form == "p":
        seeds = [int(e.text[1:]) for e in before if e.kind == "attend" and e.place == step
                 and e.text[0] == "p"]  # fmt: skip
        form = f"p{seeds[-1] + 1 if seeds else 1}"
    return (
        Edit("attend", step, form) if isinstance(form, str) and weight_edits.is_form(form) else None
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
    if not 0 <= place < 1000 or len(text) > 2000 or not writable(text):
        return None
    kind = {"type": "force"}.get(str(do), str(do))
    if kind not in whatif.LETTERS or kind == "attend":
        return None
    return Edit(kind, place, text.strip() if do in ("type", "replace") and text.strip() else text)
