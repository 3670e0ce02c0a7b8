"""Hidden-state gradients of somebody's module, where its adapter runs it state by state."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from s2s.decoding.adapter import ForeignModel
from s2s.errors import UserError
from s2s.probes.sentence import StateGradients
from s2s.probes.unrolled import log_odds
from s2s.results import Array
from s2s.text.language import later

APART = 1e-3
"""Logits of `step` and of `step_states` may differ by this much; more is another function."""


class Passed:
    """Every hidden state passes through here on its way; the derivatives are taken at it."""

    def __init__(self) -> None:
        self.nudges: dict[tuple[str, int], Tensor] = {}

    def encoder(self, place: int, h: Tensor) -> Tensor:
        """The encoder's state at a source token."""
        return self._put("encoder", place, h)

    def first(self, h: Tensor) -> Tensor:
        """The decoder's state before its first step."""
        return self._put("first", 0, h)

    def decoder(self, step: int, h: Tensor) -> Tensor:
        """The decoder's state after the token that is fed at a step."""
        return self._put("decoder", step, h)

    def _put(self, part: str, place: int, h: Tensor) -> Tensor:
        if (part, place) in self.nudges:
            raise UserError(
                later("step_states passes the {part} state {place} twice.", part=part, place=place)
            )
        nudge = torch.zeros_like(h, requires_grad=True)
        self.nudges[part, place] = nudge
        return h + nudge


def foreign_gradients(
    model: ForeignModel, ids: Sequence[int], fed: Sequence[int], target: Sequence[int]
) -> StateGradients:
    """All T gradients, by autograd and in the module's own type of numbers.

    Args:
        model: a module behind an adapter that has `step_states`.
        ids: S source ids.
        fed: T ids.
        target: T ids whose losses are wanted.

    Raises:
        UserError: `step_states` leaves a state out, or computes something else than `step`.
    """
    passed, steps = Passed(), len(fed)
    with torch.no_grad():
        vectors = model.adapter.embed(torch.tensor(list(ids))).to(model.dtype)
        wanted = _logits(model, vectors, fed)
    with torch.enable_grad():
        run = model.adapter.step_states  # type: ignore[attr-defined]
        logits = run(vectors, torch.tensor(list(fed)), passed)
        if not isinstance(logits, Tensor) or logits.shape != wanted.shape:
            made = tuple(logits.shape) if isinstance(logits, Tensor) else type(logits).__name__
            raise UserError(
                later("step_states must return logits {wanted}, not {made}.",
                      wanted=str(tuple(wanted.shape)), made=str(made))
            )  # fmt: skip
        apart = float((logits.detach() - wanted).abs().max())
        if not apart <= APART:
            raise UserError(
                later("step_states computes other logits than step, {apart:.1e} apart.",
                      apart=apart)
            )  # fmt: skip
        every = [("encoder", s) for s in range(len(ids))]
        every += [("first", 0), *(("decoder", t) for t in range(steps))]
        if missing := [f"{part} {place}" for part, place in every
                       if (part, place) not in passed.nudges]:  # fmt: skip
            raise UserError(
                later("step_states passes no state {names} through touch.",
                      names=tuple(missing[:3]))
            )  # fmt: skip
        odds = log_odds(logits.double(), torch.tensor(list(target)))
        inputs = [passed.nudges[one] for one in every]
        rows = [torch.autograd.grad(-one, inputs, retain_graph=True, allow_unused=True)
                for one in odds]  # fmt: skip

    def columns(start: int, stop: int) -> Array:
        """[T, N, H] of some of the states."""
        return torch.stack([
            torch.stack([
                torch.zeros(given.numel()) if slope is None else slope.reshape(-1)
                for slope, given in zip(row[start:stop], inputs[start:stop], strict=True)
            ]) for row in rows
        ]).double().numpy()  # fmt: skip

    size = len(ids)
    return StateGradients(
        columns(0, size), columns(size + 1, len(every)), columns(size, size + 1)[:, 0],
        odds.detach().numpy(),
    )  # fmt: skip


def _logits(model: ForeignModel, vectors: Tensor, fed: Sequence[int]) -> Tensor:
    """[T, V] by the adapter's own steps."""
    memory, state = model.encode_vectors([vectors])
    rows = []
    for token in fed:
        step = model.decoder(torch.tensor([[token]]), state, memory)
        rows.append(step.logits[0, 0])
        state = step.state  # type: ignore[assignment]
    return torch.stack(rows)
