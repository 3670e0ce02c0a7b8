"""What an original wrote, as it was pasted: a text to the tokens that are compared."""

from __future__ import annotations

from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.text.language import later


def pasted(system: System, output: str) -> list[str]:
    """An output of the original as tokens: as they stand where the model has them all."""
    ids, words = system.target_vocab.ids, output.split()
    if words and all(word in ids for word in words):
        return words
    return system.target_tokens(output)


def typed_pairs(system: System, text: str) -> tuple[list[str], list[list[str]]]:
    """Sources and output tokens from lines, each a source and what the original wrote for it.

    Args:
        system: the model.
        text: lines with a tab or ``=>`` between the two.

    Raises:
        UserError: naming the line that has none, or nothing on one side.
    """
    sources, outputs = [], []
    vocab = system.target_vocab
    hidden = {vocab.tokens[i] for i in vocab.specials - {vocab.unk}}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        source, between, output = line.partition("\t" if "\t" in line else "=>")
        tokens = pasted(system, output)
        if not between or not source.strip() or not tokens:
            raise UserError(
                later("Line {n} needs a source and its output, a tab or => between.", n=number)
            )
        sources.append(source.strip())
        outputs.append([token for token in tokens if token not in hidden])
    return sources, outputs
