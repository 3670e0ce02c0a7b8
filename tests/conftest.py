"""Fixtures of all tests. The tiny models themselves are in tiny.py."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tiny import about_of

from s2s import checkpoint
from s2s.results import History
from s2s.translator import Translator

torch.set_num_threads(1)


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """``models(name, translator)`` writes a checkpoint under a root of this test's own."""
    root = tmp_path / "checkpoints"
    root.mkdir()
    monkeypatch.setenv("S2S_CHECKPOINTS", str(root))

    def write(name: str, translator: Translator, **metrics: Any) -> Path:
        checkpoint.save(root / name, translator, about_of(translator, metrics), History())
        return root / name

    return write
