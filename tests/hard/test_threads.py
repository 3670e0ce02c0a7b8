"""Many visitors at once on the same models: every answer to the last bit as if each came alone.

`make test-hard` lets eight threads ask two hundred times each.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from fingerprints import fingerprint
from tiny import build_like, build_system

from s2s import probes
from s2s.decoding import whatif
from s2s.probes.walk import walk

THREADS, EACH = (8, 200) if os.environ.get("S2S_HARD") else (4, 12)
SYSTEMS = [
    build_system(attention="general", dtype=torch.float32), build_system(dtype=torch.float32),
    build_system(attention="additive", cell="lstm", layers=2, dtype=torch.float32), build_like(3),
]  # fmt: skip
WORDS = "a b c d e f g h".split()


def bits(found: Any) -> Any:
    """A result as something that is equal only where every bit is."""
    if isinstance(found, np.ndarray):
        return found.dtype.str, found.shape, found.tobytes()
    if is_dataclass(found) and not isinstance(found, type):
        return type(found).__name__, [bits(getattr(found, item.name)) for item in fields(found)]
    if isinstance(found, dict):
        return [(key, bits(value)) for key, value in found.items()]
    if isinstance(found, list | tuple):
        return [bits(one) for one in found]
    return float(found).hex() if isinstance(found, float) else repr(found)


def asked(number: int) -> Callable[[], Any]:
    """A request, the same for a number."""
    draw = random.Random(number)
    system = draw.choice(SYSTEMS)
    text = " ".join(draw.choices(WORDS, k=draw.randint(1, 6)))
    step = whatif.Edit("force", 0, draw.choice(system.target_vocab.tokens[4:]))
    return draw.choice([
        partial(system.translate, text),
        partial(system.beam, text, draw.randint(1, 4)),
        partial(system.sample, text, seed=number),
        partial(whatif.run, system, text, (step,)),
        partial(probes.gradient_flow, system, text),
        partial(probes.input_influence, system, text),
        lambda: walk(system, system.translate(text), 0),
    ])  # fmt: skip


@pytest.mark.parametrize("seed", [0, 1])
def test_answers_are_those_of_one_visitor_and_the_weights_stay(seed):
    numbers = [100_000 * seed + n for n in range(THREADS * EACH)]
    before = [fingerprint(system.model) for system in SYSTEMS]
    alone = [bits(asked(number)()) for number in numbers]
    mixed = random.Random(seed).sample(numbers, len(numbers))
    with ThreadPoolExecutor(THREADS) as pool:
        together = dict(zip(mixed, pool.map(lambda n: bits(asked(n)()), mixed), strict=True))
    assert [number for number, one in zip(numbers, alone, strict=True)
            if together[number] != one] == []  # fmt: skip
    assert [fingerprint(system.model) for system in SYSTEMS] == before
