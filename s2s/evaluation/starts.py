"""Where the decoder starts: other first states that the same weights allow."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation.reread import changed
from s2s.model.seq2seq import blank

STARTS = {
    "hidden": "starts the decoder's cell at zero",
    "hidden_and_cell": "hands the cell state to the decoder",
    "hidden_as_both": "starts the decoder's cell from the hidden state too",
    "nothing": "starts the decoder from zeros",
}
"""What each bridge does."""


def starts(system: System) -> Iterator[tuple[str, System]]:
    """The model with each other first state, and the mistake that it would mend.

    Args:
        system: the model.
    """
    config = system.config
    other: list[tuple[str, dict[str, str]]] = [
        (told, {"bridge": bridge}) for bridge, told in STARTS.items() if bridge != config.bridge
    ]
    if config.cell != "lstm" and config.bridge == "nothing":
        other = [("starts the decoder from the encoder's last state", {"bridge": "hidden"})]
    if config.layers > 1 and config.bridge_layer != "first_states":
        top = config.bridge_from == "each"
        told = "the top one's last state" if top else "the encoder's layer beside it"
        other.append((f"starts every layer of the decoder from {told}",
                      {"bridge_from": "top" if top else "each"}))  # fmt: skip
    if config.has_bridge_layer:
        linear = config.bridge_layer == "linear"
        told = "puts a tanh" if linear else "puts no tanh"
        other.append((f"{told} behind the layer before the decoder's first state",
                      {"bridge_layer": "always" if linear else "linear"}))  # fmt: skip
    needed = blank(config).state_dict().keys()
    for told, change in other:
        try:
            made = replace(config, **change)  # type: ignore[arg-type]
        except UserError:  # no such model
            continue
        if blank(made).state_dict().keys() == needed:
            yield f"The original {told}.", changed(system, made)
    if config.directions == "sum" and config.bridge_layer in ("never", "first_states"):
        layer = "never" if config.bridge_layer == "first_states" else "first_states"
        told = "the sum of both ways" if layer == "never" else "the first states of the encoder"
        yield (
            f"The original's decoder starts from {told}.",
            changed(system, replace(config, bridge_layer=layer)),
        )
