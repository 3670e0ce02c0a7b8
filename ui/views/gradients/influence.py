"""How far the encoder's states depend on each input: the bottleneck's shares, and the whole map."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from s2s import plots
from s2s.errors import UserError
from s2s.export.tables import csv_bytes
from s2s.plots import Chart
from s2s.plots.influence import (
    CAVEAT,
    MOST_MODELS,
    Influenced,
    influence_map,
    map_finding,
    share_curve,
    share_finding,
)
from s2s.plots.palette import Palette
from s2s.results import Source
from s2s.text.language import tr
from ui.cached import states as cached_states
from ui.cached.states import Target
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts.export import TakeAway
from ui.views.gradients.states import figure, literal

MODEL = "gradients_influence_model"


def show(
    choices: Sequence[Model], text: Source, target: Target, step: int, palette: Palette,
    take: TakeAway,
) -> None:  # fmt: skip
    """Shares in the final state, with attention in a context vector too; one model's whole map.

    Args:
        choices: one to three models; of more the first three.
        text: the source.
        target: what the models are made to write; None for their own answers.
        step: 0-based output step whose context vector is shown.
        palette: the colours of the visitor's theme.
        take: the page's menu of files.
    """
    target = target or None  # an empty field asks for the model's own answer
    models = _influenced(choices[:MOST_MODELS], text, target, step)
    if not models:
        return
    charts: dict[str, Chart] = {}
    mode = "free-running" if target is None else "teacher-forced"
    for group in _same_tokens(models):
        said = [share_finding(model.result) for model in group]
        # What holds for all of them is said once.
        said = [sentence.removesuffix(CAVEAT) for sentence in said[:-1]] + said[-1:]
        if len(group) > 1:
            for model, sentence in zip(group, said, strict=True):
                st.markdown(f"{model.family.mark} *{plain(model.name)}*: {literal(sentence)}")
        else:
            st.markdown(literal(said[0]))
        name = "shares" if group[0] is models[0] else f"shares-{group[0].name}"
        charts[name] = share_curve(group, palette, mode)
        figure(charts[name], f"gradients-{name}", " ".join(said))
    st.caption(
        tr(
            "The final state is the one vector that a model without attention hands to its "
            "decoder. A share says how strongly the vector would react to a small change of that "
            "input."
        )
    )
    shown = _one(models)
    told = map_finding(shown.result)
    st.markdown(literal(told))
    charts["map"] = influence_map(shown.result, palette)
    figure(charts["map"], "gradients-influence-map", told)
    name = shown.result.model.replace("/", "-")
    take.pictures(charts, f"{name}-influence")
    take.file(
        "numbers", tr("Shares"), f"{name}-shares.csv", lambda: csv_bytes(share_rows(models, mode)),
        tr("Each token's shares, of every model."),
    )  # fmt: skip
    take.file(
        "numbers", tr("Influence"), f"{name}-influence.csv", lambda: csv_bytes(map_rows(shown)),
        tr("The whole map, a row for each cell."),
    )  # fmt: skip


def _influenced(
    choices: Sequence[Model], text: Source, target: Target, step: int
) -> list[Influenced]:
    """The models that can read the sentence; the others say why not."""
    found = []
    for chosen in choices:
        try:
            result = cached_states.influence(chosen.key, text, target)
        except UserError as error:
            st.warning(plain(str(error)))
            continue
        # Each model ends its own answer where it likes.
        last = min(max(step, 0), len(result.output) - 1) if result.output else None
        found.append(Influenced(chosen.variant, plots.family_of(chosen.config), result, last))
    return found


def _same_tokens(models: list[Influenced]) -> list[list[Influenced]]:
    """Models that read the same tokens share a figure."""
    groups: dict[tuple[str, ...], list[Influenced]] = {}
    for model in models:
        groups.setdefault(model.result.source, []).append(model)
    return list(groups.values())


def _one(models: list[Influenced]) -> Influenced:
    """The model whose map is shown."""
    names = [model.name for model in models]
    if len(models) == 1:
        return models[0]
    if st.session_state.get(MODEL) not in names:
        st.session_state[MODEL] = names[0]
    picked = st.segmented_control(
        tr("Map of"), names, key=MODEL, required=True, format_func=plain, wrap=True
    )
    return models[names.index(picked) if picked in names else 0]


def share_rows(models: Sequence[Influenced], mode: str) -> list[dict[str, Any]]:
    """A row for each token of each model."""
    found = []
    for model in models:
        context = model.context()
        for place, token in enumerate(model.result.source):
            row = {"model": model.name, "place": place + 1, "token": token,
                   "share_of_final_state": model.result.share[place]}  # fmt: skip
            if context is not None and model.step is not None:
                row |= {"share_of_context": context[place], "mode": mode,
                        "context_step": model.step + 1,
                        "context_of": model.result.output[model.step]}  # fmt: skip
            found.append(row)
    return found


def map_rows(model: Influenced) -> list[dict[str, Any]]:
    """A row for each cell."""
    tokens = model.result.source
    return [
        {"state_place": t + 1, "state_after": tokens[t], "input_place": s + 1, "input": tokens[s],
         "influence": value}
        for t, line in enumerate(model.result.influence.tolist()) for s, value in enumerate(line)
    ]  # fmt: skip
