"""Shipped models with one planted fault each, and what their originals would write."""

from __future__ import annotations

import copy
from dataclasses import replace

import torch
from torch import nn

from s2s.checkpoints import checkpoint
from s2s.model.attend import attend
from s2s.model.score import Attention
from s2s.model.seq2seq import build
from s2s.text.vocab import Vocab


def mutant(name, **changes):
    """A shipped model, its own copy, in float32."""
    system = checkpoint.load(name)
    return replace(system, model=copy.deepcopy(system.model).float(), **changes)


@torch.no_grad()
def deaf():
    """Nothing of the source reaches the decoder: the encoder's weights are gone."""
    system = mutant("fra-eng-small/plain")
    for parameter in system.model.encoder.rnn.parameters():
        parameter.zero_()
    return system


@torch.no_grad()
def one_word():
    system = mutant("fra-eng-small/plain-128")
    system.model.decoder.output.bias[system.target_vocab.ids["tired"]] += 60
    return system


@torch.no_grad()
def endless():
    system = mutant("fra-eng-small/dot")
    system.model.decoder.output.bias[system.end] -= 60
    return system


@torch.no_grad()
def stammering():
    """The decoder does not read what it is fed, and forgets where it is."""
    system = mutant("fra-eng/plain")
    rnn = system.model.decoder.rnn
    system.model.decoder.lookup.embedding.weight.zero_()
    third = len(rnn.bias_ih_l0) // 3
    rnn.bias_ih_l0[third : 2 * third] += 2.5  # the update gate keeps the state
    return system


@torch.no_grad()
def spread_out():
    system = mutant("fra-eng-small/general")
    for parameter in system.model.decoder.attention.parameters():
        parameter.zero_()
    return system


class Scored(Attention):
    """Another attention's keys with a score of one's own."""

    formula = None

    def __init__(self, inner, score):
        nn.Module.__init__(self)
        self.inner, self._score = inner, score

    def keys(self, states):
        return self.inner.keys(states)

    def score(self, query, keys):
        return self._score(query, keys)


def scored(name, score):
    system = mutant(name)
    own = system.model.decoder.attention
    system.model.decoder.attention = Scored(own, lambda q, k: score(own, q, k))
    return system


def stuck():
    """All weight on one encoder state, chosen by what it holds, at every step."""
    return scored(
        "fra-eng-small/dot",
        lambda own, q, k: (400 * k[..., 0])[:, None].expand(-1, q.shape[1], -1),
    )


def by_place():
    """Weights that depend on the state and on the place, never on what was read there."""

    def score(own, q, k):
        draw = torch.Generator().manual_seed(1)
        return q @ torch.randn(q.shape[-1], 64, generator=draw)[:, : k.shape[1]]

    return scored("fra-eng-small/dot", score)


def passing_over():
    """A third of the words, by what their states hold, can get no weight."""

    def score(own, q, k):
        low = k[..., 3] < 0.1
        return own.score(q, k).masked_fill(low[:, None], -1e4)

    return scored("fra-eng/attention", score)


def shuffled_words():
    """The output words stand in another order than in training."""
    system = mutant("fra-eng-small/dot")
    vocab = system.target_vocab
    words = [i for i in range(len(vocab)) if i not in vocab.specials]
    tokens = list(vocab.tokens)
    for i, j in zip(words, words[7:] + words[:7], strict=True):
        tokens[i] = vocab.tokens[j]
    return replace(system, target_vocab=replace_tokens(vocab, tokens))


def forgotten_words():
    """Half of the source words are unknown to the vocabulary."""
    system = mutant("fra-eng-small/dot")
    vocab = system.source_vocab
    tokens = [
        token if i in vocab.specials or i % 2 else f"zz{i}" for i, token in enumerate(vocab.tokens)
    ]
    return replace(system, source_vocab=replace_tokens(vocab, tokens))


def replace_tokens(vocab, tokens):
    return Vocab(tuple(tokens), vocab.pad, vocab.unk, vocab.bos, vocab.eos)


def never_trained():
    system = mutant("fra-eng-small/dot")
    return replace(system, model=build(system.config, seed=3).eval())


def short_trained():
    system = mutant("fra-eng-small/dot")
    return replace(system, sequence=replace(system.sequence, trained_source_length=3))


@torch.no_grad()
def misled():
    """It begins with another subject than it means, and cannot go on from its own mistake."""
    system = mutant("fra-eng-small/dot")
    subjects = [system.target_vocab.ids[word] for word in ("i", "you", "he", "she", "we", "they")]
    output = system.model.decoder.output
    for values in (output.weight, output.bias):
        values[subjects] = values[subjects[1:] + subjects[:1]].clone()
    return system


def one_row_off():
    """The map is reported one row late."""
    system = mutant("dates/attention")
    forward = system.model.decoder.forward

    def late(*arguments, **options):
        found = forward(*arguments, **options)
        return replace(found, attention=found.attention.roll(1, dims=1))

    system.model.decoder.forward = late
    return system


def unmasked(scores, memory, mask, vacant=None, given=None):
    """Attention over padding: the real `attend` with every place allowed."""
    return attend(scores, memory, torch.ones_like(mask), vacant, given)


def over_steps(scores, memory, mask, vacant=None, given=None):
    """A softmax over the output steps in place of the source places."""
    found = attend(scores, memory, mask, vacant, given)
    weights = torch.softmax(scores.masked_fill(~mask[:, None], -1e9), dim=1)
    return replace(found, weights=weights, context=weights @ memory)


FAULTS = (
    deaf, one_word, endless, stammering, spread_out, stuck, by_place, passing_over, shuffled_words,
    forgotten_words, never_trained, short_trained, one_row_off, misled,
)  # fmt: skip
"""Every mutant that is a model of its own."""
