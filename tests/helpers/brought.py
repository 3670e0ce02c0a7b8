"""Files as a visitor drops them: a foreign model, its words, and what it wrote itself."""

from __future__ import annotations

import io
import json
from typing import Any

import torch
from foreign_models import BOS, EOS, MODELS, SOURCE, TARGET, made

Files = list[tuple[str, bytes, str]]
WORDS = {
    "source": ["<pad>", "<sos>", "<eos>", *(f"s{letter}" for letter in "abcdefghi")],
    "target": ["<pad>", "<sos>", "<eos>", *(f"t{letter}" for letter in "abcdefgh")],
}
SENTENCES = [[3, 5, EOS], [4, 4, 7, EOS], [9, EOS], [11, 3, 8, 6, 5, EOS], [10, 6, EOS]]
assert len(WORDS["source"]) == SOURCE and len(WORDS["target"]) == TARGET
assert (WORDS["source"][EOS], WORDS["target"][BOS]) == ("<eos>", "<sos>")


def model(name: str = "PyTorch tutorial of 2023") -> Any:
    kind, switches, _ = MODELS[name]
    return made(kind(**switches))


def weights(of: Any) -> bytes:
    held = io.BytesIO()
    torch.save(of.state_dict(), held)
    return held.getvalue()


def check(of: Any, limit: int = 8, filled: int = 0) -> bytes:
    """check.json as the original writes it; one that fills its source up reads padding too."""
    entries = []
    for ids in SENTENCES:
        output, logits = of.answer(ids + [0] * (filled - len(ids)), limit)
        entries.append({"source": ids, "output": output, "logits": logits.tolist()})
    return json.dumps(entries).encode()


def files(of: Any, checked: bytes | None = None) -> Files:
    """All that is dropped."""
    found = [
        ("model.pt", weights(of), "application/octet-stream"),
        ("words.json", json.dumps(WORDS).encode(), "application/json"),
    ]
    return found + ([("check.json", checked, "application/json")] if checked else [])
