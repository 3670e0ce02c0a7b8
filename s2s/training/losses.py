"""The loss of a batch, and what a batch counts for in an epoch."""

from __future__ import annotations

from collections.abc import Callable

import torch.nn.functional as F
from torch import Tensor

from s2s.config import choose
from s2s.model.batch import Batch


def _targets(lengths: Tensor) -> int:
    return int(lengths.sum())


# (losses [B, T] and their mask to the batch's loss, lengths [B] to its weight in an epoch).
REDUCTIONS: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], Callable[[Tensor], int]]] = {
    "non_pad_tokens": (lambda losses, mask: (losses * mask).sum() / mask.sum(), _targets),
    "mean_over_steps": (lambda losses, mask: ((losses * mask).sum(1) / mask.sum(1)).mean(), len),
    "sum_per_pair": (lambda losses, mask: (losses * mask).sum(1).mean(), len),
    "all_positions": (lambda losses, mask: losses.mean(), len),
}


def loss_of(logits: Tensor, batch: Batch, reduction: str) -> Tensor:
    """Cross entropy in nats.

    Args:
        logits: [B, T, V].
        batch: its targets and lengths.
        reduction: ``non_pad_tokens`` mean over real targets; ``mean_over_steps`` mean over a
            pair's steps, then over pairs; ``sum_per_pair`` sum over a pair's steps, then mean over
            pairs; ``all_positions`` mean over every position, padding included.
    """
    reduce, _ = choose(REDUCTIONS, reduction, "TrainConfig.loss_reduction")
    flat = F.cross_entropy(logits.flatten(0, 1), batch.target.flatten(), reduction="none")
    return reduce(flat.view_as(batch.target), batch.target_mask)


def loss_weight(batch: Batch, reduction: str) -> int:
    """What a batch counts for in the mean over an epoch: its targets or its pairs."""
    _, weigh = choose(REDUCTIONS, reduction, "TrainConfig.loss_reduction")
    return weigh(batch.target_lengths)
