"""Recurrent cells, and which of them compute exactly the equations that the probes know."""

from __future__ import annotations

from torch import nn

from s2s.config import ModelConfig
from s2s.errors import UserError
from s2s.text.language import later

RNNS: dict[str, type[nn.Module]] = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
"""Made and called as ``nn.RNNBase`` is, packed sequences included; a pair as state has a cell."""

_EQUATIONS = {"RNN_TANH": (nn.RNN, "rnn"), "GRU": (nn.GRU, "gru"), "LSTM": (nn.LSTM, "lstm")}


def equations(rnn: nn.Module) -> str | None:
    """``rnn``, ``gru`` or ``lstm`` for a module that computes PyTorch's equations of that name.

    None for every other one: a subclass may compute anything, so it never counts as its parent.
    """
    kind, name = _EQUATIONS.get(getattr(rnn, "mode", ""), (None, None))
    plain = type(rnn) is kind and rnn.bias and not rnn.proj_size
    return name if plain else None


def known_equations(config: ModelConfig, *parts: nn.Module) -> str:
    """The equations of an encoder's and a decoder's cells.

    Raises:
        UserError: for other cells than PyTorch's RNN, GRU and LSTM.
    """
    found = {equations(part) for part in parts}
    name = found.pop()
    if found or name is None:
        raise UserError(
            later("This model has cells of the kind {cell!r}. Its steps cannot be taken apart: "
                  "that is known for rnn, gru and lstm alone.", cell=config.cell)
        )  # fmt: skip
    return name
