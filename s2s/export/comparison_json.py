"""Comparisons as JSON values, for the command line and for downloads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from s2s.evaluation.fairness import Fairness
from s2s.evaluation.resampling import RESAMPLES, SEED, TRIALS
from s2s.export.as_json import trace_json
from s2s.findings.comparison import sentence_finding, set_finding
from s2s.results.comparison import SCORES, Comparison, Estimate, Scores, SetComparison
from s2s.text.language import ORIGINAL, speaking


@speaking(ORIGINAL)  # for programs
def sentence_json(result: Comparison, fair: Fairness) -> dict[str, Any]:
    """One sentence: every model's run, and the steps that stand under each other."""
    return {
        "task": result.task,
        "models": list(result.models),
        "text": result.text,
        "translations": [trace_json(trace) for trace in result.traces],
        "columns": [list(column) for column in result.columns],
        "differs": result.differs().tolist(),
        "disagreement": result.disagreement,
        "finding": sentence_finding(result),
        "notes": [str(note) for note in result.notes],
        "fairness": fairness_json(fair),
    }


@speaking(ORIGINAL)
def set_json(result: SetComparison, fair: Fairness) -> dict[str, Any]:
    """A test set: scores with intervals, by length, tests, and one object per sentence."""
    return {
        "task": result.task,
        "set": result.name,
        "models": list(result.models),
        "pairs": result.pairs,
        "read": dict(result.read),
        "refused": [asdict(line) for line in result.refused],
        "scores": by_model(result.models, result.scores),
        "by_length": [
            {
                "shortest": group.shortest, "longest": group.longest, "pairs": group.pairs,
                "scores": by_model(result.models, group.scores),
            }
            for group in result.by_length
        ],
        "tests": [
            {
                "model": result.models[test.model], "against": result.models[0],
                "score": test.score, "difference": test.difference, "p": test.p,
                "differing": test.differing,
            }
            for test in result.tests
        ],
        "resampling": {"resamples": RESAMPLES, "trials": TRIALS, "seed": SEED},
        "signatures": dict(result.signatures),
        "finding": set_finding(result),
        "notes": [str(note) for note in result.notes],
        "fairness": fairness_json(fair),
        "sentences": result.rows(),
    }  # fmt: skip


def by_model(models: Sequence[str], scores: Sequence[Scores]) -> dict[str, Any]:
    """Model to score to value with its interval."""
    return {
        model: {name: _estimate(getattr(one, name)) for name in SCORES}
        for model, one in zip(models, scores, strict=True)
    }


def fairness_json(fair: Fairness) -> dict[str, Any]:
    """What is the same and what is not."""
    table = [dict(zip(fair.table.head, row, strict=True)) for row in fair.table.rows]
    return {"facts": list(fair.facts), "warnings": list(fair.warnings), "models": table}


def _estimate(value: Estimate | None) -> Mapping[str, float] | None:
    return None if value is None else asdict(value)
