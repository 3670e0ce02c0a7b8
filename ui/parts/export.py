"""Taking it away: CSV, JSON, one HTML file, a link."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from s2s import plots
from s2s.export import tables
from s2s.export.as_json import trace_json
from s2s.results import Trace
from ui.frame.choice import link_to
from ui.frame.link import view
from ui.frame.model import Model
from ui.frame.theme import palette
from ui.stepper import standalone


def button(
    label: str, make: Callable[[], bytes], name: str, mime: str, icon: str, help: str | None = None
) -> None:
    """A download whose file is made when it is asked for.

    Args:
        label: on the button.
        make: gives the file.
        name: of the file; unlike any other on the page.
        mime: its type.
        icon: before the label.
        help: on hover.
    """
    st.download_button(
        label, make, file_name=name, mime=mime, icon=icon, help=help, on_click="ignore",
        key=f"take-{name}",
    )  # fmt: skip


def pictures(chart: plots.Chart, name: str, help: str | None = None) -> None:
    """A figure as PNG and as SVG; `name` is that of the files without their ending."""
    for kind, mime in (("png", "image/png"), ("svg", "image/svg+xml")):
        make = partial(plots.figure_bytes, chart, kind)
        button(kind.upper(), make, f"{name}.{kind}", mime, ":material/image:", help)


def row(chosen: Model, text: str, trace: Trace, step: int, data: dict[str, Any]) -> None:
    """The buttons under a page's figures. Files are made when they are asked for."""
    name = trace.model.replace("/", "-")
    with st.container(horizontal=True, key="take-away"):
        button(
            "CSV",
            lambda: tables.csv_bytes(tables.steps(trace)),
            f"{name}.csv",
            "text/csv",
            ":material/download:",
            "Every step with its candidates and attention weights.",
        )
        button(
            "JSON",
            lambda: json.dumps(trace_json(trace), ensure_ascii=False).encode(),
            f"{name}.json",
            "application/json",
            ":material/data_object:",
            "What `python -m s2s translate --json` prints.",
        )
        button(
            "HTML",
            # A file has no other pages beside it.
            lambda: standalone(data | {"links": []}, f"{trace.model}: {text}").encode(),
            f"{name}.html",
            "text/html",
            ":material/captive_portal:",
            "The step view in one file that works without a network. "
            "As a picture: *Save picture* under the step view.",
        )
        if trace.attention is not None:
            pictures(
                plots.attention_map(trace, palette(), step),
                name,
                "The whole map as a picture. *Save picture* under the step view saves that one.",
            )
        copy_link(chosen, text)


def copy_link(chosen: Model, text: str) -> None:
    """A button with the address of what is shown."""
    with st.popover("Copy link", icon=":material/link:"):
        st.caption(
            "This address restores what you see: model, sentence, edits, step and everything "
            "chosen here. Full screen is left out: a browser opens it for a press alone."
        )
        st.code(address(chosen, text), language=None, wrap_lines=True)


def address(chosen: Model, text: str) -> str:
    """The whole view as one address, defaults included."""
    known = link_to(chosen.task.name, chosen.variant, text)
    return f"{(st.context.url or '').split('?')[0]}?{urlencode(known | view() | known)}"
