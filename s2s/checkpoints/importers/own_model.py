"""The way in of somebody's model: recognised, given its words and its manners."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import torch

from s2s.checkpoints.importers import vocabularies
from s2s.checkpoints.importers.recognise import Recognised
from s2s.config import SequenceConfig
from s2s.decoding.system import System
from s2s.decoding.translator import Translator
from s2s.errors import UserError
from s2s.model import padding
from s2s.model.seq2seq import blank
from s2s.tasks import TASKS, Task
from s2s.tasks.about import About, Imported
from s2s.text import NORMALISERS, TOKENISERS, label
from s2s.text.language import N_, Later, later, tr
from s2s.text.vocab import Vocab

MOST_EXAMPLES = 6
OTHER_SIZE = {
    "source": N_("The source vocabulary lists {n} tokens, but the tensors are made for {size}."),
    "target": N_("The target vocabulary lists {n} tokens, but the tensors are made for {size}."),
}


def usual(found: Recognised, vocabs: tuple[Vocab, Vocab]) -> SequenceConfig:
    """The manners of its family, with the special tokens that its words have."""
    source, target = vocabs
    manners = {"source_normaliser": "verbatim", "target_normaliser": "verbatim",
               "weights_dtype": "float32"} | dict(found.family.sequence)  # fmt: skip
    known = {item.name for item in fields(SequenceConfig)}
    sequence = SequenceConfig(**{k: v for k, v in manners.items() if k in known})
    begins = sequence.source_bos and source.bos is not None
    ends = sequence.source_eos and source.eos is not None
    most, places = sequence.max_source_length, found.config.attention_slots
    if places is not None:
        most = max(1, places - begins - ends)
    first = target.eos if found.family.sequence.get("start") == "eos" else target.bos
    if first is None:
        raise UserError(
            later(
                "Which target word is the decoder fed first? Name its id as bos in target_special."
            )
        )
    for side, vocab in zip(vocabularies.SIDES, vocabs, strict=True):
        if getattr(sequence, f"{side}_normaliser") == "latin" and "." not in vocab.ids:
            manner: dict[str, Any] = {f"{side}_normaliser": "latin_no_stop"}
            sequence = replace(sequence, **manner)
    if target.eos is None:
        sequence = replace(sequence, stop="fixed_length")
    return replace(
        sequence, source_bos=begins, source_eos=ends, max_source_length=most,
        start_token=target.tokens[first],
    )  # fmt: skip


def build(
    name: str, task: Task, found: Recognised, vocabs: tuple[Vocab, Vocab], sequence: SequenceConfig
) -> Translator:
    """The model, in float32 and ready to translate.

    Raises:
        UserError: where the words are not as many as the tensors are made for.
    """
    sizes = found.config.source_vocabulary, found.config.target_vocabulary
    for side, vocab, size in zip(vocabularies.SIDES, vocabs, sizes, strict=True):
        if len(vocab) != size:
            text = N_(
                "The source vocabulary lists {n} tokens, but the tensors are made for {size}."
            )
            if side == "target":
                text = N_(
                    "The target vocabulary lists {n} tokens, but the tensors are made for {size}."
                )
            raise UserError(later(text, n=len(vocab), size=size))
    config, weights, source = found.config, found.weights, vocabs[0]
    if sequence.padded_source_length is not None and padding.lacks(config, source):
        config, weights, source = padding.with_nothing(config, weights, source)
    model = blank(config)
    model.load_state_dict(dict(weights), assign=True)
    model.eval().requires_grad_(False)
    return Translator(name, task.name, model, sequence, source, vocabs[1], task.reads)


def file_name(path: str) -> str:
    """A file's name as a card can show it."""
    return label(Path(path).name).replace("␣", " ").replace("`", "'")


@dataclass(frozen=True)
class Described:
    """What is known of a model beside its tensors.

    Attributes:
        files: names and SHA-256 of all that it came in.
        command: what makes the same model; None where no command does.
        checked: how it answers beside the original; None where nobody compared.
        title: what it does, in words of its own; else empty.
        languages: what its source and its target are called, likewise.
        examples: texts that its owner wants to see.
    """

    files: tuple[tuple[str, str], ...]
    command: str | None
    checked: str | None = None
    title: str = ""
    languages: tuple[str, str] | None = None
    examples: tuple[str, ...] = ()


def described(
    system: Translator, found: Recognised, ignored: Sequence[Later], told: Described
) -> Translator:
    """The model with what its card says of it, in the language that is spoken."""
    task = TASKS[system.task]
    imported = Imported(
        found.family.name, told.files,
        tuple((label(one.name, 80), one.shape) for one in found.taken),
        {side: len(tokens) for side, tokens in untypable(system).items()},
        told.checked, tuple(tr("left out: {what}", what=what) for what in ignored),
        told.title, told.languages,
        readable(system, (*told.examples, *task.examples)),
    )  # fmt: skip
    about = About(
        variant=system.name.split("/")[1], command=told.command, imported=imported,
        parameters=system.model.parameter_count(), torch=torch.__version__.split("+")[0],
    )  # fmt: skip
    return replace(system, about=about)


def readable(system: System, texts: Sequence[str]) -> tuple[str, ...]:
    """Texts that a model reads without an unknown word; else one of its own first words."""
    found = []
    for text in dict.fromkeys(texts):
        with suppress(UserError):
            if not system.read(text, suggest=False).unknown:
                found.append(text)
        if len(found) == MOST_EXAMPLES:
            break
    if found:
        return tuple(found)
    vocab, join = system.source_vocab, TOKENISERS[system.sequence.source_tokeniser].join
    words = [token for i, token in enumerate(vocab.tokens) if i not in vocab.specials]
    for start in range(0, min(len(words), 300), 3):
        text = join(words[start : start + min(3, system.sequence.max_source_length)])
        with suppress(UserError):
            if not system.read(text, suggest=False).unknown:
                return (text,)
    return ()


def untypable(system: System) -> dict[str, list[str]]:
    """Side to tokens that its normaliser and tokeniser never give back; empty if all is well."""
    sequence, found = system.sequence, {}
    for side, vocab in (("source", system.source_vocab), ("target", system.target_vocab)):
        ways = (getattr(sequence, f"{side}_{kind}") for kind in ("normaliser", "tokeniser"))
        lost = _lost(vocab, *ways)
        if lost:
            found[side] = lost
    return found


def _lost(vocab: Vocab, normaliser: str, tokeniser: str) -> list[str]:
    if tokeniser not in ("words", "characters"):
        return []  # what it gives depends on the sentence, so a token alone proves nothing
    normalise, split = NORMALISERS[normaliser], TOKENISERS[tokeniser].split
    # Between letters: edge blanks are taken off, and a blank can be a character of its own.
    edge = "a" if tokeniser == "characters" else ""
    around = [edge] if edge else []
    return [
        token for i, token in enumerate(vocab.tokens)
        if i not in vocab.specials
        and split(normalise(f"{edge}{token}{edge}").text) != [*around, token, *around]
    ]  # fmt: skip
