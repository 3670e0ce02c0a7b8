"""The proof: a model equal to its original, and every planted mistake found by its name."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from tiny import build_system, texts

from s2s.config import SequenceConfig
from s2s.decoding import batched
from s2s.evaluation.original import Original, prove
from s2s.evaluation.variants import variants
from s2s.model.batch import make_source
from s2s.text.vocab import BOS, EOS, PAD, UNK, Vocab

TEXTS = [text for text in texts(9, seed=4, longest=6) if len(text.split()) > 2][:5]
SOURCE = Vocab((PAD, UNK, EOS, *"abcdefgh", BOS), pad=0, unk=1, eos=2, bos=11)
LSTM = {"cell": "lstm", "attention": "dot", "bridge": "hidden_and_cell"}
GRU = {"attention": "additive"}
CELL = {"attention": "general", "query": "previous", "context_into": "cell",
        "attentional_layer": False, "target_embedding": 6}  # fmt: skip
# What is planted: the model, the words in the sentence of the variant that the original is, and
# the words that the mistaken model must be told.
PLANTED = [
    ("gates of an LSTM", LSTM, "LSTM gates are in the order f, g, i, o"),
    ("gates of a GRU", GRU, "GRU gates are in the order z, r, n"),
    ("a ReLU", GRU, "a ReLU after the decoder's embedding"),
    ("slots", GRU, "leaves empty places unmasked"),
    ("the reading direction", GRU, "reads the source the other way round"),
    ("the start token", GRU, "starts from <eos>"),
    ("the source's end token", GRU, "reads the source without an end token"),
    ("the source's start token", GRU, "reads the source with a start token"),
    ("padding", LSTM, "reads padding too, up to 20 tokens"),
    ("the bridge", LSTM, "starts the decoder's cell at zero"),
    ("no first state", GRU, "starts the decoder from zeros"),
    ("one state for both", LSTM, "starts the decoder's cell from the hidden state too"),
    ("the top layer's state", LSTM | {"layers": 2}, "every layer of the decoder from the top"),
    ("the bridge's tanh", GRU | {"bridge_layer": "always"}, "no tanh behind the layer before"),
    ("the order before the output", GRU, "the state before the context, [s; c]"),
    ("the order before the cell", CELL, "reads the embedding before the context, [x; c]"),
    ("the query", GRU, "asks with the state before the fed token"),
    ("the encoder's first states", {"bidirectional": True, "directions": "sum", "layers": 2,
                                    "bridge_layer": "never"}, "the first states of the encoder"),
]  # fmt: skip


def system_of(switches, seed=3):
    sequence = SequenceConfig(max_source_length=12, max_output_length=9)
    return build_system(sequence, SOURCE, seed=seed, **switches)


def originals(system, read=lambda ids: ids, asked=None, logits=True):
    """What a model does with the texts, told in the ids of the model that is asked."""
    rows = [(asked or system).read(text).ids for text in TEXTS]
    found = []
    for ids in rows:
        (written,) = batched.write(system, [read(ids)])
        source = make_source([read(ids)], system.config, system.sequence, system.source_vocab)
        memory, state = system.model.encode(source)
        fed = torch.tensor([[system.start, *written.ids[:-1]]])
        step = system.model.decoder(fed, state, memory)
        numbers = step.logits[0].numpy() if logits else None
        found.append(Original(tuple(ids), written.ids, numbers, whole=True))
    return found


@pytest.mark.parametrize("switches", [LSTM, GRU, CELL])
def test_a_model_is_its_own_original(switches):
    system = system_of(switches)
    given = originals(system)
    proof = prove(system, given)
    assert proof.holds and proof.equal == proof.sentences == 5 and proof.deviation < 1e-12
    assert proof.says().startswith("Equal to the original to ")
    without = prove(system, originals(system, logits=False))
    assert without.says() == "Equal to the original on 5 sentences, word by word."


@pytest.mark.parametrize(("what", "switches", "told"), PLANTED, ids=[row[0] for row in PLANTED])
def test_a_planted_mistake_is_found_by_its_name(what, switches, told):
    """The original is the model read in another way: that way is what is named."""
    system = system_of(switches)
    (variant,) = [one for one in variants(system, 7) if told in str(one.name)]
    given = originals(variant.system, variant.read, system)
    proof = prove(system, given)
    assert not proof.holds and told in str(proof.cause) and told in proof.says()
    assert proof.first is not None and proof.first.step >= 1


def test_other_weights_are_explained_by_nothing():
    proof = prove(system_of(GRU, 5), originals(system_of(GRU)))
    assert not proof.holds and proof.cause == "" and "No known mistake" in proof.says()
    assert "sentence 1 parts at step" in proof.says()


def test_numbers_count_where_words_are_the_same():
    system = system_of(GRU)
    given = originals(system)
    other = [replace(one, logits=one.logits + np.where(np.arange(10) == 0, 0.5, 0.0))
             for one in given]  # fmt: skip
    proof = prove(system, other)
    assert proof.equal == 5 and not proof.holds
    assert "other numbers" in proof.says() and "5.0e-01 off" in proof.says()


def test_an_original_that_had_to_stop_is_no_difference():
    system = system_of(GRU)
    given = [replace(one, output=one.output[:2], logits=None) for one in originals(system)]
    assert prove(system, given).holds
    ended = [replace(one, whole=False) for one in given]
    assert not prove(system, ended).holds
