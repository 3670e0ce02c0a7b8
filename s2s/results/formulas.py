"""The formulas of one output step as data: what a model computes between state and word.

Letters and dimensions are those of `s2s.results.walk`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from s2s.results.score_formula import ScoreFormula
from s2s.results.walk import Walk
from s2s.text.language import N_, tr

BAHDANAU, LUONG = "Bahdanau et al. 2015", "Luong et al. 2015"
CELLS = {
    "rnn": ("RNN", "Elman 1990"),
    "gru": ("GRU", "Cho et al. 2014"),
    "lstm": ("LSTM", "Hochreiter & Schmidhuber 1997"),
}
"""Cell to its name in a formula and its source; another one goes by its own name, without one."""


class Shape(NamedTuple):
    """One vector or matrix of a stage.

    Attributes:
        name: as in the plain formula.
        letters: its dimensions, for example ``S, H``.
        sizes: the numbers.
    """

    name: str
    letters: str
    sizes: tuple[int, ...]


class Stage(NamedTuple):
    """One stage of the way.

    Attributes:
        name: state, score, softmax, context, combine or choose.
        title: one sentence, without a full stop; its first word is the name.
        text: the formula in plain text.
        latex: the formula.
        source: the paper that defines it, or "".
        shapes: what goes in and comes out.
    """

    name: str
    title: str
    text: str
    latex: str
    source: str
    shapes: tuple[Shape, ...]


SYMBOLS = {
    "s_0": ("s_0", "s_0"), "c": ("c_t", "c_t"), "s": ("s_t", "s_t"), "x": ("x_t", "x_t"),
    "s̃": ("s̃_t", r"\tilde s_t"), "s−1": ("s_t−1", "s_{t-1}"),
    "s̃−1": ("s̃_t−1", r"\tilde s_{t-1}"),
}  # fmt: skip
"""A part of `s2s.results.walk.PARTS` in text and LaTeX."""


QUERIES = {
    (True, False): N_("the decoder’s state"),
    (True, True): N_("the decoder’s state and the token’s vector"),
    (False, False): N_("the decoder’s state before the fed token"),
    (False, True): N_("the decoder’s state before the fed token and the token’s vector"),
}
"""What asks, by whether the state has read the fed token and whether its vector asks too."""


def stages(walk: Walk) -> tuple[Stage, ...]:
    """The stages of this model in the order they are computed; those it lacks are left out."""
    looks: list[Stage] = []
    if walk.formula is not None:
        looks = [_score(walk, walk.formula), _softmax(walk), _context(walk)]
    state = _state(walk)
    found = [state, *looks] if "s" in walk.asks or not looks else [*looks, state]
    if walk.combined is not None or len(walk.outputs) > 1:
        found.append(_combine(walk))
    return (*found, _choose(walk))


def missing(walk: Walk) -> str | None:
    """What a model without attention lacks, in plain sentences; None with attention."""
    if walk.has_attention:
        return None
    enters = {
        "none": N_("It enters once, as the decoder's first state."),
        "cell": N_("Being Peeky, the decoder's cell reads that vector again at every step."),
        "cell_and_output": N_("Being Peeky, the decoder's cell and the output layer read that "
                              "vector again at every step."),
    }  # fmt: skip
    told = tr(
        "This model cannot look back: it computes no scores, no weights and no context. All it "
        "knows of the {n} source tokens is one fixed vector of {hidden} numbers, s_0.",
        n=len(walk.source),
        hidden=walk.hidden,
    )
    return f"{told} {tr(enters[walk.peeky])}"


def _letters(walk: Walk, *sizes: int) -> str:
    """A size, or several side by side, by the letters that stand for them: 2H, M + H."""
    names = {walk.memory.shape[-1]: "M", walk.hidden: "H"}
    if walk.vector is not None:
        names = {len(walk.vector): "E", **names}
    counted: dict[str, int] = {}
    for size in sizes:
        letter = names.get(size, str(size))
        counted[letter] = counted.get(letter, 0) + 1
    return " + ".join(f"{n}{letter}" if n > 1 else letter for letter, n in counted.items())


def _joined(names: tuple[str, ...]) -> tuple[str, str]:
    """Parts side by side, in text and LaTeX."""
    texts, latex = zip(*(SYMBOLS[name] for name in names), strict=True)
    if len(names) == 1:
        return texts[0], latex[0]
    return f"[{'; '.join(texts)}]", f"[{'; '.join(latex)}]"


def _vector(walk: Walk, name: str) -> Shape:
    return Shape(name, "H", (walk.hidden,))


def _state(walk: Walk) -> Stage:
    cell, source = CELLS.get(walk.cell, (walk.cell, ""))
    cell_latex = cell.replace("_", r"\_")
    read, read_latex = _joined(walk.reads)
    if walk.input_layer:
        read, read_latex = f"relu(W_i {read} + b_i)", rf"\mathrm{{relu}}(W_i {read_latex} + b_i)"
    shapes = [_vector(walk, "s_t")]
    if "s_0" in walk.reads:
        shapes.append(_vector(walk, "s_0"))
    if "c" in walk.reads and walk.context is not None:
        shapes.append(Shape("c_t", _letters(walk, len(walk.context)), walk.context.shape))
    return Stage(
        "state",
        tr("State after the fed token"),
        f"s_t = {cell}({read}, s_t−1)",
        rf"s_t = \mathrm{{{cell_latex}}}({read_latex},\, s_{{t-1}})",
        source,
        tuple(shapes),
    )


def _score(walk: Walk, formula: ScoreFormula) -> Stage:
    source, memory = len(walk.source), walk.memory.shape[-1]
    asked, asked_latex = _joined(walk.asks)
    inside = [
        Shape(name, ", ".join(_letters(walk, size) for size in sizes), sizes)
        for name, sizes in ((name, own.shape or (1,)) for name, own in
                            walk.score_parameters.items())
    ]  # fmt: skip
    query = f"{formula.query}_t" if asked == "s_t" else re.sub(r"\bs\b", asked, formula.query)
    if walk.query is not None:
        inside.append(Shape(query, _letters(walk, len(walk.query)), walk.query.shape))
    if walk.keys is not None:
        letters = f"S, {_letters(walk, walk.keys.shape[1])}"
        inside.append(Shape(formula.keys, letters, walk.keys.shape))
    parts = [Shape(SYMBOLS[name][0], _letters(walk, len(walk.part(name))), walk.part(name).shape)
             for name in walk.asks]  # fmt: skip
    if formula.reads:
        parts.append(Shape("h", f"S, {_letters(walk, memory)}", (source, memory)))
    shapes = *parts, *inside, Shape("e_t", "S", (source,))
    asks = tr(QUERIES["s" in walk.asks, "x" in walk.asks])
    if formula.reads:
        title = tr("Score each source state (a key) against {query} (the query)", query=asks)
    else:
        title = tr("Score each place by {query} alone: no source state is read", query=asks)
    return Stage(
        "score",
        title,
        formula.text.replace("s_t", asked),
        formula.latex.replace("s_t", asked_latex),
        formula.source,
        shapes,
    )


def _softmax(walk: Walk) -> Stage:
    shapes = (Shape("e_t", "S", (len(walk.source),)), Shape("α_t", "S", (len(walk.source),)))
    if walk.given:
        given = tr("given by hand")
        return Stage(
            "softmax", tr("Softmax set aside: these weights were given by hand"),
            f"α_tj = {given}", rf"\alpha_{{tj}} = \text{{{given}}}", "", shapes[1:],
        )  # fmt: skip
    if walk.vacant and walk.vacant_score is not None:
        title = tr("Softmax, weights that sum to 1 with the {n} empty slots", n=walk.vacant)
        over = tr("over all slots")
        more = f" {over}", rf"\ \text{{{over}}}"
    elif walk.vacant:
        title = tr("Softmax, weights that sum to 1 with the {n} empty slots, which score 0",
                   n=walk.vacant)  # fmt: skip
        more = f" + {walk.vacant} exp 0", rf" + {walk.vacant} \exp 0"
    else:
        title, more = tr("Softmax, weights that sum to 1"), ("", "")
    return Stage(
        "softmax", title, f"α_tj = exp e_tj / (Σ_k exp e_tk{more[0]})",
        rf"\alpha_{{tj}} = \exp e_{{tj}} \,/\, (\sum_k \exp e_{{tk}}{more[1]})",
        _by(walk, f"{BAHDANAU}, eq. 6", f"{LUONG}, eq. 7"), shapes,
    )  # fmt: skip


def _by(walk: Walk, bahdanau: str, luong: str) -> str:
    """Whose equation it is: that of the paper whose score the model computes."""
    source = walk.formula.source if walk.formula is not None else ""
    return bahdanau if source.startswith(BAHDANAU) else luong


def _context(walk: Walk) -> Stage:
    source, memory = len(walk.source), walk.memory.shape[-1]
    letter = _letters(walk, memory)
    return Stage(
        "context", tr("Context, the weighted sum of the source states (the values)"),
        "c_t = Σ_j α_tj h_j",
        r"c_t = \sum_j \alpha_{tj}\, h_j", f"{BAHDANAU}, eq. 5",
        (Shape("α_t", "S", (source,)), Shape("h", f"S, {letter}", (source, memory)),
         Shape("c_t", letter, (memory,))),
    )  # fmt: skip


def _combine(walk: Walk) -> Stage:
    hidden, texts, latex, shapes = walk.hidden, [], [], []
    if walk.combined is not None:
        sizes = walk.memory.shape[-1], hidden
        letters = _letters(walk, *sizes)
        texts.append("s̃_t = tanh(W_c [c_t; s_t] + b_c)")
        latex.append(r"\tilde s_t = \tanh(W_c\,[c_t; s_t] + b_c)")
        shapes += [
            Shape("[c_t; s_t]", letters, (sum(sizes),)),
            Shape("W_c", f"H, {letters}", (hidden, sum(sizes))),
            _vector(walk, "b_c"), _vector(walk, "s̃_t"),
        ]  # fmt: skip
    parts = walk.feature_parts()
    if len(parts) > 1:
        text, text_latex = _joined(walk.outputs)
        texts.append(f"o_t = {text}")
        latex.append(f"o_t = {text_latex}")
        letters = _letters(walk, *map(len, parts.values()))
        shapes.append(Shape("o_t", letters, (len(walk.features),)))
    names = {
        "c": N_("the context"), "s": N_("the state"), "s_0": N_("the first state"),
        "x": N_("the fed token’s vector"),
    }  # fmt: skip
    there = {"s" if name == "s̃" else name for name in parts} | ({"c"} if "s̃" in parts else set())
    *others, last = (tr(name) for key, name in names.items() if key in there)
    what = tr("{a} and {b}", a=", ".join(others), b=last) if others else last
    title = (tr("Combine {parts}", parts=what) if walk.combined is not None
             else tr("Combine {parts} side by side", parts=what))  # fmt: skip
    source = f"{LUONG}, eq. 5" if walk.combined is not None else ""
    return Stage(
        "combine", title, ", ".join(texts), r",\quad ".join(latex),
        source, tuple(shapes),
    )  # fmt: skip


def _choose(walk: Walk) -> Stage:
    text, latex = ("o_t", "o_t") if len(walk.outputs) > 1 else SYMBOLS[walk.outputs[0]]
    letters = _letters(walk, *map(len, walk.feature_parts().values()))
    words, size = walk.vocabulary, len(walk.features)
    luong = f"{LUONG}, eq. 6"
    return Stage(
        "choose",
        tr("Choose: one score per known word, softmax again"),
        f"p = softmax(W_o {text} + b_o)",
        rf"p = \mathrm{{softmax}}(W_o\, {latex} + b_o)",
        luong if walk.combined is not None else _by(walk, "", luong),
        (Shape(text, letters, (size,)), Shape("W_o", f"V, {letters}", (words, size)),
         Shape("b_o", "V", (words,)), Shape("p", "V", (words,))),
    )  # fmt: skip
