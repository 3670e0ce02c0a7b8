"""From a task's pairs to ids: vocabularies, encoded parts, batches."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from s2s.config import ModelConfig, SequenceConfig
from s2s.decoding import typed_text
from s2s.errors import UserError
from s2s.model.batch import Batch, make_batch
from s2s.tasks.base import DataConfig, Task
from s2s.tasks.split import Pair
from s2s.text.language import later
from s2s.text.vocab import Vocab

IdPair = tuple[list[int], list[int]]


def build_vocabularies(
    task: Task, data: DataConfig, sequence: SequenceConfig, pairs: Sequence[Pair]
) -> tuple[Vocab, Vocab]:
    """Source and target vocabularies of the training pairs alone."""
    sources = [typed_text.source_tokens(source, sequence) for source, _ in pairs]
    targets = [typed_text.target_tokens(target, sequence) for _, target in pairs]
    source_specials, target_specials = task.specials
    if sequence.shared_vocabulary:
        start = [[sequence.start_token]]
        shared = Vocab.build([*sources, *targets, *start], source_specials)
        return shared, shared
    return (
        Vocab.build(sources, source_specials, data.source_min_frequency),
        Vocab.build(targets, target_specials, data.target_min_frequency),
    )


def encode_pairs(
    pairs: Sequence[Pair], sequence: SequenceConfig, source_vocab: Vocab, target_vocab: Vocab
) -> list[IdPair]:
    """Pairs as ids: source with its specials, target without."""
    encoded = []
    for source, target in pairs:
        ids, unknown = source_vocab.encode(typed_text.source_tokens(source, sequence, source_vocab))
        target_ids, missing = target_vocab.encode(
            typed_text.target_tokens(target, sequence, target_vocab)
        )
        if (unknown and source_vocab.unk is None) or (missing and target_vocab.unk is None):
            raise UserError(
                later(
                    'The pair "{source}" / "{target}" has a token outside a vocabulary that has no '
                    "token for the unknown.",
                    source=source,
                    target=target,
                )
            )
        encoded.append((typed_text.with_specials(ids, sequence, source_vocab), target_ids))
    return encoded


@dataclass(frozen=True, eq=False)
class Batches:
    """Pairs dealt into batches, in an order that depends on (seed, epoch) alone.

    With bucketing, pairs of like length share a batch: little is computed on padding. The order of
    pairs within a length, and of the batches, is shuffled anew each epoch.
    """

    pairs: Sequence[IdPair]
    model: ModelConfig
    sequence: SequenceConfig
    source_vocab: Vocab
    target_vocab: Vocab
    size: int
    bucketing: bool

    def __len__(self) -> int:
        return -(-len(self.pairs) // self.size)

    def epoch(self, seed: int, epoch: int) -> Iterator[Batch]:
        """The batches of one epoch."""
        draw = random.Random(f"{seed}/{epoch}")
        order = list(range(len(self.pairs)))
        draw.shuffle(order)
        if self.bucketing:
            # A stable sort keeps the shuffle within a length.
            order.sort(key=lambda i: (len(self.pairs[i][0]), len(self.pairs[i][1])))
        starts = list(range(0, len(order), self.size))
        draw.shuffle(starts)
        for start in starts:
            yield self.batch([self.pairs[i] for i in order[start : start + self.size]])

    def in_order(self) -> Iterator[Batch]:
        """Every pair once, by length, without shuffling."""
        order = sorted(range(len(self.pairs)), key=lambda i: len(self.pairs[i][0]))
        for start in range(0, len(order), self.size):
            yield self.batch([self.pairs[i] for i in order[start : start + self.size]])

    def batch(self, pairs: Sequence[IdPair]) -> Batch:
        """One padded batch."""
        return make_batch(pairs, self.model, self.sequence, self.source_vocab, self.target_vocab)
