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

    states: np.ndarray  # [S, M]
    initial: list[np.ndarray]  # [L] of [H]
    decoder_states: np.ndarray  # [T, H]
    logits: np.ndarray  # [T, V]
    scores: np.ndarray | None  # [T, S]
    attention: np.ndarray | None  # [T, S]
    empty: np.ndarray | None  # [T]
    context: np.ndarray | None  # [T, M]
    inputs: np.ndarray  # [T, I] of the decoder's lowest layer


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
        + parameters.get("decoder.attention.key.bias", 0)
    )
    return float((parameters["decoder.attention.energy.weight"] @ mixed)[0])


def softmax(x):
    powers = np.exp(x - np.max(x))
    return powers / powers.sum()


def affine(parameters, name, vector):
    return parameters[f"{name}.weight"] @ vector + parameters[f"{name}.bias"]


def place_scores(config, parameters, query, states):
    """The scores of S tokens and those of the empty slots: N slots, literally."""
    slots = config.attention_slots or 0
    if config.attention != "location":
        found = [score(config.attention, parameters, query, state) for state in states]
        return np.array(found), np.zeros(max(0, slots - len(states)))
    every = parameters["decoder.attention.place.weight"] @ query
    every = every + parameters.get("decoder.attention.place.bias", 0)
    return every[: len(states)], every[len(states) :]


def look(config, parameters, query, states):
    """Scores [S], weights [S], the empty slots' weight and the context."""
    scores, empty = place_scores(config, parameters, query, states)
    weights = softmax(np.concatenate([scores, empty]))
    # Empty slots hold zeros.
    memory = np.concatenate([states, np.zeros((len(empty), states.shape[1]))])
    return {"scores": scores, "attention": weights[: len(states)],
            "empty": weights[len(states) :].sum(), "context": weights @ memory}  # fmt: skip


def as_it_is(h, c, layer):
    return h, c


def write(config, parameters, token, hidden, cells, states, peek, fed_on, move=as_it_is):
    """One decoder step; `hidden` and `cells` are changed in place.

    Returns what attention made, the logits, and the attentional state for the next step.
    """
    (x,) = vectors(parameters, "decoder", [token], config.target_vocabulary,
                   config.target_input, config.target_activation)  # fmt: skip

    def ask(state):
        query = np.concatenate([state, x]) if config.embedding_into_query else state
        return look(config, parameters, query, states)

    parts, looked = [], {}
    if config.peeky != "none":
        parts.append(peek)
    if config.has_attention and config.query == "previous":
        looked = ask(hidden[-1])
        if config.context_into != "output":
            parts.append(looked["context"])
    if config.input_feeding:
        parts.append(fed_on)
    vector = np.concatenate([*parts, x])
    if config.input_layer:
        vector = np.maximum(affine(parameters, "decoder.input", vector), 0)
    read = vector
    for layer in range(config.layers):
        h, c = cell_step(
            config.cell, layer_weights(parameters, "decoder", layer), vector, hidden[layer],
            cells[layer],
        )  # fmt: skip
        hidden[layer], cells[layer] = move(h, c, layer)
        vector = hidden[layer]
    if config.has_attention and config.query == "current":
        looked = ask(vector)
    features = vector
    if config.has_attention and config.context_into != "cell":
        features = np.concatenate([looked["context"], vector])
        if config.attentional_layer:
            features = fed_on = np.tanh(affine(parameters, "decoder.attentional", features))
    if config.peeky == "cell_and_output":
        features = np.concatenate([peek, features])
    if config.embedding_into_output:
        features = np.concatenate([features, x])
    return looked | {"inputs": read}, affine(parameters, "decoder.output", features), fed_on


def first_states(config, parameters, ends):
    """The decoder's first states, from the ends [L][ways] of (h, c)."""
    first, cells = [], []
    for layer, ways in enumerate(ends):
        ways = ends[-1] if config.bridge_from == "top" else ways
        if config.bridge_layer == "first_states":
            h, c = [way for both in ends for way in both][layer]
        elif config.directions == "sum":
            h, c = sum(h for h, _ in ways), ways[0][1] + ways[1][1]
        else:
            h, c = (np.concatenate([way[part] for way in ways]) for part in (0, 1))
        if config.bridge == "nothing":
            h = np.zeros(config.hidden)
        elif config.bridge_layer == "linear":
            h = affine(parameters, "bridge.hidden", h)
            if config.bridge == "hidden_and_cell":
                c = affine(parameters, "bridge.cell", c)
        elif config.bridge_layer == "always" or (
            config.bridge_layer == "two_way" and config.bidirectional
        ):
            h = np.tanh(affine(parameters, "bridge.hidden", h))
            if config.bridge == "hidden_and_cell":
                c = np.tanh(affine(parameters, "bridge.cell", c))
        if config.bridge == "hidden_as_both":
            c = h
        if config.bridge in ("hidden", "nothing"):
            c = np.zeros(config.hidden)
        first.append(h)
        cells.append(c if config.cell == "lstm" else None)
    return first, cells


def compute(
    model: Seq2Seq, ids: list[int], fed: list[int], leading: int = 0, trailing: int = 0
) -> Computed:
    """Read `ids` (reading order, specials included), then feed `fed` to the decoder."""
    config: ModelConfig = model.config
    parameters = {k: v.detach().double().numpy() for k, v in model.state_dict().items()}
    ways = 2 if config.bidirectional else 1
    size = config.encoder_hidden or config.hidden
    size //= ways if config.directions == "concat" else 1

    # The order of reading: the text backwards, the specials where they are.
    places = list(range(len(ids)))
    if config.reverse_source:
        inside = places[leading : len(ids) - trailing]
        places = [*places[:leading], *reversed(inside), *places[len(ids) - trailing :]]
    inputs = vectors(parameters, "encoder", [ids[p] for p in places], config.source_vocabulary,
                     config.source_input)  # fmt: skip
    ends = []
    for layer in range(config.layers):
        sides, last = [], []
        for way in range(ways):
            weights = layer_weights(parameters, "encoder", layer, way == 1)
            h = c = np.zeros(size)
            outputs = [None] * len(inputs)
            steps = range(len(inputs)) if way == 0 else reversed(range(len(inputs)))
            for step in steps:
                h, c = cell_step(config.cell, weights, inputs[step], h, c)
                outputs[step] = h
            sides.append(outputs)
            last.append((h, np.zeros(size) if c is None else c))
        inputs = [np.concatenate(both) for both in zip(*sides, strict=True)]
        ends.append(last)
    if config.directions == "sum":
        inputs = [both[:size] + both[size:] for both in inputs]
    states = np.empty((len(ids), len(inputs[0])))
    for step, place in enumerate(places):
        states[place] = inputs[step]

    hidden, cells = first_states(config, parameters, ends)
    initial = [h.copy() for h in hidden]
    peek = initial[-1]

    # The decoder, one token at a time.
    rows = {
        name: []
        for name in ("query", "logits", "scores", "attention", "empty", "context", "inputs")
    }
    fed_on = np.zeros(config.hidden)
    for token in fed:
        looked, logits, fed_on = write(
            config, parameters, token, hidden, cells, states, peek, fed_on
        )
        rows["query"].append(hidden[-1])
        rows["logits"].append(logits)
        for name, value in looked.items():
            if name != "empty" or config.attention_slots is not None:
                rows[name].append(value)

    def column(name):
        return np.array(rows[name]) if rows[name] else None

    return Computed(
        states, initial, column("query"), column("logits"), column("scores"),
        column("attention"), column("empty"), column("context"),
        column("inputs"),
    )  # fmt: skip
