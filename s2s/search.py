"""Decoding: greedy, forced, beam. The only place where a model writes.

Everything runs in eval mode without a graph; nothing is stored on the model. Interventions (forced
tokens, given attention weights) are arguments.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from s2s.batch import make_source
from s2s.errors import UserError
from s2s.model.decoder import Decoded, Memory, State
from s2s.reader import written_text
from s2s.results import BeamTree, Reading, Trace

if TYPE_CHECKING:
    from s2s.translator import Translator

CANDIDATES = 5


@torch.inference_mode()
def greedy(
    translator: Translator,
    reading: Reading,
    prefix: Sequence[int] = (),
    attend: Mapping[int, Sequence[float]] | None = None,
    force: Mapping[int, int] | None = None,
    whole: bool = False,
) -> Trace:
    """Write one token at a time, the most probable one unless it is forced.

    Args:
        translator: the model with its vocabularies.
        reading: the source.
        prefix: ids of the first output tokens; decoding goes on after them.
        attend: 0-based step to S non-negative weights, renormalised to sum to 1.
        force: 0-based step to the id written there, whatever the model prefers.
        whole: the prefix is the whole output (forced decoding).

    Raises:
        UserError: for a prefix that is too long or weights that do not fit.
    """
    limit = translator.sequence.max_output_length
    written = dict(force or {}) | dict(enumerate(prefix))
    if len(prefix) > limit:
        raise UserError(f"{len(prefix)} forced tokens; this model writes at most {limit}.")
    given = _given_weights(translator, attend or {}, len(reading.tokens))
    memory, state = _encode(translator, [reading.ids])
    start = translator.start
    initial = state[0][-1, 0]
    eos = translator.target_vocab.eos if translator.sequence.stop == "eos" else None
    fed, output, steps = [start], [], []
    stopped = "length"
    for t in range(len(prefix) if whole else limit):
        weights = given.get(t)
        step = translator.model.decoder(torch.tensor([[fed[t]]]), state, memory, weights)
        state = step.state
        steps.append(step)
        chosen = written[t] if t in written else int(step.logits[0, 0].argmax())
        output.append(chosen)
        if chosen == eos:
            stopped = "eos"
            break
        fed.append(chosen)
    if not steps:
        raise UserError("Nothing to force: name at least one token.")
    return _trace(
        translator, reading, output, fed[: len(output)], steps, stopped, initial, memory,
        forced=tuple(t for t in range(len(output)) if t in written),
        attended=tuple(t for t in range(len(output)) if t in given),
    )  # fmt: skip


def forced(translator: Translator, reading: Reading, output: Sequence[int]) -> Trace:
    """Decode with every output token given: the probabilities of that very output."""
    return greedy(translator, reading, prefix=output, whole=True)


@torch.inference_mode()
def greedy_batch(translator: Translator, rows: Sequence[Sequence[int]]) -> list[list[int]]:
    """Greedy outputs (ids, end token included if written) of many sources at once."""
    memory, state = _encode(translator, rows)
    eos = translator.target_vocab.eos if translator.sequence.stop == "eos" else None
    fed = torch.full((len(rows), 1), translator.start)
    written: list[Tensor] = []
    done = torch.zeros(len(rows), dtype=torch.bool)
    for _ in range(translator.sequence.max_output_length):
        step = translator.model.decoder(fed, state, memory)
        state = step.state
        fed = step.logits[:, -1].argmax(-1, keepdim=True)
        written.append(fed)
        if eos is not None:
            done |= fed[:, 0] == eos
            if bool(done.all()):
                break
    outputs = []
    for row in torch.cat(written, dim=1).tolist():
        outputs.append(row[: row.index(eos) + 1] if eos in row else row)
    return outputs


@dataclass
class _Hypothesis:
    """A live beam entry: the node it ends in and the row of the state it left."""

    node: int
    tokens: list[int]
    score: float


@torch.inference_mode()
def beam(
    translator: Translator,
    reading: Reading,
    beam_size: int,
    length_penalty: float = 0.0,
    prefix: Sequence[int] = (),
) -> tuple[list[Trace], BeamTree]:
    """Beam search (Sutskever et al. 2014, 3.2) with the length penalty of Wu et al. 2016, eq. 14.

    At each step the `beam_size` best continuations of all live hypotheses are kept; those that end
    leave the beam. The search stops when no live hypothesis can still beat the best finished one.

    Args:
        translator: the model.
        reading: the source.
        beam_size: 1 to 10; 1 is greedy.
        length_penalty: alpha; 0 ranks by log probability alone.
        prefix: ids every hypothesis starts with.

    Returns:
        The finished hypotheses as Traces, best first, and the tree of everything considered.
    """
    if not 1 <= beam_size <= 10:
        raise UserError(f"The beam size is {beam_size}; it must be 1 to 10.")
    if not 0 <= length_penalty <= 5:
        raise UserError(f"The length penalty is {length_penalty}; it must be 0 to 5.")
    limit = translator.sequence.max_output_length
    if len(prefix) > limit:
        raise UserError(f"{len(prefix)} forced tokens; this model writes at most {limit}.")
    eos = translator.target_vocab.eos if translator.sequence.stop == "eos" else None
    memory, state = _encode(translator, [reading.ids])
    tokens, parent, at_step = [translator.start], [-1], [-1]
    score, survived, finished = [0.0], [True], [False]
    live = [_Hypothesis(0, [], 0.0)]
    done: list[_Hypothesis] = []

    def penalised(hypothesis: _Hypothesis, length: int | None = None) -> float:
        size = len(hypothesis.tokens) if length is None else length
        return hypothesis.score / ((5 + size) / 6) ** length_penalty

    for t in range(limit):
        fed = torch.tensor([[h.tokens[-1] if h.tokens else translator.start] for h in live])
        step = translator.model.decoder(fed, state, _repeat(memory, len(live)))
        log_p = torch.log_softmax(step.logits[:, -1].double(), dim=-1)  # [beam, V]
        total = log_p + torch.tensor([[h.score] for h in live], dtype=torch.float64)
        if t < len(prefix):
            picks = [(0, prefix[t])]
            ranked = picks
        else:
            ranked = _best(total, min(2 * beam_size, total.numel()))
            picks = ranked[:beam_size]
        next_live, rows = [], []
        for rank, (row, token) in enumerate(ranked):
            tokens.append(token)
            parent.append(live[row].node)
            at_step.append(t)
            score.append(float(total[row, token]))
            kept = rank < len(picks)
            ends = kept and (token == eos or t == limit - 1)
            survived.append(kept)
            finished.append(ends)
            hypothesis = _Hypothesis(len(tokens) - 1, [*live[row].tokens, token], score[-1])
            if ends:
                done.append(hypothesis)
            elif kept:
                next_live.append(hypothesis)
                rows.append(row)
        if not next_live:
            break
        if done:
            # A live score only falls; the penalty helps it most at the length limit.
            best = max(map(penalised, done))
            if best >= max(penalised(h, limit) for h in next_live):
                break
        live = next_live
        state = _select(step.state, rows)
    done.sort(key=penalised, reverse=True)
    tree = BeamTree(
        tokens=tuple(translator.target_vocab.decode(tokens)),
        parent=np.array(parent),
        step=np.array(at_step),
        score=np.array(score),
        survived=np.array(survived),
        finished=np.array(finished),
        ranking=tuple(h.node for h in done),
        penalised=np.array([penalised(h) for h in done]),
    )
    return [forced(translator, reading, h.tokens) for h in done[:beam_size]], tree


def _best(total: Tensor, count: int) -> list[tuple[int, int]]:
    """(row, token) of the best totals, best first."""
    flat = total.flatten().topk(count).indices.tolist()
    return [divmod(i, total.shape[1]) for i in flat]


def _encode(translator: Translator, rows: Sequence[Sequence[int]]) -> tuple[Memory, State]:
    source = make_source(
        rows, translator.config, translator.sequence, translator.source_vocab
    )
    return translator.model.encode(source)


def _repeat(memory: Memory, count: int) -> Memory:
    """One sentence's memory for `count` hypotheses, as views."""
    return Memory(
        memory.states.expand(count, -1, -1),
        None if memory.keys is None else memory.keys.expand(count, -1, -1),
        memory.mask.expand(count, -1),
        memory.peek.expand(count, -1),
    )


def _select(state: State, rows: list[int]) -> State:
    hidden, cell = state
    return hidden[:, rows].contiguous(), None if cell is None else cell[:, rows].contiguous()


def _given_weights(
    translator: Translator, attend: Mapping[int, Sequence[float]], length: int
) -> dict[int, Tensor]:
    """Step to [1, 1, S] normalised weights."""
    if attend and not translator.config.has_attention:
        raise UserError(f"{translator.name} has no attention, so no weights can be given.")
    given = {}
    for step, row in attend.items():
        weights = torch.tensor(row, dtype=torch.float64)
        if len(row) != length:
            raise UserError(f"Step {step} has {len(row)} weights; the source has {length} tokens.")
        if not bool(torch.isfinite(weights).all()) or bool((weights < 0).any()):
            raise UserError(f"The weights of step {step} must be numbers of at least 0.")
        if not float(weights.sum()) > 0:
            raise UserError(f"The weights of step {step} are all 0; give at least one some weight.")
        if not 0 <= step < translator.sequence.max_output_length:
            raise UserError(
                f"Step {step} does not exist; steps are 0 to "
                f"{translator.sequence.max_output_length - 1}."
            )
        weights = weights / weights.max()  # so that no sum overflows
        given[step] = (weights / weights.sum()).to(translator.dtype)[None, None]
    return given


def _trace(
    translator: Translator,
    reading: Reading,
    output: list[int],
    fed: list[int],
    steps: list[Decoded],
    stopped: str,
    initial: Tensor,
    memory: Memory,
    forced: tuple[int, ...],
    attended: tuple[int, ...],
) -> Trace:
    """Put the steps' own tensors together; nothing is computed anew but the softmax over words."""
    vocab = translator.target_vocab

    def column(name: str) -> np.ndarray | None:
        values = [getattr(step, name) for step in steps]
        return None if values[0] is None else torch.cat(values, dim=1)[0].numpy()

    logits = torch.cat([step.logits for step in steps], dim=1)[0]  # [T, V]
    log_p = torch.log_softmax(logits.double(), dim=-1)
    top, ids = log_p.exp().topk(min(CANDIDATES, len(vocab)), dim=-1)
    own = log_p.gather(1, torch.tensor(output)[:, None])[:, 0]
    tokens = vocab.decode(output)
    return Trace(
        model=translator.name,
        reading=reading,
        output=tuple(tokens),
        fed=tuple(vocab.decode(fed)),
        stopped=stopped,
        text=written_text(tokens, translator.sequence, vocab),
        forced=forced,
        candidates=tuple(tuple(vocab.decode(row)) for row in ids.tolist()),
        candidate_probabilities=top.numpy(),
        probabilities=own.exp().numpy(),
        log_probabilities=own.numpy(),
        encoder_states=memory.states[0].numpy(),
        initial_state=initial.numpy(),
        decoder_states=column("states"),
        scores=column("scores"),
        attention=column("attention"),
        contexts=column("context"),
        empty_attention=column("empty"),
        attended=attended,
    )
