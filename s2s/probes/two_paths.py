"""TwoPaths of a sentence: what comes back through attention and what through the recurrence."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from s2s.decoding.system import System
from s2s.probes.gradients import ready, state_gradients
from s2s.probes.sentence import Sentence
from s2s.probes.through_time import sigmoid
from s2s.probes.unrolled import decode, encode, log_odds
from s2s.results import Array, Reading, Source
from s2s.results.two_paths import TwoPaths


@torch.inference_mode(mode=False)
def two_paths(
    system: System, text: Source | Reading, target: str | Sequence[int] | None = None
) -> TwoPaths:
    """Split the gradient of every output token's loss at every encoder state, in float64.

    Args:
        system: the model; only read.
        text: the source, typed or read.
        target: as in `gradient_flow`.

    Raises:
        UserError: for a text or target the model cannot read or write.
    """
    reading, output, _, sentence = ready(system, text, target)
    found = state_gradients(sentence, "hidden", system.config.layers - 1)
    loss = sigmoid(-found.log_odds)[:, None, None]  # of -ln p, not of the odds
    whole = found.encoder * loss
    direct = None if sentence.attention is None else through_attention(sentence) * loss
    rest = whole if direct is None else whole - direct
    return TwoPaths(
        model=system.name,
        reading=reading,
        output=tuple(system.target_vocab.decode(output)),
        whole=_size(whole),
        attention=None if direct is None else _size(direct),
        recurrence=_size(rest),
        decoder=_size(found.decoder * loss),
        places=sentence.places,
        two_way=system.config.bidirectional,
    )


def _size(vectors: Array) -> Array:
    """[T, N, H] to [T, N]."""
    return np.abs(vectors).sum(-1)


def through_attention(sentence: Sentence) -> Array:
    """[T, S, M] gradients of -ln(p_t / (1 - p_t)) by what attention reads, the rest held.

    Held are the recurrence of the encoder and the decoder's first state. Where the context enters
    the cell, what came this way may go on through the decoder's states. Of two ways whose states
    are added up, each has the gradient of the sum.
    """
    memory, hidden, cell = encode(sentence)
    memory = memory.detach().requires_grad_()
    steps = len(sentence.target)
    with torch.enable_grad():
        odds = log_odds(decode(sentence, memory, hidden, cell).logits, sentence.target)
    (rows,) = torch.autograd.grad(
        odds, memory, -torch.eye(steps, dtype=torch.float64), is_grads_batched=True
    )
    if sentence.config.directions == "sum":
        rows = torch.cat([rows, rows], dim=-1)
    return rows.numpy()
