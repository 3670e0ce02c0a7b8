"""The one reading of text: page, library, command line and files all go through here.

What was dropped, unknown or rewritten on the way to token ids is said.
"""

from __future__ import annotations

import unicodedata
from typing import NamedTuple

from s2s.config import SequenceConfig
from s2s.errors import UserError
from s2s.results import Cut, Reading, Source, Unknown
from s2s.text import NORMALISERS, TOKENISERS, Normalised, changed_words, label
from s2s.text.label import writable
from s2s.text.language import N_, later
from s2s.text.vocab import Vocab


class Units(NamedTuple):
    """A text cut into tokens.

    Attributes:
        tokens: no specials.
        dropped: as in `Normalised`.
        rewritten: as in `Normalised`.
        known: whether a typed word is a token of the vocabulary as it stands.
    """

    tokens: list[str]
    dropped: tuple[str, ...]
    rewritten: tuple[tuple[str, str], ...]
    known: bool


def units(text: str, normaliser: str, tokeniser: str, vocab: Vocab | None = None) -> Units:
    """Cut a typed text. A word or a character that the vocabulary knows is kept as it is.

    Args:
        text: anything.
        normaliser: by name.
        tokeniser: by name.
        vocab: the model's; None while its vocabulary is being made, which gives the same tokens,
            for all of them are then what the normaliser writes.

    Raises:
        UserError: when it is no text that can be written: half a character stands alone.
    """
    _check(text)
    normalise, split = NORMALISERS[normaliser], TOKENISERS[tokeniser].split
    words = text.split()
    known = vocab is not None and any(vocab.find(word) == word for word in words)
    if vocab is None or tokeniser != "words":
        own = vocab if tokeniser == "characters" else None
        read = normalise(text, None if own is None else own.find)
        tokens = split(read.text)
        known = known or (own is not None and any(t in own.ids for t in tokens))
        return Units(tokens, read.dropped, read.rewritten, known)
    parts = []
    for word in words:
        token = vocab.find(word)
        parts.append(normalise(word) if token is None else _as(word, token))
    return Units(
        [token for part in parts for token in split(part.text)],
        tuple(run for part in parts for run in part.dropped),
        tuple(pair for part in parts for pair in part.rewritten),
        known,
    )


def _check(text: str) -> None:
    if not writable(text):
        shown = label(text, 40).replace("␣", " ")
        raise UserError(later("The text holds half a character: {shown}.", shown=shown))


def _as(word: str, token: str) -> Normalised:
    """A typed word as the token it is: what was folded is told, in runs where that is possible."""
    if token == word:
        return Normalised(token, ())
    read = NORMALISERS["verbatim"](word)
    if read.text == token:
        return read
    form = unicodedata.normalize("NFC", token), unicodedata.normalize("NFC", word)
    return Normalised(token, (), () if form[0] == form[1] else ((word, token),))


def source_tokens(text: str, sequence: SequenceConfig, vocab: Vocab | None = None) -> list[str]:
    """Normalised source tokens, padded with real blanks where the model wants that; no specials."""
    tokens = units(text, sequence.source_normaliser, sequence.source_tokeniser, vocab).tokens
    return _filled(tokens, sequence) if tokens else tokens


def target_tokens(text: str, sequence: SequenceConfig, vocab: Vocab | None = None) -> list[str]:
    """Normalised target tokens, no specials."""
    return units(text, sequence.target_normaliser, sequence.target_tokeniser, vocab).tokens


def _filled(tokens: list[str], sequence: SequenceConfig) -> list[str]:
    return tokens + [" "] * ((sequence.fixed_source_length or 0) - len(tokens))


def with_specials(ids: list[int], sequence: SequenceConfig, vocab: Vocab) -> list[int]:
    """Source ids with the start and end tokens, and the padding, that the model reads."""
    first = [vocab.special("bos")] if sequence.source_bos else []
    last = [vocab.special("eos")] if sequence.source_eos else []
    return padded([*first, *ids, *last], sequence, vocab)


def padded(ids: list[int], sequence: SequenceConfig, vocab: Vocab) -> list[int]:
    """Source ids with their specials, and with the padding that the model reads behind them."""
    if sequence.padded_source_length is None:
        return ids
    return ids + [vocab.special("pad")] * (sequence.padded_source_length - len(ids))


def read_source(
    source: Source,
    sequence: SequenceConfig,
    vocab: Vocab,
    reads: str = N_("its own language"),
    suggest: bool = True,
) -> Reading:
    """A typed text as the model reads it, or tokens as they are.

    Args:
        source: anything.
        sequence: how the model reads.
        vocab: its source vocabulary.
        reads: what the model can read, for messages: "French".
        suggest: look for known words near each unknown one (about 20 ms each).

    Raises:
        UserError: when nothing is left to read, when it is too long, or when a token is unknown
            to a vocabulary without UNK.
    """
    text = str(source)
    if not text.strip():
        raise UserError(later("Type a sentence."))
    normaliser, tokeniser = sequence.source_normaliser, sequence.source_tokeniser
    if isinstance(source, Cut) and source.tokeniser == tokeniser:
        _check(text)
        read = Units(list(source.tokens), (), (), True)
        changed: list[tuple[str, str]] = []
    else:
        read = units(text, normaliser, tokeniser, vocab)
        changed = changed_words(text, NORMALISERS[normaliser])
    tokens = read.tokens
    if not tokens or not (read.known or any(map(_says, tokens))):
        shown = label(text.strip()[:41], 40).replace("␣", " ")
        raise UserError(
            later(
                'This model reads {reads}; it found no letters it knows in "{shown}".',
                reads=later(reads),
                shown=shown,
            )
        )
    length = len(tokens)
    if length > sequence.max_source_length:
        most = sequence.max_source_length
        raise UserError(
            later(
                "{n} characters; this model reads at most {most}. Shorten the text or pick "
                "another model.",
                n=length,
                most=most,
            )
            if tokeniser == "characters"
            else later(
                "{n} tokens; this model reads at most {most}. Shorten the text or pick "
                "another model.",
                n=length,
                most=most,
            )
        )
    tokens = _filled(tokens, sequence)
    ids, places = vocab.encode(tokens)
    if places and vocab.unk is None:
        names = tuple(dict.fromkeys(label(tokens[i], 40) for i in places))
        raise UserError(
            later(
                "This model reads {reads}; it has never seen {names} and has no token "
                "for the unknown. Leave it out or pick another model.",
                reads=later(reads),
                names=names,
            )
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
        dropped=read.dropped,
        unknown=unknown,
        changed=tuple(changed),
        rewritten=read.rewritten,
    )


def _says(token: str) -> bool:
    """Whether a token has a letter, a mark on one, or a number in it."""
    return any(unicodedata.category(character)[0] in "LMN" for character in token)


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
            index = vocab.ids.get(token, vocab.ids.get(vocab.find(token) or ""))
            if index is None or index == vocab.pad:
                near = vocab.nearest(token)
                shown = label(token, 40)
                raise UserError(
                    later(
                        "{token} is not a word this model can write. Near it: {near}.",
                        token=shown,
                        near=tuple(near),
                    )
                    if near
                    else later("{token} is not a word this model can write.", token=shown)
                )
            ids.append(index)
    return tuple(ids)
