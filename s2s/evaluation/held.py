"""Sentences held against their right answers: with the right tokens fed, and with its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch

from s2s.decoding import batched
from s2s.decoding.system import System
from s2s.model.batch import whole_output


class Held(NamedTuple):
    """One sentence with its right answer fed (teacher forcing).

    It has T' tokens: the end token is among them, a start token that the model writes first is not.

    Attributes:
        wanted: T' ids of the right answer; a token that the model cannot write has a stand-in.
        writable: T' whether it can.
        likeliest: T' the likeliest ids in their places.
        loss: nats per token.
        top: mean probability of the likeliest token.
    """

    wanted: tuple[int, ...]
    writable: tuple[bool, ...]
    likeliest: tuple[int, ...]
    loss: float
    top: float

    def right(self, ids: Sequence[int]) -> tuple[bool, ...]:
        """T' whether these ids are those of the right answer; what is missing is wrong.

        Args:
            ids: the ids in the same places.
        """
        return tuple(
            place < len(ids) and can and ids[place] == wanted
            for place, (wanted, can) in enumerate(zip(self.wanted, self.writable, strict=True))
        )


def hold(
    system: System,
    sources: Sequence[Sequence[int]],
    references: Sequence[Sequence[str]],
    progress: Callable[[float], None] = lambda share: None,
) -> list[Held]:
    """Every source with its right answer fed.

    Args:
        system: the model.
        sources: N rows of ids with their specials.
        references: N right answers as tokens.
        progress: called with the share done; what it raises ends the work.
    """
    vocab, sequence = system.target_vocab, system.sequence
    stand_in = system.start if vocab.unk is None else vocab.unk
    first = int(sequence.target_repeats_bos)

    def one(source: Sequence[int], tokens: Sequence[str]) -> tuple[list[int], list[int], set[int]]:
        unknown = set(vocab.encode(tokens)[1])
        ids = [stand_in if n in unknown else vocab.ids[token] for n, token in enumerate(tokens)]
        return list(source), whole_output(ids, sequence, vocab), unknown

    @torch.inference_mode()
    def batch(some: Sequence[tuple[list[int], list[int], set[int]]]) -> list[Held]:
        decoded = batched.forced(system, [row for row, _, _ in some], [ids for _, ids, _ in some])
        best = decoded.logits.argmax(-1)
        spread = decoded.logits.logsumexp(-1)
        found = []
        for n, (_, ids, unknown) in enumerate(some):
            wanted = ids[first:]
            rows, likeliest = decoded.logits[n, first : len(ids)], best[n, first : len(ids)]
            total = spread[n, first : len(ids)]
            own = rows.gather(1, torch.tensor(wanted)[:, None])[:, 0]
            most = rows.gather(1, likeliest[:, None])[:, 0]
            found.append(Held(
                tuple(wanted), tuple(place not in unknown for place in range(len(wanted))),
                tuple(likeliest.tolist()), float((total - own).mean()),
                float((most - total).exp().mean()),
            ))  # fmt: skip
        return found

    items = [one(*pair) for pair in zip(sources, references, strict=True)]
    return batched.by_length(
        items, lambda item: (len(item[0]), len(item[1])), batch,
        lambda done, total: progress(done / total),
    )  # fmt: skip


def written_places(system: System, ids: Sequence[int]) -> tuple[int, ...]:
    """What a model wrote, in the places of `Held`: without a start token that it writes first."""
    return tuple(ids[int(system.sequence.target_repeats_bos) :])
