"""The player: one question at a time, in a component that knows no lesson."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

from s2s.export.step_view.bundle import join_modules
from s2s.lessons.fill import Filled, Line
from s2s.text.language import current, tr
from ui.views.lessons.state import At

KEY = "lesson_player"

_player = st.components.v2.component(
    "s2s_lesson",
    html="<section class='lesson'></section>",
    css=Path(__file__).with_name("player.css").read_text("utf-8"),
    js=join_modules(Path(__file__).with_name("player.js")),
)


def show(place: At, filled: Filled, on_act: Callable[[], None], last: bool, **more: Any) -> None:
    """Draw a question.

    Args:
        place: where the visitor is.
        filled: the question, with what the models say.
        on_act: called when the visitor did something, see `told`.
        last: whether no question comes after it.
        more: what a room adds: ``counts``, ``follows`` (its number), ``hides``.
    """
    _player(key=KEY, data=data(place, filled, last) | more, on_act_change=on_act, height="content")


def told() -> dict[str, Any]:
    """What the visitor did: ``do`` is ``guess`` (with ``value``), ``answer``, ``next``, ``back``.

    Empty where it was done to a question that is shown no more.
    """
    state = st.session_state.get(KEY)
    act = state.get("act") if state is not None and hasattr(state, "get") else None
    return act if isinstance(act, dict) else {}


def data(place: At, filled: Filled, last: bool) -> dict[str, Any]:
    """What the component draws; before the answer is shown it holds nothing that gives it away."""
    shown = place.shown
    return {
        "id": f"{place.lesson.name} {place.question}",
        "lesson": place.lesson.name,
        "question": place.question,
        "of": len(place.lesson.steps),
        "language": current(),
        "kind": filled.kind,
        "story": [_line(line) for line in filled.story],
        "ask": _line(filled.question),
        "choices": [_line(line) for line in filled.choices],
        "guess": place.guess,
        "shown": shown,
        "right": filled.right if shown else None,
        "value": filled.shown if shown else None,
        "share": filled.shown.endswith("%"),
        "low": filled.low,
        "high": filled.high,
        "by": filled.by,
        "result": [_line(line) for line in filled.result] if shown else [],
        "takeaway": _line(filled.takeaway) if shown else [],
        # So that nothing jumps when the answer comes.
        "letters": [sum(len(run.text) for line in lines for run in line)
                    for lines in (filled.result, (filled.takeaway,))],
        "last": last,
        "words": words(filled),
    }  # fmt: skip


def words(filled: Filled) -> dict[str, str]:
    """What the component says."""
    press, number = filled.kind == "press", filled.kind == "number"
    return {
        "progress": tr("question {n} of {of}"),
        "guess": tr("your guess"),
        "right": tr("what the models say") if number else tr("right"),
        "answer": tr("Show the answer"),
        "next": tr("Next question"),
        "done": tr("Back to the first question"),
        "back": tr("Back"),
        "before": tr("Press a token, then show the answer.") if press else tr(
            "Drag the slider, then show the answer.") if number else tr(
            "Choose one, then show the answer."),
        "keys": tr("choose {a}–{b} · answer, next {right} {down} · back {left} {up}"),
        "slider": tr("Your guess"),
        "dots": tr("Questions of this lesson"),
        "seen": tr("answered"),
    }  # fmt: skip


def _line(line: Line) -> list[list[str]]:
    return [[run.text, run.kind] for run in line]
