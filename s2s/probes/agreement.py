"""Agreement of a sentence: does attention rank the source tokens as the attributions do?

After Jain & Wallace 2019 (4.1, 4.2.1): Kendall's tau between attention, gradients and
leave-one-out, and the answer under permuted weights, here at one output step at a time.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.probes.attributions import Progress
from s2s.probes.gradients import output_ids
from s2s.probes.options import check_choice
from s2s.probes.replica import Replica, replicate
from s2s.probes.saliency import of_replica
from s2s.probes.unrolled import log_odds
from s2s.results import Agreement, Array, Reading, Saliency, Source
from s2s.results.gradients import OF
from s2s.text.language import later

PERMUTATIONS = 20
MOST_PERMUTATIONS = 1000
# Tau says nothing under this many source tokens.
LEAST_TOKENS = 3


@torch.inference_mode(mode=False)
def agreement(
    system: System,
    text: Source | Reading,
    target: str | Sequence[int] | None = None,
    *,
    of: str = "log_odds",
    permutations: int = PERMUTATIONS,
    seed: int = 0,
    progress: Progress = lambda *_: None,
) -> Agreement:
    """Rank correlations and controls of one sentence; the model is only read.

    Attributions count by their size, whatever their sign, as attention has none.

    Args:
        system: the model. It may be in training, if the target is given.
        text: the source, typed or read.
        target: the output, typed or as ids; None for the model's own greedy output.
        of: ``log_odds``, or ``loss`` for ln p_t: what the gradients are taken of.
        permutations: how many random orders of the weights are tried.
        seed: of those orders; they are the same at every step.
        progress: told what is being computed; what it raises ends the work.

    Raises:
        UserError: for a text or target the model cannot read or write, or a bad number.
    """
    check_choice("of", of, OF)
    if not 1 <= permutations <= MOST_PERMUTATIONS:
        raise UserError(
            later("{n} permutations; it must be 1 to {most}.", n=permutations,
                  most=MOST_PERMUTATIONS)
        )  # fmt: skip
    reading = text if isinstance(text, Reading) else system.read(text)
    replica = replicate(system, reading, output_ids(system, reading, target))
    mode = "free-running" if target is None else "teacher-forced"
    saliency = of_replica(replica, of, mode, lambda share, what: progress(0.9 * share, what))
    progress(0.9, later("other attention weights"))
    uniform = permuted = None
    if saliency.attention is not None:
        draw = np.random.default_rng(seed)
        orders = [draw.permutation(len(reading.ids)) for _ in range(permutations)]
        uniform, permuted = controls(replica, saliency.attention, orders)
    return Agreement(saliency, taus(saliency), uniform, permuted, seed)


def taus(saliency: Saliency) -> Array:
    """[T, P] tau of each pair of methods, over the columns that all of them score."""
    columns = list(saliency.columns())
    grids = [np.abs(getattr(saliency, name))[:, columns] for name in saliency.methods]
    return np.array(
        [
            [tau(a[t], b[t]) for i, a in enumerate(grids) for b in grids[i + 1 :]]
            for t in range(saliency.steps)
        ]
    )


def tau(first: Array, second: Array) -> float:
    """Kendall's tau-b of two rows [N] (Kendall 1945); NaN under 3 values or for a constant row."""
    from scipy.stats import kendalltau  # takes a second to load

    if len(first) < LEAST_TOKENS or np.ptp(first) == 0 or np.ptp(second) == 0:
        return np.nan
    return float(kendalltau(first, second, variant="b").statistic)


def controls(
    replica: Replica, attention: Array, orders: Sequence[np.ndarray]
) -> tuple[Array, Array]:
    """Probabilities of the output tokens, each with other weights at its own step alone.

    A row keeps its sum, which is below 1 where empty slots take weight.

    Args:
        replica: the copy.
        attention: [T, S] its own weights.
        orders: N permutations of the S places.

    Returns:
        [T] with even weights, and [N, T] with permuted ones.
    """
    rows = torch.from_numpy(attention)
    even = rows.mean(dim=1, keepdim=True).expand_as(rows)
    given = torch.stack([even, *(rows[:, order] for order in orders)])  # [1 + N, T, S]
    odds = []
    with torch.no_grad():
        memory, state = replica.encode(replica.vectors[None])
        several = memory.expand(len(given))
        for t, own in enumerate(replica.decode(memory, state)):
            # Every step goes on from where the model's own weights led.
            fed = torch.full((len(given), 1), t)
            at = given[:, t : t + 1]
            other = replica.model.decoder(fed, state.repeat(len(given)), several, at)
            wanted = torch.full((len(given),), replica.output[t])
            odds.append(log_odds(other.logits[:, 0], wanted))
            state = own.state
    probabilities = torch.sigmoid(torch.stack(odds, dim=1)).numpy()
    return probabilities[0], probabilities[1:]
