"""The cells' equations, one recurrent step at a time, from PyTorch's RNN, GRU and LSTM pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from s2s.probes.sentence import Layer

# h [H], and c [H] or None.
State = tuple[Tensor, Tensor | None]


def from_state(h: Tensor, layer: Layer) -> Tensor:
    """[G * H] W_hh h + b_hh; unlike ``@`` this is fast with many gradients at once."""
    return torch.nn.functional.linear(h, layer.hh, layer.bias_hh)


def rnn_cell(from_input: Tensor, h: Tensor, c: Tensor | None, layer: Layer) -> State:
    """State h' = tanh(W_ih x + b_ih + W_hh h + b_hh)."""
    return torch.tanh(from_input + from_state(h, layer)), None


def gru_cell(from_input: Tensor, h: Tensor, c: Tensor | None, layer: Layer) -> State:
    """Gates r, z, n; b_hn stands inside r * ( ); h' = (1 - z) * n + z * h."""
    r_x, z_x, n_x = from_input.chunk(3)
    r_h, z_h, n_h = from_state(h, layer).chunk(3)
    r, z = torch.sigmoid(r_x + r_h), torch.sigmoid(z_x + z_h)
    n = torch.tanh(n_x + r * n_h)
    return (1 - z) * n + z * h, None


def lstm_cell(from_input: Tensor, h: Tensor, c: Tensor | None, layer: Layer) -> State:
    """Gates i, f, g, o; c' = f * c + i * g; h' = o * tanh(c')."""
    assert c is not None  # an LSTM starts with one
    i, f, g, o = (from_input + from_state(h, layer)).chunk(4)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.sigmoid(o) * torch.tanh(c), c


# (W_ih x + b_ih [G * H], h [H], c [H] or None, layer) to (h', c').
CELLS: dict[str, Callable[[Tensor, Tensor, Tensor | None, Layer], State]] = {
    "rnn": rnn_cell,
    "gru": gru_cell,
    "lstm": lstm_cell,
}


def run_layer(
    kind: str,
    layer: Layer,
    inputs: Tensor,
    state: State,
    steps: Sequence[int],
    nudge: Callable[[Tensor, Tensor | None, int], State] | None,
) -> tuple[Tensor, State]:
    """Run one layer over its inputs [N, I] in the order of `steps`.

    Returns:
        [N, H] hidden states in the order of the inputs, and the state after the last step.
    """
    from_input = inputs @ layer.ih.T + layer.bias_ih  # [N, G * H]
    outputs: list[Tensor] = [inputs] * len(inputs)
    h, c = state
    for step in steps:
        h, c = CELLS[kind](from_input[step], h, c, layer)
        if nudge is not None:
            h, c = nudge(h, c, step)
        outputs[step] = h
    return torch.stack(outputs), (h, c)
