"""What the page measures and what was found with it."""

from __future__ import annotations

from ui.parts import help_texts

TEXTS = {
    "How to read this page": "states.md",
    "How long does the encoder remember the first letter? Measured": "first-letter.md",
}


def show() -> None:
    """One closed box per text."""
    help_texts.show(TEXTS)
