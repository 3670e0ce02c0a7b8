"""An attention and a cell that the library has never heard of, and what they should give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from s2s.config import ModelConfig
from s2s.model.attention import ATTENTIONS, Additive, Dot
from s2s.model.cells import RNNS
from s2s.model.score import Attention
from s2s.results.score_formula import Products, Program, ScoreFormula

NAMES = ("cosine", "gated", "bare", "louder", "quieter")
"""Foreign attentions; the last two change the score of one that the library knows."""


class Cosine(Attention):
    """score = q . h / (|q| |h|)."""

    formula = ScoreFormula(
        "e_tj = s_t · h_j / (|s_t| |h_j|)",
        r"e_{tj} = s_t \cdot h_j \,/\, (|s_t|\,|h_j|)",
        program=Program("h @ s / (np.linalg.norm(h, axis=1) * np.linalg.norm(s))"),
    )

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        sizes = query.norm(dim=-1)[..., None] * keys.norm(dim=-1)[:, None]
        return query @ keys.transpose(1, 2) / sizes

    def products(self, query: Tensor, keys: Tensor) -> Products[Tensor]:
        return Products("s", query, keys, query.norm() * keys.norm(dim=-1))


class Gated(Attention):
    """score = g v . sigmoid(A q + B h) with A and B of three units, g a number."""

    formula = ScoreFormula(
        "e_tj = g v · σ(A s_t + B h_j)",
        r"e_{tj} = g\, v \cdot \sigma(A s_t + B h_j)",
        "Nobody 2026",
        query="A s",
        keys="B h",
        program=Program("g * (1 / (1 + np.exp(-query - keys))) @ v", "h @ B.T", "A @ s"),
    )

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        hidden = config.hidden
        self.left = nn.Linear(hidden, 3, bias=False)
        self.right = nn.Linear(hidden, 3, bias=False)
        self.vector = nn.Parameter(torch.ones(3))
        self.gain = nn.Parameter(torch.tensor([2.0]))

    def keys(self, memory: Tensor) -> Tensor:
        return self.right(memory)

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        gates = torch.sigmoid(self.left(query)[:, :, None] + keys[:, None])
        return self.gain * (gates @ self.vector)

    def named(self) -> dict[str, Tensor]:
        return {"A": self.left.weight, "B": self.right.weight, "v": self.vector,
                "g": self.gain[0]}  # fmt: skip

    def compared(self, query: Tensor) -> Tensor:
        return self.left(query)


class Bare(Attention):
    """score = -|q - M h| / 2, and not a word more: no program, no sum, no letters; a buffer."""

    formula = ScoreFormula("e_tj = −|s_t − M h_j| / 2", r"e_{tj} = -|s_t - M h_j| / 2")

    def __init__(self, config: ModelConfig):
        super().__init__(config)
        hidden = config.hidden
        self.matrix = nn.Linear(hidden, hidden)
        self.register_buffer("two", torch.tensor(2.0), persistent=False)

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        away = query[:, :, None] - self.matrix(keys)[:, None]  # [B, T, S, H]
        return -away.norm(dim=-1) / self.two


class Louder(Dot):
    """A dot product, three times: inherits all of Dot but its score."""

    formula = ScoreFormula("e_tj = 3 s_t · h_j", r"e_{tj} = 3\, s_t \cdot h_j")

    def score(self, query: Tensor, keys: Tensor) -> Tensor:
        return 3 * super().score(query, keys)


class Quieter(Additive):
    """An additive score of half the keys: inherits all of Additive but its keys."""

    formula = ScoreFormula("e_tj = v · tanh(W s_t + U h_j / 2)", r"v \cdot \tanh(W s_t + U h_j/2)")

    def keys(self, memory: Tensor) -> Tensor:
        return super().keys(memory) / 2


class Leaky(nn.GRU):
    """A GRU whose states leak: every state is half of what its parent would have made."""

    def forward(self, inputs, state=None):
        if isinstance(inputs, nn.utils.rnn.PackedSequence):
            padded, lengths = nn.utils.rnn.pad_packed_sequence(inputs, batch_first=True)
            rows = [self(row[None, :n]) for row, n in zip(padded, lengths.tolist(), strict=True)]
            outputs = nn.utils.rnn.pad_sequence([own[0] for own, _ in rows], batch_first=True)
            packed = nn.utils.rnn.pack_padded_sequence(
                outputs, lengths, batch_first=True, enforce_sorted=False
            )
            return packed, torch.cat([last for _, last in rows], 1)
        outputs = []
        for step in range(inputs.shape[1]):
            output, state = super().forward(inputs[:, step : step + 1], state)
            outputs.append(output / 2)
            state = state / 2
        return torch.cat(outputs, 1), state


def relu_rnn(*args, **kwargs) -> nn.RNN:
    """PyTorch's own class with other equations."""
    return nn.RNN(*args, nonlinearity="relu", **kwargs)


def _sigmoid(x):
    return 1 / (1 + np.exp(-x))


def _weights(parameters, name):
    return parameters[f"decoder.attention.{name}"]


# By name: (parameters, a query [H], an encoder state [H]) to their score, once more.
SCORES = {
    "cosine": lambda w, q, h: q @ h / np.sqrt((q @ q) * (h @ h)),
    "gated": lambda w, q, h: _weights(w, "gain")[0] * _weights(w, "vector") @ _sigmoid(
        _weights(w, "left.weight") @ q + _weights(w, "right.weight") @ h
    ),
    "bare": lambda w, q, h: -0.5 * np.linalg.norm(
        q - _weights(w, "matrix.weight") @ h - _weights(w, "matrix.bias")
    ),
    "louder": lambda w, q, h: 3 * (q @ h),
    "quieter": lambda w, q, h: _weights(w, "energy.weight")[0] @ np.tanh(
        _weights(w, "query.weight") @ q + _weights(w, "key.weight") @ h / 2
    ),
}  # fmt: skip

KINDS = dict(zip(NAMES, (Cosine, Gated, Bare, Louder, Quieter), strict=True))
CELLS = {"leaky": Leaky, "relu_rnn": relu_rnn}


@contextmanager
def registered() -> Iterator[None]:
    """As a newcomer would: one entry in one dict each."""
    ATTENTIONS.update(KINDS)
    RNNS.update(CELLS)
    try:
        yield
    finally:
        for name in KINDS:
            del ATTENTIONS[name]
        for name in CELLS:
            del RNNS[name]
