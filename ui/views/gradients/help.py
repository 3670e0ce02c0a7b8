"""What the page measures and what was found with it."""

from __future__ import annotations

from s2s.text.language import N_
from ui.parts import help_texts

TEXTS = {
    N_("How to read this page"): "gradients.md",
    N_("How much reaches the first token, measured"): "vanishing.md",
    N_("What the verdict is worth, measured"): "verdicts.md",
}


def show() -> None:
    """One closed box per text."""
    help_texts.show(TEXTS)
