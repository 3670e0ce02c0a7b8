"""Text: units that a model reads, vocabularies, and how a token is shown."""

from s2s.text.label import label
from s2s.text.units import NORMALISERS, TOKENISERS, Normalised, Tokeniser, changed_words

__all__ = ["NORMALISERS", "TOKENISERS", "Normalised", "Tokeniser", "changed_words", "label"]
