"""HiddenStates of a sentence: every recurrent state, and the gates that made it."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from s2s.decoding.system import System
from s2s.probes.cell_steps import State, from_state, run_layer
from s2s.probes.gradients import ready
from s2s.probes.sentence import Layer, Sentence
from s2s.probes.unrolled import decode, encode, first_states, joined
from s2s.results import HiddenStates, LayerStates, Reading, Source
from s2s.results.hidden_states import GATES


@torch.inference_mode(mode=False)
def hidden_states(
    system: System, text: Source | Reading, target: str | Sequence[int] | None = None
) -> HiddenStates:
    """The states of every layer of encoder and decoder, in float64; the model is only read.

    Args:
        system: the model. It may be in training, if the target is given.
        text: the source, typed or read.
        target: the output that is fed, typed or as ids; None for the model's own greedy output.

    Raises:
        UserError: for a text or target the model cannot read or write.
    """
    reading, output, fed, sentence = ready(system, text, target)
    with torch.no_grad():
        encoder, starts = _encoder(sentence)
        hidden, cell = zip(*starts, strict=True)
        inputs = decode(sentence, encode(sentence)[0], hidden, cell).inputs
        decoder = _decoder(sentence, inputs, starts)
    vocab = system.target_vocab
    return HiddenStates(
        model=system.name,
        reading=reading,
        output=tuple(vocab.decode(output)),
        fed=tuple(vocab.decode(fed)),
        mode="free-running" if target is None else "teacher-forced",
        places=sentence.places,
        encoder=tuple(encoder),
        decoder=tuple(decoder),
    )


def _encoder(sentence: Sentence) -> tuple[list[LayerStates], list[State]]:
    """L layers in reading order, and the decoder's first state of each."""
    config, count = sentence.config, len(sentence.places)
    back = torch.tensor(sentence.places).argsort()
    zero = sentence.source.new_zeros(config.way_size)
    vectors, layers, ends = sentence.source, [], []
    for number in range(config.layers):
        sides = [
            _record(
                sentence.cell, sentence.layer("encoder", number, way == 1), vectors,
                (zero, zero if sentence.cell == "lstm" else None),
                range(count - 1, -1, -1) if way else range(count),
            )
            for way in range(config.ways)
        ]  # fmt: skip
        columns = {name: torch.cat([side[0][name] for side in sides], -1) for name in sides[0][0]}
        ends.append([end for _, end in sides])
        final, _ = joined(ends[-1])
        layers.append(_layer({name: value[back] for name, value in columns.items()}, final))
        vectors = columns["states"]  # [S, ways * way size] in the order of reading
    return layers, first_states(sentence, ends)


def _decoder(sentence: Sentence, vectors: Tensor, starts: list[State]) -> list[LayerStates]:
    """L layers, from what the lowest one read [T, I]."""
    layers = []
    for number, start in enumerate(starts):
        columns, (h, _) = _record(
            sentence.cell, sentence.layer("decoder", number), vectors, start, range(len(vectors))
        )
        layers.append(_layer(columns, h))
        vectors = columns["states"]
    return layers


def _record(
    kind: str, layer: Layer, inputs: Tensor, start: State, order: Sequence[int]
) -> tuple[dict[str, Tensor], State]:
    """Run N steps; name to [N, H] of everything in them, and the last state."""
    before: list[Tensor] = [inputs] * len(inputs)
    cells: dict[int, Tensor] = {}
    last = start[0]

    def keep(h: Tensor, c: Tensor | None, step: int) -> State:
        nonlocal last
        before[step], last = last, h
        if c is not None:
            cells[step] = c
        return h, c

    states, end = run_layer(kind, layer, inputs, start, order, keep)
    columns = {"states": states, "before": torch.stack(before)}
    if kind == "lstm":
        columns["cells"] = torch.stack([cells[step] for step in range(len(inputs))])
    return columns | gates(kind, layer, inputs, columns["before"]), end


def gates(kind: str, layer: Layer, inputs: Tensor, before: Tensor) -> dict[str, Tensor]:
    """Name to [N, H], from the inputs [N, I] and the states before [N, H] (PyTorch's equations).

    LSTM: input, forget and output sigmoid(W x + b + U h + d), candidate tanh of the same. GRU:
    reset and update likewise, new tanh(W x + b + reset * (U h + d)).
    """
    names, size = GATES[kind], before.shape[-1]
    if not names:
        return {}
    own = (inputs @ layer.ih.T + layer.bias_ih).split(size, dim=-1)
    past = from_state(before, layer).split(size, dim=-1)
    values: dict[str, Tensor] = {}
    for name, x, h in zip(names, own, past, strict=True):
        if name == "new":
            values[name] = torch.tanh(x + values["reset"] * h)
        else:
            values[name] = torch.tanh(x + h) if name == "candidate" else torch.sigmoid(x + h)
    return values


def _layer(columns: dict[str, Tensor], final: Tensor) -> LayerStates:
    """The same as a result."""
    arrays = {name: value.numpy() for name, value in columns.items()}
    return LayerStates(
        states=arrays.pop("states"),
        before=arrays.pop("before"),
        cells=arrays.pop("cells", None),
        gates=arrays,
        final=final.numpy(),
    )
