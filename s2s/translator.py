"""Translator: a model with everything it needs to read and write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch

from s2s import beam_search, reader, sampling, search
from s2s.config import ModelConfig, SequenceConfig
from s2s.errors import UserError
from s2s.model.seq2seq import Seq2Seq
from s2s.results import BeamTree, Reading, Trace
from s2s.vocab import Vocab


@dataclass(frozen=True, eq=False)
class Translator:
    """A trained model, its vocabularies and its manners. Safe to share between threads.

    Attributes:
        name: ``task/variant``.
        task: the task's name.
        model: in eval mode, on the CPU.
        sequence: how text becomes tokens.
        source_vocab: source tokens.
        target_vocab: target tokens.
        reads: what it can read, for messages.
        about: the rest of ``config.json`` (data, training, metrics), for cards and pages.
    """

    name: str
    task: str
    model: Seq2Seq
    sequence: SequenceConfig
    source_vocab: Vocab
    target_vocab: Vocab
    reads: str = "its own language"
    about: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check that the parts fit each other."""
        config = self.model.config
        for side, vocab, size in (
            ("source", self.source_vocab, config.source_vocabulary),
            ("target", self.target_vocab, config.target_vocabulary),
        ):
            if len(vocab) != size:
                raise UserError(
                    f"{self.name}: the {side} vocabulary has {len(vocab)} tokens, "
                    f"config.json says {size}."
                )
        if self.sequence.start_token not in self.target_vocab.ids:
            raise UserError(
                f"{self.name}: the start token {self.sequence.start_token} is not in the "
                "target vocabulary."
            )
        needed = (
            ("an end token in the target vocabulary", self.sequence.stop == "eos",
             self.target_vocab.eos),
            ("an end token in the source vocabulary", self.sequence.source_eos,
             self.source_vocab.eos),
            ("a start token in the source vocabulary", self.sequence.source_bos,
             self.source_vocab.bos),
        )  # fmt: skip
        for what, wanted, index in needed:
            if wanted and index is None:
                raise UserError(f"{self.name}: its configuration needs {what}.")

    @property
    def config(self) -> ModelConfig:
        """The model's configuration."""
        return self.model.config

    @property
    def start(self) -> int:
        """Id of the token the decoder is fed first."""
        return self.target_vocab.ids[self.sequence.start_token]

    @property
    def dtype(self) -> torch.dtype:
        """The type the model computes in."""
        return self.model.decoder.output.weight.dtype

    def read(self, text: str, suggest: bool = True) -> Reading:
        """A typed text as this model reads it, with words near unknown ones; UserError if not."""
        return reader.read_source(text, self.sequence, self.source_vocab, self.reads, suggest)

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
        ids = reader.parse_tokens(prefix, self.target_vocab)
        return search.greedy(self, self.read(text), ids, attend)

    def beam(
        self, text: str, beam_size: int, length_penalty: float = 0.0, prefix: str = ""
    ) -> tuple[list[Trace], BeamTree]:
        """Beam search; the finished hypotheses best first, and the tree."""
        ids = reader.parse_tokens(prefix, self.target_vocab)
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
        ids = reader.parse_tokens(prefix, self.target_vocab)
        return sampling.sample(self, self.read(text), temperature, top_k, seed, ids, attend)
