"""The figures that a lesson can show, by the name of their kind: a view becomes a chart.

``steps`` is no chart: the page has its step view for it, and takes the answer and the step.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from s2s.errors import UserError
from s2s.findings.gradient_flow import Line
from s2s.lessons.lesson import Lesson, Seen, View
from s2s.lessons.looks import Looks
from s2s.lessons.measures import EPOCH, SIZE, STEP
from s2s.plots.agreement import method_strips
from s2s.plots.attention_map import attention_map
from s2s.plots.base import Chart
from s2s.plots.beam_tree import beam_tree
from s2s.plots.domino import domino_chart
from s2s.plots.families import family_of
from s2s.plots.flow_curves import flow_curves
from s2s.plots.palette import LIGHT, Palette
from s2s.plots.walk_strips import bars_chart, strips_chart
from s2s.plots.walk_words import candidate_bars, score_strips, weight_bars
from s2s.results import Reading, Trace
from s2s.text import label
from s2s.text.language import later, tr

ROW = 26
"""Px of a map's row at most: the figure stands whole beside the question."""
PAGES = {"translate": 2, "attention": 2, "gradients": 2, "compare": 1, "models": 1, "training": 0}
"""Pages that a lesson can open, and how many of a name and a step they take."""


class Steps(NamedTuple):
    """An answer to be shown step by step.

    Attributes:
        trace: the answer.
        step: 0-based step that it stands at.
        hidden: what comes after is not shown, nor can it be stepped to.
    """

    trace: Trace
    step: int
    hidden: bool


Figure = Chart | Steps


def figure(
    lesson: Lesson, view: View, looks: Looks, palette: Palette = LIGHT, width: int = 640
) -> Figure:
    """What a view shows.

    Args:
        lesson: whose view it is.
        view: a kind and what it is of.
        looks: what the models say.
        palette: the theme's colours.
        width: px.

    Raises:
        UserError: for a kind, a name or a number that there is not.
    """
    if view.kind not in VIEWS:
        raise UserError(
            later("there is no view “{kind}”; there are {names}", kind=view.kind, names=(*VIEWS,))
        )
    try:
        return VIEWS[view.kind](_Asked(lesson, view.given, looks, palette, width))
    except UserError as error:
        raise UserError(later("{where}: {why}", where=view, why=error)) from None


class _Asked(NamedTuple):
    """A view's arguments, read one by one."""

    lesson: Lesson
    given: tuple[str, ...]
    looks: Looks
    palette: Palette
    width: int

    def seen(self, at: int = 0) -> Seen:
        if at >= len(self.given):
            raise UserError(later("it needs a name"))
        return self.lesson.one(self.given[at])

    def number(self, at: int, most: int, what: str = STEP) -> int:
        """A number from 1 on, as 0-based."""
        text = self.given[at] if at < len(self.given) else ""
        if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= most):
            raise UserError(
                later(
                    "{name} is {given!r}; it must be 1 to {most}",
                    name=later(what),
                    given=text,
                    most=most,
                )
            )
        return int(text) - 1

    def step(self, at: int = 1) -> tuple[Trace, int]:
        trace = self.looks.trace(self.seen())
        return trace, self.number(at, trace.steps)


def _steps(asked: _Asked) -> Figure:
    trace, step = asked.step()
    return Steps(trace, step, False)


def _until(asked: _Asked) -> Figure:
    """What is written before a step; the rest is hidden."""
    trace, step = asked.step()
    return Steps(trace, step, True)


def _map(asked: _Asked) -> Figure:
    trace = asked.looks.trace(asked.seen())
    if trace.attention is None:
        raise UserError(later("{model} has no attention", model=trace.model))
    step = asked.step()[1] if len(asked.given) > 1 else None
    return attention_map(trace, asked.palette, step, asked.width, most=ROW)


def _reach(asked: _Asked) -> Figure:
    """Gradients of one token in one or two models that wrote the same."""
    trace, step = asked.step()
    lines = []
    for at in (0, *range(2, len(asked.given))):
        seen = asked.seen(at)
        flow = asked.looks.flow(seen)
        if flow.source != trace.source or flow.output != trace.output:
            raise UserError(
                later(
                    "{model} reads or writes other tokens than {other}",
                    model=seen.model,
                    other=trace.model,
                )
            )
        family = family_of(asked.looks.system(seen.model).config)
        lines.append(Line(seen.model.split("/")[1], family.name, flow, at == 0))
    return flow_curves(lines, step, asked.palette, width=asked.width)


def _score(asked: _Asked) -> Figure:
    return _arithmetic(asked, "score")


def _weights(asked: _Asked) -> Figure:
    return _arithmetic(asked, "weights")


def _words(asked: _Asked) -> Figure:
    return _arithmetic(asked, "words")


def _arithmetic(asked: _Asked, part: str) -> Figure:
    trace, step = asked.step()
    walk, palette = asked.looks.walk(asked.seen(), step), asked.palette
    if part == "words":
        bars = candidate_bars(walk)
        return bars_chart(bars, palette.text, palette.bar, palette, asked.width)
    if walk.weights is None:
        raise UserError(later("{model} has no attention", model=trace.model))
    if part == "score":
        return strips_chart(score_strips(walk), palette, asked.width)
    return bars_chart(weight_bars(walk), palette.attention, palette.attention, palette, asked.width)


def _beam(asked: _Asked) -> Figure:
    size = asked.number(1, 10, SIZE) + 1
    return beam_tree(asked.looks.beam(asked.seen(), size)[1], asked.palette, asked.width)


def _trust(asked: _Asked) -> Figure:
    _, step = asked.step()
    return method_strips(asked.looks.agreement(asked.seen()), step, asked.palette, asked.width)


def _domino(asked: _Asked) -> Figure:
    seen = [asked.seen(at) for at in range(len(asked.given))] or [asked.seen()]
    systems = [asked.looks.system(one.model) for one in seen]
    chart = domino_chart(
        [asked.looks.domino(one) for one in seen], [one.model.split("/")[1] for one in seen],
        [family_of(system.config) for system in systems], asked.palette,
    )  # fmt: skip
    if chart is None:
        raise UserError(later("the answers have one place only"))
    return chart


def _epoch(asked: _Asked) -> Figure:
    """The map of the answer after an epoch, one of its steps outlined where it is given."""
    seen = asked.seen()
    replay = asked.looks.replay(seen)
    moment = replay.at(asked.number(1, replay.epochs[-1], EPOCH) + 1)
    if moment.attention is None:
        raise UserError(later("{model} has no attention", model=seen.model))
    steps, width = len(moment.output), moment.decoder_states.shape[1]
    reading = Reading(seen.text, replay.tokens, (0,) * len(replay.tokens), len(replay.tokens))
    trace = Trace(
        seen.model, reading, moment.output, moment.output, "eos", seen.text, (),
        ((),) * steps, np.zeros((steps, 0)), moment.probabilities, np.log(moment.probabilities),
        moment.encoder_states, np.zeros(width), moment.decoder_states,
        attention=moment.attention,
    )  # fmt: skip
    step = asked.number(2, steps) if len(asked.given) > 2 else None
    variant = label(seen.model.split("/")[1])
    name = tr("{model}, epoch {n}", model=variant, n=moment.epoch)
    return attention_map(trace, asked.palette, step, asked.width, name=name, most=ROW)


VIEWS: dict[str, Callable[[_Asked], Figure]] = {
    "steps": _steps, "until": _until, "map": _map, "reach": _reach, "score": _score,
    "weights": _weights, "words": _words, "beam": _beam, "trust": _trust, "domino": _domino,
    "epoch": _epoch,
}  # fmt: skip
"""By the names that a lesson uses."""
