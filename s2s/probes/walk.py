"""Walk of one output step: the decode's own tensors, and those that lie between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from s2s.decoding.single import CANDIDATES
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.model.attention import Attention
from s2s.model.decoder import Decoder
from s2s.results import Array, Trace
from s2s.results.score_formula import Products
from s2s.results.walk import LAYERS, WHOLE, Walk

# A trace and its model agree to rounding; other weights differ by far more.
CLOSE = 1e-4


@torch.inference_mode()
def walk(system: Translator, decoded: str | Trace, step: int, candidates: int = CANDIDATES) -> Walk:
    """The arithmetic of one step; the model is only read.

    State, scores, weights, context and probabilities are taken from the trace as they are. What a
    trace does not keep (keys, query, attentional state, logits) comes from the model's own layers,
    in its own type. Forced tokens and given weights are those of the trace.

    Args:
        system: the model.
        decoded: a sentence it decoded, with any edits, or a text to translate.
        step: 0-based output step.
        candidates: how many words are shown, at least; all in a vocabulary of up to `WHOLE`.

    Raises:
        UserError: for a step that does not exist, a number of candidates below 1, a text that
            cannot be read, or a trace of another model.
    """
    trace = system.translate(decoded) if isinstance(decoded, str) else decoded
    if not 0 <= step < trace.steps:
        raise UserError(f"Step {step} does not exist; steps are 0 to {trace.steps - 1}.")
    if candidates < 1:
        raise UserError(f"{candidates} candidates; it must be at least 1.")
    config, decoder = system.config, system.model.decoder
    _check_model(system, trace, step)
    state = torch.tensor(trace.decoder_states[step])
    context = combined = scores = None
    looked: dict[str, Any] = {}
    parameters: dict[str, Tensor] = {}
    if decoder.attention is not None:
        scores, looked = _score(decoder.attention, trace.encoder_states, state)
        parameters = decoder.attention.named()
        assert trace.contexts is not None  # `_check_model` refuses a trace without attention
        context = torch.tensor(trace.contexts[step])
        combined = _combined(decoder, context, state)
    logits = _logits(decoder, torch.tensor(trace.initial_state), context, state, combined)
    log_p = torch.log_softmax(logits.double(), dim=-1)
    _check_numbers(system, trace, step, log_p, scores)

    ids = _candidates(system, trace, step, log_p, candidates)
    rest = torch.ones(len(log_p), dtype=torch.bool)
    rest[ids] = False
    tokens, own = system.target_vocab.decode(ids), log_p[ids].exp().tolist()
    known = dict(zip(trace.candidates[step], trace.candidate_probabilities[step], strict=True))
    known[trace.output[step]] = trace.probabilities[step]
    slots = config.attention_slots
    return Walk(
        model=trace.model,
        step=step,
        steps=trace.steps,
        source=trace.source,
        fed=trace.fed[step],
        written=trace.output[step],
        forced=step in trace.forced,
        given=step in trace.attended,
        cell=config.cell,
        attention=config.attention,
        peeky=config.peeky,
        vocabulary=len(system.target_vocab),
        vacant=None if slots is None else max(0, slots - len(trace.source)),
        candidates=tuple(tokens),
        state=trace.decoder_states[step],
        initial=trace.initial_state,
        memory=trace.encoder_states,
        logits=logits[ids].numpy(),
        probabilities=np.array([known.get(w, p) for w, p in zip(tokens, own, strict=True)]),
        others=float(logits[rest].double().logsumexp(0)) if bool(rest.any()) else None,
        parameters=_parameters(decoder, ids, parameters),
        scores=_row(trace.scores, step),
        weights=_row(trace.attention, step),
        empty=None if trace.empty_attention is None else float(trace.empty_attention[step]),
        context=_row(trace.contexts, step),
        combined=None if combined is None else combined.numpy(),
        **looked,
    )


def _row(values: Array | None, step: int) -> Array | None:
    return None if values is None else values[step]


def _score(attention: Attention, memory: Array, state: Tensor) -> tuple[Tensor, dict[str, Any]]:
    """Scores [S] of the model's own attention, and what it says of them."""
    states, query = torch.tensor(memory)[None], state[None, None]  # [1, S, H], [1, 1, H]
    keys, compared = attention.keys(states), attention.compared(query)
    sums = attention.products(state, keys[0])
    looked = {
        "formula": attention.formula,
        "keys": None if keys is states else _copy(keys[0]),
        "query": None if compared is None else _copy(compared[0, 0]),
        "products": None if sums is None else Products(
            sums.part, _copy(sums.left), _copy(sums.right),
            _copy(sums.divisor) if isinstance(sums.divisor, Tensor) else sums.divisor,
        ),
    }  # fmt: skip
    return attention.score(query, keys)[0, 0], looked


def _copy(values: Tensor) -> Array:
    """Training goes on, a result does not change."""
    return values.detach().clone().numpy()


def _combined(decoder: Decoder, context: Tensor, state: Tensor) -> Tensor | None:
    """[H] tanh(W_c [c; s] + b_c) (Luong et al. 2015, eq. 5), in the decode's own shape."""
    if decoder.attentional is None:
        return None
    return torch.tanh(decoder.attentional(torch.cat([context, state])[None, None]))[0, 0]


def _logits(
    decoder: Decoder, peek: Tensor, context: Tensor | None, state: Tensor, combined: Tensor | None
) -> Tensor:
    """[V]; the features in the order of `Walk.feature_parts`."""
    parts = [peek] if "output" in decoder.peeks else []
    if combined is not None:
        parts.append(combined)
    else:
        parts += [state] if context is None else [context, state]
    return decoder.output(torch.cat(parts)[None, None])[0, 0]


def _candidates(
    system: Translator, trace: Trace, step: int, log_p: Tensor, count: int
) -> list[int]:
    """Ids of the words shown: the trace's own ranking first, then the model's."""
    count = len(log_p) if len(log_p) <= WHOLE else min(count, len(log_p))
    vocab = system.target_vocab.ids
    ids = [vocab[token] for token in trace.candidates[step]]
    if count > len(ids):
        ids += [i for i in log_p.argsort(descending=True).tolist() if i not in ids]
    written = vocab[trace.output[step]]
    ids = ids[:count]
    return ids if written in ids else [*ids, written]


def _parameters(decoder: Decoder, ids: list[int], score: Mapping[str, Tensor]) -> dict[str, Array]:
    """Copies by their names in the formulas."""
    own = {"W_o": decoder.output.weight[ids], "b_o": decoder.output.bias[ids]}
    if decoder.attentional is not None:
        own |= {"W_c": decoder.attentional.weight, "b_c": decoder.attentional.bias}
    if taken := score.keys() & set(LAYERS):
        raise UserError(f"This attention names a parameter {min(taken)}, as another layer does.")
    return {name: _copy(value) for name, value in {**own, **score}.items()}


def _check_model(system: Translator, trace: Trace, step: int) -> None:
    """Refuse a trace that cannot be this model's."""
    fits = (
        trace.model == system.name
        and trace.decoder_states.shape[1] == system.config.hidden
        and (trace.scores is not None) == system.config.has_attention
        and {trace.output[step], *trace.candidates[step]} <= system.target_vocab.ids.keys()
    )
    if not fits:
        raise UserError(f"This translation is not of {system.name}; translate again.")


def _check_numbers(
    system: Translator, trace: Trace, step: int, log_p: Tensor, scores: Tensor | None
) -> None:
    """Refuse a trace of other weights under the same name: its numbers would not add up."""
    vocab = system.target_vocab.ids
    ids = [vocab[token] for token in trace.candidates[step]]
    same = np.allclose(log_p[ids].exp(), trace.candidate_probabilities[step], CLOSE, CLOSE)
    if scores is not None:
        assert trace.scores is not None  # `_check_model` refuses a trace without them
        same = same and np.allclose(scores, trace.scores[step], CLOSE, CLOSE)
    if not same:
        raise UserError(
            f"The weights of {system.name} have changed since this translation; translate again."
        )
