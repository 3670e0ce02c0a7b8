"""A training wound back: the figure of all epochs, and what is looked at in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st

from s2s.checkpoints import history as histories
from s2s.errors import UserError
from s2s.plots.families import FAMILIES
from s2s.plots.palette import Palette
from s2s.plots.replay import epochs_of, replay_figure
from s2s.plots.replay_column import written
from s2s.plots.replay_frame import Told
from s2s.plots.state_path import path_figure, together
from s2s.results.replay import Moment, Replay
from s2s.text.language import N_, tr
from s2s.text.vocab import BOS, EOS
from ui import cached
from ui.cached import Key
from ui.cached.shared import drawn, shared_cache
from ui.frame import link
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import scenes
from ui.parts.token_picker import plain_token

MAPS, PATH = N_("Maps and gradients"), N_("Path of the state in 3-D")
MOST_BESIDE = 2
BAR = {"displaylogo": False, "displayModeBar": False}


def told(model: Model, sentence: int | None = None) -> Told | None:
    """What is replayed of a stored model: one of its sentences, or its curves alone.

    Args:
        model: the model.
        sentence: place of the sentence; None for curves alone.
    """
    if model.family is None:
        return None
    return _stored(model.key, model.variant, model.family.name, sentence)


@shared_cache(max_entries=128)
def _stored(key: Key, name: str, family: str, sentence: int | None) -> Told | None:
    """The same object for the same contents, so that a figure is drawn once."""
    try:
        reports = cached.history(key).reports
        found = () if sentence is None else cached.replays(key)
        if sentence is not None:
            reports = histories.replayed(key.path) or reports
    except UserError:
        return None
    if sentence is not None and sentence >= len(found):
        return None
    return Told(name, FAMILIES[family], reports, None if sentence is None else found[sentence])


def of_models(models: Sequence[Model], behind: Sequence[Model], palette: Palette, key: str) -> bool:
    """Replay stored models of one task on a sentence that all of them followed.

    Args:
        models: at most two are drawn; those that kept nothing are left out.
        behind: others of the task, as curves.
        palette: the theme's colours.
        key: unlike that of any other replay in the app.

    Returns:
        Whether there was anything to replay.
    """
    found = [model for model in models if model.kept_epochs and model.replays][:MOST_BESIDE]
    if not found:
        return False
    sources = [one.source for one in found[0].replays]
    shared = [s for s in sources if all(s in [o.source for o in m.replays] for m in found)]
    if not shared:
        found, shared = found[:1], sources
    source = which(shared, key)
    columns = []
    for model in found:
        one = told(model, [o.source for o in model.replays].index(source))
        if one is not None:
            columns.append(one)
    if not columns:
        return False
    back = [told(other) for other in behind if other not in found]
    show(columns, [one for one in back if one and one.reports], found[0].task.score, palette, key)
    again = [m for m in found if (Path(m.entry.path) / histories.REPLAYED).is_file()]
    if again:
        st.caption(
            tr(
                "{models}: a second training with the same settings and seed on another processor, "
                "where sums are added up in another order. Its curves are its own; its last epoch "
                "is not bit for bit the stored model.",
                models=", ".join(plain(model.variant) for model in again),
            )
        )
    return True


def which(sources: Sequence[str], key: str) -> str:
    """The sentence that is followed; drawn as a choice where there are several."""
    if len(sources) < 2:
        return sources[0]
    held = link.one_of(f"{key}_sentence", range(len(sources)), 0)
    place = st.pills(
        tr("Sentence"), range(len(sources)), format_func=lambda i: plain(sources[i]), required=True,
        label_visibility="collapsed", wrap=False, **held,
    )  # fmt: skip
    return sources[place if isinstance(place, int) and 0 <= place < len(sources) else 0]


def show(
    columns: Sequence[Told], behind: Sequence[Told], score: str, palette: Palette, key: str,
    planned: int | None = None,
) -> None:  # fmt: skip
    """The figure with what is chosen in it: map or path, the token, the epoch it opens on."""
    replays = [one.replay for one in columns if one.replay]
    epochs = epochs_of(columns)
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-look"):
        kinds = [MAPS, PATH] if together(columns) and scenes.drawn() else [MAPS]
        kind = MAPS
        if len(kinds) > 1:
            kind = st.segmented_control(
                tr("What to see"), kinds, required=True, label_visibility="collapsed",
                format_func=tr, **link.one_of(f"{key}_kind", kinds, MAPS),
            )  # fmt: skip
        step = 0
        if kind != PATH:
            step = _token(replays, key)
        at = _epoch(epochs, key)
    if kind == PATH:
        shown = together(columns)
        _chart(drawn(_plotly, path_figure, tuple(shown), palette, at), key, epochs, columns)
        if len(shown) < len(columns):
            st.caption(tr("Models with another number of units have no place in the same scene."))
        return
    figure = drawn(
        _plotly, replay_figure, tuple(columns), tuple(behind), step, score, palette, at, planned
    )  # fmt: skip
    _chart(figure, key, epochs, columns)


def _plotly(draw: Callable[..., dict[str, Any]], *given: Any) -> Any:
    """A figure as Plotly's own object: Streamlit checks a dictionary anew at every run (0.5 s)."""
    import plotly.graph_objects

    return plotly.graph_objects.Figure(**draw(*given), _validate=False)


def _chart(figure: Any, key: str, epochs: Sequence[int], columns: Sequence[Told]) -> None:
    names = ", ".join(one.name for one in columns)
    with st.container(key=f"scroll-{key}-figure"):
        st.plotly_chart(
            figure, theme=None, width="stretch", key=f"{key}-figure", config=BAR,
            alt=tr("{models}: epochs {first} to {last}, with a slider and a Play button",
                   models=names, first=epochs[0], last=epochs[-1]),
        )  # fmt: skip


def _epoch(epochs: Sequence[int], key: str) -> int:
    """The epoch that the figure opens on: by the keys Left and Right, and in the address."""
    name = f"{key}_epoch"
    asked = link.view().get(name, "")
    place = next((i for i, epoch in enumerate(epochs) if str(epoch) == asked), len(epochs) - 1)

    def move(by: int) -> None:
        to = epochs[min(max(place + by, 0), len(epochs) - 1)]
        link.show(**{name: None if to == epochs[-1] else str(to)})

    for label, by, icon in (
        (tr("Back"), -1, ":material/chevron_left:"),
        (tr("On"), 1, ":material/chevron_right:"),
    ):
        st.button(
            label, icon=icon, key=f"{key}-step-{'on' if by > 0 else 'back'}", on_click=move,
            args=(by,), help=tr("One epoch"), disabled=not 0 <= place + by < len(epochs),
        )  # fmt: skip
    return epochs[place]


def _token(replays: Sequence[Replay], key: str) -> int:
    """The output token whose gradients are drawn, of the first model's last answer."""
    output = replays[0].moments[-1].output
    best = max(
        (t for t in range(len(output)) if output[t] != EOS), default=0,
        key=lambda t: len(output[t]),
    )  # fmt: skip
    held = link.one_of(f"{key}_token", range(len(output)), best)
    step = st.selectbox(
        tr("Gradients of"), range(len(output)), width=170, label_visibility="collapsed",
        format_func=lambda t: f"{t + 1} · {plain_token(output[t])}", **held,
    )  # fmt: skip
    return step if isinstance(step, int) else best


def is_right(one: Replay, moment: Moment) -> bool:
    """Whether a sentence was written as it should be; blanks do not count."""
    bare = "".join(token for token in moment.output if token not in (BOS, EOS))
    return bare.replace(" ", "") == one.reference.replace(" ", "")


def sentences(replays: Sequence[Replay]) -> None:
    """What the watched sentences are after the last epoch."""
    rows = []
    for one in replays:
        last = one.moments[-1]
        rows.append({
            tr("source"): plain(one.source), tr("writes"): plain(written(one, last)),
            "": "✓" if is_right(one, last) else "✗", tr("should be"): plain(one.reference),
        })  # fmt: skip
    frame = pd.DataFrame(rows).set_index(tr("source"))
    st.table(frame, border="horizontal", alt=tr("Watched sentences"))
