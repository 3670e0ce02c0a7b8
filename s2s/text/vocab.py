"""Vocab: tokens by id, and which ids are special."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any

from s2s.errors import UserError
from s2s.text.folding import fold
from s2s.text.label import label, writable
from s2s.text.language import later

PAD, UNK, BOS, EOS = "<pad>", "<unk>", "<sos>", "<eos>"
ROLES = ("pad", "unk", "bos", "eos")


@dataclass(frozen=True, eq=False)
class Vocab:
    """An ordered list of distinct tokens. Each special may be absent (None) and have any id."""

    tokens: tuple[str, ...]
    pad: int | None = None
    unk: int | None = None
    bos: int | None = None
    eos: int | None = None
    ids: dict[str, int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Index the tokens; refuse repeated tokens and specials that point nowhere."""
        ids = {token: i for i, token in enumerate(self.tokens)}
        if len(ids) != len(self.tokens):
            twice = next(t for t, n in Counter(self.tokens).items() if n > 1)
            raise UserError(
                later("the vocabulary holds {token!r} more than once.", token=label(twice, 40))
            )
        if not writable("".join(self.tokens)):
            place = next(i for i, token in enumerate(self.tokens) if not writable(token))
            raise UserError(
                later("token {place} of the vocabulary holds half a character.", place=place)
            )
        for role in ROLES:
            index = getattr(self, role)
            if index is not None and not (
                # type(): true in a JSON file is no id, though bool is an int in Python.
                type(index) is int and 0 <= index < len(self.tokens)
            ):
                raise UserError(
                    later(
                        "the vocabulary's {role} is {index!r}; it must be null or an id below {n}.",
                        role=role,
                        index=index,
                        n=len(self.tokens),
                    )
                )
        object.__setattr__(self, "ids", ids)

    def __len__(self) -> int:
        return len(self.tokens)

    def special(self, role: str) -> int:
        """The id of a special that is needed; UserError where the vocabulary lacks it."""
        index: int | None = getattr(self, role)
        if index is None:
            raise UserError(
                later("the vocabulary has no {role} token, which is needed here.", role=role)
            )
        return index

    @cached_property
    def specials(self) -> frozenset[int]:
        """Ids that text can never spell."""
        return frozenset(i for role in ROLES if (i := getattr(self, role)) is not None)

    @cached_property
    def _folded(self) -> dict[str, str]:
        """Folded text to the first token that has it."""
        found: dict[str, str] = {}
        for i, token in enumerate(self.tokens):
            if i not in self.specials:
                found.setdefault(fold(token), token)
        found.pop("", None)  # a token that is never seen is itself alone
        return found

    def find(self, word: str) -> str | None:
        """The token that a typed word is, as it stands or in another form; None if there is none.

        Other forms are those that `s2s.text.folding` makes one: NFD, full-width letters, a curly
        apostrophe for a straight one or the other way round.
        """
        index = self.ids.get(word)
        if index is not None and index not in self.specials:
            return word
        return self._folded.get(fold(word))

    def encode(self, tokens: Iterable[str]) -> tuple[list[int], list[int]]:
        """Ids of text tokens, and the positions of those that are unknown.

        A typed ``<sos>`` is text: it never becomes the special. An unknown token becomes UNK; in
        a vocabulary without UNK it is left out of the ids, and the caller must refuse it. A start
        token that text can also spell (the date tasks' ``_``) is not in `specials` as a word.
        """
        ids, unknown = [], []
        for position, token in enumerate(tokens):
            index = self.ids.get(token)
            if index is None or index in self.specials:
                unknown.append(position)
                if self.unk is not None:
                    ids.append(self.unk)
            else:
                ids.append(index)
        return ids, unknown

    def decode(self, ids: Iterable[int]) -> list[str]:
        """Tokens of ids."""
        return [self.tokens[i] for i in ids]

    def nearest(self, token: str, count: int = 3) -> list[str]:
        """Known tokens spelled most like an unknown one (may be empty)."""
        specials = self.specials
        words = [t for i, t in enumerate(self.tokens) if i not in specials]
        return get_close_matches(token, words, n=count, cutoff=0.6)

    def to_json(self) -> dict[str, Any]:
        """JSON values, the form of ``vocab.json``."""
        return {"tokens": list(self.tokens), **{role: getattr(self, role) for role in ROLES}}

    @classmethod
    def from_json(cls, data: Any, where: str) -> Vocab:
        """Read back `to_json`; anything else is refused, naming `where`."""
        tokens = data.get("tokens") if isinstance(data, dict) else None
        if not isinstance(tokens, list) or not all(isinstance(t, str) for t in tokens):
            raise UserError(later("{where} must hold a list of strings named tokens.", where=where))
        try:
            return cls(tuple(tokens), **{role: data.get(role) for role in ROLES})
        except UserError as error:
            raise UserError(later("{where}: {why}", where=where, why=error.args[0])) from None

    @classmethod
    def build(
        cls,
        sentences: Iterable[Sequence[str]],
        specials: dict[str, str],
        min_frequency: int = 1,
    ) -> Vocab:
        """Count tokens and keep those seen `min_frequency` times, most frequent first.

        Args:
            sentences: token sequences.
            specials: role to token, in id order, for example ``{"pad": "<pad>"}``.
            min_frequency: rarer tokens are left out (they become UNK).
        """
        counts = Counter(token for sentence in sentences for token in sentence)
        for token in specials.values():
            counts.pop(token, None)
        kept = sorted(
            (t for t, n in counts.items() if n >= min_frequency), key=lambda t: (-counts[t], t)
        )
        roles = {role: i for i, role in enumerate(specials)}
        return cls((*specials.values(), *kept), **roles)
