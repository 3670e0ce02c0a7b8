"""The smallest edit that changes a token: words left out or replaced, one, then two at a time."""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple, cast

import torch
from torch import Tensor

from s2s.decoding import batched, whatif
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.probes.gradients import output_ids
from s2s.probes.options import output_to
from s2s.results import Cut, Source
from s2s.results.smallest_edit import SmallestEdit, SourceEdit, Way

NEAREST = 4
"""Known words that are tried in the place of each."""
FIRST = 12
"""Single edits that came closest are tried two at a time."""
MOST = 12
"""Ways that are told."""


class Tried(NamedTuple):
    """One edited source, and the token it brings."""

    way: Way
    margin: float
    """ln p(chosen) - ln p(the likeliest other); below 0 the token has changed."""


@torch.inference_mode()
def smallest_edit(
    system: System, text: Source, step: int, target: str | Sequence[int] | None = None
) -> SmallestEdit:
    """Change the source until another token is likeliest at a step.

    Each word is left out, and replaced by the `NEAREST` known ones: those whose input vectors have
    the largest cosine with its own. Two at a time are tried only where one is not enough.

    Args:
        system: the model; only read.
        text: the source.
        step: 0-based.
        target: the output whose token of this step was chosen; None for the model's own.

    Raises:
        UserError: for a text, a target or a step that there is not.
    """
    reading = system.read(text, suggest=False)
    output = output_to(output_ids(system, reading, target), step)
    tokens = whatif.source_tokens(system, text)
    ones = _singles(system, tokens)
    own, single = _try(system, tokens, output, [(), *((edit,) for edit in ones)])
    found, tried = [one for one in single if one.margin < 0], len(single)
    if not found:
        close = sorted(single, key=lambda one: one.margin)[:FIRST]
        pairs = [
            (second, first)  # from the right, so that the places of the other stay
            for first, second in itertools.combinations(
                sorted((one.way.edits[0] for one in close), key=lambda edit: edit.place), 2
            )
            if first.place != second.place
        ]
        _, double = _try(system, tokens, output, [(), *pairs])
        found, tried = [one for one in double if one.margin < 0], tried + len(double)
    found.sort(key=lambda one: -one.way.probability)
    return SmallestEdit(
        system.name, tuple(tokens), tuple(system.target_vocab.decode(output)), own,
        tuple(one.way for one in found[:MOST]), tried,
    )  # fmt: skip


def _singles(system: System, tokens: Sequence[str]) -> list[SourceEdit]:
    near = _nearest(system, tokens)
    found = []
    for place, token in enumerate(tokens):
        if len(tokens) > 1:
            found.append(SourceEdit("drop", place, token))
        found += [SourceEdit("replace", place, token, new) for new in near[token]]
    return found


def _nearest(system: System, tokens: Sequence[str]) -> dict[str, list[str]]:
    """Each token to known ones whose input vectors point the same way."""
    vocab, vectors = system.source_vocab, _vectors(system)
    words = [i for i in range(len(vocab)) if i not in vocab.specials]
    table = torch.nn.functional.normalize(vectors[words], dim=1)
    found = {}
    for token in dict.fromkeys(tokens):
        index = vocab.ids.get(token, vocab.unk)
        if index is None:
            found[token] = list[str]()
            continue
        alike = table @ torch.nn.functional.normalize(vectors[index], dim=0)
        ranked = alike.topk(min(NEAREST + 1, len(words))).indices.tolist()
        near = [vocab.tokens[words[place]] for place in ranked]
        found[token] = [other for other in near if other != token][:NEAREST]
    return found


def _vectors(system: System) -> Tensor:
    """[V, E] what each source token brings into the encoder."""
    encoder = system.model.encoder
    embedding = encoder.lookup.embedding
    table = cast(Tensor, encoder.rnn.weight_ih_l0 if embedding is None else embedding.weight)
    return (table.T if embedding is None else table).detach().float()


def _try(
    system: System,
    tokens: Sequence[str],
    output: Sequence[int],
    edits: Sequence[tuple[SourceEdit, ...]],
) -> tuple[float, list[Tried]]:
    """The chosen token's probability under the first edits, and what the others bring."""
    rows, kept = [], []
    for some in edits:
        try:
            changed = Cut(tuple(_edited(tokens, some)), system.sequence.source_tokeniser)
            rows.append(system.read(changed, suggest=False).ids)
        except UserError:
            continue  # nothing is left of the text
        kept.append(some)

    def batch(sources: Sequence[Sequence[int]]) -> list[Tensor]:
        decoded = batched.forced(system, sources, [output] * len(sources))
        return list(decoded.logits[:, -1].double().log_softmax(-1))

    chosen, found = output[-1], []
    for some, logs in zip(kept, batched.by_length(rows, len, batch), strict=True):
        best = logs.clone()
        best[chosen] = -math.inf
        other = int(best.argmax())
        margin = float(logs[chosen] - best[other])
        written = other if margin < 0 else chosen
        way = Way(
            some, system.target_vocab.tokens[written],
            float(logs[written].exp()), float(logs[chosen].exp()),
        )  # fmt: skip
        found.append(Tried(way, margin))
    return found[0].way.left, found[1:]


def _edited(tokens: Sequence[str], edits: Sequence[SourceEdit]) -> list[str]:
    left = list(tokens)
    for edit in edits:
        left[edit.place : edit.place + 1] = [edit.new] if edit.kind == "replace" else []
    return left
