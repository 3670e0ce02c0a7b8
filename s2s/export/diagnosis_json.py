"""A Diagnosis as JSON values, in the shape of the contract."""

from __future__ import annotations

import math
from typing import Any

from s2s.findings.diagnosis import headline, says
from s2s.results.diagnosis import Diagnosis


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
                "chips": list(answer.chips),
            }
            for answer in (found.answers[place] for place in found.worst())
        ],
    }  # fmt: skip
