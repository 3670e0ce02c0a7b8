"""Traces by hand, and texts that a figure must show as text."""

import numpy as np

from s2s.results import Reading, Trace

FRENCH = ("je", "suis", "vraiment", "fatigue", "ce", "soir", ".", "<eos>")


ENGLISH = ("i", "m", "really", "tired", "tonight", ".", "<eos>")


WEIGHTS = np.array(
    [
        [0.88, 0.07, 0.01, 0.01, 0.01, 0.01, 0.005, 0.005],
        [0.31, 0.61, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01],
        [0.01, 0.10, 0.79, 0.08, 0.01, 0.01, 0.0, 0.0],
        [0.02, 0.03, 0.11, 0.80, 0.01, 0.01, 0.01, 0.01],
        [0.01, 0.01, 0.03, 0.05, 0.30, 0.58, 0.01, 0.01],
        [0.0, 0.0, 0.02, 0.02, 0.03, 0.07, 0.71, 0.15],
        [0.01, 0.01, 0.01, 0.02, 0.02, 0.02, 0.22, 0.69],
    ]
)


SURE = (0.95, 0.98, 0.85, 0.90, 0.85, 0.97, 0.93)


IMAGE = "<img src=x onerror=alert(1)>"


HOSTILE = ("<sos>", "</s>", IMAGE, "**b**", "$x$", "<b>x</b>", "&amp;", "it's", '"', "a\\n")


def make_trace(source=FRENCH, output=ENGLISH, weights=WEIGHTS, sure=SURE, **more):
    """A trace by hand. Five candidates a step: the written token, then four that never change."""
    steps, width = len(output), len(source)
    sure = np.asarray(sure, dtype=float)
    others = [0.8, 0.08, 0.053, 0.02]
    fields = {
        "model": "hand-made",
        "reading": Reading(" ".join(source), tuple(source), tuple(range(width)), width),
        "output": tuple(output),
        "fed": ("<sos>", *output[:-1]),
        "stopped": "eos",
        "text": " ".join(output[:-1]),
        "forced": (),
        "candidates": tuple((token, "this", "today", "a", "evening") for token in output),
        "candidate_probabilities": np.column_stack(
            [sure, *[(1 - sure) * share for share in others]]
        ),
        "probabilities": sure,
        "log_probabilities": np.log(sure),
        "encoder_states": np.zeros((width, 3)),
        "initial_state": np.zeros(3),
        "decoder_states": np.zeros((steps, 3)),
        "attention": weights,
    }
    return Trace(**{**fields, **more})


def square_trace(tokens):
    """A trace that writes what it reads, each token attending to itself."""
    count = len(tokens)
    return make_trace(tokens, tokens, np.eye(count), np.full(count, 0.9))


def with_empty_slots():
    return make_trace(weights=WEIGHTS * 0.7, empty_attention=np.full(7, 0.3))
