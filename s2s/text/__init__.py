"""Text: units that a model reads, vocabularies, and how a token is shown."""

from s2s.text.label import file_label, label
from s2s.text.units import (
    MANNERS,
    NORMALISERS,
    TOKENISERS,
    Normalised,
    Normaliser,
    Tokeniser,
    changed_words,
)

__all__ = [
    "MANNERS", "NORMALISERS", "TOKENISERS", "Normalised", "Normaliser", "Tokeniser",
    "changed_words", "file_label", "label",
]  # fmt: skip
