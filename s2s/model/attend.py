"""From scores to a context: the softmax and the weighted sum that all kinds of attention share."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True, eq=False)
class Attended:
    """What attention computed.

    Attributes:
        context: [B, T, M] weighted sum of encoder states.
        scores: [B, T, S] before the softmax; minus infinity on padding.
        weights: [B, T, S] exactly 0 on padding.
        empty: [B, T] weight on empty slots, or None without slots.
    """

    context: Tensor
    scores: Tensor
    weights: Tensor
    empty: Tensor | None


def empty_slots(mask: Tensor, slots: int, like: Tensor) -> Tensor:
    """[B] log of how many slots are empty: the score of all of them together; -inf when full."""
    return (slots - mask.sum(1)).clamp(min=0).to(like).log()


def attend(
    scores: Tensor,
    memory: Tensor,
    mask: Tensor,
    vacant: Tensor | None = None,
    given: Tensor | None = None,
) -> Attended:
    """Softmax over real tokens, then the weighted sum (Luong et al. 2015, eq. 7).

    Args:
        scores: [B, T, S].
        memory: [B, S, M] encoder states.
        mask: [B, S] True on real tokens.
        vacant: [B, T, N] scores of empty slots, which take weight; see `Attention.vacant`.
        given: [B, T, S] weights to use instead; a row of NaN means "not given".
    """
    scores = scores.masked_fill(~mask[:, None], -math.inf)
    empty = None
    if vacant is None:
        weights = torch.softmax(scores, dim=-1)
    else:
        full = torch.softmax(torch.cat([scores, vacant], dim=-1), dim=-1)
        weights, rest = full.split([scores.shape[-1], vacant.shape[-1]], dim=-1)
        empty = rest.sum(-1)
    if given is not None:
        chosen = ~given.isnan().any(-1)  # [B, T]
        weights = torch.where(chosen[..., None], given.nan_to_num(0.0), weights)
        if empty is not None:
            empty = torch.where(chosen, torch.zeros_like(empty), empty)
    return Attended(weights @ memory, scores, weights, empty)
