"""Typed text to token ids, with everything that was dropped, unknown or rewritten said."""

from __future__ import annotations

from s2s.config import SequenceConfig
from s2s.errors import UserError
from s2s.results import Reading, Unknown
from s2s.text import NORMALISERS, TOKENISERS, changed_words, label
from s2s.text.vocab import Vocab


def source_tokens(text: str, sequence: SequenceConfig) -> list[str]:
    """Normalised source tokens, padded with real blanks where the model wants that; no specials."""
    normalised = NORMALISERS[sequence.source_normaliser](text).text
    tokens = TOKENISERS[sequence.source_tokeniser].split(normalised)
    if tokens and sequence.fixed_source_length:
        tokens += [" "] * (sequence.fixed_source_length - len(tokens))
    return tokens


def target_tokens(text: str, sequence: SequenceConfig) -> list[str]:
    """Normalised target tokens, no specials."""
    normalised = NORMALISERS[sequence.target_normaliser](text).text
    return TOKENISERS[sequence.target_tokeniser].split(normalised)


def with_specials(ids: list[int], sequence: SequenceConfig, vocab: Vocab) -> list[int]:
    """Source ids with the start and end tokens that the model reads."""
    first = [vocab.bos] if sequence.source_bos else []
    last = [vocab.eos] if sequence.source_eos else []
    return [*first, *ids, *last]


def read_source(
    text: str,
    sequence: SequenceConfig,
    vocab: Vocab,
    reads: str = "its own language",
    suggest: bool = True,
) -> Reading:
    """A typed text as the model reads it.

    Args:
        text: anything.
        sequence: how the model reads.
        vocab: its source vocabulary.
        reads: what the model can read, for messages: "French".
        suggest: look for known words near each unknown one (about 20 ms each).

    Raises:
        UserError: when nothing is left to read, when it is too long, or when a token is unknown
            to a vocabulary without UNK.
    """
    normaliser = NORMALISERS[sequence.source_normaliser]
    normalised = normaliser(text)
    tokens = TOKENISERS[sequence.source_tokeniser].split(normalised.text)
    if not text.strip():
        raise UserError("Type a sentence, or press an example.")
    shown = label(text.strip()[:41], 40).replace("␣", " ")
    if not any(token.isalnum() for token in tokens):
        raise UserError(f'This model reads {reads}; it found no letters it knows in "{shown}".')
    if len(tokens) > sequence.max_source_length:
        unit = "characters" if sequence.source_tokeniser == "characters" else "tokens"
        raise UserError(
            f"{len(tokens)} {unit}; this model reads at most {sequence.max_source_length}. "
            "Shorten the text or pick another model."
        )
    length = len(tokens)
    if sequence.fixed_source_length:
        tokens += [" "] * (sequence.fixed_source_length - length)
    ids, places = vocab.encode(tokens)
    if places and vocab.unk is None:
        names = ", ".join(dict.fromkeys(label(tokens[i], 40) for i in places))
        raise UserError(
            f"This model reads {reads}; it has never seen {names} and has no token for "
            "the unknown. Leave it out or pick another model."
        )
    first = int(sequence.source_bos)
    unknown = tuple(
        Unknown(tokens[i], i + first, tuple(vocab.nearest(tokens[i])) if suggest else ())
        for i in places
    )
    ids = with_specials(ids, sequence, vocab)
    return Reading(
        text=text,
        tokens=tuple(vocab.decode(ids)),
        ids=tuple(ids),
        length=length,
        first=first,
        dropped=normalised.dropped,
        unknown=unknown,
        changed=tuple(changed_words(text, normaliser)),
    )


def written_text(tokens: list[str], sequence: SequenceConfig, vocab: Vocab) -> str:
    """Output tokens as text: specials left out, but ``<unk>`` stays, for it was written."""
    hidden = {vocab.tokens[i] for i in vocab.specials if i != vocab.unk}
    return TOKENISERS[sequence.target_tokeniser].join([t for t in tokens if t not in hidden])


def parse_tokens(text: str, vocab: Vocab) -> tuple[int, ...]:
    """Forced target tokens, separated by blanks; specials of the vocabulary may be named.

    A vocabulary of single characters also takes them in one word: ``2003-``.

    Raises:
        UserError: naming the first token that the model does not have, with near ones.
    """
    ids = []
    characters = all(len(t) == 1 for i, t in enumerate(vocab.tokens) if i not in vocab.specials)
    for word in text.split():
        pieces = [word] if word in vocab.ids or not characters else list(word)
        for token in pieces:
            index = vocab.ids.get(token)
            if index is None or index == vocab.pad:
                near = vocab.nearest(token)
                hint = f" Near it: {', '.join(near)}." if near else ""
                raise UserError(f"{label(token, 40)} is not a word this model can write.{hint}")
            ids.append(index)
    return tuple(ids)
