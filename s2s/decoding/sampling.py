"""Sampling: tokens drawn from the model's distribution instead of its favourite."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor

from s2s.decoding.single import Attend, decode
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.results import Reading, Trace
from s2s.text.language import later

LAST_SEED = 2**53 - 1
"""The largest whole number that a browser holds exactly."""


def sample(
    system: System,
    reading: Reading,
    temperature: float = 1.0,
    top_k: int | None = None,
    seed: int = 0,
    prefix: Sequence[int] = (),
    attend: Attend | None = None,
) -> Trace:
    """Write one token at a time, each drawn by chance; the same seed draws the same.

    A token is drawn from softmax(logits / temperature) over the `top_k` most probable tokens.
    Temperature and `top_k` change what is drawn; the probabilities of the Trace stay the model's
    own, those of temperature 1 over all V tokens, so samples and greedy output can be compared.

    Args:
        system: the model with its vocabularies.
        reading: the source.
        temperature: above 0; towards 0 it becomes greedy, above 1 it is more even.
        top_k: draw among so many most probable tokens, 1 to V; 1 is greedy, None is all V.
        seed: 0 to 2^53 - 1, for a generator of its own: no other random numbers change.
        prefix: ids of the first output tokens; drawing begins after them.
        attend: 0-based step to S non-negative weights, renormalised to sum to 1.

    Raises:
        UserError: for a temperature, top-k, seed, prefix or weights that cannot be.
    """
    size = len(system.target_vocab)
    if not (temperature > 0 and math.isfinite(temperature)):
        raise UserError(
            later(
                "The temperature is {temperature}; it must be a number above 0.",
                temperature=temperature,
            )
        )
    if top_k is not None and not 1 <= top_k <= size:
        raise UserError(
            later(
                "Top-k is {top_k}; it must be 1 to {size}, the tokens this model knows.",
                top_k=top_k,
                size=size,
            )
        )
    if not 0 <= seed <= LAST_SEED:
        raise UserError(
            later(
                "The seed is {seed}; it must be a whole number of 0 to {last}.",
                seed=seed,
                last=LAST_SEED,
            )
        )
    generator = torch.Generator().manual_seed(seed)

    def draw(logits: Tensor) -> int:
        # Stable: of equals the first, as greedy takes it.
        ids = logits.argsort(descending=True, stable=True)[: top_k or size]
        best = logits[ids].double()
        # From the largest down, so that no temperature makes an infinity of it.
        odds = torch.softmax((best - best[0]) / temperature, dim=-1)
        return int(ids[torch.multinomial(odds, 1, generator=generator)])

    return decode(system, reading, draw, prefix, attend)
