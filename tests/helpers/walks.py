"""The models whose steps are walked through."""

import itertools

import pytest
from tiny import ROOT, build_system

from s2s.checkpoints import checkpoint

TEXT = "a b c d e"


KINDS = ("none", "dot", "scaled_dot", "general", "additive")


PEEKY = ("none", "cell", "cell_and_output")


SHIPPED = {
    "toy/attention": "저는 강사 입니다",
    "toy/plain": "저는 강사 입니다",
    "dates/attention": "march 3, 2001",
    "fra-eng/attention": "je suis fatigué ce soir.",
    "fra-eng-small/additive": "je suis fatigué.",
    "fra-eng-small/attention": "je suis fatigué.",
    "dates-book/peeky": "march 3, 2001",
}


def family(kind):
    """Every model of a kind of attention: 8 units are written out, 12 are not."""
    layer, slots = ((False, True), (None, 8)) if kind != "none" else ((True,), (None,))
    cases = itertools.product(("gru", "lstm", "rnn"), layer, slots, PEEKY)
    for number, (cell, attentional, places, peeky) in enumerate(cases):
        yield build_system(
            cell=cell, attention=kind, attentional_layer=attentional, attention_slots=places,
            peeky=peeky, hidden=(6, 12)[number % 2], seed=number,
        )  # fmt: skip


def load(name):
    if not (ROOT / "checkpoints" / name / "model.safetensors").is_file():
        pytest.skip(f"{name} is not shipped")
    return checkpoint.load(name)
