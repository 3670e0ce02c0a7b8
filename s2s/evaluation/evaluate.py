"""Quality on a set of pairs: exact match, BLEU, chrF, by length."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from sacrebleu.metrics import BLEU, CHRF

from s2s.decoding import batched
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation.reading import ReadSet, read_set
from s2s.results import Evaluation, LengthScore
from s2s.tasks.pairs_file import PairSet
from s2s.tasks.split import Pair
from s2s.text import TOKENISERS
from s2s.text.language import later, tr


def evaluate(
    system: System,
    pairs: Sequence[Pair],
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Greedy outputs against references; see `evaluate_set`.

    Args:
        system: the model.
        pairs: (source, target) texts.
        progress: called with (done, total) after every batch.

    Raises:
        UserError: when a source cannot be read, or nothing is left of a target, naming its place.
    """
    if not pairs:
        raise UserError(later("There are no pairs to evaluate."))
    read = read_set([system], PairSet.of(tr("The set"), pairs), strict=True)
    return evaluate_set(system, read, progress)


def evaluate_set(
    system: System,
    read: ReadSet,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Evaluation:
    """Greedy outputs against references.

    BLEU is corpus BLEU over the model's tokens (``tokenize="none"``), chrF is over the text; both
    with one reference, both normalised as the model normalises. A source token that the model does
    not know counts in `unknown_rate`.

    Args:
        system: the model.
        read: pairs as this one model reads them.
        progress: called with (done, total) after every batch.
    """
    sequence = system.sequence
    readings, references = read.sources[0], read.references[0]
    written = batched.write(system, [r.ids for r in readings], progress, looked=False)
    scored = [batched.output_tokens(system, output.ids) for output in written]
    outputs = [output for output, _ in scored]
    right = [output == reference for output, reference in zip(outputs, references, strict=True)]
    spaced = [" ".join(tokens) for tokens in outputs], [" ".join(tokens) for tokens in references]
    join = TOKENISERS[sequence.target_tokeniser].join
    chrf = CHRF().corpus_score([join(o) for o in outputs], [[join(r) for r in references]]).score
    by_length = defaultdict(list)
    for i, reading in enumerate(readings):
        by_length[reading.length].append(i)
    tokens = sum(reading.length for reading in readings)
    return Evaluation(
        pairs=len(readings),
        exact_match=sum(right) / len(readings),
        bleu=corpus_bleu(*spaced),
        chrf=chrf,
        unknown_rate=sum(reading.unknown for reading in readings) / tokens,
        unfinished=sum(not ended for _, ended in scored) / len(readings),
        by_length=tuple(
            LengthScore(
                length,
                len(places),
                sum(right[i] for i in places) / len(places),
                corpus_bleu(*([side[i] for i in places] for side in spaced))
                if any(len(references[i]) >= 4 for i in places)
                else None,
            )
            for length, places in sorted(by_length.items())
        ),
    )


def corpus_bleu(outputs: Sequence[str], references: Sequence[str]) -> float:
    """Sacrebleu's corpus BLEU, 0 to 100, on texts that are already tokens between blanks."""
    # force=True: the texts look tokenised because they are; that is no mistake here.
    return BLEU(tokenize="none", force=True).corpus_score(outputs, [references]).score
