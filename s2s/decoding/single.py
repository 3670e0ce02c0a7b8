"""One sentence written with its Trace: greedily, forced, or as a caller chooses.

Everything runs in eval mode without a graph; nothing is stored on the model. Interventions (forced
tokens, given attention weights) are arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor

from s2s.decoding.loop import DecodeLoop
from s2s.decoding.system import System
from s2s.decoding.typed_text import written_text
from s2s.errors import UserError
from s2s.model.decoder import Decoded, Memory, State
from s2s.results import Array, Reading, Trace
from s2s.text.language import later

CANDIDATES = 5
Attend = Mapping[int, Sequence[float] | Array]
"""0-based step to S non-negative weights, renormalised to sum to 1."""
Choose = Callable[[Tensor], int]
"""[V] logits of one step to the id that is written."""


def most_probable(logits: Tensor) -> int:
    """The greedy choice; of equals the first."""
    return int(logits.argmax())


def greedy(
    system: System,
    reading: Reading,
    prefix: Sequence[int] = (),
    attend: Attend | None = None,
    force: Mapping[int, int] | None = None,
    whole: bool = False,
    start: State | None = None,
) -> Trace:
    """Write one token at a time, the most probable one unless it is forced.

    Args:
        system: the model with its vocabularies.
        reading: the source.
        prefix: ids of the first output tokens; decoding goes on after them.
        attend: 0-based step to S non-negative weights, renormalised to sum to 1.
        force: 0-based step to the id written there, whatever the model prefers.
        whole: the prefix is the whole output (forced decoding).
        start: the decoder's first state, instead of the one that the source leads to.

    Raises:
        UserError: for a prefix that is too long or weights that do not fit.
    """
    return decode(system, reading, most_probable, prefix, attend, force, whole, start)


@torch.inference_mode()
def decode(
    system: System,
    reading: Reading,
    choose: Choose,
    prefix: Sequence[int] = (),
    attend: Attend | None = None,
    force: Mapping[int, int] | None = None,
    whole: bool = False,
    start: State | None = None,
) -> Trace:
    """As `greedy`, but a token that is not forced is the one that `choose` names.

    It is asked once for each such step, in their order. The probabilities of the Trace are the
    model's own, however the token was chosen.
    """
    check_prefix(system, prefix)
    if whole and not prefix:
        raise UserError(later("Nothing to force: name at least one token."))
    written = dict(force or {}) | dict(enumerate(prefix))
    given = _given_weights(system, attend or {}, len(reading.tokens))
    loop = DecodeLoop(system, [reading.ids], given, len(prefix) if whole else None)
    if start is not None:
        loop.start_from(start)
    initial = loop.state.hidden[-1, 0]
    steps: list[Decoded] = []
    output: list[int] = []
    for t, step in loop:
        steps.append(step)
        output.append(written[t] if t in written else choose(step.logits[0, 0]))
        if output[-1] == system.end:
            break
        loop.feed(torch.tensor(output[-1:]))
    return _trace(
        system,
        reading,
        output,
        steps,
        initial,
        loop.memory,
        forced=tuple(t for t in range(len(output)) if t in written),
        attended=tuple(t for t in range(len(output)) if t in given),
    )


def forced(system: System, reading: Reading, output: Sequence[int]) -> Trace:
    """Decode with every output token given: the probabilities of that very output."""
    return greedy(system, reading, prefix=output, whole=True)


def check_prefix(system: System, prefix: Sequence[int]) -> None:
    """Refuse more forced tokens than the model writes."""
    limit = system.sequence.max_output_length
    if len(prefix) > limit:
        raise UserError(
            later(
                "{n} forced tokens; this model writes at most {limit}.", n=len(prefix), limit=limit
            )
        )


def _given_weights(system: System, attend: Attend, length: int) -> dict[int, Tensor]:
    """Step to [1, 1, S] normalised weights."""
    if attend and not system.config.has_attention:
        raise UserError(
            later("{name} has no attention, so no weights can be given.", name=system.name)
        )
    given = {}
    for step, row in attend.items():
        weights = torch.tensor(row, dtype=torch.float64)
        if len(row) != length:
            raise UserError(
                later(
                    "Step {step} has {n} weights; the source has {length} tokens.",
                    step=step,
                    n=len(row),
                    length=length,
                )
            )
        if not bool(torch.isfinite(weights).all()) or bool((weights < 0).any()):
            raise UserError(
                later("The weights of step {step} must be numbers of at least 0.", step=step)
            )
        if not float(weights.sum()) > 0:
            raise UserError(
                later(
                    "The weights of step {step} are all 0; give at least one some weight.",
                    step=step,
                )
            )
        if not 0 <= step < system.sequence.max_output_length:
            raise UserError(
                later(
                    "Step {step} does not exist; steps are 0 to {last}.",
                    step=step,
                    last=system.sequence.max_output_length - 1,
                )
            )
        weights = weights / weights.max()  # so that no sum overflows
        given[step] = (weights / weights.sum()).to(system.dtype)[None, None]
    return given


def _trace(
    system: System,
    reading: Reading,
    output: list[int],
    steps: list[Decoded],
    initial: Tensor,
    memory: Memory,
    forced: tuple[int, ...],
    attended: tuple[int, ...],
) -> Trace:
    """Put the steps' own tensors together; nothing is computed anew but the softmax over words."""
    vocab = system.target_vocab

    def column(name: str) -> np.ndarray | None:
        values = [getattr(step, name) for step in steps]
        return None if values[0] is None else torch.cat(values, dim=1)[0].numpy()

    logits = torch.cat([step.logits for step in steps], dim=1)[0]  # [T, V]
    log_p = torch.log_softmax(logits.double(), dim=-1)
    top, ids = log_p.exp().topk(min(CANDIDATES, len(vocab)), dim=-1)
    own = log_p.gather(1, torch.tensor(output)[:, None])[:, 0]
    tokens = vocab.decode(output)
    return Trace(
        model=system.name,
        reading=reading,
        output=tuple(tokens),
        fed=tuple(vocab.decode([system.start, *output[:-1]])),
        stopped="eos" if output[-1] == system.end else "length",
        text=written_text(tokens, system.sequence, vocab),
        forced=forced,
        candidates=tuple(tuple(vocab.decode(row)) for row in ids.tolist()),
        candidate_probabilities=top.numpy(),
        probabilities=own.exp().numpy(),
        log_probabilities=own.numpy(),
        encoder_states=memory.states[0].numpy(),
        initial_state=initial.numpy(),
        decoder_states=torch.cat([step.states for step in steps], dim=1)[0].numpy(),
        scores=column("scores"),
        attention=column("attention"),
        contexts=column("context"),
        empty_attention=column("empty"),
        attended=attended,
    )
