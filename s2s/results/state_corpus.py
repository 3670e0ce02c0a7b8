"""The states of many sentences: what was read, what was written, and where each token took it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from s2s.results.base import Array, check_shape
from s2s.text.language import N_

SIDES = ("encoder", "decoder")
NEXT, TOKEN, POSITION, LENGTH = OWN = (
    N_("next token"),
    N_("token"),
    N_("position"),
    N_("length"),
)
"""What is known of every state; what a task knows of its sentences comes beside."""
END = N_("the end")
"""What comes after the last token."""
Places = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class SideStates:
    """N states of one side, sentence after sentence, each in reading order."""

    states: Array
    """[N, M] float16, perhaps mapped from a file: never written into."""
    sizes: Array
    """[N] their lengths as vectors, float32."""
    sentence: Places
    """[N] the sentence each belongs to, rising."""
    place: Places
    """[N] its 0-based place among that sentence's tokens."""

    def __post_init__(self) -> None:
        """Check every shape against N."""
        for name in ("sizes", "sentence", "place"):
            check_shape(self, name, getattr(self, name), (len(self.states),))

    def __len__(self) -> int:
        """N."""
        return len(self.states)


@dataclass(frozen=True, eq=False)
class StateCorpus:
    """The states of K sentences of one model, at one layer.

    Attributes:
        model: the checkpoint's name.
        layer: 0-based.
        about: one sentence on where the sentences come from.
        texts: K, as they were given.
        sources: K tuples of the tokens read, specials included.
        outputs: K tuples of the tokens written, the end token included.
        labels: K, what is known of each sentence.
        encoder: a state per token read.
        decoder: a state per token written: the one that wrote it.
        refused: sentences that the model could not read.
    """

    model: str
    layer: int
    about: str
    texts: tuple[str, ...]
    sources: tuple[tuple[str, ...], ...]
    outputs: tuple[tuple[str, ...], ...]
    labels: tuple[Mapping[str, str], ...]
    encoder: SideStates
    decoder: SideStates
    refused: int = 0

    def __post_init__(self) -> None:
        """Check the numbers of sentences and of states."""
        for name in ("sources", "outputs", "labels"):
            if len(getattr(self, name)) != len(self.texts):
                raise ValueError(f"StateCorpus.{name} is not as long as its texts")
        for side in SIDES:
            count = sum(map(len, self.tokens(side)))
            if count != len(self.side(side)):
                raise ValueError(f"StateCorpus.{side} has {len(self.side(side))} of {count} states")

    def side(self, name: str) -> SideStates:
        """The states of ``encoder`` or ``decoder``."""
        return {"encoder": self.encoder, "decoder": self.decoder}[name]

    def tokens(self, side: str) -> tuple[tuple[str, ...], ...]:
        """The tokens of every sentence on one side."""
        return {"encoder": self.sources, "decoder": self.outputs}[side]

    def attributes(self) -> tuple[str, ...]:
        """Every attribute that some sentence has, the general ones first."""
        return (*OWN, *dict.fromkeys(name for one in self.labels for name in one))

    def values(self, side: str, attribute: str) -> tuple[str, ...]:
        """The attribute of all N states of a side; empty where it is not known."""
        tokens = self.tokens(side)
        if attribute == TOKEN:
            return tuple(token for row in tokens for token in row)
        if attribute == NEXT:
            return tuple(token for row in tokens for token in (*row[1:], END))
        if attribute == POSITION:
            return tuple(str(place + 1) for place in self.side(side).place)
        known = [str(len(row)) for row in self.sources] if attribute == LENGTH else [
            one.get(attribute, "") for one in self.labels
        ]  # fmt: skip
        return tuple(known[sentence] for sentence in self.side(side).sentence)

    def of(self, side: str, state: int) -> Mapping[str, str]:
        """Every attribute of one state."""
        part = self.side(side)
        sentence, place = int(part.sentence[state]), int(part.place[state])
        return {
            **token_attributes(self.tokens(side)[sentence], place),
            LENGTH: str(len(self.sources[sentence])), **self.labels[sentence],
        }  # fmt: skip


def token_attributes(tokens: tuple[str, ...], place: int) -> dict[str, str]:
    """What is known of a state by its tokens alone."""
    after = tokens[place + 1] if place + 1 < len(tokens) else END
    return {TOKEN: tokens[place], NEXT: after, POSITION: str(place + 1)}


@dataclass(frozen=True)
class Neighbour:
    """One state of a corpus that is near another.

    Attributes:
        state: its number among the side's.
        text: of its sentence.
        source: the tokens read.
        output: the tokens written.
        place: 0-based, among the source's or the output's tokens.
        value: its cosine, or its Euclidean distance.
        known: every attribute of it.
    """

    state: int
    text: str
    source: tuple[str, ...]
    output: tuple[str, ...]
    place: int
    value: float
    known: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The states of a corpus nearest to one state, each of another sentence.

    Attributes:
        model: the checkpoint's name.
        side: ``encoder`` or ``decoder``.
        layer: 0-based.
        metric: ``cosine`` (largest first) or ``euclidean`` (smallest first).
        tokens: of the sentence that is asked about, on this side.
        place: 0-based, of the state that is asked about.
        known: every attribute of it.
        states: how many were searched.
        found: the nearest first.
    """

    model: str
    side: str
    layer: int
    metric: str
    tokens: tuple[str, ...]
    place: int
    known: Mapping[str, str]
    states: int
    found: tuple[Neighbour, ...]

    def shared(self) -> dict[str, int]:
        """Attribute to how many neighbours have the same value; only of what is known here."""
        return {
            name: sum(one.known.get(name) == value for one in self.found)
            for name, value in self.known.items()
        }
