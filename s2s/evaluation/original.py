"""Is a model the original? What the original wrote and computed, against what the model does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np
import torch
from scipy.special import softmax

from s2s.decoding import batched
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation.variants import Variant, variants
from s2s.model.batch import make_source
from s2s.results import Array
from s2s.text import NORMALISERS
from s2s.text.language import Later, later, tr

Ranked = tuple[tuple[str, float], ...]
"""The likeliest words of a step with their probabilities, the best first."""
FIRST = 3
"""How many of them are told."""
CLOSE = 1e-4
"""Numbers of the original that are this near count as equal; what they really were is said."""


@dataclass(frozen=True, eq=False)
class Original:
    """What the original model did with one sentence; T steps, S source tokens, V words.

    Attributes:
        source: what it read, as ids with their specials.
        output: what it wrote, as T ids; the end token among them where it wrote one.
        logits: [T, V] or None.
        log_probabilities: [T] of the words written, or None.
        attention: [T, S] or None.
        whole: the output has the end token where it was written: one without stopped at its limit.
        text: the source as it was typed; empty where only ids were given.
    """

    source: tuple[int, ...]
    output: tuple[int, ...]
    logits: Array | None = None
    log_probabilities: Array | None = None
    attention: Array | None = None
    whole: bool = False
    text: str = ""


@dataclass(frozen=True)
class Difference:
    """Where a model first parts from its original.

    Attributes:
        sentence: 1-based.
        step: 1-based.
        wanted: what the original wrote or computed there.
        found: what the model does.
        theirs: the original's likeliest words there; empty where it gave no logits.
        ours: the model's.
    """

    sentence: int
    step: int
    wanted: str | Later
    found: str | Later
    theirs: Ranked = ()
    ours: Ranked = ()


@dataclass(frozen=True)
class Row:
    """One sentence of a proof.

    Attributes:
        source: what was read, as text.
        step: 1-based, where the outputs part; None where they are the same.
        deviation: the largest difference of its numbers; None where none were given.
    """

    source: str
    step: int | None
    deviation: float | None


@dataclass(frozen=True)
class Proof:
    """How a model answers beside its original.

    Attributes:
        sentences: how many were compared.
        equal: on how many the output is the same.
        deviation: the largest difference of a number that was given; None where none was.
        first: where they first part; None if they do not.
        cause: the likeliest mistake; empty where no known one explains it.
        changes: fields of ModelConfig and SequenceConfig that mend it; empty where only other
            weights would.
        rows: every sentence.
        mended: how many outputs are the same once the mistake is mended.
    """

    sentences: int
    equal: int
    deviation: float | None
    first: Difference | None = None
    cause: str | Later = ""
    changes: Mapping[str, Any] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    mended: int = 0

    @property
    def holds(self) -> bool:
        """Whether the model is the original, as far as was asked."""
        return self.first is None

    def says(self) -> str:
        """In one sentence."""
        many = tr("{n} sentences", n=self.sentences)
        many = tr("1 sentence") if self.sentences == 1 else many
        if self.first is None:
            if self.deviation is None:
                return tr("Equal to the original on {many}, word by word.", many=many)
            far = f"{self.deviation:.0e}"
            return tr("Equal to the original to {far} on {many}.", far=far, many=many)
        told = tr(
            "Not equal to the original: {n} of {many} come out the same; sentence {sentence} parts "
            "at step {step}, where the original has {wanted} and this model {found}.",
            n=self.equal,
            many=many,
            sentence=self.first.sentence,
            step=self.first.step,
            wanted=self.first.wanted,
            found=self.first.found,
        )
        return f"{told} {self.cause or tr('No known mistake explains it.')}"


def prove(system: System, originals: Sequence[Original]) -> Proof:
    """Decode as the original did and compare; where they part, try what may be wrong.

    Args:
        system: the model.
        originals: at least one sentence.
    """
    own = _compare(Variant("", system), originals)
    if own.first is None:
        return own
    best, changes = (own.equal, -_size(own)), dict[str, Any]()
    cause: str | Later = ""
    mended = own.equal
    for variant, read in _tried(system, originals):
        found = _compare(variant, read)
        if (found.equal, -_size(found)) > best and (found.holds or found.equal > own.equal):
            best, cause = (found.equal, -_size(found)), variant.name
            changes, mended = _changes(system, variant.system), found.equal
            if found.holds:
                break
    return replace(own, cause=cause, changes=changes, mended=mended)


def _tried(
    system: System, originals: Sequence[Original]
) -> Iterator[tuple[Variant, Sequence[Original]]]:
    """Every other way of reading the weights, then the texts, with what is read then."""
    for variant in variants(system, max(len(one.source) for one in originals)):
        yield variant, originals
    texts = [one for one in originals if one.text]
    for name in NORMALISERS if texts else ():
        other = replace(system, sequence=replace(system.sequence, source_normaliser=name))
        try:
            rows = [other.read(one.text, suggest=False) if one.text else None for one in originals]
        except UserError:
            continue
        read = [replace(one, source=row.ids) if row else one
                for one, row in zip(originals, rows, strict=True)]  # fmt: skip
        changed = [(one, row) for one, row in zip(originals, rows, strict=True)
                   if row and row.ids != one.source]  # fmt: skip
        if changed:
            told = later(
                "The original reads text in the manner “{name}”: “{typed}” is “{tokens: }”.",
                name=name,
                typed=changed[0][0].text,
                tokens=tuple(changed[0][1].tokens),
            )
            yield Variant(told, other), read


def _changes(system: System, other: System) -> dict[str, Any]:
    """The fields of the configurations in which two systems differ."""
    found = {}
    for mine, theirs in ((system.config, other.config), (system.sequence, other.sequence)):
        for item in fields(mine):
            own = getattr(mine, item.name)
            if own != getattr(theirs, item.name) and item.name != "source_vocabulary":
                found[item.name] = getattr(theirs, item.name)
    return found


def _size(proof: Proof) -> float:
    return 0.0 if proof.deviation is None else proof.deviation


@torch.inference_mode()
def _compare(variant: Variant, originals: Sequence[Original]) -> Proof:
    system, first, told = variant.system, None, []
    rows = [variant.read(one.source) for one in originals]
    written = batched.write(system, rows, looked=False)
    for number, (one, row, mine) in enumerate(zip(originals, rows, written, strict=True), 1):
        apart, at, logits = _numbers(system, row, one)
        step = _parting(mine.ids, one, system.end)
        told.append(Row(
            one.text or " ".join(system.source_vocab.decode(one.source)),
            None if step is None else step + 1, apart,
        ))  # fmt: skip
        if first is not None:
            continue
        if step is not None:
            words = [_word(system, ids, step) for ids in (one.output, mine.ids)]
            ranked = [_ranked(system, held, step) for held in (one.logits, logits)]
            shown = ranked if ranked[0] else [(), ()]
            first = Difference(number, step + 1, words[0], words[1], shown[0], shown[1])
        elif apart is not None and not apart <= CLOSE:
            first = Difference(
                number, at + 1, later("other numbers"),
                later("some that are {far} off", far=f"{apart:.1e}"),
            )  # fmt: skip
    worst = max((row.deviation for row in told if row.deviation is not None), default=None)
    equal = sum(row.step is None for row in told)
    return Proof(len(originals), equal, worst, first, rows=tuple(told))


def _ranked(system: System, logits: Array | None, step: int) -> Ranked:
    """The likeliest words of a step."""
    if logits is None or logits.ndim != 2 or step >= len(logits):
        return ()
    if logits.shape[1] != len(system.target_vocab):
        return ()
    shares = softmax(logits[step])
    order = shares.argsort()[::-1][:FIRST]
    return tuple((system.target_vocab.tokens[i], float(shares[i])) for i in order)


def _parting(mine: Sequence[int], one: Original, end: int | None) -> int | None:
    """The first step at which two outputs part.

    An end token that only one has does not count; nor does what follows where the original had to
    stop.
    """
    left, right = (list(ids[:-1] if ids and ids[-1] == end else ids) for ids in (mine, one.output))
    if one.whole and one.output[-1] != end:
        left = left[: len(right)]
    for step, (a, b) in enumerate(zip(left, right, strict=False)):
        if a != b:
            return step
    return None if len(left) == len(right) else min(len(left), len(right))


def _word(system: System, ids: Sequence[int], step: int) -> str | Later:
    return f"“{system.target_vocab.tokens[ids[step]]}”" if step < len(ids) else later("nothing")


def _numbers(
    system: System, row: Sequence[int], one: Original
) -> tuple[float | None, int, Array | None]:
    """The largest difference of the numbers given, the original's words fed; its step; logits."""
    given = one.logits is not None or one.log_probabilities is not None
    if not given and one.attention is None:
        return None, 0, None
    source = make_source([row], system.config, system.sequence, system.source_vocab)
    memory, state = system.model.encode(source)
    fed = torch.tensor([[system.start, *one.output[:-1]]])
    step = system.model.decoder(fed, state, memory)
    logits = step.logits[0].double()
    own = logits.log_softmax(-1).gather(1, torch.tensor(one.output)[:, None])[:, 0]
    pairs = [(one.logits, logits.numpy()), (one.log_probabilities, own.numpy())]
    if step.attention is not None:
        pairs.append((one.attention, step.attention[0].double().numpy()))
    worst, at = 0.0, 0
    for wanted, mine in pairs:
        if wanted is None:
            continue
        if wanted.shape != mine.shape:
            return float("inf"), 0, logits.numpy()
        apart = np.abs(wanted - mine).reshape(len(mine), -1).max(1)
        if apart.max() > worst:
            worst, at = float(apart.max()), int(apart.argmax())
    return worst, at, logits.numpy()
