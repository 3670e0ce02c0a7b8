"""The formulas of one output step as data: what a model computes between state and word.

Letters and dimensions are those of `s2s.results.walk`.
"""

from __future__ import annotations

from typing import NamedTuple

from s2s.config import PEEKY
from s2s.results.score_formula import ScoreFormula
from s2s.results.walk import Walk

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


def stages(walk: Walk) -> tuple[Stage, ...]:
    """The stages of this model in order; those it does not have are left out."""
    found = [_state(walk)]
    if walk.formula is not None:
        found += [_score(walk, walk.formula), _softmax(walk), _context(walk)]
    if walk.combined is not None or len(walk.feature_parts()) > 1:
        found.append(_combine(walk))
    return (*found, _choose(walk))


def missing(walk: Walk) -> str | None:
    """What a model without attention lacks, in plain sentences; None with attention."""
    if walk.has_attention:
        return None
    enters = {
        "none": "It enters once, as the decoder's first state.",
        "cell": "Being Peeky, the decoder's cell reads that vector again at every step.",
        "cell_and_output": "Being Peeky, the decoder's cell and the output layer read that vector "
        "again at every step.",
    }
    return (
        "This model cannot look back: it computes no scores, no weights and no context. All it "
        f"knows of the {len(walk.source)} source tokens is one fixed vector of {walk.hidden} "
        f"numbers, s_0. {enters[walk.peeky]}"
    )


def _vector(walk: Walk, name: str) -> Shape:
    return Shape(name, "H", (walk.hidden,))


def _state(walk: Walk) -> Stage:
    cell, source = CELLS.get(walk.cell, (walk.cell, ""))
    cell_latex = cell.replace("_", r"\_")
    peeks = "cell" in PEEKY[walk.peeky]
    read, read_latex = ("[s_0; x_t]", "[s_0; x_t]") if peeks else ("x_t", "x_t")
    return Stage(
        "state",
        "State after the fed token",
        f"s_t = {cell}({read}, s_t−1)",
        rf"s_t = \mathrm{{{cell_latex}}}({read_latex},\, s_{{t-1}})",
        source,
        (_vector(walk, "s_t"), *([_vector(walk, "s_0")] if peeks else [])),
    )


def _score(walk: Walk, formula: ScoreFormula) -> Stage:
    source = len(walk.source)

    def letter(size: int) -> str:
        return "H" if size == walk.hidden else str(size)

    inside = [
        Shape(name, ", ".join(map(letter, sizes)), sizes)
        for name, sizes in ((name, own.shape or (1,)) for name, own in
                            walk.score_parameters.items())
    ]  # fmt: skip
    if walk.query is not None:
        inside.append(Shape(f"{formula.query}_t", letter(len(walk.query)), walk.query.shape))
    if walk.keys is not None:
        letters = f"S, {letter(walk.keys.shape[1])}"
        inside.append(Shape(formula.keys, letters, walk.keys.shape))
    shapes = (
        _vector(walk, "s_t"), Shape("h", "S, H", (source, walk.hidden)), *inside,
        Shape("e_t", "S", (source,)),
    )  # fmt: skip
    return Stage(
        "score",
        "Score each source state (a key) against the decoder’s state (the query)",
        formula.text,
        formula.latex,
        formula.source,
        shapes,
    )


def _softmax(walk: Walk) -> Stage:
    shapes = (Shape("e_t", "S", (len(walk.source),)), Shape("α_t", "S", (len(walk.source),)))
    if walk.given:
        return Stage(
            "softmax", "Softmax set aside: these weights were given by hand", "α_tj = given",
            r"\alpha_{tj} = \text{given}", "", shapes[1:],
        )  # fmt: skip
    if walk.vacant:
        title = f"Softmax, weights that sum to 1 with the {walk.vacant} empty slots, which score 0"
        more = f" + {walk.vacant} exp 0", rf" + {walk.vacant} \exp 0"
    else:
        title, more = "Softmax, weights that sum to 1", ("", "")
    return Stage(
        "softmax", title, f"α_tj = exp e_tj / (Σ_k exp e_tk{more[0]})",
        rf"\alpha_{{tj}} = \exp e_{{tj}} \,/\, (\sum_k \exp e_{{tk}}{more[1]})",
        "Luong et al. 2015, eq. 7", shapes,
    )  # fmt: skip


def _context(walk: Walk) -> Stage:
    source = len(walk.source)
    return Stage(
        "context", "Context, the weighted sum of the source states (the values)",
        "c_t = Σ_j α_tj h_j",
        r"c_t = \sum_j \alpha_{tj}\, h_j", "Bahdanau et al. 2015, eq. 5",
        (Shape("α_t", "S", (source,)), Shape("h", "S, H", (source, walk.hidden)),
         _vector(walk, "c_t")),
    )  # fmt: skip


def _combine(walk: Walk) -> Stage:
    hidden, texts, latex, shapes = walk.hidden, [], [], []
    if walk.combined is not None:
        texts.append("s̃_t = tanh(W_c [c_t; s_t] + b_c)")
        latex.append(r"\tilde s_t = \tanh(W_c\,[c_t; s_t] + b_c)")
        shapes += [
            Shape("[c_t; s_t]", "2H", (2 * hidden,)), Shape("W_c", "H, 2H", (hidden, 2 * hidden)),
            _vector(walk, "b_c"), _vector(walk, "s̃_t"),
        ]  # fmt: skip
    if _read(walk)[0] == "o_t":
        symbols = {"s_0": "s_0", "c": "c_t", "s": "s_t", "s̃": r"\tilde s_t"}
        parts = list(walk.feature_parts())
        names = "; ".join("s̃_t" if part == "s̃" else symbols[part] for part in parts)
        texts.append(f"o_t = [{names}]")
        latex.append(f"o_t = [{'; '.join(symbols[part] for part in parts)}]")
        shapes.append(Shape("o_t", f"{len(parts)}H", (len(parts) * hidden,)))
    what = "context and state" if walk.has_attention else "the first state and the state"
    how = "" if walk.combined is not None else " side by side"
    peeks = ", and the first state" if walk.has_attention and "s_0" in walk.feature_parts() else ""
    source = "Luong et al. 2015, eq. 5" if walk.combined is not None else ""
    return Stage(
        "combine", f"Combine {what}{how}{peeks}", ", ".join(texts), r",\quad ".join(latex),
        source, tuple(shapes),
    )  # fmt: skip


def _choose(walk: Walk) -> Stage:
    text, latex = _read(walk)
    width = len(walk.feature_parts())
    letters = "H" if width == 1 else f"{width}H"
    words, size = walk.vocabulary, width * walk.hidden
    return Stage(
        "choose",
        "Choose: one score per known word, softmax again",
        f"p = softmax(W_o {text} + b_o)",
        rf"p = \mathrm{{softmax}}(W_o\, {latex} + b_o)",
        "Luong et al. 2015, eq. 6",
        (Shape(text, letters, (size,)), Shape("W_o", f"V, {letters}", (words, size)),
         Shape("b_o", "V", (words,)), Shape("p", "V", (words,))),
    )  # fmt: skip


def _read(walk: Walk) -> tuple[str, str]:
    """What the output layer reads, in text and LaTeX."""
    if len(walk.feature_parts()) > 1:
        return "o_t", "o_t"
    return ("s_t", "s_t") if walk.combined is None else ("s̃_t", r"\tilde s_t")
