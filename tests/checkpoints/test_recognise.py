"""Other people's models: recognised from names and shapes, equal to the original in every logit."""

import numpy as np
import pytest
import torch
from foreign_models import BOS, EOS, MODELS, SOURCE, TARGET, made

from s2s.checkpoints.importers.recognise import recognise
from s2s.config import SequenceConfig
from s2s.decoding import single
from s2s.decoding.translator import Translator
from s2s.model.seq2seq import blank
from s2s.results import Reading
from s2s.text.vocab import Vocab

SENTENCES = [
    [3, 5, 2], [4, 4, 7, 2], [9, 2], [11, 3, 8, 6, 5, 2], [10, 6, 2], [3, 3, 3, 3, 2],
    [7, 8, 9, 10, 11, 3, 2], [5, 2], [6, 11, 2], [8, 4, 3, 2], [9, 10, 2], [4, 7, 5, 2],
]  # fmt: skip


def system_of(found, dtype=torch.float32):
    model = blank(found.config)
    model.load_state_dict({n: v.to(dtype) for n, v in found.weights.items()}, assign=True)
    words = [[f"{side}{i}" for i in range(n)] for side, n in (("s", SOURCE), ("t", TARGET))]
    vocabs = [Vocab(tuple(w), bos=BOS, eos=EOS) for w in words]
    sequence = SequenceConfig(
        source_normaliser="verbatim", start_token=vocabs[1].tokens[BOS], max_source_length=8,
        max_output_length=8,
    )  # fmt: skip
    return Translator("fra-eng/own", "fra-eng", model.eval(), sequence, *vocabs, "French")


def greedy(system, ids):
    reading = Reading("", tuple(system.source_vocab.decode(ids)), tuple(ids), len(ids))
    trace = single.greedy(system, reading)
    with torch.inference_mode():
        fed = torch.tensor([[system.target_vocab.ids[token] for token in trace.fed]])
        from s2s.model.batch import make_source

        source = make_source([ids], system.config, system.sequence, system.source_vocab)
        memory, state = system.model.encode(source)
        logits = system.model.decoder(fed, state, memory).logits[0]
    return [system.target_vocab.ids[token] for token in trace.output], logits


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=["float64", "float32"])
@pytest.mark.parametrize("name", MODELS)
def test_every_logit_is_the_originals(name, dtype):
    """In float64 to rounding of the weights' own float32; in float32 to what it can tell apart."""
    kind, switches, family = MODELS[name]
    original = made(kind(**switches))  # float32 weights, whatever is computed with them
    found = recognise(original.state_dict())
    assert found.family.name == family
    system, original = system_of(found, dtype), original.to(dtype)
    within = 2e-6 if dtype == torch.float64 else 1e-4
    for ids in SENTENCES:
        output, wanted = original.answer(ids)
        mine, logits = greedy(system, ids)
        np.testing.assert_allclose(logits[: len(wanted)], wanted, rtol=0, atol=within)
        assert mine == output
