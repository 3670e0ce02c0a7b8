"""From decoder states to log odds and back by hand: attention, attentional layer, output layer.

In float64, all T steps at once: no step's output enters another one's. What the scores are made of
is the attention's own to say; the rest is NumPy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from s2s.model.score import Attention
from s2s.probes.sentence import Sentence
from s2s.results import Array


@dataclass(frozen=True, eq=False)
class Reads:
    """How the T losses depend on the encoder states through attention.

    Attributes:
        pairs: ([T, S], [T, H]) whose outer products are summed.
        rest: [T, S, H] to be added, or None.
    """

    pairs: Sequence[tuple[Array, Array]] = ()
    rest: Array | None = None

    def add(self, dh: Array, place: int, part: slice) -> None:
        """Add the share of one encoder state to its adjoint [T, part of H], in place."""
        for weights, vectors in self.pairs:
            dh += weights[:, place, None] * vectors[:, part]
        if self.rest is not None:
            dh += self.rest[:, place, part]


@dataclass(frozen=True, eq=False)
class Top:
    """What the losses depend on directly; row t belongs to -ln(p_t / (1 - p_t)).

    Attributes:
        log_odds: [T] ln(p_t / (1 - p_t)).
        states: [T, H] adjoints of the decoder's states, each at its own step.
        peek: [T, H] of the decoder's first state through the output layer; None unless it peeks.
        reads: of the encoder's states through attention.
    """

    log_odds: Array
    states: Array
    peek: Array | None
    reads: Reads


def output_layers(sentence: Sentence, queries: Array, memory: Array, first: Array) -> Top:
    """Forward and back through everything above the recurrence.

    Args:
        sentence: weights and targets.
        queries: [T, H] decoder states.
        memory: [S, H] encoder states in reading order.
        first: [H] the decoder's state before its first step.
    """
    config, size = sentence.config, sentence.config.hidden
    features = queries
    if sentence.attention is not None:
        attention = _softmax(scores(sentence.attention, queries, memory), _vacant(sentence, memory))
        features = np.concatenate([attention @ memory, queries], axis=1)  # [T, 2H]
        if config.attentional_layer:
            features = np.tanh(sentence.affine("decoder.attentional", features))  # [T, H]
    output, peeks = features, "output" in config.peeks
    if peeks:
        output = np.concatenate([np.broadcast_to(first, queries.shape), features], axis=1)
    log_odds, d_logits = _log_odds(sentence.affine("decoder.output", output), sentence)

    d_output = d_logits @ sentence.matrix("decoder.output")
    d_peek, d_features = (d_output[:, :size], d_output[:, size:]) if peeks else (None, d_output)
    if sentence.attention is None:
        return Top(log_odds, d_features.copy(), d_peek, Reads())
    if config.attentional_layer:
        d_sums = d_features * (1 - features * features)
        d_features = d_sums @ sentence.matrix("decoder.attentional")
    d_context, d_query = d_features[:, :size], d_features[:, size:]
    d_attention = d_context @ memory.T  # [T, S]
    # The empty slots hold zero vectors, so they add nothing to the mean.
    mean = (attention * d_attention).sum(axis=1, keepdims=True)
    d_scores = attention * (d_attention - mean)
    found, reads = scores_back(sentence.attention, queries, memory, d_scores)
    pairs = [(attention, d_context), *reads.pairs]
    return Top(log_odds, d_query + found, d_peek, Reads(pairs, reads.rest))


def scores(attention: Attention, queries: Array, memory: Array) -> Array:
    """[T, S] attention scores of [T, H] and [S, H]."""
    keys = attention.keys(torch.from_numpy(memory)[None])
    return attention.score(torch.from_numpy(queries)[None], keys)[0].numpy()


def scores_back(
    attention: Attention, queries: Array, memory: Array, d_scores: Array
) -> tuple[Array, Reads]:
    """Adjoints [T, S] of the scores to those of the queries [T, H] and of the encoder states."""
    found = attention.scores_back(*map(torch.from_numpy, (queries, memory, d_scores)))
    if found is None:
        raise ValueError(f"{type(attention).__name__} has no derivative by hand")
    if isinstance(found.memory, Tensor):
        return found.query.numpy(), Reads(rest=found.memory.numpy())
    weights, vectors = found.memory
    return found.query.numpy(), Reads([(weights.numpy(), vectors.numpy())])


def _vacant(sentence: Sentence, memory: Array) -> int:
    """How many empty slots score 0."""
    return max(0, (sentence.config.attention_slots or 0) - len(memory))


def _softmax(found: Array, vacant: int) -> Array:
    """[T, S] weights; the vacant slots' share is left out, so a row may sum to less than 1."""
    most = found.max(axis=1, keepdims=True)
    if vacant:
        most = np.maximum(most, 0)
    powers = np.exp(found - most)
    return powers / (powers.sum(axis=1, keepdims=True) + vacant * np.exp(-most))


def _log_odds(logits: Array, sentence: Sentence) -> tuple[Array, Array]:
    """[T] log odds of the targets, and minus their derivative by the logits [T, V].

    The others' powers are summed without the target's, so nothing cancels as p goes to 1. The
    derivative is the softmax over the others, and -1 at the target.
    """
    rows, own = np.arange(len(logits)), sentence.target.numpy()
    others = logits.copy()
    others[rows, own] = -np.inf
    most = others.max(axis=1, keepdims=True)
    powers = np.exp(others - most)
    total = powers.sum(axis=1, keepdims=True)
    log_odds = logits[rows, own] - (most + np.log(total))[:, 0]
    powers /= total
    powers[rows, own] = -1
    return log_odds, powers
