"""Diagnose: a lab report on one model, and every sentence with what happened to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from sacrebleu.metrics import CHRF

from s2s.decoding.system import System
from s2s.evaluation.checks import judge
from s2s.evaluation.chips import chips, rarest
from s2s.evaluation.evidence import Evidence, Sentence, gather
from s2s.evaluation.original import Original, prove
from s2s.evaluation.reading import ReadSet, read_set
from s2s.results.diagnosis import Answer, Check, Diagnosis, Measured
from s2s.tasks import TASKS
from s2s.tasks.pairs_file import PairSet
from s2s.text import TOKENISERS
from s2s.text.language import later


def diagnose(
    system: System,
    pairs: PairSet,
    progress: Callable[[float], None] = lambda share: None,
    references: bool = True,
) -> Diagnosis:
    """Examine a model on a set of sentences.

    Args:
        system: the model; only read.
        pairs: the sentences with their right answers.
        progress: called with the share done; what it raises ends the work.
        references: False where the second texts are no right answers; checks that need some say so.

    Raises:
        UserError: when the model can read none of them.
    """
    read = read_set([system], pairs, lambda share: progress(0.1 * share))
    evidence = gather(system, read, references, lambda share: progress(0.1 + 0.85 * share))
    return Diagnosis(
        model=system.name,
        task=system.task,
        set=pairs.name,
        checks=judge(evidence),
        answers=tuple(_answers(evidence, pairs, read)),
        refused=read.refused,
    )


def _answers(evidence: Evidence, pairs: PairSet, read: ReadSet) -> list[Answer]:
    system = evidence.system
    join = TOKENISERS[system.sequence.target_tokeniser].join
    task = TASKS.get(system.task)
    exact = task is not None and task.score == "exact_match"
    metric = CHRF()

    def score(one: Sentence) -> float:
        if one.reference is None:
            return float("nan")
        if exact:
            return 100.0 * (one.tokens == one.reference)
        return float(metric.sentence_score(join(one.tokens), [join(one.reference)]).score)

    return [
        Answer(
            pairs.lines[place], pairs.pairs[place][0], join(one.tokens),
            None if one.reference is None else join(one.reference), score(one), chips(system, one),
            one.length, rarest(system, one), one.tokens, one.reference,
        )
        for place, one in zip(read.kept, evidence.sentences, strict=True)
    ]  # fmt: skip


def with_original(found: Diagnosis, system: System, originals: Sequence[Original]) -> Diagnosis:
    """The same report with one more check: does the model answer as its original did?

    Args:
        found: the report.
        system: the model.
        originals: what the original did with some sentences; see `s2s.evaluation.check_file`.
    """
    proof = prove(system, originals)
    told = {"cause": proof.cause, "n": proof.mended, "of": proof.sentences}
    why = later("{cause} So read, {n} of {of} are equal.", **told) if proof.cause else ""
    apart = Measured(1 - proof.equal / proof.sentences, why=why)
    check = Check.of("unlike_original", (None, 0.0), apart)
    return replace(found, checks=(*found.checks, check))
