"""The same sentence, or the same test set, through two to four models.

Dimensions: M models, N sentences, C columns of the alignment, T_m output tokens of model m.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from s2s.results.base import Array, check_shape
from s2s.results.trace import Source, Trace
from s2s.text.language import Later

SCORES = ("exact_match", "bleu", "chrf")


@dataclass(frozen=True, eq=False)
class Comparison:
    """One sentence through M models.

    Attributes:
        task: the task they share.
        source: what was read: the text, or its tokens after the edits of the source.
        traces: one per model, with the edits that fit it.
        originals: one per model without any edit; the traces themselves where nothing was edited.
        columns: C columns of the aligned outputs; per model the 0-based step that stands there, or
            None for a gap. Steps rise from left to right and every step stands in one column.
        disagreement: 0 to 1 as in `SetComparison`.
        notes: sentences about what is not the same for all: tokens, vocabularies, edits left out.
        compared: [M][T_m] what is compared, where that is not the token itself: a special token is
            its role, whatever it is called. Empty for the tokens as they are.
    """

    task: str
    source: Source
    traces: tuple[Trace, ...]
    originals: tuple[Trace, ...]
    columns: tuple[tuple[int | None, ...], ...]
    disagreement: float
    notes: tuple[str | Later, ...] = ()
    compared: tuple[tuple[str, ...], ...] = ()

    def __post_init__(self) -> None:
        """Check that the columns hold every step of every model once, in order."""
        if len(self.originals) != len(self.traces):
            raise ValueError(f"Comparison has {len(self.traces)} traces, {len(self.originals)} "
                             "originals")  # fmt: skip
        for m, trace in enumerate(self.traces):
            steps = [column[m] for column in self.columns if column[m] is not None]
            if steps != list(range(trace.steps)):
                raise ValueError(f"Comparison.columns hold {steps} of {trace.steps} steps")

    @property
    def text(self) -> str:
        """The source as a text, for reading."""
        return str(self.source)

    @property
    def models(self) -> tuple[str, ...]:
        """M names."""
        return tuple(trace.model for trace in self.traces)

    @property
    def edited(self) -> bool:
        """Whether any model ran with an edit, of the source, the output or the weights."""
        return any(t is not o for t, o in zip(self.traces, self.originals, strict=True))

    def tokens(self) -> tuple[tuple[str | None, ...], ...]:
        """[M][C] the outputs as lanes, None for a gap."""
        return self._lanes([trace.output for trace in self.traces])

    def _lanes(self, outputs: Sequence[Sequence[str]]) -> tuple[tuple[str | None, ...], ...]:
        return tuple(
            tuple(None if (t := c[m]) is None else output[t] for c in self.columns)
            for m, output in enumerate(outputs)
        )

    def differs(self) -> NDArray[np.bool_]:
        """[M, C] True where a model has another token than the first model, or one has a gap."""
        lanes = self._lanes(self.compared) if self.compared else self.tokens()
        marked = [[a != b for a, b in zip(lane, lanes[0], strict=True)] for lane in lanes]
        return np.array(marked, dtype=bool).reshape(len(lanes), len(self.columns))

    def forced(self) -> NDArray[np.bool_]:
        """[M, C] True where a token was given by an edit, so that being alike says nothing."""
        given = [
            [c[m] is not None and c[m] in trace.forced for c in self.columns]
            for m, trace in enumerate(self.traces)
        ]
        return np.array(given, dtype=bool).reshape(len(given), len(self.columns))

    def first_difference(self, model: int) -> int | None:
        """The first column in which a model parts from the first one; None if it never does."""
        found = np.flatnonzero(self.differs()[model])
        return int(found[0]) if found.size else None


@dataclass(frozen=True)
class Refused:
    """A line that no model was judged on.

    Attributes:
        line: its number, from 1.
        reason: one sentence.
    """

    line: int
    reason: str | Later

    def as_json(self) -> dict[str, int | str]:
        """As every command's JSON says it."""
        return {"line": self.line, "why": str(self.reason)}


@dataclass(frozen=True)
class Estimate:
    """A score with its bootstrap interval (Koehn 2004), as sacrebleu makes it.

    Attributes:
        value: on all sentences.
        mean: over the resamples.
        low: 2.5 % of the resamples lie below.
        high: 2.5 % lie above.
    """

    value: float
    mean: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of the 95 % interval: what sacrebleu prints after its ±."""
        return 0.5 * (self.high - self.low)


@dataclass(frozen=True)
class Scores:
    """One model on some sentences.

    Attributes:
        exact_match: share of outputs equal to the reference token by token, 0 to 1.
        bleu: corpus BLEU over the model's tokens, 0 to 100; None where no reference has four.
        chrf: corpus chrF over the text, 0 to 100.
    """

    exact_match: Estimate
    bleu: Estimate | None
    chrf: Estimate


@dataclass(frozen=True)
class LengthGroup:
    """Sentences of like source length, in tokens of the first model, specials not counted.

    Attributes:
        shortest: source tokens.
        longest: source tokens.
        pairs: how many sentences.
        scores: M of them.
    """

    shortest: int
    longest: int
    pairs: int
    scores: tuple[Scores, ...]


@dataclass(frozen=True)
class PairedScore:
    """A model against the first one.

    Attributes:
        model: 0-based place of the model.
        score: one of `SCORES`.
        difference: its score less the first model's.
        p: of BLEU and chrF by paired randomization (Riezler and Maxwell 2005): how often swapped
            outputs give at least this difference, exactly where few sentences differ. Of exact
            match the two-sided exact test of McNemar (1947).
        differing: sentences that the two models are not counted alike on.
    """

    model: int
    score: str
    difference: float
    p: float
    differing: int


@dataclass(frozen=True, eq=False)
class SetComparison:
    """N sentences through M models; all arrays by model, then by sentence.

    Attributes:
        task: the task they share.
        name: of the test set.
        models: M names.
        lines: N line numbers in the set.
        sources: N texts as given.
        references: N reference texts as the first model normalises them.
        outputs: [M][N] texts.
        scores: M, over all sentences.
        by_length: from short to long; every sentence stands in one group.
        tests: of every model but the first, for every score both have.
        refused: lines left out, in order.
        notes: what is not the same for all models.
        signatures: score to sacrebleu's signature, so that anyone can make the number again.
        read: how the set was read, as `s2s.tasks.pairs_file.PairSet.read` says it.
    """

    task: str
    name: str
    models: tuple[str, ...]
    lines: tuple[int, ...]
    sources: tuple[str, ...]
    references: tuple[str, ...]
    outputs: tuple[tuple[str, ...], ...]
    scores: tuple[Scores, ...]
    by_length: tuple[LengthGroup, ...]
    tests: tuple[PairedScore, ...]
    lengths: NDArray[np.integer[Any]]
    """[N] source tokens of the first model, specials not counted."""
    exact: NDArray[np.bool_]
    """[M, N] output equals reference."""
    chrf: Array
    """[M, N] sentence chrF against the reference, 0 to 100."""
    confidence: Array
    """[M, N] mean natural log probability of the output's tokens, the end token included."""
    entropy: Array
    """[M, N] mean entropy of the attention rows in nats; NaN without attention."""
    coverage: Array
    """[M, N] attention over all steps on the text's least attended token; NaN without attention."""
    unknown: NDArray[np.integer[Any]]
    """[M, N] source tokens outside the vocabulary."""
    unfinished: NDArray[np.bool_]
    """[M, N] True where no end token came within the longest output."""
    disagreement: Array
    """[N] 1 - chrF / 100 between two outputs, β = 1 so that neither is the reference; the mean
    over all pairs of models. 0: the same letters; 1: nothing shared."""
    refused: tuple[Refused, ...] = ()
    notes: tuple[str | Later, ...] = ()
    signatures: Mapping[str, str] = field(default_factory=dict)
    read: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check every shape against M and N."""
        count, size = len(self.models), len(self.sources)
        for name in ("exact", "chrf", "confidence", "entropy", "coverage", "unknown", "unfinished"):
            check_shape(self, name, getattr(self, name), (count, size))
        for name in ("lengths", "disagreement"):
            check_shape(self, name, getattr(self, name), (size,))
        sides = [self.lines, self.references, *self.outputs]
        if len(self.outputs) != count or any(len(side) != size for side in sides):
            raise ValueError(f"SetComparison: {[len(s) for s in sides]} texts, expected {size}")
        if sum(group.pairs for group in self.by_length) != size:
            raise ValueError(f"SetComparison.by_length does not add up to {size}")

    @property
    def pairs(self) -> int:
        """N."""
        return len(self.sources)

    def test(self, model: int, score: str) -> PairedScore | None:
        """The paired test of a model; None for the first one, or a score that one lacks."""
        return next((t for t in self.tests if (t.model, t.score) == (model, score)), None)

    def rows(self) -> list[dict[str, Any]]:
        """One flat row per sentence, for a table: columns of a model end in its name."""
        rows = []
        for n in range(self.pairs):
            row: dict[str, Any] = {
                "line": self.lines[n], "source": self.sources[n], "reference": self.references[n],
                "length": int(self.lengths[n]), "disagreement": float(self.disagreement[n]),
            }  # fmt: skip
            for m, model in enumerate(self.models):
                row |= {
                    f"output {model}": self.outputs[m][n],
                    f"exact {model}": bool(self.exact[m, n]),
                    f"chrF {model}": float(self.chrf[m, n]),
                    f"confidence {model}": float(self.confidence[m, n]),
                    f"entropy {model}": _known(self.entropy[m, n]),
                    f"coverage {model}": _known(self.coverage[m, n]),
                    f"unknown {model}": int(self.unknown[m, n]),
                    f"unfinished {model}": bool(self.unfinished[m, n]),
                }
            rows.append(row)
        return rows


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
