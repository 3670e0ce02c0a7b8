"""Card 1, below: whose words are whose, and which of them are no words."""

from __future__ import annotations

import re
from typing import NamedTuple

import streamlit as st

from s2s.checkpoints.importers import vocabularies
from s2s.checkpoints.importers.dropped import Dropped
from s2s.checkpoints.importers.recognise import Recognised
from s2s.text.language import N_, tr
from s2s.text.vocab import Vocab
from ui.markdown import plain

ROLES = {
    "bos": N_("begins with"),
    "eos": N_("ends with"),
    "unk": N_("unknown word"),
    "pad": N_("padding"),
}
LISTS = {"source": N_("Source words"), "target": N_("Target words")}
NONE = -1
SHOWN = 6
"""Words of a list that are shown."""
FIRST = 8
"""Ids at a list's beginning that may be special."""


class Words(NamedTuple):
    """The words of both sides.

    Attributes:
        source: source words.
        target: target words.
        begins: whether the source is read with a start token.
        ends: whether it is read with an end token.
        found: whether the special tokens are those that the lists themselves tell.
        files: names of the source's and the target's list; none where one file has both.
    """

    source: Vocab
    target: Vocab
    begins: bool
    ends: bool
    found: bool
    files: tuple[str, ...] = ()

    @property
    def mark(self) -> tuple[object, ...]:
        """What tells these from others of the same files."""
        sides = [tuple(getattr(vocab, role) for role in ROLES)
                 for vocab in (self.source, self.target)]  # fmt: skip
        return (*sides, self.begins, self.ends, self.files)


def given(found: Dropped, model: Recognised, mark: str) -> Words | None:
    """Draw the lists and their special tokens; None while a list is missing."""
    named: tuple[str, ...] = ()
    if found.both is not None:
        vocabs = found.both
    elif found.lists:
        named = sides(found, model, mark)
        if not named:
            return None
        lists = [found.lists[name] for name in named]
        vocabs = (
            vocabularies.with_roles(lists[0], {}, named[0]),
            vocabularies.with_roles(lists[1], {}, named[1]),
        )
    else:
        st.info(
            tr(
                "Now the words, by id: one JSON with `source` and `target`, or a list for each "
                "side (a word a line, or JSON). Drop them beside the model."
            )
        )
        return None
    for side, vocab in zip(vocabularies.SIDES, vocabs, strict=True):
        some = " ".join(vocab.tokens[:SHOWN])
        st.markdown(f"{tr(side)}, {len(vocab):,}: {plain(some)} …")
    return roles(vocabs, model, mark)._replace(files=named)


def sides(found: Dropped, model: Recognised, mark: str) -> tuple[str, ...]:
    """Which list is which side's: as long as its embedding, or by its name; () where none fits."""
    sizes = {"source": model.config.source_vocabulary, "target": model.config.target_vocabulary}
    names, chosen = list(found.lists), []
    for side, size in sizes.items():
        fits = [name for name in names if len(found.lists[name]) == size]
        called = [
            name for name in fits if any(word in name.lower() for word in vocabularies.CALLED[side])
        ]
        others = [name for name in fits if name not in chosen]
        guess = (called or others or fits or names)[0]
        if len(names) > 1:
            picked = st.selectbox(
                tr(LISTS[side]), names, index=names.index(guess),
                key=f"import_{side}_{mark}",
            )  # fmt: skip
            guess = picked if picked in names else guess
        chosen.append(guess)
    for (side, size), name in zip(sizes.items(), chosen, strict=True):
        if len(found.lists[name]) != size:
            st.warning(
                tr(
                    "{name} has {n:,} words, but the model is made for {size:,}: {side}.",
                    name=plain(name),
                    n=len(found.lists[name]),
                    size=size,
                    side=tr(side),
                )
            )
            return ()
    return chosen[0], chosen[1]


def roles(vocabs: tuple[Vocab, Vocab], model: Recognised, mark: str) -> Words:
    """The special tokens of both sides, as they were found and as the visitor knows better."""
    chosen, ends = [], {}
    manners = model.family.sequence
    usual = {"bos": manners.get("source_bos", False), "eos": manners.get("source_eos", True)}
    missing = any(vocab.eos is None or vocab.bos is None for vocab in vocabs[1:])
    with st.container(key="import-roles"), st.expander(tr("Special tokens"), expanded=missing):
        for column, (side, vocab) in zip(
            st.columns(2), zip(vocabularies.SIDES, vocabs, strict=True), strict=True
        ):
            picked: dict[str, int | None] = {}
            with column:
                st.caption(tr(side))
                for role in ROLES:
                    own = getattr(vocab, role)
                    shown = None if side == "source" and not usual.get(role, True) else own
                    picked[role] = _role(vocab, side, role, shown, mark)
                    if side == "source" and role in usual:
                        # Whether it is read or not, it is no word.
                        ends[role] = picked[role] is not None
                        picked[role] = own if picked[role] is None else picked[role]
            chosen.append(Vocab(vocab.tokens, **picked))
    same = [one.to_json() for one in chosen] == [one.to_json() for one in vocabs]
    return Words(chosen[0], chosen[1], ends["bos"], ends["eos"], same)


def _role(vocab: Vocab, side: str, role: str, own: int | None, mark: str) -> int | None:
    special = [i for i, token in enumerate(vocab.tokens)
               if i < FIRST or re.fullmatch(r"[<\[].*[>\]]", token)][:40]  # fmt: skip
    options = sorted({NONE, *special, *([own] if own is not None else [])})
    start = NONE if own is None else own
    if side == "target" and role == "bos" and own is None:
        start = 0
    picked = st.selectbox(
        tr(ROLES[role]), options, index=options.index(start), key=f"import_{side}_{role}_{mark}",
        format_func=lambda i: tr("none") if i < 0 else f"{i} · {vocab.tokens[i]}",
    )  # fmt: skip
    return picked if picked in options and picked >= 0 else None
