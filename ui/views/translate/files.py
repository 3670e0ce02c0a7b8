"""What the Translate page gives away of one answer."""

from __future__ import annotations

from functools import partial
from typing import Any

from s2s import plots
from s2s.export import tables
from s2s.export.as_json import json_bytes, trace_json
from s2s.export.step_view import standalone
from s2s.plots.palette import Palette
from s2s.results import Trace
from s2s.text.language import tr
from ui.cached.shared import drawn
from ui.frame import link, present
from ui.parts.export import TakeAway


def offer(
    take: TakeAway, trace: Trace, step: int, data: dict[str, Any],
    verdicts: list[dict[str, Any]], palette: Palette,
) -> None:  # fmt: skip
    """Add the map, the numbers and the step view as one file.

    Args:
        take: the page's menu.
        trace: the answer.
        step: 0-based, outlined in the map.
        data: of the step view.
        verdicts: on the attention of each step; nothing where none were computed.
        palette: the colours of the visitor's theme.
    """
    name = trace.model.replace("/", "-")
    if trace.attention is not None:
        draw = partial(drawn, plots.attention_map, trace, palette, step)
        take.picture(tr("The whole map"), draw, name)
    take.file(
        "numbers", tr("Every step"), f"{name}.csv",
        lambda: tables.csv_bytes(tables.steps(trace)),
        tr("Every step with its candidates and attention weights."),
    )  # fmt: skip
    take.file(
        "numbers", tr("Every step"), f"{name}.json",
        lambda: json_bytes(trace_json(trace)),
        tr("What `python -m s2s translate --json` prints."),
    )  # fmt: skip
    full = present.FULL in link.view()
    title = f"{trace.model}: {trace.reading.text}"
    take.file(
        "page", tr("The step view"), f"{name}.html",
        # A file has no other pages beside it.
        lambda: standalone(
            data | {"links": [], "full": full, "verdicts": verdicts}, title
        ).encode(),
        tr("The step view in one file that works without a network. As a picture: *Save picture* "
        "under the step view."),
    )  # fmt: skip
