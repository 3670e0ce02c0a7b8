"""System: a model with everything it needs to read and write."""

from __future__ import annotations

from dataclasses import dataclass

import torch

from s2s.config import ModelConfig, SequenceConfig
from s2s.decoding import typed_text
from s2s.errors import UserError
from s2s.model.seq2seq import Seq2Seq
from s2s.results import Reading, Source
from s2s.tasks.about import About
from s2s.text.language import N_, later
from s2s.text.vocab import Vocab


@dataclass(frozen=True, eq=False)
class System:
    """A trained model, its vocabularies and how it reads and writes. Safe to share by threads.

    Attributes:
        name: ``task/variant``.
        task: the task's name.
        model: in eval mode, on the CPU.
        sequence: how text becomes tokens.
        source_vocab: source tokens.
        target_vocab: target tokens.
        reads: what it can read, for messages.
        about: how it was made and what it reached, for cards and pages.
    """

    name: str
    task: str
    model: Seq2Seq
    sequence: SequenceConfig
    source_vocab: Vocab
    target_vocab: Vocab
    reads: str = N_("its own language")
    about: About = About()

    def __post_init__(self) -> None:
        """Check that the parts fit each other."""
        config = self.model.config
        for text, vocab, size in (
            (N_("{name}: the source vocabulary has {n} tokens, config.json says {size}."),
             self.source_vocab, config.source_vocabulary),
            (N_("{name}: the target vocabulary has {n} tokens, config.json says {size}."),
             self.target_vocab, config.target_vocabulary),
        ):  # fmt: skip
            if len(vocab) != size:
                raise UserError(later(text, name=self.name, n=len(vocab), size=size))
        places = config.attention_slots if config.attention == "location" else None
        read = self.sequence.max_source_length + self.sequence.source_bos + self.sequence.source_eos
        if places is not None and read > places:
            raise UserError(
                later("{name}: max_source_length with its specials is {n}, but its attention knows "
                      "{places} places only.", name=self.name, n=read, places=places)
            )  # fmt: skip
        if self.sequence.start_token not in self.target_vocab.ids:
            raise UserError(
                later("{name}: the start token {token} is not in the target vocabulary.",
                      name=self.name, token=self.sequence.start_token)
            )  # fmt: skip
        needed = (
            (N_("{name}: its configuration needs an end token in the target vocabulary."),
             self.sequence.stop == "eos", self.target_vocab.eos),
            (N_("{name}: its configuration needs an end token in the source vocabulary."),
             self.sequence.source_eos, self.source_vocab.eos),
            (N_("{name}: its configuration needs a start token in the source vocabulary."),
             self.sequence.source_bos, self.source_vocab.bos),
            (N_("{name}: its configuration needs a padding token in the source vocabulary."),
             self.sequence.padded_source_length is not None, self.source_vocab.pad),
        )  # fmt: skip
        for text, wanted, index in needed:
            if wanted and index is None:
                raise UserError(later(text, name=self.name))
        if self.sequence.padded_source_length is not None and self.config.reverse_source:
            raise UserError(
                later("{name}: padded_source_length with reverse_source leaves open where the "
                      "padding would stand.", name=self.name)
            )  # fmt: skip

    @property
    def config(self) -> ModelConfig:
        """The model's configuration."""
        return self.model.config

    @property
    def start(self) -> int:
        """Id of the token the decoder is fed first."""
        return self.target_vocab.ids[self.sequence.start_token]

    @property
    def end(self) -> int | None:
        """Id of the token that ends an output; None if only the length does."""
        return self.target_vocab.eos if self.sequence.stop == "eos" else None

    @property
    def dtype(self) -> torch.dtype:
        """The type the model computes in."""
        return self.model.decoder.output.weight.dtype

    def read(self, source: Source, suggest: bool = True) -> Reading:
        """A typed text as this model reads it, with words near unknown ones; UserError if not."""
        return typed_text.read_source(source, self.sequence, self.source_vocab, self.reads, suggest)

    def own_places(self, reading: Reading) -> range:
        """Places of a source's own tokens: no start or end token, no padding; filling blanks count.

        Args:
            reading: the source.
        """
        filled = max(reading.length, self.sequence.fixed_source_length or 0)
        last = len(reading.ids) - int(self.sequence.source_eos)
        return range(reading.first, min(reading.first + filled, last))

    def target_tokens(self, text: str) -> list[str]:
        """A typed answer as this model's tokens, no specials."""
        return typed_text.target_tokens(text, self.sequence, self.target_vocab)
