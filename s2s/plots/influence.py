"""How far the encoder's states depend on the input vectors: shares as curves, all as a map."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from s2s.plots.base import Chart
from s2s.plots.curves import Curve, Frame, Point, curves_chart
from s2s.plots.families import Family
from s2s.plots.gradient_map import span, ticks
from s2s.plots.heat_map import heat_map, named, over_tokens
from s2s.plots.labels import MODES as SAID
from s2s.plots.map_frame import Tokens
from s2s.plots.palette import LIGHT, Palette
from s2s.results import Array, InputInfluence
from s2s.results.gradients import MODES
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import percent, rounded, times

FALLEN = 0.1
"""A share under this part of the largest one has fallen."""
LONGEST_TOKEN = 30
MOST_MODELS = 3
CAVEAT = N_("This is sensitivity, not information.")


@dataclass(frozen=True, eq=False)
class Influenced:
    """One model in a figure of shares.

    Attributes:
        name: at the line's end.
        family: its look.
        result: its numbers.
        step: 0-based output step whose context vector is drawn as well; None, and a model without
            attention, has the final state alone.
    """

    name: str
    family: Family
    result: InputInfluence
    step: int | None = None

    def context(self) -> Array | None:
        """[S] shares of one context vector, if there is one to draw."""
        shares = self.result.context_share
        return None if shares is None or self.step is None else shares[self.step]

    def written(self) -> str:
        """The token that the context vector is for, in “”."""
        return f"“{label(self.result.output[self.step or 0], LONGEST_TOKEN)}”"


def share_curve(
    models: Sequence[Influenced], palette: Palette = LIGHT, mode: str = MODES[0], width: int = 1000
) -> Chart:
    """Draw each source token's share of the final state, and thinner, hollow of a context vector.

    The final state is what a model without attention hands to its decoder: the bottleneck.

    Args:
        models: one to three that read the same tokens.
        palette: the theme's colours.
        mode: where the output comes from, "free-running" or "teacher-forced".
        width: px, for a figure outside a page; a page stretches it.

    Raises:
        ValueError: no models or too many, other tokens, no such step or mode, or no shares at all.
    """
    if not 0 < len(models) <= MOST_MODELS or mode not in MODES:
        raise ValueError(f"{len(models)} models, {mode!r}: 1 to {MOST_MODELS} and one of {MODES}")
    tokens = models[0].result.source
    if any(model.result.source != tokens for model in models):
        raise ValueError("models that read different tokens have no axis in common")
    contexts = [model for model in models if model.context() is not None]
    curves = []
    for model in models:
        curves.append(_curve(model, model.name, model.result.share))
        context = model.context()
        if context is not None:
            name = tr("context, {model}", model=model.name) if len(contexts) > 1 else tr("context")
            curves.append(_curve(model, name, context, light=True))
    whose = [
        model.written() + (f" ({model.name})" if len(contexts) > 1 else "") for model in contexts
    ]
    text = (
        N_("Each source token's share in the encoder's final state, and thinner in the context "
           "vector of {tokens}: |∂ vector / ∂ input|, % of the sum ({mode})")
        if whose
        else N_("Each source token's share in the encoder's final state: |∂ vector / ∂ input|, % "
                "of the sum ({mode})")
    )  # fmt: skip
    title = tr(text, tokens=", ".join(whose), mode=tr(SAID[mode]))
    frame = Frame(title, bounds=(0, None), unit="\u00a0%")
    chart = over_tokens(curves_chart(curves, frame, palette, width), tokens, palette)
    families = [model.family for model in models]
    again = [model.name for i, model in enumerate(models) if model.family in families[:i]]
    for layer in chart["layer"]:
        if layer["mark"]["type"] == "point" and layer["data"]["values"][0]["name"] in again:
            # The second model of a family has its colour, but hollow marks.
            layer["mark"] = {**layer["mark"], "fill": palette.background}
    return chart


def _curve(model: Influenced, name: str, shares: Array, light: bool = False) -> Curve:
    values = (100 * shares[np.isfinite(shares)]).tolist()
    points = tuple(Point(x, v, v, v) for x, v in enumerate(values, 1))
    return Curve(name, model.family, points, front=True, light=light)


def influence_map(result: InputInfluence, palette: Palette = LIGHT, width: int = 1000) -> Chart:
    """Draw S by S: the state after the row's token by the column's input; log scale.

    A state that has not read a token yet has exactly 0 there, and no colour.

    Args:
        result: of one sentence.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.

    Raises:
        ValueError: nothing depends on anything.
    """
    sizes = result.influence
    if not (sizes > 0).any():
        raise ValueError("no state depends on any input: there is no scale")
    low, high = span(sizes)
    also = [
        *([tr("smaller ones look like the smallest")] if (sizes[sizes > 0] < low).any() else []),
        *([tr("· is exactly 0, read later")] if (sizes == 0).any() else []),
    ]
    title = tr(
        "How far the state after each token (row) depends on each input (column): |∂h / ∂x|, log "
        "scale {range} (encoder only: no output is fed)",
        range="; ".join([
            tr("{low} to {high}", low=rounded(low), high=rounded(high)), *also,
        ]),
    )  # fmt: skip
    first, last = math.log10(low), math.log10(high)
    return heat_map(
        sizes, Tokens(result.source, result.source),
        [tr("state after {token}", token=name) for name in named(result.source)],
        lambda size: (math.log10(max(size, low)) - first) / (last - first),
        lambda size: rounded(size, 3), (palette.gradient_scale, ticks(low, high)), title, palette,
        zero="·", width=width,
    )  # fmt: skip


def reading_order(result: InputInfluence) -> tuple[int, ...] | None:
    """Places in the order in which one way reads them; None for a bidirectional encoder.

    The k-th state that is read depends on k inputs, the states of two ways on all.
    """
    reached = (result.influence > 0).sum(axis=1)
    order = np.argsort(reached, kind="stable")
    known = (reached[order] == np.arange(1, len(order) + 1)).all()
    return tuple(order.tolist()) if known else None


def share_finding(result: InputInfluence) -> str:
    """The last word's share, how many tokens back shares have fallen, and what that is not."""
    shares, names = result.share, named(result.source)
    if not np.isfinite(shares).all():
        return f"{tr('No input moves the final state at all.')} {tr(CAVEAT)}"
    order, most = reading_order(result), float(shares.max())
    small = shares < FALLEN * most
    if order is None:
        top, few = int(shares.argmax()), int(small.sum())
        text = (
            N_("{token} has the largest share of the final state, {share}")
            if top == len(shares) - 1
            else N_("{token} has the largest share of the final state, {share}, the last token "
                    "{last} {its}")
        )  # fmt: skip
        told = tr(text, token=names[top], share=percent(most), last=names[-1],
                  its=percent(shares[-1]))  # fmt: skip
        fallen = {
            0: N_("no token of {of} has under a tenth of the largest"),
            1: N_("{n} token of {of} has under a tenth of the largest"),
        }.get(few, N_("{n} tokens of {of} have under a tenth of the largest"))
        rest = tr(fallen, n=few, of=len(shares))
    else:
        back = small[list(reversed(order))].tolist()  # from the token read last
        told = tr("{token}, read last, has {share} of the final state", token=names[order[-1]],
                  share=percent(shares[order[-1]]))  # fmt: skip
        rest = _fallen(back, names[order[0]], shares[order[0]])
    return f"{told}; {rest}. {tr(CAVEAT)}"


def _fallen(back: list[bool], first: str, share: float) -> str:
    """From where on shares are small.

    Args:
        back: whether each share is small, from the token read last.
        first: the token read first.
        share: its share.
    """
    kept = len(back) - back[::-1].index(False)
    if kept < len(back):
        return tr("from {back} on every share is under a tenth of the largest", back=_back(kept))
    if any(back):
        return tr(
            "a share is first under a tenth of the largest {back}, but the first token read, "
            "{token}, has {share}",
            back=_back(back.index(True)), token=first, share=percent(share),
        )  # fmt: skip
    return tr("no share is under a tenth of the largest")


def map_finding(result: InputInfluence) -> str:
    """How many states depend most on the token just read, and how fast an input's effect fades."""
    sizes = result.influence
    count = len(sizes)
    own = int((sizes.argmax(axis=1) == np.arange(count)).sum())
    text = (
        N_("All {of} states depend most on the token just read")
        if own == count
        else N_("{n} of the {of} states depend most on the token just read")
    )
    told = tr(text, n=own, of=count)
    order, away = reading_order(result), count // 2
    read = sizes if order is None else sizes[np.ix_(order, order)]
    at_once = np.diagonal(read)
    first, then = at_once[: count - away], np.diagonal(read, -away)
    if order is None:  # the backward half reads the other way
        first = np.concatenate([first, at_once[away:]])
        then = np.concatenate([then, np.diagonal(read, away)])
    kept = (first > 0) & (then > 0)
    if away == 0 or not kept.any():
        return f"{told}."
    ratio = float(np.exp(np.log(first[kept] / then[kept]).mean()))
    later = {
        (True, True): N_("the state {n} token later depends on that token {ratio} less (geometric "
                         "mean)"),
        (True, False): N_("the state {n} token later depends on that token {ratio} more (geometric "
                          "mean)"),
        (False, True): N_("the state {n} tokens later depends on that token {ratio} less "
                          "(geometric mean)"),
        (False, False): N_("the state {n} tokens later depends on that token {ratio} more "
                           "(geometric mean)"),
    }[away == 1, ratio >= 1]  # fmt: skip
    return f"{told}; {tr(later, n=away, ratio=times(max(ratio, 1 / ratio)))}."


def _back(count: int) -> str:
    return tr("{n} token back", n=count) if count == 1 else tr("{n} tokens back", n=count)
