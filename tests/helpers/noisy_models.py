"""Sentences and models for comparisons."""

import torch
from tiny import build_system, texts

SENTENCES = [*dict.fromkeys(texts(70, seed=8))]


def writer(name, seed, **switches):
    """A model that writes words and the end token, but no other special."""
    system = build_system(name=name, seed=seed, **switches)
    vocab = system.target_vocab
    with torch.no_grad():
        for role in ("pad", "unk", "bos"):
            system.model.decoder.output.bias[getattr(vocab, role)] = -1e4
    return system
