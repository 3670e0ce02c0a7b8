"""A Diagnosis as JSON values, in the shape of the contract."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from s2s.findings.diagnosis import headline, says
from s2s.results.diagnosis import Bucket, Diagnosis
from s2s.text.language import ORIGINAL, speaking


@speaking(ORIGINAL)  # for programs
def diagnosis_json(found: Diagnosis) -> dict[str, Any]:
    """A Diagnosis in the shape of the contract; the worst sentences first."""
    return {
        "model": found.model,
        "pairs": len(found.answers),
        "says": headline(found),
        "checks": [
            {
                "name": check.name, "value": check.value, "healthy": list(check.healthy),
                "verdict": check.verdict, "sentences": len(check.places),
                "lines": [found.answers[place].line for place in check.places],
                "says": says(check, len(found.answers)),
            }
            for check in found.checks
        ],
        "sentences": [
            {
                "line": answer.line, "source": answer.source, "output": answer.output,
                "reference": answer.reference,
                "score": None if math.isnan(answer.score) else answer.score,
                "chips": list(answer.chips), "length": answer.length, "rarest": answer.rarest,
            }
            for answer in (found.answers[place] for place in found.worst())
        ],
        "by_length": _buckets(found.by_length()),
        "by_rarest": _buckets(found.by_rarest()),
        "ngrams": _ngrams(found),
    }  # fmt: skip


def _buckets(found: Sequence[Bucket]) -> list[dict[str, Any]]:
    return [
        {
            "bucket": one.name, "sentences": len(one.places),
            "score": None if math.isnan(one.score) else one.score,
        }
        for one in found
    ]  # fmt: skip


def _ngrams(found: Diagnosis) -> dict[str, Any] | None:
    """Runs that it writes too often and too seldom, beside the right answers; None without."""
    if all(answer.wanted is None for answer in found.answers):
        return None
    return {
        name: [
            {"tokens": list(one.tokens), "written": one.ours, "right": one.theirs} for one in side
        ]
        for name, side in zip(("more", "less"), found.ngrams(), strict=True)
    }
