"""Word lists of other people's models: ids per side, in the forms in which they are saved."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from s2s.config.limits import limits
from s2s.errors import UserError
from s2s.text import file_label, label
from s2s.text.language import later
from s2s.text.system_words import reason
from s2s.text.vocab import ROLES, Vocab

NAMED = {
    "pad": ("<pad>", "[pad]", "pad", "<blank>"),
    "unk": ("<unk>", "[unk]", "unk", "<oov>"),
    "bos": (
        "<sos>",
        "<bos>",
        "<s>",
        "sos",
        "bos",
        "[sos]",
        "[bos]",
        "[cls]",
        "<start>",
        "<go>",
        "\t",
    ),
    "eos": ("<eos>", "</s>", "eos", "[eos]", "[sep]", "<end>", "\n"),
}
"""What a special token is called, in small letters, where nobody says its id."""
FAIRSEQ = ("<s>", "<pad>", "</s>", "<unk>")
"""The ids 0 to 3 of a fairseq dictionary."""
SIDES = ("source", "target")
CALLED = {
    "source": ("source", "src", "input", "encoder"),
    "target": ("target", "tgt", "trg", "output", "decoder"),
}
"""What word lists are called, in their file's name or beside a model's weights."""


def read(path: str) -> tuple[Vocab, Vocab]:
    """Source and target of a V.json; see `both`."""
    return both(_json(_read(path), file_label(path)), file_label(path))


def both(data: Any, shown: str) -> tuple[Vocab, Vocab]:
    """Source and target of what a V.json holds.

    ``{"source": words, "target": words, "source_special": {role: id}, "target_special": {…}}``; or,
    as before, ``bos``, ``eos``, ``pad`` and ``unk`` for both sides, which hold for the source where
    the same word has the same id there. Words are a list by id, or a dictionary of ids or of words.
    A role that nobody names is found by its token's usual names. Roles may share an id.

    Raises:
        UserError: naming what is missing, repeated or out of range.
    """
    if not isinstance(data, dict) or not set(SIDES) <= data.keys():
        raise UserError(later("{shown} must hold an object with source and target.", shown=shown))
    known = {*SIDES, *(f"{side}_special" for side in SIDES), *ROLES}
    if unknown := sorted(str(key) for key in data.keys() - known):
        keys = tuple(label(key, 40) for key in unknown)
        raise UserError(later("{shown} has the unknown {keys}.", shown=shown, keys=keys))
    words = {side: words_of(data[side], f"{shown}, {side}") for side in SIDES}
    shared = {role: data[role] for role in ROLES if role in data}
    found = []
    for side in SIDES:
        special = data.get(f"{side}_special")
        if special is None and shared:
            own = shared if side == "target" else {
                role: index for role, index in shared.items()
                if index is None or _same(words, index)
            }  # fmt: skip
            special = {**own, **{role: None for role in shared.keys() - own.keys()}}
        found.append(with_roles(words[side], special or {}, f"{shown}, {side}"))
    return found[0], found[1]


def read_two(source: str, target: str) -> tuple[Vocab, Vocab]:
    """A word list per side: a text file with a word a line, or JSON as in `read`."""
    vocabs = [with_roles(of_one(_read(path), path), {}, file_label(path))
              for path in (source, target)]  # fmt: skip
    return vocabs[0], vocabs[1]


def of_one(text: str, name: str) -> list[str]:
    """The words of one side: JSON where the file's name says so, else a word a line.

    Raises:
        UserError: as `words_of`.
    """
    held = _json(text, label(name, 60)) if name.lower().endswith(".json") else _lines(text)
    return words_of(held, label(name, 60))


def inside(held: Mapping[str, Any]) -> tuple[Vocab, Vocab] | None:
    """Source and target words that a training loop saved beside its weights, if it did.

    Args:
        held: what lies there, by its key.
    """
    found: dict[str, list[str]] = {}
    for key, value in held.items():
        fits = [side for side, names in CALLED.items() if any(n in key.lower() for n in names)]
        if fits and fits[0] not in found:
            with suppress(UserError):
                found[fits[0]] = words_of(value, label(key, 60))
    if found.keys() != CALLED.keys():
        return None
    vocabs = [with_roles(found[side], {}, side) for side in SIDES]
    return vocabs[0], vocabs[1]


def words_of(held: Any, where: str) -> list[str]:
    """Words by id, from a list or a dictionary.

    Raises:
        UserError: for ids that are missing or twice, and for what are no words.
    """
    if isinstance(held, Mapping):
        for key in ("index2word", "idx_to_token", "itos"):
            if key in held:
                return words_of(held[key], where)
        for key in ("word2index", "token_to_idx", "stoi"):
            if key in held:
                return words_of(held[key], where)
        if held and all(isinstance(word, str) for word in held.values()):
            held = {word: int(key) if str(key).isdecimal() else key for key, word in held.items()}
        held = _by_id(held, where)
    if not isinstance(held, list) or not held or not all(isinstance(t, str) for t in held):
        raise UserError(
            later(
                "{where} must be words by id: a list, or a dictionary of words to ids or of ids "
                "to words.",
                where=where,
            )
        )
    if len(held) > (most := limits().vocabulary_tokens):
        raise UserError(
            later("{where} has {n:,} words; at most {most:,}.", where=where, n=len(held), most=most)
        )
    return list(held)


def _by_id(held: Mapping[Any, Any], where: str) -> list[Any]:
    """The keys of a dictionary of ids in their order."""
    ids = list(held.values())
    if not all(type(index) is int for index in ids):
        raise UserError(later("{where}: every id must be a whole number.", where=where))
    missing = sorted(set(range(len(ids))) - set(ids))
    if missing:
        raise UserError(
            later(
                "{where}: no word has the id {id}, though there are {n}; name the special tokens "
                "as well (index2word has them where word2index has not).",
                where=where,
                id=missing[0],
                n=len(ids),
            )
        )
    return sorted(held, key=lambda word: held[word])


def _same(words: Mapping[str, list[str]], index: Any) -> bool:
    """Whether an id is the same word on both sides."""
    both = [words[side] for side in SIDES]
    inside = type(index) is int and all(0 <= index < len(side) for side in both)
    return inside and both[0][index] == both[1][index]


def with_roles(words: list[str], special: Any, where: str) -> Vocab:
    """A vocabulary with the ids that are named, else those that the words' own names tell."""
    if not isinstance(special, dict) or special.keys() - set(ROLES):
        raise UserError(
            later("{where}: specials are an object of {roles}.", where=where, roles=tuple(ROLES))
        )
    lower = {word.lower(): place for place, word in reversed(list(enumerate(words)))}
    roles = {
        role: special[role] if role in special
        else next((lower[name] for name in NAMED[role] if name in lower), None)
        for role in ROLES
    }  # fmt: skip
    return Vocab.from_json({"tokens": words, **roles}, where)


def _read(path: str) -> str:
    try:
        if Path(path).stat().st_size > limits().vocabulary_bytes:
            raise UserError(
                later(
                    "{name} has more than {most:,} bytes, which is the most that is read.",
                    name=file_label(path),
                    most=limits().vocabulary_bytes,
                )
            )
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UserError(
            later("{path} cannot be read: {reason}.", path=label(path, 200), reason=reason(error))
        ) from None
    except UnicodeDecodeError:
        raise UserError(later("{shown} is not UTF-8 text.", shown=file_label(path))) from None


def _json(text: str, shown: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(
            later("{shown} is not JSON (line {n}).", shown=shown, n=error.lineno)
            if isinstance(error, json.JSONDecodeError)
            else later("{shown} is not JSON.", shown=shown)
        ) from None


def _lines(text: str) -> list[str]:
    """A word a line; what stands behind a tab, such as a count, is not the word's.

    Where every line is a word, a blank and a count, it is fairseq's dict.txt, whose own tokens
    stand before all others and are not written down.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    lines = lines[:-1] if lines[-1] == "" else lines
    counted = [re.fullmatch(r"(\S+) \d+(?: #fairseq:overwrite)?", line) for line in lines]
    if lines and all(counted):
        return [*FAIRSEQ, *(found[1] for found in counted if found)]
    return [line.partition("\t")[0] for line in lines]
