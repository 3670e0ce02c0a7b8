"""The sentences around a picture: what was read, how a reference compares."""

from __future__ import annotations

import math

from s2s.config import ModelConfig
from s2s.decoding.whatif import WhatIf
from s2s.plots.step_data import Names, Shape, first_difference
from s2s.results import Trace
from s2s.tasks import Task
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import number, percent, rounded
from s2s.text.vocab import BOS, EOS
from ui.frame.model import Model
from ui.markdown import escaped, plain

LARGEST_LOG = 700.0
"""A larger ratio does not fit a float."""
COUNTED = {
    "token": N_("{n} tokens"),
    "character": N_("{n} characters"),
    "letter": N_("{n} letters"),
}
"""A number of a task's units."""


def first_word(trace: Trace) -> int:
    """The first step that writes more than the start or end token: where a picture begins."""
    specials = {trace.fed[0], EOS}
    return next((t for t, token in enumerate(trace.output) if token not in specials), 0)


def last_word(trace: Trace) -> int:
    """The last step that writes a word: what it depends on lies furthest back."""
    specials = {trace.fed[0], EOS}
    for t in reversed(range(trace.steps)):
        token = trace.output[t]
        if token not in specials and any(character.isalnum() for character in token):
            return t
    return first_word(trace)


def names(trace: Trace, chosen: Model) -> Names:
    """What the lanes of the step view are called."""
    task, note = chosen.task, source_note(trace, chosen.task)
    if chosen.config.reverse_source:
        note = tr("{note}, read last first, shown in reading order", note=note)
    return Names(tr(task.source_name), tr(task.target_name), task.unit, note)


def shape(config: ModelConfig) -> Shape:
    """What changes the picture of a model."""
    return Shape(
        config.peeky, config.bidirectional, config.reverse_source, config.target_vocabulary
    )


def source_note(trace: Trace, task: Task) -> str:
    """What stands beside the name of the source lane."""
    if task.unit == "token":
        return tr("as the model reads it")
    count = sum(token not in (BOS, EOS) for token in trace.source)
    return counted(task.unit, count)


def counted(unit: str, n: int) -> str:
    """So many of a task's units."""
    return tr(COUNTED[unit], n=n)


def below(trace: Trace) -> str:
    """What the model read and what it left out."""
    lines = reading_notes(trace)
    if trace.attention is not None:
        lines.append(tr("Weights say where the model looked, not why it chose a word."))
    return " ".join(lines)


def reference_note(what: WhatIf) -> str | None:
    """How a teacher-forced reference compares with the model's own answer; None without one."""
    trace, original = what.trace, what.original
    if original is None or len(trace.forced) < trace.steps:
        return None
    gap = original.log_probability - trace.log_probability
    logs = tr(
        "log probability {log}, its own {own}",
        log=number(trace.log_probability, 2),
        own=number(original.log_probability, 2),
    )
    part = first_difference(trace, original)
    if part is None or part >= min(trace.steps, original.steps):
        return tr("Your answer is the model's own ({logs}).", logs=logs)
    if gap >= 0:
        verdict = tr(
            "The model finds its own answer about {times} times as likely as yours ({logs}).",
            times=times(gap),
            logs=logs,
        )
    else:
        verdict = tr(
            "The model finds your answer about {times} times as likely as its own ({logs}): "
            "writing the best token at each step missed it.",
            times=times(-gap),
            logs=logs,
        )
    own, yours = original.output[part], trace.output[part]
    parted = tr(
        "They part at step {n}: *{own}* ({sure}) against *{yours}* ({less}).",
        n=part + 1,
        own=plain(own),
        sure=percent(float(original.probabilities[part])),
        yours=plain(yours),
        less=percent(float(trace.probabilities[part])),
    )
    return f"{verdict} {parted}"


def times(log_ratio: float) -> str:
    """A ratio of two significant digits, ``3 000``."""
    return rounded(math.exp(min(log_ratio, LARGEST_LOG)))


def reading_notes(trace: Trace) -> list[str]:
    """How the typed text became the source tokens."""
    reading, lines = trace.reading, []
    if reading.changed:
        typed, read = reading.changed[0]
        lines.append(
            tr(
                "The model reads lower case without accents: *{typed}* became *{read}*.",
                typed=plain(typed),
                read=plain(read),
            )
        )
    if reading.rewritten:
        pairs = ", ".join(
            tr("*{typed}* as *{read}*", typed=escaped(label(typed, 40)),
               read=escaped(label(read, 40)))
            for typed, read in dict.fromkeys(reading.rewritten)
        )  # fmt: skip
        lines.append(tr("It read {pairs}.", pairs=pairs))
    if reading.dropped:
        shown = "  ".join(label(run, 40) for run in dict.fromkeys(reading.dropped))
        lines.append(tr("It left out {shown}.", shown=plain(shown)))
    for unknown in {word.token: word for word in reading.unknown}.values():
        near = ", ".join(f"*{plain(token)}*" for token in unknown.nearest)
        lines.append(
            tr("It has never seen *{token}* and reads it as \\<unk\\>.", token=plain(unknown.token))
        )
        if near:
            lines.append(tr("Words it knows near that: {near}.", near=near))
    if " " in trace.source and len(trace.source) > reading.length:
        lines.append(
            tr(
                "␣ is a space: short texts are filled up to {n} characters, and the model reads "
                "the filling too.",
                n=len(trace.source),
            )
        )
    return lines
