"""What a model wrote while it learned, and what it writes now."""

from __future__ import annotations

import math
from difflib import SequenceMatcher
from itertools import groupby

import pandas as pd
import streamlit as st

from s2s.errors import UserError
from s2s.results import Watched
from s2s.tasks.recipes import RECIPES
from s2s.text import TOKENISERS
from s2s.text.language import tr
from s2s.text.numbers import percent
from s2s.text.vocab import EOS
from ui import cached
from ui.frame import choice, link
from ui.frame.model import Model
from ui.markdown import JOINER, plain

EPOCH = "epoch"
MOST_EXAMPLES = 6


@link.part
def epochs(model: Model) -> None:
    """The watched sentences after one epoch, with a slider."""
    watched = model.history.watched
    steps = sorted({row.epoch for row in watched})
    st.markdown(plain(since(model, watched)))
    if len(steps) > 1:
        held = link.between(EPOCH, steps[0], steps[-1], steps[-1])
        epoch = st.slider(tr("After epoch"), steps[0], steps[-1], **held)
        epoch = max(step for step in steps if step <= epoch)  # a file may have gaps
    else:
        epoch = steps[0]
    rows = []
    for row in watched:
        if row.epoch == epoch:
            written, reference = bare(row.written, model), bare(row.reference, model)
            rows.append(
                {
                    tr("source"): plain(row.source),
                    tr("should be"): plain(row.reference),
                    tr("writes"): marked(written, reference, model),
                    tr("correct"): "✓" if written == reference else "✗",
                    tr("with the right words fed"): marked(
                        *in_step(row, model), model, shift=False
                    ),
                }
            )
    with st.container(key="whole-watched"):
        frame = pd.DataFrame(rows).set_index(tr("source"))
        st.table(frame, border="horizontal", alt=tr("Watched sentences"))
    st.caption(
        tr(
            "**Bold**: not as it should be. ∅: something is missing here. With the right words "
            "fed: its best next token at each step while the reference is fed, so one mistake "
            "does not lead to the next."
        )
    )


def since(model: Model, watched: tuple[Watched, ...]) -> str:
    """From which epoch on the watched sentences stay right."""
    sources = list(dict.fromkeys(row.source for row in watched))
    first: dict[str, int | None] = {}
    for source in sources:
        rows = [row for row in watched if row.source == source]
        start = None
        for row in rows:
            if bare(row.written, model) != bare(row.reference, model):
                start = None
            elif start is None:
                start = row.epoch
        first[source] = start
    kept = [start for start in first.values() if start is not None]
    if len(sources) == 1:
        if kept:
            return tr("Writes it right from epoch {n} on.", n=kept[0])
        return tr("It is not right in the end.")
    if not kept:
        return tr("None of the {n} sentences is right in the end.", n=len(sources))
    if len(kept) == len(sources):
        told = tr("All {n} sentences are right from epoch {epoch} on.", n=len(sources),
                  epoch=max(kept))  # fmt: skip
        return told
    return tr(
        "{n} of {all} sentences are right in the end, the first of them from epoch {epoch} on.",
        n=len(kept),
        all=len(sources),
        epoch=min(kept),
    )


def bare(text: str, model: Model) -> list[str]:
    """The tokens of a text without a start token, up to the end token."""
    return _tokens(text.split(EOS, 1)[0], model)


def in_step(row: Watched, model: Model) -> tuple[list[str], list[str]]:
    """What was written with the right words fed, and what should be, step by step.

    The end token is shown only where it is missing or comes too early.
    """
    text, reference = row.forced.strip(), bare(row.reference, model)
    end = [EOS] * text.endswith(EOS)
    tokens = _tokens(text.removesuffix(EOS), model) + end
    if len(tokens) == len(reference) + 1:
        reference = [*reference, EOS]
    if tokens[-1:] == reference[-1:] == [EOS]:
        return tokens[:-1], reference[:-1]
    return tokens, reference


def _tokens(text: str, model: Model) -> list[str]:
    sequence = model.sequence
    if sequence.target_repeats_bos:
        text = text.strip().removeprefix(sequence.start_token)
    return TOKENISERS[sequence.target_tokeniser].split(text.strip())


def marked(tokens: list[str], reference: list[str], model: Model, shift: bool = True) -> str:
    """Tokens as Markdown, those that differ from the reference bold, a gap as ∅.

    Args:
        tokens: what was written.
        reference: what should have been.
        model: whose; characters are joined without blanks.
        shift: where a token is missing, what follows is still right; else token by token.
    """
    between = "" if model.task.unit in ("character", "letter") else " "
    if not shift:
        width = max(len(tokens), len(reference))
        same = [tokens[i : i + 1] == reference[i : i + 1] for i in range(width)]
        runs = [list(places) for _, places in groupby(range(width), key=same.__getitem__)]
        parts = [(tokens[run[0] : run[-1] + 1], same[run[0]]) for run in runs]
    else:
        matcher = SequenceMatcher(None, tokens, reference, autojunk=False)
        parts = [(tokens[a:b], kind == "equal") for kind, a, b, _, _ in matcher.get_opcodes()]
    shown = []
    for run, right in parts:
        text = plain(between.join(run))
        shown.append(text if right else bold(text or "∅"))
    return between.join(shown) or bold("∅")


def bold(markdown: str) -> str:
    """Bold in the middle of a word too: marks beside the stars would undo them."""
    return f"**{JOINER}{markdown}{JOINER}**"


def samples(model: Model) -> None:
    """The task's examples, as the model writes them now."""
    known = {
        source: target
        for recipe in RECIPES.values()
        if recipe.task.name == model.task.name
        for source, target in recipe.watch
    }
    for text in model.task.examples[:MOST_EXAMPLES]:
        try:
            trace = cached.what_if(model.key, text).trace
        except UserError as error:
            st.warning(plain(str(error)))
            if cached.fault(model.key):
                return
            continue
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                "pages/translate.py",
                label=plain(text),
                icon=":material/translate:",
                help=tr("Open in Translate, step by step."),
                query_params=choice.link_to(model.task.name, model.variant, text),
            )
            sure = percent(math.exp(trace.log_probability))
            reference = known.get(text)
            told = f"→ **{plain(trace.text) or '∅'}** ({sure})"
            if reference is not None and trace.text == reference:
                told = tr("{answer}, as it should be", answer=told)
            elif reference is not None:
                told = tr("{answer}; should be {reference}", answer=told,
                          reference=plain(reference))  # fmt: skip
            st.markdown(told)
    st.caption(
        tr(
            "In brackets: the probability of the whole answer. A line opens in Translate with this "
            "model."
        )
    )
