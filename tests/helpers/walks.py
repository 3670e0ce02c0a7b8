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
    "fra-eng-small/bahdanau": "je suis fatigué.",
    "fra-eng-small/input-feeding": "je suis fatigué.",
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


BAHDANAU = {"query": "previous", "attentional_layer": False}
OTHER_PARTS = {
    "Bahdanau 2015": {"attention": "additive", "context_into": "cell", "attention_bias": True,
                      "encoder_hidden": 8, "bidirectional": True} | BAHDANAU,
    "context twice": {"attention": "general", "context_into": "cell_and_output", "cell": "lstm",
                      "embedding_into_output": True, "encoder_hidden": 4, "layers": 2,
                      "bridge_layer": "always", "hidden": 12} | BAHDANAU,
    "dot before": {"attention": "dot", "peeky": "cell_and_output", "attention_slots": 8} | BAHDANAU,
    "input feeding": {"attention": "scaled_dot", "input_feeding": True, "directions": "sum",
                      "bidirectional": True, "hidden": 12, "embedding_into_output": True},
    "fed and before": {"attention": "additive", "input_feeding": True, "query": "previous",
                       "context_into": "cell_and_output", "cell": "rnn", "seed": 4},
    "location": {"attention": "location", "attention_slots": 9},
    "the old tutorial": {"attention": "location", "attention_slots": 8, "attention_bias": True,
                         "embedding_into_query": True, "input_layer": True,
                         "context_into": "cell", "target_activation": "relu"} | BAHDANAU,
    "a full location": {"attention": "location", "attention_slots": 6, "context_into": "cell",
                        "cell": "lstm"} | BAHDANAU,
    "embedding out": {"embedding_into_output": True, "peeky": "cell_and_output"},
}  # fmt: skip
"""The parts that tutorials beyond the five have, each in a model of its own."""


def load(name):
    if not (ROOT / "checkpoints" / name / "model.safetensors").is_file():
        pytest.skip(f"{name} is not shipped")
    return checkpoint.load(name)
