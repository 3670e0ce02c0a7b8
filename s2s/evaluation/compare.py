"""Several models on one sentence, or on a test set.

Scores are sacrebleu's: BLEU with ``tokenize="none"`` on the model's tokens, chrF on the text, both
against one normalised reference, as in `s2s.evaluation.evaluate`; intervals and tests are in
`s2s.evaluation.resampling`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from s2s.decoding import batched, whatif
from s2s.decoding.translator import Translator
from s2s.decoding.whatif import Edit
from s2s.errors import UserError
from s2s.evaluation.reading import EVERY, Read, read_set
from s2s.evaluation.scoring import score_all
from s2s.evaluation.side_by_side import align, disagreement
from s2s.results import Source, Trace
from s2s.results.comparison import Comparison, SetComparison
from s2s.tasks.pairs_file import PairSet
from s2s.text import TOKENISERS, label
from s2s.text.language import N_, Later, later

MOST_MODELS = 4
Progress = Callable[[float, Later], None]
"""Called with the share done, 0 to 1, and what is being done; what it raises ends the work."""
READ, WRITTEN, HELD = 0.05, 0.7, 0.75  # shares done when all is read, written, held together
OF_SOURCE = ("drop", "replace", "swap")
OTHERWISE = {
    ("source", "tokeniser"): N_(
        "{other} splits the source another way than {first} ({theirs}, {ours})."
    ),
    ("source", "normaliser"): N_(
        "{other} normalises the source another way than {first} ({theirs}, {ours})."
    ),
    ("target", "tokeniser"): N_(
        "{other} splits the target another way than {first} ({theirs}, {ours}): their BLEU counts "
        "different tokens."
    ),
    ("target", "normaliser"): N_(
        "{other} normalises the target another way than {first} ({theirs}, {ours}): their BLEU "
        "counts different tokens."
    ),
}
"""By the side that is read or written in another way, and what of it."""
SHARED = {
    "source": N_("{other} knows {n:,} source tokens, {first} {own:,}; they share {shared:,}."),
    "target": N_("{other} knows {n:,} target tokens, {first} {own:,}; they share {shared:,}."),
}
"""By the side whose words are not the same."""


class Judged(NamedTuple):
    """One model's outputs on N sentences.

    Attributes:
        outputs: N of tokens as they are scored.
        references: N of tokens.
        written: N of what decoding gave.
        finished: whether the end came in time.
    """

    outputs: list[list[str]]
    references: list[list[str]]
    written: list[batched.Written]
    finished: list[bool]


def check_count(models: int) -> None:
    """Refuse one model, or more than can be shown beside each other."""
    if not 2 <= models <= MOST_MODELS:
        raise UserError(
            later("Name 2 to {most} models to compare, not {n}.", most=MOST_MODELS, n=models)
        )


def check(systems: Sequence[Translator]) -> None:
    """Refuse what cannot be compared.

    Raises:
        UserError: for fewer than two models or too many, one named twice, or different tasks.
    """
    check_count(len(systems))
    first = systems[0]
    for number, other in enumerate(systems):
        if other.name in [t.name for t in systems[:number]]:
            raise UserError(
                later("{name} is named twice; name different models.", name=label(other.name, 60))
            )
        if other.task != first.task:
            raise UserError(
                later(
                    "{a} and {b} do different tasks ({tasks}), so nothing they write can be held "
                    "against each other. Pick models of one task.",
                    a=label(first.name, 60),
                    b=label(other.name, 60),
                    tasks=(label(first.task, 40), label(other.task, 40)),
                )
            )


def differences(systems: Sequence[Translator]) -> tuple[Later, ...]:
    """How models of one task read and write differently from the first one, in sentences."""
    first, notes = systems[0], list[Later]()
    for other in systems[1:]:
        a, b = first.sequence, other.sequence
        for side in ("source", "target"):
            for what in ("tokeniser", "normaliser"):
                ours, theirs = (getattr(s, f"{side}_{what}") for s in (a, b))
                if ours != theirs:
                    notes.append(
                        later(OTHERWISE[side, what], other=other.name, first=first.name,
                              theirs=theirs, ours=ours)
                    )  # fmt: skip
            mine, its = (getattr(t, f"{side}_vocab") for t in (first, other))
            if set(mine.tokens) != set(its.tokens):
                notes.append(
                    later(SHARED[side], other=other.name, n=len(its), first=first.name,
                          own=len(mine), shared=len(set(mine.tokens) & set(its.tokens)))
                )  # fmt: skip
    return tuple(notes)


def compare_sentence(
    systems: Sequence[Translator],
    text: str,
    edits: Sequence[Edit] = (),
    answer: Callable[[Translator, Source], Trace] = Translator.translate,
) -> Comparison:
    """One sentence through every model, every edit made in each that can take it.

    The source is edited once, as the first model splits it, so that all read the same text. An
    edit that a model cannot take (weights without attention, a word it cannot write) is left out
    for that model, and a note says so.

    Args:
        systems: 2 to 4 of one task.
        text: what a person typed.
        edits: as in `s2s.decoding.whatif`.
        answer: gives a model's own answer; for whoever has it already.

    Raises:
        UserError: as `check`, and when a model cannot read the text, naming the model.
    """
    check(systems)
    notes = list(differences(systems))
    source = [edit for edit in edits if edit.kind in OF_SOURCE]
    rest = [edit for edit in edits if edit.kind not in OF_SOURCE]
    edited = whatif.edited_source(systems[0], text, source)
    traces, originals = [], []
    for system in systems:
        try:
            original = answer(system, text)
            trace = original if edited == text else answer(system, edited)
            if rest:
                trace, unfit = _edited(system, edited, rest)
                notes += [later("{name} runs without one edit: {why}", name=system.name, why=why)
                          for why in unfit]  # fmt: skip
        except UserError as error:
            raise UserError(later("{where}: {why}", where=system.name, why=error.args[0])) from None
        originals.append(original)
        traces.append(trace)
    compared = tuple(by_role(system, trace.output)
                     for system, trace in zip(systems, traces, strict=True))  # fmt: skip
    return Comparison(
        task=systems[0].task,
        source=edited,
        traces=tuple(traces),
        originals=tuple(originals),
        columns=align(compared),
        compared=compared,
        disagreement=disagreement([trace.text for trace in traces]),
        notes=tuple(notes),
    )


def by_role(system: Translator, output: Sequence[str]) -> tuple[str, ...]:
    """Output tokens as they are compared: ``</s>`` and ``<eos>`` are the same end."""
    vocab = system.target_vocab
    roles = {vocab.tokens[i]: f"\0{role}" for role in ("pad", "bos", "unk", "eos")
             if (i := getattr(vocab, role)) is not None}  # fmt: skip
    return tuple(roles.get(token, token) for token in output)


def _edited(
    system: Translator, text: Source, edits: Sequence[Edit]
) -> tuple[Trace, list[str | Later]]:
    """The run with every edit that fits the model, and why the others do not."""
    try:
        return whatif.run(system, text, edits).trace, []
    except UserError:
        fit: list[Edit] = []
        unfit: list[str | Later] = []
        for edit in edits:
            try:
                whatif.run(system, text, [*fit, edit])
                fit.append(edit)
            except UserError as error:
                unfit.append(error.args[0])
        return whatif.run(system, text, fit).trace, unfit


def compare_set(
    systems: Sequence[Translator],
    pairs: PairSet,
    progress: Progress = lambda share, what: None,
    batch: int = batched.BATCH,
) -> SetComparison:
    """Every model on every pair that all of them can read.

    Args:
        systems: 2 to 4 of one task; the first is what the others are tested against.
        pairs: the test set.
        progress: see `Progress`.
        batch: sentences decoded at once.

    Raises:
        UserError: as `check`, and when no pair is left.
    """
    check(systems)
    kept, readings, references, refused = read_set(
        systems, pairs, lambda share: progress(READ * share, later("Reading the test set"))
    )
    judged = []
    for m, system in enumerate(systems):

        def step(done: int, total: int, m: int = m, name: str = system.name) -> None:
            share = (m + done / total) / len(systems)
            what = later("{name} writes: {n:,} of {of:,}", name=name, n=done, of=total)
            progress(READ + (WRITTEN - READ) * share, what)

        ids = [reading.ids for reading in readings[m]]
        written = batched.write(system, ids, step, batch)
        tokens = [batched.output_tokens(system, w.ids) for w in written]
        outputs = [output for output, _ in tokens]
        judged.append(Judged(outputs, references[m], written, [ended for _, ended in tokens]))
    joins = [TOKENISERS[t.sequence.target_tokeniser].join for t in systems]
    texts = [[join(o) for o in j.outputs] for join, j in zip(joins, judged, strict=True)]
    right = [[join(r) for r in j.references] for join, j in zip(joins, judged, strict=True)]
    lengths = np.array([reading.length for reading in readings[0]])
    unlike = np.zeros(len(kept))
    for n, row in enumerate(zip(*texts, strict=True)):
        if n % EVERY == 0:
            progress(WRITTEN + (HELD - WRITTEN) * n / len(kept), later("Where they differ"))
        unlike[n] = disagreement(row)
    trained = [t.sequence.trained_source_length for t in systems]
    scored = score_all(
        [(j.outputs, j.references) for j in judged], texts, right, lengths,
        {length for length in trained if length},
        lambda share: progress(HELD + (1 - HELD) * share, later("Scores and tests")),
    )  # fmt: skip

    def table(value: Callable[[batched.Written, Read], float]) -> np.ndarray:
        return np.array([
            [value(w, r) for w, r in zip(j.written, row, strict=True)]
            for j, row in zip(judged, readings, strict=True)
        ])  # fmt: skip

    return SetComparison(
        task=systems[0].task,
        name=pairs.name,
        models=tuple(t.name for t in systems),
        lines=tuple(pairs.lines[i] for i in kept),
        sources=tuple(pairs.pairs[i][0] for i in kept),
        references=tuple(right[0]),
        outputs=tuple(map(tuple, texts)),
        scores=scored.overall,
        by_length=scored.by_length,
        tests=scored.tests,
        lengths=lengths,
        exact=scored.exact,
        chrf=scored.chrf,
        confidence=table(lambda w, r: w.confidence),
        entropy=table(lambda w, r: np.nan if w.entropy is None else w.entropy),
        coverage=table(lambda w, r: batched.least_covered(w.coverage, r.first, r.length)),
        unknown=table(lambda w, r: r.unknown),
        unfinished=~np.array([j.finished for j in judged]),
        disagreement=unlike,
        refused=refused,
        notes=(*pairs.notes, *differences(systems)),
        signatures=scored.signatures,
        read=pairs.read(len(kept), refused),
    )
