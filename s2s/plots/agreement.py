"""Whether attention ranks the source tokens as the attributions do: strips, marks, words."""

from __future__ import annotations

import numpy as np

from s2s.plots.base import Chart, base_spec
from s2s.plots.labels import MODES
from s2s.plots.palette import LIGHT, Palette
from s2s.plots.strips import SIZE, Strip, strips
from s2s.results import Agreement
from s2s.results.agreement import MOSTLY, NOT, PARTLY
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import number, percent, rounded

NAMES = {
    "attention": N_("attention"),
    "gradient_x_input": N_("gradient × input"),
    "integrated_gradients": N_("integrated gradients"),
    "leave_one_out": N_("leave one out"),
    "replaced": N_("replaced by <unk>"),
}
CHANCY = 5
"""Source tokens: up to so many, more than 5 % of single steps agree "mostly" by chance alone
(docs/verdicts.md)."""
SMALL = {MOSTLY: N_("mostly agrees"), PARTLY: N_("partly agrees"), NOT: N_("does not agree")}
"""The verdicts within a sentence."""
DEPENDS, LITTLE = 0.5, 0.9
"""The share of its probability that the token keeps under other weights: below the first the step
depends on its weights, from the second on hardly."""


def method_strips(
    agreement: Agreement, step: int, palette: Palette = LIGHT, width: int = 1000
) -> Chart:
    """What each method says of one output token: a row per method, each to its own largest size.

    The data rows are ``row``, ``column``, ``value`` (the result's own number, signed), ``share``
    (its size as a share of the row's largest) and ``number``.

    Args:
        agreement: the methods' numbers.
        step: 0-based output step.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.
    """
    saliency = agreement.saliency
    names = [*saliency.methods, *(["replaced"] if saliency.replaced is not None else [])]
    rows = [
        Strip(
            tr(NAMES[name]), getattr(saliency, name)[step],
            palette.attention_scale if name == "attention" else palette.gradient_scale,
        )
        for name in names
    ]  # fmt: skip
    title = tr(
        "What mattered for {token}: each method to its own largest size ({mode})",
        token=f"“{label(saliency.output[step])}”", mode=tr(MODES[saliency.mode]),
    )  # fmt: skip
    return Chart(strips(saliency.source, rows, title, palette, width))


def tau_chart(agreement: Agreement, step: int, palette: Palette = LIGHT, width: int = 460) -> Chart:
    """Rank agreement of each attribution with the weights at one step, from −1 to 1.

    The data rows are ``row``, ``tau`` and ``number``; a tau that is not defined has no mark.
    """
    others = [name for name in agreement.saliency.methods if name != "attention"]
    rows = []
    for row, name in enumerate(others):
        tau = float(agreement.between("attention", name)[step])
        known = bool(np.isfinite(tau))
        told = number(tau, 2) if known else tr("not defined")
        rows.append(
            {
                "row": row,
                "name": tr(NAMES[name]),
                "tau": tau if known else 0.0,
                "known": known,
                "number": told,
                "zero": 0.0,
                "says": f"{tr(NAMES[name])}: {told}",
            }
        )
    y = {"field": "row", "type": "quantitative", "axis": None,
         "scale": {"domain": [len(others) - 0.5, -0.5], "nice": False, "zero": False}}  # fmt: skip
    x = {
        "type": "quantitative", "scale": {"domain": [-1, 1], "nice": False},
        "axis": {"values": [-1, -0.5, 0, 0.5, 1], "labelColor": palette.muted, "labelFontSize": 12,
                 "grid": True, "gridColor": palette.line, "domain": False, "ticks": False,
                 "title": tr("Kendall’s τ with the weights"), "titleColor": palette.muted,
                 "titleFontSize": 12, "titleFontWeight": "normal", "labelPadding": 6},
    }  # fmt: skip
    shown = {"expr": "datum.known ? 1 : 0"}
    return Chart(
        base_spec(palette)
        | {
            "width": width,
            "height": 30 * len(others),
            # In each layer, as in the other figures: Streamlit takes data at the top apart.
            "layer": [{"data": {"values": rows}} | layer for layer in [
                {
                    "mark": {"type": "rule", "strokeWidth": 2, "color": palette.bar,
                             "opacity": shown, "aria": False},
                    "encoding": {"x": {"field": "zero", **x}, "x2": {"field": "tau"}, "y": y},
                },
                {
                    "mark": {"type": "circle", "size": 90, "opacity": shown,
                             "color": palette.text},
                    "encoding": {"x": {"field": "tau", **x}, "y": y,
                                 "description": {"field": "says", "type": "nominal"}},
                },
                {
                    "mark": {"type": "text", "align": "left", "baseline": "middle",
                             "fontSize": SIZE, "color": palette.text, "aria": False,
                             "dx": {"expr": "datum.tau > 0.75 ? -42 : 9"},
                             "dy": {"expr": "datum.tau > 0.75 ? -9 : 0"}},
                    "encoding": {"x": {"field": "tau", **x}, "y": y,
                                 "text": {"field": "number", "type": "nominal"}},
                },
                {
                    "mark": {"type": "text", "x": -9, "align": "right", "baseline": "middle",
                             "fontSize": SIZE, "color": palette.text, "aria": False},
                    "encoding": {"y": y, "text": {"field": "name", "type": "nominal"}},
                },
            ]],
        }
    )  # fmt: skip


def verdict_words(agreement: Agreement, step: int) -> str:
    """What the verdict of one step means, in plain sentences."""
    saliency = agreement.saliency
    token = f"“{label(saliency.output[step])}”"
    verdict = agreement.verdict(step)
    how = {
        MOSTLY: N_("Three other ways of asking what mattered for {token} rank the source tokens "
                   "much as the weights do."),
        PARTLY: N_("Three other ways of asking what mattered for {token} rank the source tokens "
                   "only partly as the weights do."),
        NOT: N_("Three other ways of asking what mattered for {token} rank the source tokens in "
                "another order than the weights."),
    }  # fmt: skip
    if not saliency.moved()[step]:
        first = tr(
            "{token} hardly depends on the source at all: the largest attribution is {size} nats. "
            "There is nothing to agree about.",
            token=token, size=rounded(float(saliency.sizes()[step])),
        )  # fmt: skip
    elif verdict is None:
        first = tr("For {token} there is no ranking to compare: too few source tokens.",
                   token=token)  # fmt: skip
    else:
        first = tr(how[verdict], token=token) + border_words(agreement, step)
    return " ".join(part for part in (
        first, weight_words(agreement, step), tr("Weights are still not reasons."),
    ) if part)  # fmt: skip


def border_words(agreement: Agreement, step: int | None = None) -> str:
    """That a verdict lies close to another one, where it does."""
    near = agreement.near(step)
    if not near:
        return ""
    return " " + tr("That is close to the border to “{verdict}”.", verdict=tr(SMALL[near]))


def whole_words(agreement: Agreement) -> str:
    """The verdict over the whole answer, and how far the attributions agree among themselves."""
    whole, median, ceiling = agreement.verdict(), agreement.median(), agreement.ceiling()
    if whole is None or median is None:
        return ""
    text = tr("Over the whole answer: {verdict} (median τ {tau}).", verdict=tr(SMALL[whole]),
              tau=number(median, 2))  # fmt: skip
    text += border_words(agreement)
    if ceiling is not None:
        text += " " + tr("The three agree among themselves at {tau}.", tau=number(ceiling, 2))
    if len(agreement.saliency.columns()) <= CHANCY:
        text += " " + tr(
            "With so few source tokens chance looks like agreement at single tokens: trust the "
            "whole answer's verdict more."
        )
    return text


def weight_words(agreement: Agreement, step: int) -> str:
    """What other weights at this step alone do to the probability of its token."""
    if agreement.uniform is None or agreement.permuted is None:
        return ""
    own = float(agreement.probabilities[step])
    even, shuffled = float(agreement.uniform[step]), float(agreement.permuted[:, step].mean())
    kept = max(even, shuffled) / own if own > 0 else 1.0
    if kept < DEPENDS:
        return tr("Other weights take most of its probability away, so this step depends on them.")
    if kept < LITTLE:
        return tr("Other weights take some of its probability away, so this step depends on them "
                  "in part.")  # fmt: skip
    return tr("Other weights leave its probability nearly as it is: this step hardly depends on "
              "them.")  # fmt: skip


def probability_words(agreement: Agreement, step: int) -> str:
    """The three probabilities: own weights, even ones, shuffled ones with their range."""
    if agreement.uniform is None or agreement.permuted is None:
        return ""
    shuffled = agreement.permuted[:, step]
    return tr(
        "{own} with these weights · {even} with even ones · {shuffled} with shuffled ones ({low} "
        "to {high}, {n} times, seed {seed})",
        own=percent(float(agreement.probabilities[step])),
        even=percent(float(agreement.uniform[step])), shuffled=percent(float(shuffled.mean())),
        low=percent(float(shuffled.min())), high=percent(float(shuffled.max())), n=len(shuffled),
        seed=agreement.seed,
    )  # fmt: skip
