"""Batch: padded ids, lengths and masks. Padding is always at the end and always masked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from s2s.config import ModelConfig, SequenceConfig
from s2s.text.vocab import Vocab


@dataclass(frozen=True, eq=False)
class Source:
    """Source sentences ready for an encoder.

    Attributes:
        ids: [B, S] in reading order, padded at the end.
        lengths: [B] on the CPU.
        order: [B, S] reading position of the token read at each step; None for left to right.
            It is its own inverse, so the same index moves states back to reading order.
    """

    ids: Tensor
    lengths: Tensor
    order: Tensor | None

    def rows(self, index: Tensor) -> Source:
        """Some of the sentences, padded to the longest of them, as an encoder expects."""
        lengths = self.lengths[index]
        longest = int(lengths.max())
        order = None if self.order is None else self.order[index, :longest]
        return Source(self.ids[index, :longest], lengths, order)

    def to(self, device: torch.device) -> Source:
        """The same on a device; the lengths stay on the CPU."""
        order = None if self.order is None else self.order.to(device)
        return Source(self.ids.to(device), self.lengths, order)

    @property
    def mask(self) -> Tensor:
        """[B, S] True on real tokens."""
        return length_mask(self.lengths, self.ids.shape[1]).to(self.ids.device)


@dataclass(frozen=True, eq=False)
class Batch:
    """Pairs ready for teacher forcing.

    Attributes:
        source: the source sentences.
        fed: [B, T] what the decoder is fed.
        target: [B, T] what it should write.
        target_lengths: [B].
    """

    source: Source
    fed: Tensor
    target: Tensor
    target_lengths: Tensor

    def rows(self, index: Tensor) -> Batch:
        """Some of the pairs; the targets stay padded as they are, for a loss may count that."""
        return Batch(
            self.source.rows(index), self.fed[index], self.target[index],
            self.target_lengths[index],
        )  # fmt: skip

    def to(self, device: torch.device) -> Batch:
        """The same on a device; the lengths stay on the CPU."""
        if device == self.target.device:
            return self
        return Batch(
            self.source.to(device), self.fed.to(device), self.target.to(device),
            self.target_lengths,
        )  # fmt: skip

    @property
    def target_mask(self) -> Tensor:
        """[B, T] True on real targets."""
        mask = length_mask(self.target_lengths, self.target.shape[1])
        return mask.to(self.target.device)


def length_mask(lengths: Tensor, size: int) -> Tensor:
    """[B, size] True before each length."""
    return torch.arange(size)[None, :] < lengths[:, None]


def pad(rows: Sequence[Sequence[int]], value: int) -> tuple[Tensor, Tensor]:
    """Stack rows of ids: [B, longest] padded at the end, and lengths [B]."""
    lengths = torch.tensor([len(row) for row in rows])
    longest = int(lengths.max())
    return torch.tensor([[*row, *[value] * (longest - len(row))] for row in rows]), lengths


def reversed_order(lengths: Tensor, size: int, leading: int, trailing: int) -> Tensor:
    """[B, size] index that reverses each row's tokens and leaves specials and padding in place.

    Args:
        lengths: [B], specials included.
        size: S.
        leading: specials before the text (0 or 1).
        trailing: specials after it.
    """
    place = torch.arange(size)[None, :].expand(len(lengths), size)
    ends = (lengths - trailing)[:, None]
    inside = (place >= leading) & (place < ends)
    return torch.where(inside, leading + ends - 1 - place, place)


def whole_output(ids: Sequence[int], sequence: SequenceConfig, vocab: Vocab) -> list[int]:
    """Target ids with the start and end tokens that the model itself writes."""
    first = [vocab.ids[sequence.start_token]] if sequence.target_repeats_bos else []
    last = [vocab.special("eos")] if sequence.stop == "eos" else []
    return [*first, *ids, *last]


def make_source(
    rows: Sequence[Sequence[int]], model: ModelConfig, sequence: SequenceConfig, vocab: Vocab
) -> Source:
    """Source sentences (ids with their specials) as one padded Source."""
    # Without a PAD token any id will do: padded places are masked everywhere.
    ids, lengths = pad(rows, vocab.pad or 0)
    order = None
    if model.reverse_source:
        order = reversed_order(
            lengths, ids.shape[1], int(sequence.source_bos), int(sequence.source_eos)
        )
    return Source(ids, lengths, order)


def make_batch(
    pairs: Sequence[tuple[Sequence[int], Sequence[int]]],
    model: ModelConfig,
    sequence: SequenceConfig,
    source_vocab: Vocab,
    target_vocab: Vocab,
) -> Batch:
    """Pairs of ids (source with its specials, target without) as one padded Batch."""
    start = target_vocab.ids[sequence.start_token]
    fed_rows, target_rows = [], []
    for _, target in pairs:
        written = whole_output(target, sequence, target_vocab)
        fed_rows.append([start, *written[:-1]])
        target_rows.append(written)
    fed, lengths = pad(fed_rows, target_vocab.pad or 0)
    written_ids, _ = pad(target_rows, target_vocab.pad or 0)
    source = make_source([row for row, _ in pairs], model, sequence, source_vocab)
    return Batch(source, fed, written_ids, lengths)
