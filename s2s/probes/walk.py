"""Walk of one output step: the decode's own tensors, and those that lie between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from s2s.config import ModelConfig
from s2s.decoding.adapter import ForeignModel
from s2s.decoding.single import CANDIDATES
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.model.decoder import Decoder
from s2s.model.score import Attention
from s2s.probes.options import check_step
from s2s.results import Array, Trace
from s2s.results.score_formula import Products
from s2s.results.terms import WHOLE
from s2s.results.walk import LAYERS, Walk
from s2s.text.language import later

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
    check_step(step, trace.steps)
    if candidates < 1:
        raise UserError(later("{n} candidates; it must be at least 1.", n=candidates))
    if isinstance(system.model, ForeignModel):
        raise UserError(
            later("{name} is a module of its own: its steps cannot be taken apart.",
                  name=system.name)
        )  # fmt: skip
    config, decoder = system.config, system.model.decoder
    _check_model(system, trace, step)
    state = torch.tensor(trace.decoder_states[step])
    x = decoder.lookup(torch.tensor([system.target_vocab.ids[trace.fed[step]]]), system.dtype)[0]
    before = trace.initial_state if step == 0 else trace.decoder_states[step - 1]
    context = combined = scores = vacant = None
    looked: dict[str, Any] = {}
    parameters: dict[str, Tensor] = {}
    asks = _asks(config)
    if decoder.attention is not None:
        asked = torch.cat([state if asks[0] == "s" else torch.tensor(before), *[x] * ("x" in asks)])
        scores, looked = _score(decoder.attention, trace.encoder_states, asked, asks)
        parameters = decoder.attention.named()
        assert trace.contexts is not None  # `_check_model` refuses a trace without attention
        context = torch.tensor(trace.contexts[step])
        combined = _combined(decoder, context, state)
        vacant = _vacant(decoder.attention, asked, len(trace.source), config.attention_slots)
    outputs = _outputs(config)
    held = {"s_0": torch.tensor(trace.initial_state), "c": context, "s": state, "s̃": combined,
            "x": x}  # fmt: skip
    features = [part for name in outputs if (part := held[name]) is not None]
    logits = decoder.output(torch.cat(features)[None, None])[0, 0]  # [V]
    _check_numbers(system, trace, step, log_p := torch.log_softmax(logits.double(), -1), scores)

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
        reads=_reads(config),
        input_layer=config.input_layer,
        asks=asks,
        outputs=outputs,
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
        vacant_score=vacant,
        before=before if "s−1" in asks else None,
        vector=_copy(x) if "x" in (*asks, *outputs) else None,
        **looked,
    )


def _row(values: Array | None, step: int) -> Array | None:
    return None if values is None else values[step]


def _reads(config: ModelConfig) -> tuple[str, ...]:
    """What the cell reads, by the names of `s2s.results.walk.PARTS`, in its order."""
    named = {
        "s_0": "cell" in config.peeks,
        "c": config.has_attention and "cell" in config.context_readers,
        "s̃−1": config.input_feeding,
    }
    return (*(name for name, given in named.items() if given), "x")


def _asks(config: ModelConfig) -> tuple[str, ...]:
    """What attention asks with, likewise."""
    if not config.has_attention:
        return ()
    state = "s" if config.query == "current" else "s−1"
    return (state, "x") if config.embedding_into_query else (state,)


def _outputs(config: ModelConfig) -> tuple[str, ...]:
    """What the output layer reads, likewise."""
    features = ["s"]
    if config.has_attention and "output" in config.context_readers:
        features = ["s̃"] if config.attentional_layer else ["c", "s"]
    first = ["s_0"] if "output" in config.peeks else []
    return (*first, *features, *["x"] * config.embedding_into_output)


def _vacant(
    attention: Attention, asked: Tensor, length: int, slots: int | None
) -> float | None:  # fmt: skip
    """Ln of the sum of exp(score) over the empty slots; None where there are none or each has 0."""
    if slots is None or slots <= length or type(attention).vacant is Attention.vacant:
        return None
    taken = torch.ones(1, length, dtype=torch.bool)
    return float(attention.vacant(asked[None, None], taken, slots).double().logsumexp(-1))


def _score(
    attention: Attention, memory: Array, query: Tensor, asks: tuple[str, ...]
) -> tuple[Tensor, dict[str, Any]]:
    """Scores [S] of the model's own attention for a query [Q], and what it says of them."""
    states, asked = torch.tensor(memory)[None], query[None, None]  # [1, S, M], [1, 1, Q]
    keys, compared = attention.keys(states), attention.compared(asked)
    sums = attention.products(query, keys[0])
    looked = {
        "formula": attention.written(),
        "keys": None if keys is states else _copy(keys[0]),
        "query": None if compared is None else _copy(compared[0, 0]),
        "products": None if sums is None else Products(
            "q" if sums.part == "s" and asks != ("s",) else sums.part,
            _copy(sums.left), _copy(sums.right),
            _copy(sums.divisor) if isinstance(sums.divisor, Tensor) else sums.divisor,
        ),
    }  # fmt: skip
    return attention.score(asked, keys)[0, 0], looked


def _copy(values: Tensor) -> Array:
    """Training goes on, a result does not change."""
    return values.detach().clone().numpy()


def _combined(decoder: Decoder, context: Tensor, state: Tensor) -> Tensor | None:
    """[H] tanh(W_c [c; s] + b_c) (Luong et al. 2015, eq. 5), in the decode's own shape."""
    if decoder.attentional is None:
        return None
    return torch.tanh(decoder.attentional(torch.cat([context, state])[None, None]))[0, 0]


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
        raise UserError(
            later("This attention names a parameter {name}, as another layer does.",
                  name=min(taken))
        )  # fmt: skip
    return {name: _copy(value) for name, value in {**own, **score}.items()}


def _check_model(system: Translator, trace: Trace, step: int) -> None:
    """Refuse a trace that cannot be this model's."""
    fits = (
        trace.model == system.name
        and trace.decoder_states.shape[1] == system.config.hidden
        and trace.encoder_states.shape[1] == system.config.encoder_size
        and (trace.scores is not None) == system.config.has_attention
        and {trace.output[step], *trace.candidates[step]} <= system.target_vocab.ids.keys()
    )
    if not fits:
        raise UserError(
            later("This translation is not of {name}; translate again.", name=system.name)
        )


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
            later("The weights of {name} have changed since this translation; translate again.",
                  name=system.name)
        )  # fmt: skip
