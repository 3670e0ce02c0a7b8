"""Translator: a system that answers, which is what ``s2s.load`` returns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from s2s.decoding import beam_search, sampling, search, typed_text
from s2s.decoding.system import System
from s2s.results import BeamTree, Trace


class Translator(System):
    """A system with the ways of decoding as methods; the functions it calls take any system."""

    def translate(
        self,
        text: str,
        prefix: str = "",
        attend: Mapping[int, Sequence[float]] | None = None,
    ) -> Trace:
        """Greedy decoding of a text.

        Args:
            text: anything a person types.
            prefix: target tokens to force first, separated by blanks.
            attend: 0-based step to S weights used instead of the model's own.
        """
        ids = typed_text.parse_tokens(prefix, self.target_vocab)
        return search.greedy(self, self.read(text), ids, attend)

    def beam(
        self, text: str, beam_size: int, length_penalty: float = 0.0, prefix: str = ""
    ) -> tuple[list[Trace], BeamTree]:
        """Beam search; the finished hypotheses best first, and the tree."""
        ids = typed_text.parse_tokens(prefix, self.target_vocab)
        return beam_search.beam(self, self.read(text), beam_size, length_penalty, ids)

    def sample(
        self,
        text: str,
        temperature: float = 1.0,
        top_k: int | None = None,
        seed: int = 0,
        prefix: str = "",
        attend: Mapping[int, Sequence[float]] | None = None,
    ) -> Trace:
        """Drawn by chance, token by token; the same seed draws the same."""
        ids = typed_text.parse_tokens(prefix, self.target_vocab)
        return sampling.sample(self, self.read(text), temperature, top_k, seed, ids, attend)
