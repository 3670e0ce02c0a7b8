"""How the verdict of a check reads."""

from __future__ import annotations

from s2s.text.language import N_

VERDICTS = {
    "ok": N_("✓ in range"),
    "edge": N_("~ just outside"),
    "outside": N_("▲ outside"),
    "no_answer": "–",
}
"""A verdict's name to its mark and words."""
