"""The cards of one step's arithmetic: score, softmax, context, combine, choose."""

from __future__ import annotations

import numpy as np
import streamlit as st

from s2s.plots import Chart
from s2s.plots.palette import Palette
from s2s.plots.walk_strips import Strip, bars_chart, strips_chart
from s2s.plots.walk_words import (
    below,
    candidate_bars,
    combine_strips,
    letter,
    score_strips,
    sum_words,
    weight_bars,
)
from s2s.results.formulas import Stage, stages
from s2s.results.terms import WHOLE, Terms
from s2s.results.walk import Walk
from s2s.text.language import tr
from s2s.text.numbers import number, percent
from ui.markdown import escaped
from ui.parts.token_picker import plain_token

SOURCE, UNIT = "walk_source", "walk_unit"


def show(walk: Walk, palette: Palette) -> None:
    """Every stage that the model has, in the order in which it is computed."""
    found = {stage.name: stage for stage in stages(walk)}
    draw = {
        "score": lambda: _score(walk, palette),
        "softmax": lambda: _softmax(walk, palette),
        "context": lambda: _context(walk, palette),
        "combine": lambda: _combine(walk, palette),
        "choose": lambda: _choose(walk, palette),
    }
    if "s" not in walk.asks:
        # The state is where the walk begins; where it comes after a look back it has its own card.
        draw["state"] = lambda: _state(walk, palette)
    kind = "walk" if walk.has_attention else "grid-walk"
    names = [name for name in found if name in draw]
    with st.container(key=f"{kind}-cards"):
        for place, name in enumerate(names, 1):
            with st.container(border=True, key=f"walk-{name}"):
                _head(place, found[name])
                draw[name]()
                _shapes(found[name])


def _source(walk: Walk) -> int:
    """The source token whose score is written out: the visitor's, else that of most weight."""
    most = int(walk.weights.argmax()) if walk.weights is not None else 0
    st.session_state.setdefault(SOURCE, None)
    if st.session_state[SOURCE] not in range(len(walk.source)):
        st.session_state[SOURCE] = None
    chosen = st.selectbox(
        tr("Source token written out"), range(len(walk.source)), key=SOURCE, index=None,
        format_func=lambda j: f"{j + 1} · {plain_token(walk.source[j])}",
        placeholder=tr("the one with the most weight ({n})", n=most + 1),
        label_visibility="collapsed",
    )  # fmt: skip
    return most if chosen is None else chosen


def _units(walk: Walk) -> np.ndarray:
    """The vector whose units are written out."""
    return walk.context if walk.context is not None else walk.state


def _unit(walk: Walk) -> int:
    """The unit that is written out: the visitor's, else the largest."""
    state = _units(walk)
    asked = st.session_state.get(UNIT)
    if isinstance(asked, int):
        return min(max(asked, 1), len(state)) - 1
    return int(np.abs(state).argmax())


def _unit_picker(walk: Walk) -> None:
    st.number_input(
        tr("Unit written out"), 1, len(_units(walk)), None, key=UNIT, label_visibility="collapsed",
        placeholder=tr("the largest unit ({n})", n=_unit(walk) + 1),
    )  # fmt: skip


def _head(place: int, stage: Stage) -> None:
    first, _, rest = stage.title.partition(" ")
    comma = "," if first.endswith((",", ":")) else ""
    title = f"**{place} · {first.rstrip(',:')}**{comma}{escaped(' ' * bool(rest) + rest)}"
    st.markdown(f"{title}: ${stage.latex}$")


def _shapes(stage: Stage) -> None:
    """Names, dimensions and sizes of all that goes in and comes out, and the paper."""
    told = [
        f"{shape.name} [{shape.letters}] = {' × '.join(map(str, shape.sizes))}"
        for shape in stage.shapes
    ]
    st.caption(escaped(" · ".join(told) + (f". {stage.source}." if stage.source else ".")))


def _figure(chart: Chart, key: str, alt: str) -> None:
    st.vega_lite_chart(chart, theme=None, width="stretch", key=f"walk-figure-{key}", alt=alt)


def _sum(name: str, terms: Terms) -> str:
    """A sum as one line of Markdown."""
    text, total = sum_words(terms)
    return f"{name} = {escaped(text)} = **{total}**"


def _lines(lines: list[str]) -> None:
    st.markdown("  \n".join(lines))


def _state(walk: Walk, palette: Palette) -> None:
    strips = [Strip(letter("s", walk.step), walk.state, 1, True)]
    if "c" in walk.reads and walk.context is not None:
        strips.insert(0, Strip(letter("c", walk.step), walk.context))
    if "s_0" in walk.reads:
        strips.insert(0, Strip("s₀", walk.initial))
    said = tr("The decoder’s state after {fed}.", fed=walk.fed)
    _figure(strips_chart(strips, palette), "state", said)
    st.markdown(tr("It has just been fed “{fed}”.", fed=plain_token(walk.fed)))


def _score(walk: Walk, palette: Palette) -> None:
    if walk.scores is None:
        return
    _figure(
        strips_chart(score_strips(walk), palette), "score",
        tr("The decoder’s state and the vectors it is compared with."),
    )  # fmt: skip
    whole = walk.hidden <= WHOLE and len(walk.source) <= WHOLE
    tokens = range(len(walk.source)) if whole else [_source(walk)]
    _lines([_scored(walk, j) for j in tokens])
    if not whole:
        with st.expander(tr("All {n} scores", n=len(walk.source))):
            st.markdown(", ".join(
                f"“{plain_token(token)}” {number(float(score), 3)}"
                for token, score in zip(walk.source, walk.scores, strict=True)
            ))  # fmt: skip


def _scored(walk: Walk, place: int) -> str:
    """The sum behind a score, or the score alone where its attention is no sum of products."""
    name, terms = f"“{plain_token(walk.source[place])}”: e{below(place)}", walk.score_terms(place)
    if terms is None:
        assert walk.scores is not None  # this card is shown with attention only
        return f"{name} = **{number(float(walk.scores[place]), 3)}**"
    return _sum(name, terms)


def _softmax(walk: Walk, palette: Palette) -> None:
    bars = weight_bars(walk)
    _figure(
        bars_chart(bars, palette.attention, palette.attention, palette), "softmax",
        ", ".join(f"{bar.name} {bar.text.split(' ')[0]}" for bar in bars),
    )  # fmt: skip
    if not walk.given and walk.powers().shift:
        shift = number(walk.powers().shift, 3)
        st.caption(
            tr("Powers are those of the score less {shift}: the weights stay the same.",
               shift=shift)
        )  # fmt: skip


def _context(walk: Walk, palette: Palette) -> None:
    if walk.context is None:
        return
    strip = Strip(f"c{below(walk.step)}", walk.context, 0, True)
    _figure(strips_chart([strip], palette), "context", tr("The context vector."))
    size = len(walk.context)
    units = range(size) if size <= WHOLE else [_unit(walk)]
    if size > WHOLE:
        _unit_picker(walk)
    if len(walk.source) <= WHOLE or size > WHOLE:
        _lines([_sum(tr("unit {n}", n=u + 1), walk.context_terms(u)) for u in units])


def _combine(walk: Walk, palette: Palette) -> None:
    _figure(
        strips_chart(combine_strips(walk), palette), "combine",
        tr("What goes in, and what comes out."),
    )  # fmt: skip
    if walk.combined is None:
        return
    units = range(walk.hidden) if walk.hidden <= WHOLE // 2 else [min(_unit(walk), walk.hidden - 1)]
    lines = []
    for u in units:
        text, total = sum_words(walk.combine_terms(u))
        name = tr("unit {n}", n=u + 1)
        lines.append(f"{name} = tanh({escaped(text)}) = tanh({total}) = "
                     f"**{number(float(walk.combined[u]), 3)}**")  # fmt: skip
    _lines(lines)


def _choose(walk: Walk, palette: Palette) -> None:
    bars = candidate_bars(walk)
    _figure(
        bars_chart(bars, palette.text, palette.bar, palette), "choose",
        ", ".join(f"{bar.name} {bar.text}" for bar in bars),
    )  # fmt: skip
    word = plain_token(walk.written)
    _lines([_sum(tr("“{word}”: its score", word=word), walk.logit_terms(walk.chosen))])
    share = percent(float(walk.probabilities[walk.chosen]))
    logits = [float(logit) for logit in walk.logits]
    shift = max(logits)
    total = sum(np.exp(logit - shift) for logit in logits)
    if walk.others is not None:
        total += float(np.exp(walk.others - shift))
    own = float(np.exp(logits[walk.chosen] - shift))
    st.markdown(
        tr(
            "“{word}”: {own} / {total} = **{share}**, powers of the scores less {shift} over all "
            "{n} words.",
            word=word,
            own=number(own, 3),
            total=number(total, 3),
            share=share,
            shift=number(shift, 3),
            n=number(walk.vocabulary),
        )
    )
