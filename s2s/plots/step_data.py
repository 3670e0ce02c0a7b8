"""A Trace as the data of the step view: plain lists and words, everything it draws.

The browser computes no number of its own: probabilities, weights and sentences come from here.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from s2s.findings.readout import of_map as readout_of_map
from s2s.findings.readout import readout
from s2s.findings.trust import Told
from s2s.plots.palette import PALETTES
from s2s.plots.step_words import step_words
from s2s.results import Trace
from s2s.results.matrix import Matrix
from s2s.text import label
from s2s.text.language import N_, current, tr

# Six digits of a weight are far below what a picture or a table can show, and halve the message.
# Probabilities are sent whole: 0.9999999 must not become a certainty.
DIGITS = 6


@dataclass(frozen=True)
class Names:
    """What the lanes are called.

    Attributes:
        source: "French".
        target: "English".
        unit: "token", "character" or "letter".
        note: muted words after the source heading.
    """

    source: str
    target: str
    unit: str
    note: str = N_("as the model reads it")


@dataclass(frozen=True)
class Shape:
    """The parts of a model's configuration that change the picture."""

    peeky: str = "none"
    bidirectional: bool = False
    reversed: bool = False
    vocabulary: int = 0


@dataclass(frozen=True)
class Edit:
    """One what-if edit as a chip.

    Attributes:
        key: names it when it is removed.
        kind: "force", "source", "reference" or "attend".
        text: what the chip says.
        step: 0-based output step, None for an edit of the source.
    """

    key: str
    kind: str
    text: str
    step: int | None = None


def step_data(
    trace: Trace,
    names: Names,
    shape: Shape,
    step: int,
    original: Trace | None = None,
    edits: Sequence[Edit] = (),
    can: dict[str, bool] | None = None,
    links: Sequence[tuple[str, str]] = (),
    own: np.ndarray | None = None,
    hidden: bool = False,
    trust: Told | None = None,
) -> dict[str, Any]:
    """Everything the step view needs, as JSON values.

    Args:
        trace: the run that is shown.
        names: what the lanes are called.
        shape: how the model is built.
        step: 0-based step to show first.
        original: the run without edits; None while nothing is edited.
        edits: the chips.
        can: which of undo, redo, force and attend are possible now.
        links: (text, page) for the note of a model without attention.
        own: [T, S] the weights the model itself would have used in this run; only needed where
            some were set.
        hidden: whether what is not written yet is hidden.
        trust: what speaks against the answer; None where nothing does.
    """
    data: dict[str, Any] = {
        "language": current(),
        "words": step_words(),
        "names": {"source": tr(names.source), "target": tr(names.target), "unit": names.unit},
        "model": trace.model,
        "text": trace.reading.text,
        "notes": {"source": tr(names.note)},
        "attention": trace.attention is not None,
        "peeky": shape.peeky,
        "reversed": shape.reversed,
        "bidirectional": shape.bidirectional,
        "rtl": {"source": False, "target": False},
        "source": _source(trace, shape),
        "run": _run(trace, shape),
        "original": None if original is None else _run(original, shape),
        "firstDifference": None if original is None else first_difference(trace, original),
        # Columns of the two maps mean the same tokens, so that one can be taken from the other.
        "sameSource": original is None or original.source == trace.source,
        "own": {} if own is None else {str(t): _numbers(own[t]) for t in trace.attended},
        "edits": [vars(edit) for edit in edits],
        "can": {"undo": False, "redo": False, "force": False, "attend": False, **(can or {})},
        "vocabulary": shape.vocabulary,
        "context": None if trace.attention is not None else _numbers(trace.initial_state),
        "trust": None if trust is None else trust._asdict(),
        "links": [{"text": text, "href": page} for text, page in links],
    }
    return _whole(data, step, hidden)


ALONE = Names(N_("source"), N_("output"), "token", N_("as the file has it"))


def matrix_step_data(found: Matrix, names: Names = ALONE, step: int = 0) -> dict[str, Any]:
    """A map alone as the data of the step view: no probability, no candidate, no edit.

    Args:
        found: tokens and weights.
        names: what the lanes are called.
        step: 0-based step to show first.
    """
    steps = len(found.output)
    parts = [readout_of_map(found, t).parts for t in range(steps)]
    run: dict[str, Any] = {
        "output": [_token(token) for token in found.output],
        "probability": None,
        "forced": [False] * steps,
        "fed": ["", *(label(token) for token in found.output[:-1])],
        "candidates": [[] for _ in range(steps)],
        "attention": _numbers(found.attention),
        "empty": None,
        "attended": [],
        "readout": [[part._asdict() for part in row] for row in parts],
        "stopped": "eos",
    }
    return _whole({
        "language": current(), "words": step_words(),
        "names": {"source": tr(names.source), "target": tr(names.target), "unit": names.unit},
        "model": found.name, "text": " ".join(found.source), "notes": {"source": tr(names.note)},
        "attention": True, "peeky": "none", "reversed": False, "bidirectional": False,
        "rtl": {"source": False, "target": False},
        "source": [{"label": label(token), "typed": None, "order": None, "fixed": True}
                   for token in found.source],
        "run": run, "original": None, "firstDifference": None, "sameSource": True, "own": {},
        "edits": [], "can": dict.fromkeys(("undo", "redo", "force", "attend"), False),
        "vocabulary": 0, "context": None, "trust": None, "links": [],
    }, step, False)  # fmt: skip


def _whole(data: dict[str, Any], step: int, hidden: bool) -> dict[str, Any]:
    """The data with its id, what is shown first, and the colours."""
    # The same sentence, model and edits have the same id: then only step or theme changed.
    digest = hashlib.sha256(json.dumps([data["model"], data], sort_keys=True).encode()).hexdigest()
    palettes = {name: palette.to_dict() for name, palette in PALETTES.items()}
    return {"id": digest[:16], "step": step, "hidden": hidden, **data, "palettes": palettes}


def first_difference(trace: Trace, original: Trace) -> int | None:
    """The first step at which two outputs part; None if they are the same."""
    for t, (a, b) in enumerate(zip(trace.output, original.output, strict=False)):
        if a != b:
            return t
    if trace.steps != original.steps:
        return min(trace.steps, original.steps)
    return None


def _source(trace: Trace, shape: Shape) -> list[dict[str, Any]]:
    reading = trace.reading
    typed = {unknown.position: label(unknown.token) for unknown in reading.unknown}
    return [
        {
            "label": label(token),
            "typed": typed.get(s),
            "order": s + 1 if shape.reversed else None,
            # Only what the visitor typed can be edited, not the model's own start and end.
            "fixed": not reading.first <= s < reading.first + reading.length,
        }
        for s, token in enumerate(trace.source)
    ]


def _run(trace: Trace, shape: Shape) -> dict[str, Any]:
    return {
        "output": [_token(token) for token in trace.output],
        "probability": trace.probabilities.tolist(),
        "forced": [t in trace.forced for t in range(trace.steps)],
        "fed": [label(token) for token in trace.fed],
        "candidates": [
            [{**_token(token), "p": float(p)}
             for token, p in zip(tokens, row, strict=True)]
            for tokens, row in zip(trace.candidates, trace.candidate_probabilities, strict=True)
        ],
        "attention": None if trace.attention is None else _numbers(trace.attention),
        "empty": None if trace.empty_attention is None else _numbers(trace.empty_attention),
        "attended": list(trace.attended),
        "readout": [
            [part._asdict() for part in readout(trace, t, shape.peeky != "none").parts]
            for t in range(trace.steps)
        ],
        "stopped": trace.stopped,
    }  # fmt: skip


def _token(token: str) -> dict[str, str]:
    return {"label": label(token), "raw": token}


def _numbers(array: np.ndarray) -> list[Any]:
    return np.round(array.astype(float), DIGITS).tolist()
