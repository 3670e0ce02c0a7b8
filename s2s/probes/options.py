"""Options of probes: what is refused by more than one of them."""

from __future__ import annotations

from collections.abc import Collection

from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.text.language import N_, later

SIDE_STATES = {
    "encoder": N_("There is no encoder state {n}; they are 0 to {last}."),
    "decoder": N_("There is no decoder state {n}; they are 0 to {last}."),
}


def check_choice(name: str, value: object, choices: Collection[str]) -> None:
    """Refuse what is none of the choices, naming them."""
    if value not in choices:
        raise UserError(
            later(
                "{name} is {value!r}; it must be {choices: or }.",
                name=name,
                value=value,
                choices=tuple(choices),
            )
        )


def check_state(side: str, place: int, count: int) -> None:
    """Refuse a state of the encoder or the decoder that there is not."""
    if not 0 <= place < count:
        raise UserError(later(SIDE_STATES[side], n=place, last=count - 1))


def check_step(step: int, count: int) -> None:
    """Refuse a step that a run has not reached."""
    if not 0 <= step < count:
        raise UserError(
            later("Step {step} does not exist; steps are 0 to {last}.", step=step, last=count - 1)
        )


def output_to(output: list[int], step: int) -> list[int]:
    """An answer up to a step and with it; UserError where it ends before."""
    if not 0 <= step < len(output):
        raise UserError(
            later("There is no step {n}; this answer has {of}.", n=step + 1, of=len(output))
        )
    return output[: step + 1]


def layer_of(system: System, layer: int) -> int:
    """A layer counted from 0, given so or from the end; UserError where there is none."""
    layers = system.config.layers
    if not -layers <= layer < layers:
        raise UserError(
            later(
                "Layer {layer} does not exist; the layers of {name} are 0 to {last}.",
                layer=layer,
                name=system.name,
                last=layers - 1,
            )
        )
    return layer % layers
