"""Anybody's module: its own answers, its map, its beam and its attributions."""

import numpy as np
import pytest
import torch
from foreign_models import BOS, EOS, SOURCE, TARGET, Tutorial2017, Tutorial2023, made
from torch import nn

import s2s
from s2s import plots
from s2s.checkpoints.importers.recognise import recognise
from s2s.errors import UserError
from s2s.probes import agreement, gradient_flow, hidden_states, saliency
from s2s.probes.walk import walk

WORDS = [chr(97 + i) for i in range(SOURCE)]
ANSWERS = [f"t{i}" for i in range(TARGET)]
IDS = [3, 5, 7, 2]
TEXT = " ".join(WORDS[i] for i in IDS[:-1])


class Mine(nn.Module):
    """Ten lines around the tutorial of 2023."""

    def __init__(self, model):
        super().__init__()
        self.model = model

    def embed(self, ids):
        return self.model.encoder.embedding(ids)

    def encode(self, vectors):
        states, state = self.model.encoder.run(vectors[None])
        return states[0], state

    def step(self, token, state, memory):
        attention = self.model.decoder.attention
        query = state.transpose(0, 1)
        mixed = torch.tanh(attention.Wa(query) + attention.Ua(memory[None]))
        weights = attention.Va(mixed)[..., 0].softmax(-1)
        logits, state = self.model.step(torch.tensor([[token]]), state, memory[None])
        return logits, weights, state


def system(**more):
    adapter = Mine(made(Tutorial2023()))
    return s2s.adapt(adapter, WORDS, ANSWERS, BOS, EOS, source_end=2, longest=8, **more)


def test_it_answers_as_it_does_by_itself():
    model, trace = made(Tutorial2023()), system().translate(TEXT)
    output, logits = model.answer(IDS)
    assert trace.output == tuple(ANSWERS[i] for i in output) and trace.source[-1] == WORDS[2]
    log_p = logits.double().log_softmax(-1)
    wanted = [float(row[i]) for row, i in zip(log_p, output, strict=True)]
    np.testing.assert_allclose(trace.log_probabilities, wanted, atol=1e-5)
    np.testing.assert_allclose(trace.attention.sum(1), 1, atol=1e-6)
    contexts = trace.attention @ trace.encoder_states
    np.testing.assert_allclose(trace.contexts, contexts, atol=1e-5)
    assert trace.scores is None
    chart = plots.attention_map(trace)
    assert chart.to_dict() if hasattr(chart, "to_dict") else chart


def test_beam_and_samples_and_forced_words():
    adapted = system()
    traces, tree = adapted.beam(TEXT, 4)
    greedy = adapted.beam(TEXT, 1)[0][0]
    assert greedy.output == adapted.translate(TEXT).output
    assert traces[0].log_probability >= greedy.log_probability - 1e-6
    assert tree.tokens[0] == ANSWERS[BOS]
    assert adapted.sample(TEXT, seed=1).output == adapted.sample(TEXT, seed=1).output
    assert adapted.translate(TEXT, "t4 t5").output[:2] == ("t4", "t5")


def ours():
    """The same weights, recognised: a model of the family."""
    found = recognise(made(Tutorial2023()).state_dict())
    from s2s.config import SequenceConfig
    from s2s.decoding.translator import Translator
    from s2s.model.seq2seq import blank
    from s2s.text.vocab import Vocab

    model = blank(found.config)
    model.load_state_dict(dict(found.weights), assign=True)
    sequence = SequenceConfig(source_normaliser="verbatim", start_token=ANSWERS[BOS],
                              max_source_length=8, max_output_length=8)  # fmt: skip
    return Translator("own/ours", "own", model.eval(), sequence, Vocab(tuple(WORDS), eos=2),
                      Vocab(tuple(ANSWERS), bos=BOS, eos=EOS))  # fmt: skip


def test_attributions_are_those_of_the_same_model_among_ours():
    """Recognised from the same weights: another way through other code."""
    mine, theirs = saliency(system(), TEXT), saliency(ours(), TEXT)
    for name in ("gradient_x_input", "integrated_gradients", "leave_one_out", "attention"):
        np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name), atol=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize("probe", [gradient_flow, hidden_states])
def test_what_takes_a_model_apart_refuses_by_name(probe):
    with pytest.raises(UserError, match="'its own'. Its steps cannot be taken apart"):
        probe(system(), TEXT)
    with pytest.raises(UserError, match="cannot be taken apart"):
        walk(system(), TEXT, 0)
    with pytest.raises(UserError, match="cannot be given attention weights"):
        agreement(system(), TEXT, permutations=2)
    with pytest.raises(UserError, match="cannot be given attention weights"):
        system().translate(TEXT, attend={0: [1, 0, 0, 0]})


class Stated(Mine):
    """State by state: the same function."""

    def step_states(self, vectors, fed, touch):
        net, memory, h = self.model, [], None
        for s, vector in enumerate(vectors):
            _, h = net.encoder.run(vector[None, None], h)
            h = touch.encoder(s, h)
            memory.append(h[0])
        memory, h, rows = torch.cat(memory)[None], touch.first(h), []
        for t, token in enumerate(fed):
            context = net.decoder.attention(h.transpose(0, 1), memory)
            read = torch.cat([net.decoder.embedding(token[None, None]), context], -1)
            h = touch.decoder(t, net.decoder.run(read, h)[1])
            rows.append(net.decoder.out(h).reshape(-1))
        return torch.stack(rows)


class Skips(Stated):
    def step_states(self, vectors, fed, touch):
        touch.first = lambda h: h
        return super().step_states(vectors, fed, touch)


class Other(Stated):
    def step_states(self, vectors, fed, touch):
        return 2 * super().step_states(vectors, fed, touch)


class Short(Stated):
    def step_states(self, vectors, fed, touch):
        return super().step_states(vectors, fed[:-1], touch)


def stated(kind=Stated):
    return s2s.adapt(kind(made(Tutorial2023())), WORDS, ANSWERS, BOS, EOS, source_end=2, longest=8)


@pytest.mark.slow
@pytest.mark.parametrize("of", ["log_odds", "loss"])
def test_step_states_give_the_hidden_state_gradients_of_the_same_model_among_ours(of):
    """Recognised from the same weights and unrolled by our own equations: another way."""
    mine, theirs = stated().gradients(TEXT, of=of), gradient_flow(ours(), TEXT, of=of)
    assert mine.output == theirs.output and mine.places == theirs.places == (0, 1, 2, 3)
    for name in ("encoder", "decoder", "bottleneck", "losses", "probabilities"):
        np.testing.assert_allclose(getattr(mine, name), getattr(theirs, name), rtol=2e-3, atol=2e-5)
    assert (mine.decoder[np.triu_indices(mine.steps, 1)] == 0).all()
    assert mine.plot().to_dict()["layer"]
    assert all(p.grad is None for p in stated().model.adapter.parameters())


@pytest.mark.parametrize(
    ("kind", "told"),
    [(Skips, "no state first 0 through touch"), (Other, "other logits than step"),
     (Short, "must return logits")],
)  # fmt: skip
def test_step_states_that_are_another_function_are_refused(kind, told):
    with pytest.raises(UserError, match=told):
        stated(kind).gradients(TEXT)
    with pytest.raises(UserError, match="one hidden state a step, and no other"):
        stated().gradients(TEXT, state="cell")


class Deaf(Mine):
    """Without weights; another state's shape."""

    def step(self, token, state, memory):
        logits, weights, state = super().step(token, state[0], memory)
        return logits, None, (state, "spare")

    def encode(self, vectors):
        states, state = super().encode(vectors)
        return states, (state, "spare")


def test_without_weights_there_is_no_attention_and_no_zeros():
    adapted = s2s.adapt(Deaf(made(Tutorial2023())), WORDS, ANSWERS, BOS, EOS, source_end=2,
                        longest=8)  # fmt: skip
    trace = adapted.translate(TEXT)
    assert trace.attention is None and trace.contexts is None
    assert trace.output == system().translate(TEXT).output


class Wrong(Mine):
    def step(self, token, state, memory):
        logits, weights, state = super().step(token, state, memory)
        return logits, weights[:, :1].expand(1, 9), state


class Listed(Mine):
    def step(self, token, state, memory):
        logits, weights, state = super().step(token, state, memory)
        return logits.tolist(), weights, state


@pytest.mark.parametrize(
    ("adapter", "told"),
    [
        (object(), "lacks embed, encode, step"),
        (Wrong(made(Tutorial2023())), "step's weights must be a tensor of 4 rows; they are of sh"),
        (Listed(made(Tutorial2023())), "step's logits must be a tensor; they are a list"),
    ],
)
def test_what_does_not_fit_is_told(adapter, told):
    with pytest.raises(UserError, match=told):
        s2s.adapt(adapter, WORDS, ANSWERS, BOS, EOS, source_end=2).translate(TEXT)


def test_ten_lines_of_a_notebook():
    """From a module to its map: what a person types."""
    namespace = {"net": made(Tutorial2017()), "words": WORDS, "answers": ANSWERS}
    lines = """
import s2s, torch
class Mine:
    def embed(self, ids): return net.encoder.embedding(ids)
    def encode(self, x): states, h = net.encoder.run(x[None]); return states[0], h
    def step(self, token, h, memory):
        x = torch.cat([net.decoder.embedding(torch.tensor([token])), h[0]], 1)
        logits, after = net.step(torch.tensor([[token]]), h, memory[None])
        return logits, net.decoder.attn(x).softmax(1)[0, :len(memory)], after
trace = s2s.adapt(Mine(), words, answers, start=1, end=2, longest=8).translate("d f h")
chart = s2s.plots.attention_map(trace)
""".strip().splitlines()
    assert len(lines) <= 10
    exec("\n".join(lines), namespace)
    assert namespace["trace"].attention.shape == (namespace["trace"].steps, 3)
