"""Small models with seeded random weights, and where the real data lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.decoding.translator import Translator
from s2s.model.seq2seq import Seq2Seq
from s2s.tasks import TASKS
from s2s.tasks.about import About
from s2s.text.vocab import BOS, EOS, PAD, UNK, Vocab

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "data"

SOURCE_WORDS = tuple("abcdefgh")
TARGET_WORDS = ("red", "green", "blue", "sky", "sea", "sun")
SIZES: dict[str, Any] = {"hidden": 6, "source_embedding": 5, "target_embedding": 4}


def random_model(config: ModelConfig, seed: int, dtype: torch.dtype) -> Seq2Seq:
    """Weights so large that attention is far from uniform and outputs differ."""
    model = Seq2Seq(config).to(dtype)
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            drawn = torch.randn(parameter.shape, generator=generator, dtype=torch.float64)
            parameter.copy_(0.7 * drawn)
    return model.eval().requires_grad_(False)


def build_system(
    sequence: SequenceConfig | None = None,
    source: Vocab | None = None,
    target: Vocab | None = None,
    seed: int = 3,
    dtype: torch.dtype = torch.float64,
    name: str = "test/tiny",
    task: str = "fra-eng",
    **switches: Any,
) -> Translator:
    # Attention by location knows so many places, the end token's among them.
    longest = switches["attention_slots"] - 1 if switches.get("attention") == "location" else 12
    sequence = sequence or SequenceConfig(max_source_length=longest, max_output_length=9)
    source = source or Vocab((PAD, UNK, EOS, *SOURCE_WORDS), pad=0, unk=1, eos=2)
    target = target or Vocab((PAD, UNK, BOS, EOS, *TARGET_WORDS), pad=0, unk=1, bos=2, eos=3)
    config = ModelConfig(
        source_vocabulary=len(source), target_vocabulary=len(target), **{**SIZES, **switches}
    )
    model = random_model(config, seed, dtype)
    return Translator(name, task, model, sequence, source, target, "French")


def build_like(tutorial: int, **changes: Any) -> Translator:
    """A tiny model with the manners of tutorial 3, 4 or 5."""
    if tutorial == 3:
        return build_system(
            SequenceConfig(
                source_eos=True, target_repeats_bos=True, max_source_length=7, max_output_length=8
            ),
            Vocab((BOS, EOS, *SOURCE_WORDS), bos=0, eos=1),
            Vocab((BOS, EOS, *TARGET_WORDS), bos=0, eos=1),
            **{"attention": "dot", "attention_slots": 8, "target_activation": "relu"} | changes,
        )
    if tutorial == 4:
        shared = Vocab((*"0123456789", *"-/ _acdem,"))
        return build_system(
            replace(TASKS["dates"].defaults.sequence, fixed_source_length=12, max_source_length=12),
            shared,
            shared,
            task="dates",
            **{"cell": "lstm", "attention": "dot", "attentional_layer": False,
               "reverse_source": True} | changes,
        )  # fmt: skip
    return build_system(
        SequenceConfig(source_bos=True, max_source_length=12, max_output_length=9),
        Vocab((PAD, UNK, BOS, EOS, *SOURCE_WORDS), pad=0, unk=1, bos=2, eos=3),
        **{"cell": "lstm", "layers": 2, "bridge": "hidden_and_cell", "attention": "general",
           "reverse_source": True} | changes,
    )  # fmt: skip


def corpus(name: str) -> str:
    """Path of a shared data file; the test is skipped where it is absent."""
    path = DATA / name
    if not path.is_file():
        pytest.skip(f"needs ../shared/data/{name}")
    return str(path)


def about_of(system: Translator, metrics: dict[str, Any] | None = None) -> About:
    """What is said of a model that was never trained."""
    return About(
        train=TrainConfig(), data=TASKS[system.task].defaults.data, variant="tiny", command="-",
        parameters=1, seconds=1.0, updates=1, torch="2", metrics=metrics or {},
    )  # fmt: skip


def texts(
    count: int, seed: int, words: Sequence[str] = SOURCE_WORDS, longest: int = 9
) -> list[str]:
    """Seeded random sentences of 1 to `longest` known words."""
    generator = torch.Generator().manual_seed(seed)

    def draw(high: int) -> int:
        return int(torch.randint(high, (), generator=generator))

    return [" ".join(words[draw(len(words))] for _ in range(1 + draw(longest)))
            for _ in range(count)]  # fmt: skip
