"""Where the decoder starts: other first states that the same weights allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation.reread import changed
from s2s.model.seq2seq import blank
from s2s.text.language import N_, Later, later

STARTS = {
    "hidden": N_("The original starts the decoder's cell at zero."),
    "hidden_and_cell": N_("The original hands the cell state to the decoder."),
    "hidden_as_both": N_("The original starts the decoder's cell from the hidden state too."),
    "nothing": N_("The original starts the decoder from zeros."),
}
"""What each bridge does."""
LAYERS = {
    "top": N_("The original starts every layer of the decoder from the top one's last state."),
    "each": N_(
        "The original starts every layer of the decoder from the encoder's layer beside it."
    ),
}
"""From which of the encoder's layers."""
BRIDGES = {
    "always": N_("The original puts a tanh behind the layer before the decoder's first state."),
    "linear": N_("The original puts no tanh behind the layer before the decoder's first state."),
}
"""Through which layer."""
BOTH_WAYS = {
    "never": N_("The original's decoder starts from the sum of both ways."),
    "first_states": N_("The original's decoder starts from the first states of the encoder."),
}
"""From which states of an encoder that reads both ways."""


def starts(system: System) -> Iterator[tuple[Later, System]]:
    """The model with each other first state, and the mistake that it would mend.

    Args:
        system: the model.
    """
    config = system.config
    other: list[tuple[str, dict[str, str]]] = [
        (told, {"bridge": bridge}) for bridge, told in STARTS.items() if bridge != config.bridge
    ]
    if config.cell != "lstm" and config.bridge == "nothing":
        told = N_("The original starts the decoder from the encoder's last state.")
        other = [(told, {"bridge": "hidden"})]
    if config.layers > 1 and config.bridge_layer != "first_states":
        layer = "top" if config.bridge_from == "each" else "each"
        other.append((LAYERS[layer], {"bridge_from": layer}))
    if config.has_bridge_layer:
        bridge = "always" if config.bridge_layer == "linear" else "linear"
        other.append((BRIDGES[bridge], {"bridge_layer": bridge}))
    needed = blank(config).state_dict().keys()
    for told, change in other:
        try:
            made = replace(config, **change)  # type: ignore[arg-type]
        except UserError:  # no such model
            continue
        if blank(made).state_dict().keys() == needed:
            yield later(told), changed(system, made)
    if config.directions == "sum" and config.bridge_layer in ("never", "first_states"):
        layer = "never" if config.bridge_layer == "first_states" else "first_states"
        yield later(BOTH_WAYS[layer]), changed(system, replace(config, bridge_layer=layer))
