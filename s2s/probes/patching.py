"""Patching: encoder states of one run put into another, and a decoder started from elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from s2s.decoding import single
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.model.batch import make_source
from s2s.model.decoder import State as Start
from s2s.probes.cell_steps import State
from s2s.probes.gradients import ready
from s2s.probes.sentence import Sentence
from s2s.probes.unrolled import decode, encode, log_odds, run
from s2s.results import Reading, Source, Trace
from s2s.results.patching import Patching, UnitPatching

Kept = Mapping[tuple[int, int, int], State]
"""(layer, first unit of the way, place) to the state after that token."""


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
class _RestoreUnit(_Watch):
    """Puts one unit of the top layer back at one place, its h and its c."""

    layer: int
    place: int
    unit: int

    def encoder_state(
        self, number: int, part: slice, place: int, h: Tensor, c: Tensor | None
    ) -> State:
        if number != self.layer or place != self.place or not part.start <= self.unit < part.stop:
            return h, c
        clean, cell = self.kept[number, part.start, place]
        mine = torch.arange(len(h)) == self.unit - part.start
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
            f"The two sources have {len(reading.tokens)} and {len(other.tokens)} tokens; a state "
            "can be put in another's place only where both have as many."
        )
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
    progress: Callable[[float, str], None] = lambda share, what: None,
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
            progress(place / count, "a run for each source token")
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
    progress: Callable[[float, str], None] = lambda share, what: None,
) -> UnitPatching:
    """Restore each unit of the top encoder layer at one place, one at a time.

    Raises:
        UserError: as `patching`, and for a step or place that does not exist.
    """
    both = runs(system, text, corrupted)
    for name, value, count in (
        ("step", step, len(both.output)), ("place", place, len(both.clean.tokens)),
    ):  # fmt: skip
        if not 0 <= value < count:
            raise UserError(f"There is no {name} {value}; they are 0 to {count - 1}.")
    config = system.config
    units = config.ways * config.way_size
    found = []
    # Later steps have no say in this one.
    steps = slice(0, step + 1)
    sentence = replace(
        both.sentence, fed=both.sentence.fed[steps], target=both.sentence.target[steps]
    )
    with torch.no_grad():
        none = both.patched(())[step]
        for unit in range(units):
            if unit % 16 == 0:
                progress(unit / units, "a run for each unit")
            touch = _RestoreUnit(dict(both.kept), config.layers - 1, place, unit)
            memory, hidden, cell = encode(sentence, touch)
            logits = decode(sentence, memory, hidden, cell, touch).logits
            found.append(log_odds(logits, sentence.target)[step])
    return UnitPatching(
        step, place, float(both.clean_odds[step]), float(none), torch.stack(found).numpy()
    )


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
        raise UserError(f"The share of the other state is {share}; it must be between 0 and 1.")
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
