"""Beam search: the most promising hypotheses side by side, and a record of all that were ranked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from s2s.decoding.loop import DecodeLoop
from s2s.decoding.single import check_prefix, forced
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.results import BeamTree, Reading, Trace
from s2s.results.beam import length_factor
from s2s.text.language import later

MOST = 10
"""The widest beam."""
STRONGEST_PENALTY = 5.0


@dataclass
class _Hypothesis:
    """A live beam entry: the node it ends in and what it says."""

    node: int
    tokens: list[int]
    score: float


@torch.inference_mode()
def beam(
    system: System,
    reading: Reading,
    beam_size: int,
    length_penalty: float = 0.0,
    prefix: Sequence[int] = (),
) -> tuple[list[Trace], BeamTree]:
    """Beam search (Sutskever et al. 2014, 3.2) with the length penalty of Wu et al. 2016, eq. 14.

    At each step the `beam_size` best continuations of all live hypotheses are kept, ranked by log
    probability (all of a step are equally long); those that end leave the beam. The search stops
    when no live hypothesis can still beat the best finished one, so fewer than `beam_size` may have
    finished by then.

    Args:
        system: the model.
        reading: the source.
        beam_size: 1 to 10; 1 is greedy.
        length_penalty: alpha; 0 ranks by log probability alone.
        prefix: ids every hypothesis starts with.

    Returns:
        The finished hypotheses as Traces, best first, at most `beam_size`; and the tree of the
        2 · `beam_size` best continuations of each step.

    Raises:
        UserError: for a size, penalty or prefix that cannot be.
    """
    if not 1 <= beam_size <= MOST:
        raise UserError(
            later("The beam size is {size}; it must be 1 to {most}.", size=beam_size, most=MOST)
        )
    if not 0 <= length_penalty <= STRONGEST_PENALTY:
        raise UserError(
            later(
                "The length penalty is {penalty}; it must be 0 to {most:g}.",
                penalty=length_penalty,
                most=STRONGEST_PENALTY,
            )
        )
    check_prefix(system, prefix)
    loop = DecodeLoop(system, [reading.ids])
    tokens, parent, at_step = [system.start], [-1], [-1]
    score, survived, finished = [0.0], [True], [False]
    live = [_Hypothesis(0, [], 0.0)]
    done: list[_Hypothesis] = []

    def penalised(hypothesis: _Hypothesis, length: int | None = None) -> float:
        size = len(hypothesis.tokens) if length is None else length
        return float(hypothesis.score / length_factor(size, length_penalty))

    for t, step in loop:
        log_p = torch.log_softmax(step.logits[:, -1].double(), dim=-1)  # [beam, V]
        total = log_p + torch.tensor([[h.score] for h in live], dtype=torch.float64)
        if t < len(prefix):
            picks = [(0, prefix[t])]
            ranked = picks
        else:
            ranked = _best(total, min(2 * beam_size, total.numel()))
            picks = ranked[:beam_size]
        going, rows = [], []
        for rank, (row, token) in enumerate(ranked):
            tokens.append(token)
            parent.append(live[row].node)
            at_step.append(t)
            score.append(float(total[row, token]))
            kept = rank < len(picks)
            ends = kept and (token == system.end or t == loop.limit - 1)
            survived.append(kept)
            finished.append(ends)
            hypothesis = _Hypothesis(len(tokens) - 1, [*live[row].tokens, token], score[-1])
            if ends:
                done.append(hypothesis)
            elif kept:
                going.append(hypothesis)
                rows.append(row)
        if not going:
            break
        if done:
            # A live score only falls; the penalty helps it most at the length limit.
            best = max(map(penalised, done))
            if best >= max(penalised(h, loop.limit) for h in going):
                break
        live = going
        loop.feed(torch.tensor([h.tokens[-1] for h in live]), torch.tensor(rows))
    done.sort(key=penalised, reverse=True)
    tree = BeamTree(
        tokens=tuple(system.target_vocab.decode(tokens)),
        parent=np.array(parent),
        step=np.array(at_step),
        score=np.array(score),
        survived=np.array(survived),
        finished=np.array(finished),
        ranking=tuple(h.node for h in done),
        penalised=np.array([penalised(h) for h in done]),
        length_penalty=float(length_penalty),
    )
    return [forced(system, reading, h.tokens) for h in done[:beam_size]], tree


def _best(total: Tensor, count: int) -> list[tuple[int, int]]:
    """(row, token) of the best totals, best first."""
    flat = total.flatten().topk(count).indices.tolist()
    return [divmod(i, total.shape[1]) for i in flat]
