"""Attention: scores between decoder states and encoder states, weights, context.

Every kind is a module with ``keys`` (once per sentence) and ``score`` (once per step); the
softmax and the weighted sum are shared. The decoder's state *after* reading the fed token is the
query, as in Luong et al. 2015.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn


class Dot(nn.Module):
    """score = q . h (Luong et al. 2015, eq. 8, dot)."""

    def __init__(self, hidden: int):
        super().__init__()

    def keys(self, memory: Tensor) -> Tensor:
        """[B, S, H] the encoder states themselves."""
        return memory

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, H] and keys [B, S, H]."""
        return query @ keys.transpose(1, 2)


class ScaledDot(Dot):
    """score = q . h / sqrt(H) (Vaswani et al. 2017, eq. 1)."""

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, H] and keys [B, S, H]."""
        return super().score(query, keys) / math.sqrt(query.shape[-1])


class General(Dot):
    """score = q . W h (Luong et al. 2015, eq. 8, general)."""

    def __init__(self, hidden: int):
        super().__init__(hidden)
        self.weight = nn.Linear(hidden, hidden, bias=False)

    def keys(self, memory: Tensor) -> Tensor:
        """[B, S, H] W h."""
        return self.weight(memory)


class Additive(nn.Module):
    """score = v . tanh(W q + U h) (Bahdanau et al. 2015, appendix A.1.2)."""

    def __init__(self, hidden: int):
        super().__init__()
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.energy = nn.Linear(hidden, 1, bias=False)

    def keys(self, memory: Tensor) -> Tensor:
        """[B, S, H] U h."""
        return self.key(memory)

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        """[B, T, S] from queries [B, T, H] and keys [B, S, H]."""
        mixed = torch.tanh(self.query(query)[:, :, None] + keys[:, None])  # [B, T, S, H]
        return self.energy(mixed).squeeze(-1)


ATTENTIONS: dict[str, type[nn.Module]] = {
    "dot": Dot,
    "scaled_dot": ScaledDot,
    "general": General,
    "additive": Additive,
}


@dataclass(frozen=True, eq=False)
class Attended:
    """What attention computed.

    Attributes:
        context: [B, T, H] weighted sum of encoder states.
        scores: [B, T, S] before the softmax; minus infinity on padding.
        weights: [B, T, S] exactly 0 on padding.
        empty: [B, T] weight on empty slots, or None without slots.
    """

    context: Tensor
    scores: Tensor
    weights: Tensor
    empty: Tensor | None


def attend(
    scores: Tensor,
    memory: Tensor,
    mask: Tensor,
    slots: int | None = None,
    given: Tensor | None = None,
) -> Attended:
    """Softmax over real tokens, then the weighted sum (Luong et al. 2015, eq. 7).

    Args:
        scores: [B, T, S].
        memory: [B, S, H] encoder states.
        mask: [B, S] True on real tokens.
        slots: with N slots, the N - length empty ones are zero vectors that score 0 and take
            weight (tutorial 3). Their sum is one more column of the softmax, of score
            log(N - length), so nothing of size N is ever built.
        given: [B, T, S] weights to use instead; a row of NaN means "not given".
    """
    scores = scores.masked_fill(~mask[:, None], -math.inf)
    empty = None
    if slots is None:
        weights = torch.softmax(scores, dim=-1)
    else:
        vacant = (slots - mask.sum(1)).clamp(min=0).to(scores).log()  # [B], -inf when full
        column = vacant[:, None, None].expand(-1, scores.shape[1], 1)
        full = torch.softmax(torch.cat([scores, column], dim=-1), dim=-1)
        weights, empty = full[..., :-1], full[..., -1]
    if given is not None:
        chosen = ~given.isnan().any(-1)  # [B, T]
        weights = torch.where(chosen[..., None], given.nan_to_num(0.0), weights)
        if empty is not None:
            empty = torch.where(chosen, torch.zeros_like(empty), empty)
    return Attended(weights @ memory, scores, weights, empty)
