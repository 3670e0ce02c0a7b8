"""Padding that a one-hot encoder reads: a word more, which is no input at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import torch
from torch import Tensor

from s2s.config import ModelConfig
from s2s.text.vocab import PAD, Vocab


def with_nothing(
    config: ModelConfig, weights: Mapping[str, Tensor], vocab: Vocab
) -> tuple[ModelConfig, dict[str, Tensor], Vocab]:
    """A model whose one-hot source has one word more, with zeros as its column: padding.

    Args:
        config: its shape.
        weights: its tensors.
        vocab: its source words, none of which is padding.
    """
    wide = {
        name: torch.cat([own, own.new_zeros(len(own), 1)], 1)
        if name.startswith("encoder.rnn.weight_ih_l0") else own
        for name, own in weights.items()
    }  # fmt: skip
    name = PAD
    while name in vocab.ids:
        name = f"<{name}>"
    words = replace(vocab, tokens=(*vocab.tokens, name), pad=len(vocab))
    return replace(config, source_vocabulary=len(words)), wide, words


def lacks(config: ModelConfig, vocab: Vocab) -> bool:
    """Whether padding could be read, and there is no word for it."""
    return config.source_input == "one_hot" and vocab.pad is None
