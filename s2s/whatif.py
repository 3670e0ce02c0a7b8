"""What if: edits to one translation, each an argument to decoding, none of them a state.

An edit forces an output token, rewrites the source, or gives a whole reference. A list of edits has
a short text form that fits into a link.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from s2s import reader, search
from s2s.batch import whole_output
from s2s.errors import UserError
from s2s.results import Trace
from s2s.text import NORMALISERS, TOKENISERS, label
from s2s.translator import Translator

KINDS = {"f": "force", "d": "drop", "r": "replace", "s": "swap", "t": "reference"}
LETTERS = {kind: letter for letter, kind in KINDS.items()}
MOST_EDITS = 40


@dataclass(frozen=True)
class Edit:
    """One change.

    Attributes:
        kind: ``force`` writes `text` at output step `place`; ``drop`` leaves out source token
            `place`, ``replace`` puts `text` there, ``swap`` changes it with the next one;
            ``reference`` teacher-forces `text` as the whole output.
        place: 0-based step, or position among the text's tokens (specials not counted).
        text: a token or a sentence.
    """

    kind: str
    place: int = 0
    text: str = ""


@dataclass(frozen=True, eq=False)
class WhatIf:
    """An edited run beside the original one.

    Attributes:
        trace: with the edits.
        original: without them; None when nothing was edited.
        text: the source text that was read.
    """

    trace: Trace
    original: Trace | None
    text: str


def encode(edits: Sequence[Edit]) -> str:
    """Edits as one word: ``f4.tonight~d2``."""
    return "~".join(
        f"{LETTERS[edit.kind]}{edit.place}"
        # quote leaves ~ as it is, but here it stands between edits.
        + (f".{quote(edit.text, safe='')}".replace("~", "%7E") if edit.text else "")
        for edit in edits
    )


def decode(text: str) -> tuple[Edit, ...]:
    """Read `encode` back.

    Raises:
        UserError: when the link is damaged, or holds too many edits.
    """
    edits = []
    for word in text.split("~") if text else []:
        match = re.fullmatch(r"([fdrst])(\d{1,4})(?:\.(.*))?", word, re.DOTALL)
        if match is None:
            raise UserError("The edits in this link are damaged; the original is shown.")
        letter, place, value = match.groups()
        edits.append(Edit(KINDS[letter], int(place), unquote(value or "")))
    if len(edits) > MOST_EDITS:
        raise UserError(f"{len(edits)} edits; at most {MOST_EDITS} at a time.")
    return tuple(edits)


def run(translator: Translator, text: str, edits: Sequence[Edit]) -> WhatIf:
    """Decode a text with edits.

    Source edits are applied in their order, then output tokens are forced where an edit says so and
    the model goes on by itself from there. A reference takes the place of all forced tokens.

    Raises:
        UserError: when an edit does not fit the text or the model.
    """
    original = search.greedy(translator, translator.read(text))
    if not edits:
        return WhatIf(original, None, text)
    edited = edited_text(translator, text, edits)
    reading = translator.read(edited)
    reference = [edit for edit in edits if edit.kind == "reference"]
    if reference:
        trace = search.forced(translator, reading, reference_ids(translator, reference[-1].text))
    else:
        trace = search.greedy(translator, reading, force=forced_ids(translator, edits))
    return WhatIf(trace, original, edited)


def edited_text(translator: Translator, text: str, edits: Sequence[Edit]) -> str:
    """The source text after the edits of the source; the text itself without any."""
    source = [edit for edit in edits if edit.kind in ("drop", "replace", "swap")]
    if not source:
        return text
    tokeniser = TOKENISERS[translator.sequence.source_tokeniser]
    tokens = tokeniser.split(NORMALISERS[translator.sequence.source_normaliser](text).text)
    for edit in source:
        last = len(tokens) - (2 if edit.kind == "swap" else 1)
        if edit.place > last:
            raise UserError(
                f"There is no source token {edit.place + 1} to {edit.kind}; the text has "
                f"{len(tokens)}."
            )
        if edit.kind == "drop":
            del tokens[edit.place]
        elif edit.kind == "replace":
            tokens[edit.place] = edit.text
        else:
            after = edit.place + 1
            tokens[edit.place], tokens[after] = tokens[after], tokens[edit.place]
    return tokeniser.join(tokens)


def forced_ids(translator: Translator, edits: Sequence[Edit]) -> dict[int, int]:
    """Step to the id that is forced there; a later edit of the same step wins."""
    forced = {}
    for edit in edits:
        if edit.kind == "force":
            ids = translator.target_vocab.ids
            if edit.text not in ids or ids[edit.text] == translator.target_vocab.pad:
                # One way of refusing, with near words.
                reader.parse_tokens(edit.text or "∅", translator.target_vocab)
                raise UserError(f"{label(edit.text, 40)} is not one token; write one at a time.")
            forced[edit.place] = ids[edit.text]
    return forced


def reference_ids(translator: Translator, text: str) -> list[int]:
    """A typed reference as output ids, the end token added where the model writes one.

    Raises:
        UserError: when it is empty, too long, or has a token the model cannot write.
    """
    sequence, vocab = translator.sequence, translator.target_vocab
    tokens = reader.target_tokens(text, sequence)
    if not tokens:
        raise UserError("Type a reference sentence.")
    ids, unknown = vocab.encode(tokens)
    if unknown:
        names = ", ".join(label(tokens[i], 40) for i in unknown)
        raise UserError(f"This model cannot write {names}, so the reference has no probability.")
    return whole_output(ids, sequence, vocab)


def describe(edit: Edit, original: Trace | None) -> str:
    """What a chip says; the step of a forced token stands before it."""
    if edit.kind == "force":
        before = original.output[edit.place] if original and edit.place < original.steps else None
        instead = f" instead of {label(before, 20)}" if before is not None else ""
        return f"{label(edit.text, 20)}{instead}"
    if edit.kind == "reference":
        return f"reference: {label(edit.text, 40).replace('␣', ' ')}"
    words = {"drop": "left out", "replace": f"now {label(edit.text, 20)}",
             "swap": "changed with the next"}  # fmt: skip
    return f"source token {edit.place + 1} {words[edit.kind]}"
