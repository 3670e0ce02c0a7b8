"""What the page measures and what was found with it."""

from __future__ import annotations

from ui.parts import help_texts

TEXTS = {
    "How to read this page": "gradients.md",
    "How much reaches the first token, measured": "vanishing.md",
    "What the verdict is worth, measured": "verdicts.md",
}


def show() -> None:
    """One closed box per text."""
    help_texts.show(TEXTS)
