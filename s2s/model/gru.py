"""A one-layer GRU for training: the numbers of ``nn.GRU`` at a lower price.

Three savings, all exact. Sentences that begin alike share their states until they part. The input
projection depends on the token alone, so it is computed once per distinct token of the batch. And
the derivative of the recurrent weights is one matrix product over all steps, where autograd makes
one per step and adds them up.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeGuard

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.autograd.function import once_differentiable

from s2s.model.cells import equations


class Recurrence(torch.autograd.Function):
    """The steps of a GRU (Cho et al. 2014; the reset gate after the product, as in PyTorch).

    The states form a forest: R initial ones, then N computed ones, step after step, each from its
    parent and one input. A batch without shared beginnings has B of them in each step.
    """

    @staticmethod
    def forward(
        ctx: Any, projected: Tensor, roots: Tensor, weight: Tensor, bias: Tensor,
        parents: Tensor, rows: list[int],
    ) -> Tensor:  # fmt: skip
        """All states [R + N, H], the initial ones first.

        Args:
            ctx: keeps what the way back needs.
            projected: [N, 3H] inputs times their weights plus their bias; reset, update, new.
            roots: [R, H] initial states.
            weight: [3H, H] recurrent weights.
            bias: [3H] recurrent bias.
            parents: [N] which of the R + N states each one is computed from.
            rows: [T] how many of the N are computed at each step.
        """
        first, size = roots.shape
        states = torch.cat([roots, roots.new_empty(len(parents), size)])
        before = torch.empty_like(states[first:])
        gates = torch.empty_like(projected)
        recurrent = torch.empty_like(projected)  # what the parent adds to each gate
        # All views are cut before the loop: with one pair a step takes no longer than a cut.
        inputs, inputs_new = _cut(projected, rows, 2 * size)
        adds, adds_new = _cut(recurrent, rows, 2 * size)
        sigmoids, news = _cut(gates, rows, 2 * size)
        resets, updates = _cut(gates[:, : 2 * size], rows, size)
        for t, (parent, old, add, state) in enumerate(
            zip(parents.split(rows), before.split(rows), recurrent.split(rows),
                states[first:].split(rows), strict=True)
        ):  # fmt: skip
            torch.index_select(states, 0, parent, out=old)
            torch.addmm(bias, old, weight.t(), out=add)
            torch.add(inputs[t], adds[t], out=sigmoids[t]).sigmoid_()
            torch.addcmul(inputs_new[t], resets[t], adds_new[t], out=news[t]).tanh_()
            torch.lerp(news[t], old, updates[t], out=state)
        ctx.save_for_backward(weight, gates, recurrent[:, 2 * size :], before, parents)
        ctx.rows = rows
        return states

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_states: Tensor) -> tuple[Tensor | None, ...]:
        """The chain rule from the last step to the first."""
        weight, gates, recurrent, before, parents = ctx.saved_tensors
        reset, update, new = gates.chunk(3, dim=1)
        # A gate's input moves its own unit of the state alone: one factor each, for all steps.
        to_new = (1 - update) * (1 - new * new)
        to_reset = to_new * recurrent * reset * (1 - reset)
        to_update = (before - new) * update * (1 - update)
        factors = torch.stack([to_reset, to_update, to_new * reset], dim=1)  # [N, 3, H]
        d_recurrent = factors.flatten(1)  # [N, 3H], the same memory
        d_states = d_states.clone()
        first, rows = len(d_states) - len(before), ctx.rows
        steps = zip(
            parents.split(rows), d_states[first:].split(rows), factors.split(rows),
            d_recurrent.split(rows), update.split(rows), strict=True,
        )  # fmt: skip
        for parent, d_state, factor, d_step, kept in reversed(list(steps)):
            factor.mul_(d_state[:, None])
            d_states.index_add_(0, parent, (d_state * kept).addmm_(d_step, weight))
        d_weight, d_bias = d_recurrent.t() @ before, d_recurrent.sum(0)
        # The reset and update gates add input and state; in the new one only the state is reset.
        torch.mul(d_states[first:], to_new, out=factors[:, 2])
        return d_recurrent, d_states[:first], d_weight, d_bias, None, None


def _cut(
    values: Tensor, rows: list[int], width: int
) -> tuple[tuple[Tensor, ...], tuple[Tensor, ...]]:
    """The first `width` columns of each step's rows, and the others."""
    left, right = values[:, :width], values[:, width:]
    return left.split(rows), right.split(rows)


def fits(rnn: nn.Module, embedding: nn.Embedding | None, dropout: nn.Dropout) -> TypeGuard[nn.GRU]:
    """Whether cells are in training, are the GRU above, and read embeddings as they are.

    A subclass of ``nn.GRU`` is another cell: its own forward must run.
    """
    return (
        isinstance(rnn, nn.GRU)
        and rnn.training
        and equations(rnn) == "gru"
        and rnn.num_layers == 1
        and not rnn.bidirectional
        and embedding is not None
        and dropout.p == 0
    )


def run(
    rnn: nn.GRU,
    lookup: Callable[[Tensor, torch.dtype], Tensor],
    ids: Tensor,
    lengths: Tensor | None = None,
    hidden: Tensor | None = None,
) -> tuple[Tensor, Tensor]:
    """What ``rnn`` makes of embedded ids.

    Args:
        rnn: one that fits.
        lookup: ids [U] to vectors [U, E] of a dtype.
        ids: [B, T].
        lengths: [B] how many ids of each row are read; None for all.
        hidden: [1, B, H] initial states; None for zeros.

    Returns:
        states [B, T, H], 0 after each length, and the state [1, B, H] at each length.
    """
    batch, steps = ids.shape
    ih, hh, bias_ih, bias_hh = rnn.all_weights[0]
    nothing = hh.new_zeros(1, rnn.hidden_size)
    roots = nothing if hidden is None else torch.cat([nothing, hidden[0]])  # [R, H]
    here = [0] * batch if hidden is None else list(range(1, batch + 1))
    read = [steps] * batch if lengths is None else lengths.tolist()
    # (parent, token) -> state; the places that are not read stay at the first root, which is 0.
    state_of: dict[tuple[int, int], int] = {}
    places = [0] * (batch * steps)
    rows = []
    tokens = ids.tolist()
    for t in range(max(read)):
        known = len(state_of)
        for b in range(batch):
            if t < read[b]:
                key = here[b], tokens[b][t]
                here[b] = state_of.setdefault(key, len(roots) + len(state_of))
                places[b * steps + t] = here[b]
        rows.append(len(state_of) - known)
    parents, fed = (
        torch.tensor(column, device=ids.device) for column in zip(*state_of, strict=True)
    )
    distinct, which = torch.unique(fed, return_inverse=True)
    projected = F.linear(lookup(distinct, ih.dtype), ih, bias_ih)  # [U, 3H]
    states = Recurrence.apply(F.embedding(which, projected), roots, hh, bias_hh, parents, rows)
    place = torch.tensor(places, device=ids.device).view(batch, steps)
    last = torch.tensor([here], device=ids.device)  # [1, B]
    return F.embedding(place, states), F.embedding(last, states)
