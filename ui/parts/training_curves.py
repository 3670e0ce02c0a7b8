"""How a model learned, in pictures: loss, score, score by length, and tutorial 1's gradients."""

from __future__ import annotations

from typing import Any

import streamlit as st

from s2s import plots
from s2s.export.tables import csv_bytes
from s2s.plots import Chart
from s2s.plots.palette import Palette
from s2s.plots.state_gradients import SIDES, gradient_ratio, span
from s2s.plots.training_curves import FEWEST_PAIRS, ratio_finding, rows
from s2s.text.language import N_, tr
from ui.cached.shared import drawn
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts.export import TakeAway
from ui.parts.notes import counted

SCALE = "gradient_scale"
LINEAR, OWN = N_("Linear"), N_("Own axes")
SCALES = (N_("Log"), LINEAR, OWN)


def show(chosen: Model, models: list[Model], palette: Palette, take: TakeAway) -> None:
    """The curves of a model with the others of its task faded behind."""
    charts = draw(chosen, models, palette)
    if chosen.damage:
        st.warning(plain(chosen.damage))
    elif not charts:
        st.caption(tr("This model came without a record of its training, so there are no curves."))
    if not charts:
        return
    beside = [other.variant for other in chosen.others(models)]
    if beside:
        st.caption(
            tr(
                "The chosen model in front, the others of its task faded behind. "
                "Held-out pairs are not trained on; they are looked at after every epoch."
            )
        )
    grid("curves", charts)
    name = chosen.name.replace("/", "-")
    table = rows(chosen.history)
    if table:
        take.file(
            "numbers", tr("Every epoch"), f"{name}-training.csv", lambda: csv_bytes(table),
            tr("Every epoch with its losses and scores, of every seed."),
        )  # fmt: skip
    take.pictures({place: chart for place, (chart, _) in charts.items()}, name)


Charts = dict[str, tuple[Chart, str]]
"""Name of a file to a figure and what it says."""


def draw(chosen: Model, models: list[Model], palette: Palette) -> Charts:
    """The figures there are numbers for."""
    front, behind = chosen.learned, tuple(other.learned for other in chosen.others(models))
    score = chosen.task.score
    unit = "" if score == "bleu" else "\u00a0%"
    past = chosen.history
    found = {
        "training-loss": (
            drawn(plots.training_loss, front, behind, palette), plots.finding(past, "train_loss"),
        ),
        "loss": (
            drawn(plots.validation_loss, front, behind, palette),
            plots.finding(past, "validation_loss"),
        ),
        "score": (
            drawn(plots.score_by_epoch, front, behind, score, palette),
            plots.finding(past, score, 1, unit),
        ),
        "teacher-forcing": (
            drawn(plots.teacher_forcing, front, behind, palette), ratio_finding(past),
        ),
        "score-by-length": (
            drawn(plots.score_by_length, front, behind, score, chosen.task.unit, palette),
            by_length(chosen, unit),
        ),
    }  # fmt: skip
    return {name: (chart, said) for name, (chart, said) in found.items() if chart is not None}


def by_length(chosen: Model, unit: str) -> str:
    """Shortest against longest, from the numbers of the figure."""
    factor = 1 if chosen.task.score == "bleu" else 100
    told = [
        (length, value * factor)
        for length, (value, pairs) in sorted(chosen.by_length.items())
        if pairs >= FEWEST_PAIRS
    ]
    if len(told) < 2:
        return ""
    (short, first), (long, last) = told[0], told[-1]
    return tr(
        "{first} at {short}, {last} at {long}.",
        first=f"{first:.1f}{unit}",
        short=counted(chosen.task.unit, short),
        last=f"{last:.1f}{unit}",
        long=long,
    )


def grid(key: str, charts: Charts, captions: bool = True) -> None:
    """Figures side by side where there is room, each with the sentence it shows."""
    with st.container(key=f"grid-{key}"):
        for name, (chart, said) in charts.items():
            with st.container(key=f"cell-{key}-{name}"):
                st.vega_lite_chart(
                    chart, theme=None, width="stretch", key=f"chart-{key}-{name}", alt=said or None
                )
                if said and captions:
                    st.caption(plain(said))


def gradients(chosen: Model, models: list[Model], palette: Palette, take: TakeAway) -> None:
    """Tutorial 1's figure: this model and one of another family on the same scale."""
    shown = [chosen, *_beside(chosen, models)]
    token = chosen.about.gradient_of or tr("the token")
    said = plain(plots.gradient_finding(chosen.history.state_gradients, token))
    for other in shown[1:]:
        ratio = gradient_ratio(other.history.state_gradients)
        if said and ratio:
            said += " " + tr("In *{model}* it is {ratio}.", model=plain(other.variant), ratio=ratio)
    if said:
        st.markdown(said)
    scale = st.segmented_control(
        tr("Scale"), SCALES, default=SCALES[0], key=SCALE, label_visibility="collapsed",
        required=True, format_func=tr,
    )  # fmt: skip
    if scale == OWN:
        st.caption(tr("Each figure has a linear axis of its own: compare shapes, not heights."))
    charts: Charts = {}
    names = _names(chosen)
    for side in SIDES:
        domain = span([model.history.state_gradients for model in shown], side)
        for model in shown:
            own = model.history.state_gradients
            chart = plots.state_gradients(
                own,
                side,
                model.variant,
                token,
                palette,
                names,
                scale == SCALES[0],
                None if scale == OWN else domain,
            )
            if chart is not None:
                said = plots.gradient_finding(own, token) if side == "h" else ""
                charts[f"{SIDES[side]}-{model.variant}"] = chart, said
    grid("gradients", charts, captions=False)
    name = chosen.name.replace("/", "-")
    table = _gradient_rows(shown)
    take.pictures({place: chart for place, (chart, _) in charts.items()}, f"{name}-gradients")
    take.file(
        "numbers", tr("Gradients while it learned"), f"{name}-gradients.csv",
        lambda: csv_bytes(table), tr("Every state's number before every epoch."),
    )  # fmt: skip


def _beside(chosen: Model, models: list[Model]) -> list[Model]:
    """One model of another family that has gradients of the same token."""
    return [
        other
        for other in chosen.others(models)
        if other.family != chosen.family
        and other.history.state_gradients
        and other.about.gradient_of == chosen.about.gradient_of
    ][:1]


def _names(chosen: Model) -> dict[str, str]:
    """What the encoder's states read and the decoder's write: the words of the first sentence."""
    watched = chosen.history.watched
    if not watched:
        return {}
    source, target = watched[0].source.split(), watched[0].reference.split()
    states = chosen.history.state_gradients
    if sum(state[:1] == "h" for state in states) != len(source):
        return {}
    return {f"h{i}": word for i, word in enumerate(source, 1)} | {
        f"s{i}": word for i, word in enumerate(target, 1)
    }


def _gradient_rows(shown: list[Model]) -> list[dict[str, Any]]:
    return [
        {"model": model.variant, "epoch": epoch, "state": state, "gradient": value}
        for model in shown
        for state, values in model.history.state_gradients.items()
        for epoch, value in enumerate(values, 1)
    ]
