"""Alignment: does attention find the source tokens that a target token comes from?

The target is forced, token by token, and each token's attention row predicts one link: to the
source token with the largest weight. Predicted links A are compared with gold links, sure ones S
and possible ones P (S is part of P), summed over all pairs (Och & Ney 2003, section 5):

    precision = |A ∩ P| / |A|      recall = |A ∩ S| / |S|
    AER = 1 - (|A ∩ S| + |A ∩ P|) / (|A| + |S|)

Start and end tokens are left out on both sides: their rows predict nothing, and no row may predict
them. The blanks that fill a date up to its fixed length are characters that the model reads, so a
row may predict them, and is then wrong.

Shift. At shift d, attention row t (the row that writes token t, made after token t - 1 was read)
is compared with the gold links of token t + d. 0 asks whether a row looks at the source of what it
writes, -1 at the source of what it has just read, +1 at that of the token after. Decoders differ
in when they attend, and trained attention is at times off by one (Koehn & Knowles 2017, section
3.5; Chen et al. 2020 read alignments off at -1). A row without such a token makes no link, and
links of a token without such a row are left out, so an attention that is off by exactly one gets
AER 0 there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch

from s2s.decoding import batched, single
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.model.batch import make_batch, whole_output
from s2s.results import Array, Cut, Reading
from s2s.results.alignment import SHIFTS, AlignedSentence, Alignment, GoldPair, ShiftScore
from s2s.tasks import TASKS
from s2s.tasks.about import own_data
from s2s.tasks.gold import GOLD, generated
from s2s.tasks.parts import load_parts
from s2s.text import label
from s2s.text.language import N_, Later, later


def align(
    system: System,
    pairs: Sequence[GoldPair],
    linked_only: bool = False,
    progress: Callable[[int, int], None] = lambda done, total: None,
    batch: int = batched.BATCH,
) -> Alignment:
    """Compare attention with gold links, at shifts -1, 0 and +1.

    Args:
        system: a model with attention.
        pairs: what to force, with the links.
        linked_only: leave out target tokens that have no gold link. Right where the gold leaves
            tokens unlinked on purpose: the generators' separators, or human alignments of content
            words only. Otherwise every predicted link of such a token counts as wrong.
        progress: called with (done, total) after every batch.
        batch: pairs forced at once.

    Raises:
        UserError: for a model without attention, a pair that it cannot read or write (naming its
            place), or no links at all.
    """
    check_attention(system)
    if not any(pair.possible for pair in pairs):
        raise UserError(later("There are no gold links to compare with."))
    for number, pair in enumerate(pairs, 1):
        reason = refusal(system, pair)
        if reason is not None:
            raise UserError(later("Pair {n}: {why}", n=number, why=reason))
    rows = batched.by_length(
        pairs,
        lambda pair: (len(pair.source), len(pair.target)),
        lambda some: attention_rows(system, some),
        progress,
        batch,
    )
    return Alignment(
        model=system.name,
        pairs=len(pairs),
        linked_only=linked_only,
        unknown=sum(_unknown(system, pair) for pair in pairs),
        chance=chance(rows, pairs, linked_only),
        shifts=tuple(score(rows, pairs, shift, linked_only) for shift in SHIFTS),
    )


EMPTY = {
    "source": N_("The source has no tokens."),
    "target": N_("The target has no tokens."),
}
LONGER = {
    "source": N_("{n} source tokens; {name} takes at most {most}."),
    "target": N_("{n} target tokens; {name} takes at most {most}."),
}
ADDED = {
    "source": N_("{token} is added by the model itself; leave it out of the source."),
    "target": N_("{token} is added by the model itself; leave it out of the target."),
}
UNKNOWN = {
    "source": N_("{token} is not a source token of {name}, which has none for the unknown."),
    "target": N_("{token} is not a target token of {name}, which has none for the unknown."),
}
"""What a model cannot take, by the side."""


def check_attention(system: System) -> None:
    """Refuse a model that has no attention."""
    if not system.config.has_attention:
        raise UserError(
            later(
                "{name} has no attention, so it predicts no links; pick a model with attention.",
                name=system.name,
            )
        )


@torch.inference_mode()
def attention_rows(system: System, pairs: Sequence[GoldPair]) -> list[Array]:
    """Teacher-forced attention of each pair, [T, S]: text tokens only, specials left out.

    S counts the blanks of a fixed length too. One batch: the caller minds its size.
    """
    sequence = system.sequence
    read = [read_tokens(system, pair.source) for pair in pairs]
    targets = [_target(system, pair) for pair in pairs]
    ids = [(list(one.ids), target) for one, target in zip(read, targets, strict=True)]
    batch = make_batch(ids, system.config, sequence, system.source_vocab, system.target_vocab)
    attention = system.model(batch).attention.numpy()  # [B, T + specials, S + specials]
    row = int(sequence.target_repeats_bos)
    return [
        weights[row : row + len(target), system.own_places(one)]
        for weights, one, target in zip(attention, read, targets, strict=True)
    ]


def score(
    rows: Sequence[Array], pairs: Sequence[GoldPair], shift: int, linked_only: bool = False
) -> ShiftScore:
    """AER, precision, recall and mass at one shift; the module's text says how.

    Args:
        rows: [T, S] attention weights of each pair, text tokens only.
        pairs: their gold links.
        shift: row t is compared with the links of token t + shift.
        linked_only: leave out tokens without gold links.
    """
    tokens = in_sure = in_possible = sure = 0
    mass = 0.0
    for weights, pair in zip(rows, pairs, strict=True):
        predicted = weights.argmax(axis=1)
        compared = _compared(pair, shift, linked_only)
        for token in compared:
            link = int(predicted[token - shift]), token
            tokens += 1
            in_possible += link in pair.possible
            in_sure += link in pair.sure
        sure += sum(t in compared for _, t in pair.sure)
        mass += sum(float(weights[t - shift, s]) for s, t in pair.possible if t in compared)
    whole = tokens + sure
    return ShiftScore(
        shift,
        tokens,
        1 - (in_sure + in_possible) / whole if whole else None,
        in_possible / tokens if tokens else None,
        in_sure / sure if sure else None,
        mass / tokens if tokens else None,
    )


def chance(rows: Sequence[Array], pairs: Sequence[GoldPair], linked_only: bool = False) -> float:
    """The expected AER at shift 0 of one link per token, drawn evenly from all S positions."""
    tokens = sure = 0
    expected = 0.0
    for weights, pair in zip(rows, pairs, strict=True):
        tokens += len(_compared(pair, 0, linked_only))
        sure += len(pair.sure)
        expected += (len(pair.sure) + len(pair.possible)) / weights.shape[1]
    return 1 - expected / (tokens + sure)


def _compared(pair: GoldPair, shift: int, linked_only: bool) -> list[int]:
    """Target tokens that some row meets at this shift."""
    count = len(pair.target)
    met = range(max(shift, 0), count + min(shift, 0))
    if not linked_only:
        return list(met)
    linked = pair.linked()
    return [t for t in met if t in linked]


def refusal(system: System, pair: GoldPair) -> Later | None:
    """Why a model cannot be forced through a pair, in a sentence; None if it can."""
    sequence = system.sequence
    sides = (
        ("source", pair.source, system.source_vocab, sequence.max_source_length),
        ("target", pair.target, system.target_vocab,
         sequence.max_output_length - len(whole_output([], sequence, system.target_vocab))),
    )  # fmt: skip
    for side, tokens, vocab, longest in sides:
        if not tokens:
            return later(EMPTY[side])
        if len(tokens) > longest:
            return later(LONGER[side], n=len(tokens), name=system.name, most=longest)
        for token in tokens:
            index = vocab.ids.get(token)
            if index in vocab.specials and index != vocab.unk:
                return later(ADDED[side], token=label(token))
            if index is None and vocab.unk is None:
                return later(UNKNOWN[side], token=label(token, 40), name=system.name)
    return None


def read_tokens(system: System, tokens: Sequence[str]) -> Reading:
    """Source tokens as they are, no normaliser; the caller has asked `refusal`."""
    return system.read(Cut(tuple(tokens), system.sequence.source_tokeniser), suggest=False)


def _target(system: System, pair: GoldPair) -> list[int]:
    return system.target_vocab.encode(pair.target)[0]


def _unknown(system: System, pair: GoldPair) -> int:
    sides = (system.source_vocab, pair.source), (system.target_vocab, pair.target)
    return sum(len(vocab.encode(tokens)[1]) for vocab, tokens in sides)


def aligned_sentence(system: System, pair: GoldPair) -> AlignedSentence:
    """One pair forced through the model, for a map with its gold links.

    Raises:
        UserError: for a model without attention, or a pair that it cannot read or write.
    """
    check_attention(system)
    reason = refusal(system, pair)
    if reason is not None:
        raise UserError(reason)
    output = whole_output(_target(system, pair), system.sequence, system.target_vocab)
    trace = single.forced(system, read_tokens(system, pair.source), output)
    return AlignedSentence(trace, pair, int(system.sequence.target_repeats_bos))


def held_out_gold(
    system: System, part: str = "test", path: str | None = None, limit: int | None = None
) -> list[GoldPair]:
    """The generator's links for a held-out part of a model's own data.

    Args:
        system: a model of a task in `s2s.tasks.gold.GOLD`.
        part: ``validation`` or ``test``.
        path: the data file, where the model was trained on one.
        limit: only the first so many pairs.

    Raises:
        UserError: when nobody knows the links, or the part cannot be made again.
    """
    if system.task not in GOLD:
        generated(system.task, ())  # says what has links
    data = own_data(system, later("gold links"))
    parts = load_parts(TASKS[system.task], data, system.sequence, path)[1]
    if not parts[part]:
        raise UserError(later("{name} has no {part} part.", name=system.name, part=part))
    return generated(system.task, parts[part][:limit])
