"""The model family once more, in NumPy: one sentence, one step, one number at a time.

Written from the definitions (contracts.md, the papers), not from s2s/model. Slow and literal.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from s2s.config import ModelConfig
from s2s.model.seq2seq import Seq2Seq


@dataclass
class Computed:
    """Everything of one sentence; source axes in reading order."""

    states: np.ndarray  # [S, H]
    initial: list[np.ndarray]  # [L] of [H]
    decoder_states: np.ndarray  # [T, H]
    logits: np.ndarray  # [T, V]
    scores: np.ndarray | None  # [T, S]
    attention: np.ndarray | None  # [T, S]
    empty: np.ndarray | None  # [T]
    context: np.ndarray | None  # [T, H]


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def cell_step(kind, weights, x, h, c):
    """One recurrent step: the equations of PyTorch's RNN, GRU and LSTM pages."""
    from_input = weights["ih"] @ x + weights["bias_ih"]
    from_state = weights["hh"] @ h + weights["bias_hh"]
    if kind == "rnn":
        return np.tanh(from_input + from_state), None
    if kind == "gru":
        reset, update = (
            sigmoid(a + b)
            for a, b in zip(np.split(from_input, 3)[:2], np.split(from_state, 3)[:2], strict=True)
        )
        new = np.tanh(np.split(from_input, 3)[2] + reset * np.split(from_state, 3)[2])
        return (1 - update) * new + update * h, None
    i, f, g, o = np.split(from_input + from_state, 4)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def layer_weights(parameters, part, layer, backwards=False):
    end = f"l{layer}" + ("_reverse" if backwards else "")
    return {
        "ih": parameters[f"{part}.rnn.weight_ih_{end}"],
        "hh": parameters[f"{part}.rnn.weight_hh_{end}"],
        "bias_ih": parameters[f"{part}.rnn.bias_ih_{end}"],
        "bias_hh": parameters[f"{part}.rnn.bias_hh_{end}"],
    }


def vectors(parameters, part, ids, size, kind, activation="none"):
    table = np.eye(size) if kind == "one_hot" else parameters[f"{part}.lookup.embedding.weight"]
    found = [table[i] for i in ids]
    return [np.maximum(v, 0) for v in found] if activation == "relu" else found


def score(kind, parameters, query, state):
    """One number: Luong et al. 2015 eq. 8, Vaswani et al. 2017 eq. 1, Bahdanau et al. 2015."""
    if kind == "dot":
        return query @ state
    if kind == "scaled_dot":
        return query @ state / np.sqrt(len(query))
    if kind == "general":
        return query @ parameters["decoder.attention.weight.weight"] @ state
    mixed = np.tanh(
        parameters["decoder.attention.query.weight"] @ query
        + parameters["decoder.attention.key.weight"] @ state
    )
    return float((parameters["decoder.attention.energy.weight"] @ mixed)[0])


def softmax(x):
    powers = np.exp(x - np.max(x))
    return powers / powers.sum()


def compute(
    model: Seq2Seq, ids: list[int], fed: list[int], leading: int = 0, trailing: int = 0
) -> Computed:
    """Read `ids` (reading order, specials included), then feed `fed` to the decoder."""
    config: ModelConfig = model.config
    parameters = {k: v.detach().double().numpy() for k, v in model.state_dict().items()}
    ways = 2 if config.bidirectional else 1
    lstm = config.cell == "lstm"

    # The order of reading: the text backwards, the specials where they are.
    places = list(range(len(ids)))
    if config.reverse_source:
        inside = places[leading : len(ids) - trailing]
        places = [*places[:leading], *reversed(inside), *places[len(ids) - trailing :]]
    inputs = vectors(parameters, "encoder", [ids[p] for p in places], config.source_vocabulary,
                     config.source_input)  # fmt: skip
    hidden, cells = [], []
    for layer in range(config.layers):
        sides, last_h, last_c = [], [], []
        for way in range(ways):
            weights = layer_weights(parameters, "encoder", layer, way == 1)
            h = c = np.zeros(config.hidden // ways)
            outputs = [None] * len(inputs)
            steps = range(len(inputs)) if way == 0 else reversed(range(len(inputs)))
            for step in steps:
                h, c = cell_step(config.cell, weights, inputs[step], h, c)
                outputs[step] = h
            sides.append(outputs)
            last_h.append(h)
            last_c.append(c)
        inputs = [np.concatenate(both) for both in zip(*sides, strict=True)]
        hidden.append(np.concatenate(last_h))
        cells.append(np.concatenate(last_c) if lstm else None)
    states = np.empty((len(ids), config.hidden))
    for step, place in enumerate(places):
        states[place] = inputs[step]

    # The bridge.
    if config.bidirectional:

        def project(which, vector):
            weight, bias = (parameters[f"bridge.{which}.{end}"] for end in ("weight", "bias"))
            return np.tanh(weight @ vector + bias)

        hidden = [project("hidden", h) for h in hidden]
        if config.bridge == "hidden_and_cell":
            cells = [project("cell", c) for c in cells]
    if lstm and config.bridge == "hidden":
        cells = [np.zeros(config.hidden) for _ in hidden]
    initial = [h.copy() for h in hidden]
    peek = initial[-1]

    # The decoder, one token at a time.
    rows = {name: [] for name in ("query", "logits", "scores", "attention", "empty", "context")}
    for token in fed:
        (x,) = vectors(parameters, "decoder", [token], config.target_vocabulary,
                       config.target_input, config.target_activation)  # fmt: skip
        if config.peeky != "none":
            x = np.concatenate([peek, x])
        for layer in range(config.layers):
            hidden[layer], cells[layer] = cell_step(
                config.cell, layer_weights(parameters, "decoder", layer), x, hidden[layer],
                cells[layer],
            )  # fmt: skip
            x = hidden[layer]
        features = query = x
        if config.has_attention:
            scores = np.array([score(config.attention, parameters, query, s) for s in states])
            if config.attention_slots is None:
                weights, memory = softmax(scores), states
            else:
                # N slots, literally: empty ones hold zeros and score 0.
                free = max(0, config.attention_slots - len(states))
                weights = softmax(np.concatenate([scores, np.zeros(free)]))
                memory = np.concatenate([states, np.zeros((free, config.hidden))])
                rows["empty"].append(weights[len(states) :].sum())
            context = weights @ memory
            rows["scores"].append(scores)
            rows["attention"].append(weights[: len(states)])
            rows["context"].append(context)
            features = np.concatenate([context, query])
            if config.attentional_layer:
                features = np.tanh(
                    parameters["decoder.attentional.weight"] @ features
                    + parameters["decoder.attentional.bias"]
                )
        if config.peeky == "cell_and_output":
            features = np.concatenate([peek, features])
        rows["query"].append(query)
        rows["logits"].append(
            parameters["decoder.output.weight"] @ features + parameters["decoder.output.bias"]
        )

    def column(name):
        return np.array(rows[name]) if rows[name] else None

    return Computed(
        states, initial, column("query"), column("logits"), column("scores"),
        column("attention"), column("empty"), column("context"),
    )  # fmt: skip
