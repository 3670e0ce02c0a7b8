"""The program of a Keras model as text: its layers, and whether they compute what is known.

Nothing of it is run. Layers are called by their class, counted in the model's order, as Keras 3
calls them: ``lstm``, ``lstm_1``, ``dense``.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from s2s.errors import UserError
from s2s.text import label
from s2s.text.language import N_, later

Found = dict[str, dict[str, np.ndarray]]
"""Layer to an array's place in it, ``0`` or ``forward_layer.0``, to the array."""
CELL = ("kernel", "recurrent_kernel", "bias")
SLOTS: Mapping[str, tuple[str, ...]] = {
    "LSTM": CELL, "GRU": CELL, "Dense": ("kernel", "bias"), "Embedding": ("embeddings",),
    "AdditiveAttention": ("scale",), "TimeDistributed": ("layer.kernel", "layer.bias"),
    "Bidirectional": tuple(f"{way}_layer.{slot}" for way in ("forward", "backward")
                           for slot in CELL),
}  # fmt: skip
"""The classes that are known, and what their arrays are in the order in which Keras keeps them."""
WEIGHTLESS = ("InputLayer", "Concatenate", "Dropout")
Options = Mapping[str, tuple[Any, ...]]
SQUASHED: Options = {"activation": ("tanh",), "recurrent_activation": ("sigmoid",),
                     "use_bias": (True,), "go_backwards": (False,)}  # fmt: skip
OPTIONS: Mapping[str, Options] = {
    "LSTM": SQUASHED, "GRU": {**SQUASHED, "reset_after": (True,)},
    "Dense": {"activation": ("softmax", "linear"), "use_bias": (True,)},
    "AdditiveAttention": {"use_scale": (True,)}, "Bidirectional": {"merge_mode": ("concat",)},
}  # fmt: skip
"""What a layer must say of itself to compute what is computed here."""
INSIDE: Mapping[tuple[str, str], Options] = {
    ("TimeDistributed", "layer"): {"activation": ("linear",), "use_bias": (True,)},
    ("Bidirectional", "layer"): OPTIONS["GRU"],
    ("Bidirectional", "backward_layer"): {**OPTIONS["GRU"], "go_backwards": (True,)},
}  # fmt: skip
"""The same of a layer within another, by the outer class and the part that it is."""
WIRINGS: tuple[Mapping[str, tuple[str, ...]], ...] = (
    {"lstm": ("in",), "lstm_1": ("in", "lstm:1", "lstm:2"), "dense": ("lstm_1:0",)},
    {"embedding": ("in",), "embedding_1": ("in",), "lstm": ("embedding:0",),
     "lstm_1": ("embedding_1:0", "lstm:1", "lstm:2"), "dense": ("lstm_1:0",)},
    {"embedding": ("in",), "embedding_1": ("in",), "bidirectional": ("embedding:0",),
     "gru": ("embedding_1:0",), "time_distributed": ("bidirectional:0",),
     "additive_attention": ("gru:0", "time_distributed:0"),
     "concatenate": ("gru:0", "additive_attention:0"), "dense": ("concatenate:0",)},
)  # fmt: skip
"""What each layer reads, in the models that are known."""
UNSAID = N_(
    "the file does not say how its layers are wired and squashed; lstm_seq2seq's are assumed"
)


def layers(text: str) -> list[dict[str, Any]]:
    """The layers of a model's program.

    Args:
        text: as JSON.

    Raises:
        UserError: one is not known, or computes something else than is known.
    """
    try:
        found = json.loads(text)["config"]["layers"]
        every = [(one["class_name"], one["config"]["name"], one["config"]) for one in found]
    except (ValueError, RecursionError, KeyError, TypeError):
        told = later("does not say its layers; a functional model is needed.")
        raise UserError(told) from None
    for kind, name, config in every:
        if kind not in SLOTS and kind not in WEIGHTLESS:
            raise UserError(
                later(
                    "has a layer {layer} of the class {kind}, which is not known here; known are "
                    "{known}.",
                    layer=label(str(name), 40),
                    kind=label(str(kind), 40),
                    known=", ".join((*SLOTS, *WEIGHTLESS)),
                )
            )
        _check(name, config, OPTIONS.get(kind, {}))
        for (outer, part), options in INSIDE.items():
            if outer == kind and isinstance(config.get(part), dict):
                _check(name, config[part].get("config", {}), options)
    return found


def _check(name: Any, config: Mapping[str, Any], options: Options) -> None:
    """Refuse what a layer says of itself where something else would be computed."""
    for option, known in options.items():
        given = config.get(option, known[0])
        if given not in known:
            raise UserError(
                later(
                    "has a layer {layer} with {option} {given}; known is {known}.",
                    layer=label(str(name), 40),
                    option=option,
                    given=label(str(given), 40),
                    known=" / ".join(map(str, known)),
                )
            )


def named(
    found: Found, program: list[dict[str, Any]] | None, counted: bool
) -> tuple[dict[str, np.ndarray], list[str]]:
    """The arrays by layer and slot, ``lstm.kernel``, and what the file leaves unsaid.

    Args:
        found: the arrays.
        program: the layers; None where the file has none.
        counted: whether they are found by their counted classes already, not by their own names.

    Raises:
        UserError: for layers that are wired otherwise than is known, or arrays that none has.
    """
    if program is None:
        known = {_snake(kind): kind for kind in SLOTS}
        every = [(own, known.get(re.sub(r"_\d+$", "", own), "")) for own in found]
    else:
        every = [(one["config"]["name"], one["class_name"]) for one in program]
    counts: Counter[str] = Counter()
    called = {own: (kind, _counted(counts, _snake(kind))) for own, kind in every}
    if program is not None:
        _wired(program, {own: name for own, (_, name) in called.items()})
    if counted:
        called = {name: (kind, name) for kind, name in called.values()}
    arrays: dict[str, np.ndarray] = {}
    for own, held in found.items():
        kind, name = called.get(own, ("", own))
        for place, array in held.items():
            slot = _slot(kind, place)
            if slot is None:
                raise UserError(
                    later("has an array of {layer} that is not known here.", layer=label(own, 60))
                )
            if slot.endswith("bias") and array.ndim == 2 and len(array) == 2:
                arrays[f"{name}.{slot}_input"], arrays[f"{name}.{slot}_recurrent"] = array
            else:
                arrays[f"{name}.{slot}"] = array
    return arrays, [] if program else [UNSAID]


def _slot(kind: str, place: str) -> str | None:
    """What an array is, by its place: ``0``, or ``forward_layer.0``."""
    slots = SLOTS.get(kind, ())
    part, _, number = place.rpartition(".")
    inside = [slot for slot in slots if slot.startswith(f"{part}.")] if part else list(slots)
    if not number.isdecimal() or int(number) >= len(inside):
        return None
    return inside[int(number)]


def _snake(kind: str) -> str:
    """``TimeDistributed`` as Keras names its layers: ``time_distributed``."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()


def _counted(counts: Counter[str], name: str) -> str:
    counts[name] += 1
    return name if counts[name] == 1 else f"{name}_{counts[name] - 1}"


def _wired(program: list[dict[str, Any]], called: Mapping[str, str]) -> None:
    """Refuse layers that read one another otherwise than in a model that is known."""
    inputs = {layer["config"]["name"] for layer in program if layer["class_name"] == "InputLayer"}
    through = {layer["config"]["name"]: list(_read(layer.get("inbound_nodes")))
               for layer in program if layer["class_name"] == "Dropout"}  # fmt: skip

    def told(name: str, output: int) -> str:
        while through.get(name):
            name, output = through[name][0]
        return "in" if name in inputs else f"{called.get(name, '?')}:{output}"

    found = {
        called[layer["config"]["name"]]: tuple(
            told(*one) for one in _read(layer.get("inbound_nodes")))
        for layer in program if layer["class_name"] not in ("InputLayer", "Dropout")
    }  # fmt: skip
    if found not in WIRINGS:
        some = "; ".join(f"{name} ← {', '.join(reads)}" for name, reads in found.items())
        raise UserError(
            later(
                "wires its layers in a way that is not known here: {wires}.",
                wires=label(some, 300),
            )
        )


def _read(held: Any) -> Iterator[tuple[str, int]]:
    """The layers and outputs that a node reads, as Keras 2 and Keras 3 write them."""
    if isinstance(held, dict):
        history = held.get("keras_history")
        if history is not None:
            yield str(history[0]), int(history[2])
            return
        for value in held.values():
            yield from _read(value)
    elif isinstance(held, list):
        if len(held) >= 3 and isinstance(held[0], str) and all(type(n) is int for n in held[1:3]):
            yield held[0], held[2]
            yield from _read(held[3:])
            return
        for value in held:
            yield from _read(value)
