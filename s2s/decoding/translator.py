"""Translator: a system that answers, which is what ``s2s.load`` returns."""

from __future__ import annotations

from s2s.decoding import beam_search, sampling, single, typed_text
from s2s.decoding.single import Attend
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.results import BeamTree, Source, Trace
from s2s.text import label
from s2s.text.language import later


class Translator(System):
    """A system with the ways of decoding as methods; the functions it calls take any system."""

    def prefix_ids(self, text: str) -> tuple[int, ...]:
        """Ids of a typed prefix, after the start token that the model may write itself.

        Raises:
            UserError: for a token that the model cannot write, or more than fit after the start.
        """
        ids = typed_text.parse_tokens(text, self.target_vocab)
        if not self.sequence.target_repeats_bos or not ids or ids[0] == self.start:
            return ids
        limit = self.sequence.max_output_length - 1
        if len(ids) > limit:
            start = label(self.sequence.start_token)
            raise UserError(
                later(
                    "{n} forced tokens; this model writes at most {limit} after its {start}.",
                    n=len(ids),
                    limit=limit,
                    start=start,
                )
            )
        return (self.start, *ids)

    def translate(
        self,
        text: Source,
        prefix: str = "",
        attend: Attend | None = None,
    ) -> Trace:
        """Greedy decoding of a text.

        Args:
            text: anything a person types.
            prefix: target tokens to force first, separated by blanks. A start token that the model
                writes before its answer is put before them.
            attend: 0-based step to S weights used instead of the model's own.
        """
        return single.greedy(self, self.read(text), self.prefix_ids(prefix), attend)

    def beam(
        self, text: Source, beam_size: int, length_penalty: float = 0.0, prefix: str = ""
    ) -> tuple[list[Trace], BeamTree]:
        """Beam search; the finished hypotheses best first, and the tree."""
        return beam_search.beam(
            self, self.read(text), beam_size, length_penalty, self.prefix_ids(prefix)
        )

    def sample(
        self,
        text: str,
        temperature: float = 1.0,
        top_k: int | None = None,
        seed: int = 0,
        prefix: str = "",
        attend: Attend | None = None,
    ) -> Trace:
        """Drawn by chance, token by token; the same seed draws the same."""
        return sampling.sample(
            self, self.read(text), temperature, top_k, seed, self.prefix_ids(prefix), attend
        )
