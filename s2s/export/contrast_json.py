"""Why this token and not that one, and the smallest edit, as JSON values."""

from __future__ import annotations

from typing import Any

from s2s.export.as_json import numbers
from s2s.findings.contrast import completeness, contrast_finding, edit_finding
from s2s.results.contrast import WAYS, Contrast
from s2s.results.smallest_edit import SmallestEdit
from s2s.text.language import ORIGINAL, speaking


@speaking(ORIGINAL)  # for programs
def contrast_json(found: Contrast) -> dict[str, Any]:
    """A Contrast: each of WAYS [S] or null."""
    return {
        "source": list(found.source),
        "output": list(found.output),
        "chosen": found.chosen,
        "other": found.other,
        "probability": found.probability,
        "other_probability": found.other_probability,
        "score": found.score,
        "baseline": found.baseline,
        "residual": found.residual(),
        **{name: numbers(getattr(found, name)) for name in WAYS},
        "says": f"{contrast_finding(found)} {completeness(found)}",
    }


@speaking(ORIGINAL)
def edits_json(found: SmallestEdit) -> dict[str, Any]:
    """A SmallestEdit; a way's edits are made in their order."""
    return {
        "source": list(found.source),
        "output": list(found.output),
        "chosen": found.chosen,
        "probability": found.probability,
        "tried": found.tried,
        "ways": [
            {
                "edits": [edit._asdict() for edit in way.edits],
                "written": way.written, "probability": way.probability, "left": way.left,
            }
            for way in found.ways
        ],
        "says": edit_finding(found),
    }  # fmt: skip
