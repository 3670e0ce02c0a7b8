"""One step's sums in print: every product up to eight, else the six largest and the rest."""

from __future__ import annotations

from s2s.plots.walk_strips import Bar, Strip
from s2s.results.terms import Terms
from s2s.results.walk import Walk
from s2s.text import label
from s2s.text.language import tr
from s2s.text.numbers import number, percent

DIGITS = 3
_BELOW = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def below(place: int) -> str:
    """A 0-based place as a subscript that counts from 1."""
    return str(place + 1).translate(_BELOW)


def sum_words(terms: Terms) -> tuple[str, str]:
    """A sum written out, and its total: "0.34 × −0.62 + 0.96 × −0.31", "−0.81".

    Products that are left out are told with their sum. A term of many has its unit.
    """
    text = ""
    for term in terms.terms:
        left, right = (number(factor, DIGITS) for factor in term.factors)
        at = f" ({term.part}{below(term.place)})" if terms.more else ""
        text = _added(text, left, f" × {right}{at}")
    if terms.more:
        more = tr("from {n} more", n=number(terms.more))
        text = _added(text, number(terms.rest, DIGITS), f" {more}")
    if terms.divisor != 1:
        text = f"({text}) / {number(terms.divisor, DIGITS)}"
    if terms.bias:
        text = _added(text, number(terms.bias, DIGITS), f" ({tr('bias')})")
    return text, number(terms.total, DIGITS)


def _added(text: str, first: str, rest: str) -> str:
    """A sum with one term more; a minus takes the place of the plus."""
    if not text:
        return first + rest
    return f"{text} − {first[1:]}{rest}" if first.startswith("−") else f"{text} + {first}{rest}"


def weight_bars(walk: Walk) -> list[Bar]:
    """The softmax as bars, each with its fraction; the largest is strong.

    Raises:
        ValueError: the model has no attention.
    """
    if walk.weights is None:
        raise ValueError(f"{walk.model} has no attention")
    powers, most = walk.powers(), float(walk.weights.max())
    found = []
    for j, weight in enumerate(walk.weights.tolist()):
        text = number(weight, 2)
        if not walk.given:
            text += f" = {number(float(powers.powers[j]), 2)} / {number(powers.total, 2)}"
        found.append(Bar(label(walk.source[j]), weight, text, weight == most))
    if walk.empty is not None and walk.vacant:
        text = number(walk.empty, 2)
        if not walk.given and powers.empty is not None:
            text += f" = {number(powers.empty, 2)} / {number(powers.total, 2)}"
        found.append(
            Bar(tr("{n} empty slots", n=walk.vacant), float(walk.empty), text, walk.empty > most)
        )
    return found


def candidate_bars(walk: Walk) -> list[Bar]:
    """The candidates with their probabilities; the written one is strong."""
    return [
        Bar(label(word), share, percent(share), place == walk.chosen)
        for place, (word, share) in enumerate(
            zip(walk.candidates, walk.probabilities.tolist(), strict=True)
        )
    ]


def score_strips(walk: Walk) -> list[Strip]:
    """What is compared: what the decoder asks with, and a vector for each source token."""
    if walk.weights is None or walk.formula is None:
        raise ValueError(f"{walk.model} has no attention")
    most = int(walk.weights.argmax())
    t = below(walk.step)
    found = [Strip(f"{letter(part, walk.step)}", walk.part(part)) for part in walk.asks]
    if walk.query is not None:
        asked = t if "s" in walk.asks else below(walk.step - 1)
        found.append(Strip(f"{walk.formula.query}{asked}", walk.query, 1))
    if not walk.formula.reads:
        return found
    compared = walk.memory if walk.keys is None else walk.keys
    name = "h" if walk.keys is None else walk.formula.keys
    found += [
        Strip(f"{name}{below(j)} {label(token)}", compared[j], 2, j == most)
        for j, token in enumerate(walk.source)
    ]
    return found


def letter(part: str, step: int) -> str:
    """A part of the model with the step that it belongs to: s₀, c₃, s₂."""
    if part == "s_0":
        return "s₀"
    return f"{part.removesuffix('−1')}{below(step - 1 if part.endswith('−1') else step)}"


def combine_strips(walk: Walk) -> list[Strip]:
    """What goes into the attentional or output layer in its order, and the attentional state."""
    if walk.combined is None or walk.context is None:
        return [Strip(letter(part, walk.step), values)
                for part, values in walk.feature_parts().items()]  # fmt: skip
    found = [Strip(letter(part, walk.step), walk.part(part)) for part in ("c", "s")]
    found.append(Strip(letter("s̃", walk.step), walk.combined, 1, True))
    rest = [part for part in walk.outputs if part != "s̃"]
    return found + [Strip(letter(part, walk.step), walk.part(part), 2) for part in rest]
