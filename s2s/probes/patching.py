"""Patching: encoder states of one run put into another, and a decoder started from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from s2s.decoding import single
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.model.batch import make_source
from s2s.model.decoder import State as Start
from s2s.probes.cell_steps import State
from s2s.probes.gradients import ready
from s2s.probes.options import check_state, check_step, layer_of
from s2s.probes.sentence import Sentence
from s2s.probes.unrolled import run
from s2s.results import Reading, Source, Trace
from s2s.results.patching import Patching, UnitPatching, strongest
from s2s.text.language import Later, later

Kept = Mapping[tuple[int, int, int], State]
"""(layer, first unit of the way, place) to the state after that token."""
DRAWS, STEPS = 3, 16
"""Orders by chance in which units are restored; about so many numbers of units."""


@dataclass(frozen=True, eq=False)
class _Watch:
    """Keeps every encoder state and changes none."""

    kept: dict[tuple[int, int, int], State]

    def encoder_state(
        self, number: int, part: slice, place: int, h: Tensor, c: Tensor | None
    ) -> State:
        self.kept[number, part.start, place] = h, c
        return h, c

    def first_state(self, number: int, h: Tensor, c: Tensor | None) -> State:
        return h, c

    def decoder_state(self, number: int, step: int, h: Tensor, c: Tensor | None) -> State:
        return h, c


@dataclass(frozen=True, eq=False)
class _Restore(_Watch):
    """Puts kept states back at some places: all layers and ways, h and c."""

    places: frozenset[int]

    def encoder_state(
        self, number: int, part: slice, place: int, h: Tensor, c: Tensor | None
    ) -> State:
        return self.kept[number, part.start, place] if place in self.places else (h, c)


@dataclass(frozen=True, eq=False)
class _RestoreUnits(_Watch):
    """Puts some units of a layer back at one place, their h and their c."""

    layer: int
    place: int
    units: Tensor

    def encoder_state(
        self, number: int, part: slice, place: int, h: Tensor, c: Tensor | None
    ) -> State:
        if number != self.layer or place != self.place:
            return h, c
        clean, cell = self.kept[number, part.start, place]
        mine = self.units[part]
        return torch.where(mine, clean, h), None if c is None or cell is None else torch.where(
            mine, cell, c
        )


@dataclass(frozen=True, eq=False)
class Runs:
    """A clean and a corrupted run with the same tokens fed, ready to be patched.

    Attributes:
        clean: its reading.
        corrupted: its reading.
        answered: what the corrupted run writes by itself.
    """

    system: System
    clean: Reading
    corrupted: Reading
    output: tuple[str, ...]
    answered: tuple[str, ...]
    sentence: Sentence
    kept: Kept
    clean_odds: Tensor

    def patched(self, places: Sequence[int]) -> Tensor:
        """[T] log odds of the clean answer in the corrupted run, states at these places restored.

        A state is what all layers and ways hold after that token: h, and c of an LSTM. It is put
        back before anything reads it: the next token's step, attention, the decoder's start.
        """
        return run(self.sentence, _Restore(dict(self.kept), frozenset(places)))


@torch.inference_mode(mode=False)
def runs(system: System, text: Source, corrupted: Source) -> Runs:
    """Both runs of a pair of sources.

    Raises:
        UserError: for texts that cannot be read, or that are not equally many tokens.
    """
    reading, output, _, clean = ready(system, text, None)
    other, _, _, sentence = ready(system, corrupted, output)
    if len(reading.tokens) != len(other.tokens):
        raise UserError(
            later("The two sources have {n} and {other} tokens; a state can be put in another's "
                  "place only where both have as many.",
                  n=len(reading.tokens), other=len(other.tokens))
        )  # fmt: skip
    kept: dict[tuple[int, int, int], State] = {}
    with torch.no_grad():
        odds = run(clean, _Watch(kept))
    return Runs(
        system, reading, other, tuple(system.target_vocab.decode(output)),
        single.greedy(system, other).output, sentence, kept, odds,
    )  # fmt: skip


@torch.inference_mode(mode=False)
def patching(
    system: System,
    text: Source,
    corrupted: Source,
    progress: Callable[[float, Later], None] = lambda share, what: None,
) -> Patching:
    """Restore each encoder state of the clean run, one at a time, in the corrupted one (float64).

    The clean run's own answer is fed in all of them, so that only the source differs.

    Args:
        system: the model; only read.
        text: the source whose answer is wanted.
        corrupted: another one of as many tokens.
        progress: takes the share that is done, and what comes next.

    Raises:
        UserError: as `runs`; also for cells that are not known.
    """
    both = runs(system, text, corrupted)
    count = len(both.clean.tokens)
    with torch.no_grad():
        none = both.patched(())
        columns = []
        for place in range(count):
            progress(place / count, later("a run for each source token"))
            columns.append(both.patched((place,)))
    return Patching(
        system.name, both.clean.tokens, both.corrupted.tokens, both.output, both.answered,
        both.clean_odds.numpy(), none.numpy(), torch.stack(columns, dim=1).numpy(),
    )  # fmt: skip


@torch.inference_mode(mode=False)
def unit_patching(
    system: System,
    text: Source,
    corrupted: Source,
    step: int,
    place: int,
    layer: int = -1,
    progress: Callable[[float, Later], None] = lambda share, what: None,
) -> UnitPatching:
    """Restore units of one layer's state at one place: each alone, then more and more of them.

    Once those first that bring most back alone, and `DRAWS` times as chance has them, which tells
    whether few units carry the answer. All of them are that layer's whole state.

    Args:
        system: the model; only read.
        text: the source whose answer is wanted.
        corrupted: another one of as many tokens.
        step: 0-based, of the clean run's answer.
        place: 0-based source position.
        layer: 0-based; -1 is the top layer.
        progress: takes the share that is done, and what comes next.

    Raises:
        UserError: as `patching`, and for a step, place or layer that does not exist.
    """
    both = runs(system, text, corrupted)
    config = system.config
    check_step(step, len(both.output))
    check_state("encoder", place, len(both.clean.tokens))
    layer = layer_of(system, layer)
    units = config.ways * config.way_size
    # Later steps have no say in this one.
    steps = slice(0, step + 1)
    sentence = replace(
        both.sentence, fed=both.sentence.fed[steps], target=both.sentence.target[steps]
    )

    def restored(those: Sequence[int]) -> float:
        mask = torch.zeros(units, dtype=torch.bool)
        mask[torch.tensor(list(those), dtype=torch.long)] = True
        touch = _RestoreUnits(dict(both.kept), layer, place, mask)
        return float(run(sentence, touch)[step])

    draw = np.random.default_rng(0)
    counts = steps_to(units)
    with torch.no_grad():
        none = float(both.patched(())[step])
        alone = np.empty(units)
        for unit in range(units):
            if unit % 16 == 0:
                progress(0.6 * unit / units, later("a run for each unit"))
            alone[unit] = restored([unit])
        orders = [strongest(alone), *(draw.permutation(units).tolist() for _ in range(DRAWS))]
        groups = np.empty((len(counts), len(orders)))
        for row, count in enumerate(counts):
            progress(0.6 + 0.4 * row / len(counts), later("more and more units"))
            groups[row] = [restored(order[:count]) for order in orders]
    return UnitPatching(
        system.name, layer, step, place, both.output[step], both.clean.tokens[place],
        float(both.clean_odds[step]), none, counts, alone, groups[:, 0], groups[:, 1:],
    )  # fmt: skip


def steps_to(units: int) -> tuple[int, ...]:
    """Numbers of units from none to all: the first few, then about evenly."""
    even = np.linspace(0, units, min(units, STEPS) + 1).round().astype(int).tolist()
    return tuple(sorted({0, *(n for n in (1, 2, 4) if n < units), *even}))


@torch.inference_mode()
def started_elsewhere(system: System, text: Source, other: Source, share: float = 1.0) -> Trace:
    """What the model writes when its decoder starts from another sentence's last encoder state.

    What attention may look at stays that of the text; the start alone is changed.

    Args:
        system: the model.
        text: the source.
        other: the sentence whose start is taken.
        share: of the other start in the mix; 0 is the text's own, 1 the other's.

    Raises:
        UserError: for texts that cannot be read, and for a share that is none.
    """
    if not 0 <= share <= 1:
        raise UserError(
            later("The share of the other state is {share}; it must be between 0 and 1.",
                  share=share)
        )  # fmt: skip
    reading, far = system.read(text), system.read(other)
    own, elsewhere = (
        system.model.encode(
            make_source([one.ids], system.config, system.sequence, system.source_vocab)
        )[1]
        for one in (reading, far)
    )
    return single.greedy(system, reading, start=mixed(own, elsewhere, share))


def mixed(own: Start, other: Start, share: float) -> Start:
    """(1 - share) of one first state of the decoder and share of another; exact at both ends."""
    if share in (0.0, 1.0):
        return other if share else own

    def between(a: Tensor | None, b: Tensor | None) -> Tensor | None:
        return None if a is None or b is None else (1 - share) * a + share * b

    hidden = between(own.hidden, other.hidden)
    assert hidden is not None
    return Start(hidden, between(own.cell, other.cell), between(own.attentional, other.attentional))
