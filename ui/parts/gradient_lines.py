"""What is looked at on the Gradients page: the models beside, and how the gradients are drawn.

Everything chosen here is in the address.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from s2s.errors import UserError
from s2s.findings.gradient_flow import Line
from s2s.plots import FAMILIES, family_of
from s2s.plots.flow_curves import AXES, SCALES
from s2s.results import GradientFlow, Source, Trace
from s2s.results.gradients import OF, STATES
from s2s.text import label
from s2s.text.language import N_, tr
from ui import cached
from ui.cached import gradients as cached_gradients
from ui.frame import link
from ui.frame.model import Model, models
from ui.markdown import escaped, plain

MOST_BESIDE = 3
FEW = 3
"""Up to so many other models are pills; more are a list to choose from."""
# The address has an option as it is read on the page.
SCALE_NAMES = dict(zip((N_("Log"), N_("Linear"), N_("Own maximum")), SCALES, strict=True))
AXIS_NAMES = dict(zip((N_("Position"), N_("Distance")), AXES, strict=True))
OF_NAMES = dict(zip((N_("Log odds"), N_("Loss")), OF, strict=True))
STATE_NAMES = dict(zip((N_("Hidden"), N_("Cell")), STATES, strict=True))


@dataclass(frozen=True)
class Look:
    """How the gradients are taken and drawn."""

    scale: str
    axis: str
    of: str
    state: str
    layer: int


def look(chosen: Model) -> Look:
    """A menu of how the curves are drawn, without what a model has no use for."""
    with st.popover(tr("View"), icon=":material/tune:"):
        return _look(chosen)


def _look(chosen: Model) -> Look:
    scale = _control(
        tr("Scale"), "scale", SCALE_NAMES,
        tr("Own maximum: each line divided by its own largest number."),
    )  # fmt: skip
    axis = _control(
        tr("Along"), "along", AXIS_NAMES,
        tr("Position in the sentence, or how many recurrent steps back from the token."),
    )  # fmt: skip
    state, layer = "hidden", -1
    of = _control(
        tr("The gradient of"), "of", OF_NAMES,
        tr("The loss of a token that the model is sure of has a small gradient for that reason "
        "alone. Log odds take that out, so models can be compared. Tutorial 1 shows the loss."),
    )  # fmt: skip
    if chosen.config.cell == "lstm":
        state = _control(
            tr("By the state"), "state", STATE_NAMES,
            tr("An LSTM carries two states. Each is nudged while the other is held fixed."),
        )  # fmt: skip
    if chosen.config.layers > 1:
        top = chosen.config.layers - 1
        layer = st.selectbox(
            tr("Layer"),
            range(top, -1, -1),
            format_func=lambda n: tr("{n}, the top one", n=n + 1) if n == top else str(n + 1),
            **link.one_of("layer", range(top + 1), top),
        )
    return Look(scale, axis, of, state, layer)


def shown_of() -> str:
    """What the gradients are of, as the address has it."""
    return OF_NAMES.get(link.view().get("of", ""), next(iter(OF_NAMES.values())))


def _control(name: str, key: str, names: dict[str, str], help: str) -> str:
    """A segmented control that the address holds; what the browser sends is checked."""
    held = link.one_of(key, names, next(iter(names)))
    found = st.segmented_control(
        name, list(names), required=True, help=help, format_func=tr, **held
    )
    return names.get(found, next(iter(names.values())))


def others_of(chosen: Model) -> dict[str, Model]:
    """The other models of the task that can be loaded, by variant."""
    return {other.variant: other for other in chosen.others(models())}


def beside(chosen: Model, row: DeltaGenerator) -> list[Model]:
    """The models drawn beside the chosen one; one of each other family to begin with.

    Args:
        chosen: the model of the page.
        row: where they are chosen.
    """
    others = others_of(chosen)
    if not others:
        return []
    wanted, lacking = _asked(chosen, others)
    key = f"gradients_beside_{chosen.entry.name}"
    control: dict[str, Any] = {
        "label": tr("Models beside"), "options": list(others),
        "label_visibility": "collapsed",
        **link.shown(key, wanted, lambda names: _put(names, chosen, others)),
    }  # fmt: skip
    with row:
        st.markdown(f":gray[{tr('beside')}]", width="content")
        if len(others) <= FEW:
            control["format_func"] = lambda name: escaped(others[name].marked)
            st.pills(selection_mode="multi", **control)
        else:
            control["format_func"] = lambda name: others[name].marked
            st.multiselect(
                max_selections=MOST_BESIDE, placeholder=tr("Models"), width=230, **control
            )
    if lacking:
        _say(chosen, lacking, wanted)
    drawn = [others[name] for name in wanted]
    for fault in filter(None, (cached.fault(one.key) for one in drawn)):
        st.warning(plain(str(fault)))
    return [one for one in drawn if not cached.fault(one.key)]


def _asked(chosen: Model, others: dict[str, Model]) -> tuple[list[str], list[str]]:
    """The models of the address that there are, and the names of those that there are not."""
    asked = link.view().get(link.BESIDE)
    if asked is None:
        return _one_of_each(chosen, others), []
    names = [name.removeprefix(f"{chosen.task.name}/") for name in asked.split(",") if name]
    names = list(dict.fromkeys(name for name in names if name != chosen.variant))
    found = [name for name in names if name in others][:MOST_BESIDE]
    lacking = [name for name in names if name not in others]
    return found or (_one_of_each(chosen, others) if lacking else []), lacking


def _say(chosen: Model, lacking: list[str], shown: list[str]) -> None:
    """What the address asks for that there is not, and what stands there instead."""
    told, beside = (", ".join(label(name, 40) for name in those) for those in (lacking, shown))
    said = tr(
        "This link asks for {asked} beside {model}: the task {task} has no such model that can be "
        "loaded. Shown beside it: {shown}.",
        asked=told, model=chosen.variant, task=chosen.task.name, shown=beside or tr("none"),
    )  # fmt: skip
    st.warning(plain(said))


def _put(wanted: object, chosen: Model, others: dict[str, Model]) -> None:
    """Write what was picked beside a model; nothing where that is what stands there already.

    After a quick change of the model the browser tells the pick of the one before once more.
    """
    names = [name for name in wanted if name in others] if isinstance(wanted, list) else []
    if set(names) == set(_asked(chosen, others)[0]):
        return
    link.show(beside=",".join(names[-MOST_BESIDE:]))


def _one_of_each(chosen: Model, others: dict[str, Model]) -> list[str]:
    """The recipe's control, then the model named after each family that is still missing."""
    family = family_of(chosen.config).name
    control = chosen.recipe.control if chosen.recipe else ""
    found = [control] if control in others else []
    covered = {family, *(family_of(others[name].config).name for name in found)}
    for name in FAMILIES:
        if name not in covered and name in others and family_of(others[name].config).name == name:
            found.append(name)
    return found


def lines(
    chosen: Model, others: list[Model], text: Source, trace: Trace, target: tuple[str, ...] | None,
    look: Look,
) -> tuple[list[Line], list[str]]:  # fmt: skip
    """The chosen model's gradients first, then the others', forced on the same answer.

    Args:
        chosen: the model of the page.
        others: the models beside.
        text: the source.
        trace: the answer of the chosen model.
        target: that answer where the visitor forced it; None if it is the model's own.
        look: what is differentiated.

    Returns:
        Lines, and for every model that cannot be drawn the reason.

    Raises:
        UserError: the chosen model cannot read or write this.
    """
    mine = _flow(chosen, text, target, look, look.layer)
    found, missing = [Line(chosen.variant, family_of(chosen.config).name, mine, front=True)], []
    for other in others:
        name = plain(other.variant)
        top = other.config.layers - 1
        if look.state == "cell" and other.config.cell != "lstm":
            missing.append(tr("{name} has no cell state.", name=name))
            continue
        if look.layer > top:
            missing.append(tr("{name} has no layer {n}.", name=name, n=look.layer + 1))
            continue
        try:
            flow = _flow(other, text, trace.output, look, look.layer)
        except UserError as error:
            missing.append(f"{name}: {plain(str(error))}")
            continue
        if flow.source != mine.source:
            missing.append(tr("{name} reads the sentence in other tokens.", name=name))
        else:
            found.append(Line(other.variant, family_of(other.config).name, flow))
    return found, missing


def _flow(
    model: Model, text: Source, target: tuple[str, ...] | None, look: Look, layer: int
) -> GradientFlow:
    return cached_gradients.flow(model.key, text, target, look.of, look.state, layer)
