"""What if: edits to one translation, each an argument to decoding, none of them a state.

An edit forces an output token, sets a step's attention weights, rewrites the source, or gives a
whole reference. A list of edits has a short text form that fits into a link.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote

from s2s.decoding import single, typed_text, weight_edits
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.model.batch import whole_output
from s2s.results import Array, Cut, Reading, Source, Trace
from s2s.text import label
from s2s.text.language import N_, later, tr

KINDS = {
    "f": "force", "a": "attend", "d": "drop", "r": "replace", "s": "swap", "t": "reference",
}  # fmt: skip
DO = {"drop": N_("drop"), "replace": N_("replace"), "swap": N_("swap")}
"""What is done to a token of the source, as messages say it."""
LETTERS = {kind: letter for letter, kind in KINDS.items()}
MOST_EDITS = 40


@dataclass(frozen=True)
class Edit:
    """One change.

    Attributes:
        kind: ``force`` writes `text` at output step `place`, ``attend`` sets the attention weights
            of that step as `text` says (a form of `s2s.decoding.weight_edits`); ``drop`` leaves out
            source token `place`, ``replace`` puts `text` there, ``swap`` changes it with the next
            one;
            ``reference`` teacher-forces `text` as the whole output.
        place: 0-based step, or position among the text's tokens (specials not counted).
        text: a token, weights or a sentence.
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
        source: what was read: the text, or its tokens after the edits of the source.
        own: [T, S] the weights the model itself would have used at each step of `trace`, had it
            written the same tokens; None where no weights were set. With empty slots a row sums to
            less than 1: weights that are set leave those slots nothing.
    """

    trace: Trace
    original: Trace | None
    source: Source
    own: Array | None = None

    @property
    def text(self) -> str:
        """The source as a text, for reading."""
        return str(self.source)


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
        match = re.fullmatch(r"([fadrst])([0-9]{1,4})(?:\.(.*))?", word, re.DOTALL)
        letter, place, value = match.groups() if match else ("", "", None)
        value = unquote(value or "")
        if not letter or (letter == "a" and not weight_edits.is_form(value)):
            raise UserError(later("The edits in this link are damaged; the original is shown."))
        edits.append(Edit(KINDS[letter], int(place), value))
    if len(edits) > MOST_EDITS:
        raise UserError(later("{n} edits; at most {most} at a time.", n=len(edits),
                              most=MOST_EDITS))  # fmt: skip
    return tuple(edits)


def run(system: System, text: Source, edits: Sequence[Edit]) -> WhatIf:
    """Decode a text with edits.

    Source edits are applied in their order, then output tokens are forced and weights set where an
    edit says so, and the model goes on by itself from there. A reference takes the place of all
    forced tokens. An edit of a step that is never reached does nothing.

    Raises:
        UserError: when an edit does not fit the text or the model.
    """
    original = single.greedy(system, system.read(text))
    if not edits:
        return WhatIf(original, None, text)
    edited = edited_source(system, text, edits)
    reading = system.read(edited)
    reference = [edit for edit in edits if edit.kind == "reference"]
    prefix = reference_ids(system, reference[-1].text) if reference else []
    force = {} if reference else forced_ids(system, edits)

    def decode(attend: dict[int, Array]) -> Trace:
        return single.greedy(system, reading, prefix, attend, force, whole=bool(reference))

    trace = decode(attended_rows(system, reading, edits, decode))
    own = None
    if trace.attended:
        # No input feeding: a step's own weights follow from the tokens fed alone.
        ids = [system.target_vocab.ids[token] for token in trace.output]
        own = single.forced(system, reading, ids).attention
    return WhatIf(trace, original, edited, own)


def attended_rows(
    system: System,
    reading: Reading,
    edits: Sequence[Edit],
    decode: Callable[[dict[int, Array]], Trace],
) -> dict[int, Array]:
    """Step to the [S] weights set there; a later edit of the same step wins.

    Args:
        system: the model.
        reading: the source, edited.
        edits: all of them; those of other kinds are passed over.
        decode: the run with some steps' weights set and every other edit made. A preset that
            changes the model's own row takes it from the run in which only the steps before are
            edited, so that it is the row of the answer it changes.

    Raises:
        UserError: when weights do not fit the source, or the model has no attention.
    """
    forms = {edit.place: edit.text for edit in edits if edit.kind == "attend"}
    if forms and not system.config.has_attention:
        raise UserError(
            later("{name} has no attention, so there are no weights to edit.", name=system.name)
        )
    rows: dict[int, Array] = {}
    for step in sorted(forms):
        own = None
        if weight_edits.needs_own(forms[step]):
            before = decode(rows)
            if step >= before.steps:
                continue
            own = before.weights()[step]
        rows[step] = weight_edits.row(forms[step], len(reading.tokens), own, step)
    return rows


def unfit(system: System, text: str, edits: Sequence[Edit]) -> list[Edit]:
    """The weights among the edits that do not fit the source as the other edits leave it.

    Raises:
        UserError: when the edited text cannot be read.
    """
    size = len(system.read(edited_source(system, text, edits)).tokens)
    return [e for e in edits if e.kind == "attend" and not weight_edits.fits(e.text, size)]


def edited_source(system: System, text: Source, edits: Sequence[Edit]) -> Source:
    """The tokens of the text after the edits of the source; the text itself without any.

    Raises:
        UserError: when there is no such token.
    """
    source = [edit for edit in edits if edit.kind in ("drop", "replace", "swap")]
    if not source:
        return text
    tokens = source_tokens(system, text)
    for edit in source:
        last = len(tokens) - (2 if edit.kind == "swap" else 1)
        if edit.place > last:
            raise UserError(
                later(
                    "There is no source token {n} to {do}; the text has {size}.",
                    n=edit.place + 1,
                    do=later(DO[edit.kind]),
                    size=len(tokens),
                )
            )
        if edit.kind == "drop":
            del tokens[edit.place]
        elif edit.kind == "replace":
            tokens[edit.place : edit.place + 1] = _replacement(system, edit.text)
        else:
            after = edit.place + 1
            tokens[edit.place], tokens[after] = tokens[after], tokens[edit.place]
    return Cut(tuple(tokens), system.sequence.source_tokeniser)


def source_tokens(system: System, text: Source) -> list[str]:
    """The tokens that an edit of the source counts, no specials."""
    return list(text.tokens) if isinstance(text, Cut) else _units(system, text)


def _units(system: System, text: str) -> list[str]:
    sequence = system.sequence
    return typed_text.units(
        text, sequence.source_normaliser, sequence.source_tokeniser, system.source_vocab
    ).tokens


def _replacement(system: System, text: str) -> list[str]:
    """The tokens of what is typed in the place of one; a token of the vocabulary is not cut."""
    known = system.source_vocab.find(text)
    return [known] if known is not None else _units(system, text)


def forced_ids(system: System, edits: Sequence[Edit]) -> dict[int, int]:
    """Step to the id that is forced there; a later edit of the same step wins."""
    forced = {}
    for edit in edits:
        if edit.kind == "force":
            ids = system.target_vocab.ids
            if edit.text not in ids or ids[edit.text] == system.target_vocab.pad:
                # One way of refusing, with near words.
                typed_text.parse_tokens(edit.text or "∅", system.target_vocab)
                raise UserError(later("{token} is not one token; write one at a time.",
                                      token=label(edit.text, 40)))  # fmt: skip
            forced[edit.place] = ids[edit.text]
    return forced


def reference_ids(system: System, text: str) -> list[int]:
    """A typed reference as output ids, the end token added where the model writes one.

    Raises:
        UserError: when it is empty, too long, or has a token the model cannot write.
    """
    sequence, vocab = system.sequence, system.target_vocab
    tokens = system.target_tokens(text)
    if not tokens:
        raise UserError(later("Type a reference sentence."))
    ids, unknown = vocab.encode(tokens)
    if unknown:
        names = tuple(label(tokens[i], 40) for i in unknown)
        raise UserError(
            later(
                "This model cannot write {names}, so the reference has no probability.", names=names
            )
        )
    return whole_output(ids, sequence, vocab)


def describe(edit: Edit, original: Trace | None, source: Sequence[str] = ()) -> str:
    """What a chip says; the step of a forced token or of weights stands before it.

    Args:
        edit: one edit.
        original: the run without any.
        source: S tokens of the edited run, which weights are about; empty: the original's.
    """
    if edit.kind == "force":
        before = original.output[edit.place] if original and edit.place < original.steps else None
        token = label(edit.text, 20)
        if before is None:
            return token
        return tr("{token} instead of {other}", token=token, other=label(before, 20))
    if edit.kind == "attend":
        return weight_edits.describe(edit.text, source or (original.source if original else ()))
    if edit.kind == "reference":
        return tr("reference: {answer}", answer=label(edit.text, 40).replace("␣", " "))
    place = edit.place + 1
    if edit.kind == "drop":
        return tr("source token {n} left out", n=place)
    if edit.kind == "replace":
        return tr("source token {n} now {token}", n=place, token=label(edit.text, 20))
    return tr("source token {n} changed with the next", n=place)
