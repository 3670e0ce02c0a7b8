"""The step view: decoding that is stepped through in the browser, without asking the server.

Its modules and sheets are those of `s2s.export.step_view`, bound to Streamlit.

How it travels. A component whose script is given as text sends it again with every rerun (130 kB).
Streamlit serves a component's files at an address of their own if an installed package names a
folder for them; here nothing is installed, so `_component` gives Streamlit's component manager the
same description of a package by hand. The folder is a private temporary one that holds the joined
script and sheet: two requests instead of one for each module. Their names carry a hash, so that no
cache mixes versions. The address, base path included, is Streamlit's affair. The binding waits for
the sheet before anything is measured. The page on disk holds the same joined text.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import streamlit as st
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager
from streamlit.components.v2.manifest_scanner import ComponentConfig, ComponentManifest

from s2s.export.step_view import VIEW, style
from s2s.export.step_view.bundle import join_modules

NAME = "s2s.step_view"


def _hashed(text: str, kind: str) -> str:
    return f"step-view-{hashlib.sha256(text.encode()).hexdigest()[:12]}.{kind}"


_SCRIPT, _STYLE = join_modules(VIEW / "streamlit.js"), style()
_FILES = {_hashed(_SCRIPT, "js"): _SCRIPT, _hashed(_STYLE, "css"): _STYLE}
# Removed when the process ends.
_served = TemporaryDirectory(prefix="s2s-step-view-")
_lock = threading.Lock()


def _fill(folder: Path) -> None:
    """The files in their place: a system may clear old temporary ones under a long-lived server."""
    for name, text in _FILES.items():
        if not (folder / name).is_file():
            folder.mkdir(mode=0o700, exist_ok=True)
            (folder / name).write_text(text, "utf-8")


def _component() -> Callable[..., Any]:
    """The component, with its files in their place and known to the Streamlit that runs now."""
    manager, folder = get_bidi_component_manager(), Path(_served.name)
    with _lock:
        _fill(folder)
        if manager.get_component_path(NAME) is None:
            package, component = NAME.split(".")
            parts = [ComponentConfig(component, asset_dir=".")]
            manager.register_from_manifest(ComponentManifest(package, "0", parts), folder)
    js, css = _FILES
    return st.components.v2.component(NAME, html="<div class='step-view'></div>", css=css, js=js)


def step_view(
    data: dict[str, Any],
    key: str,
    on_step: Callable[[], None],
    on_hide: Callable[[], None],
    on_edit: Callable[[], None],
) -> None:
    """Show the step view.

    Args:
        data: from `s2s.plots.step_data`.
        key: what is told is in ``st.session_state[key]``: ``step`` is {"id", "step"}, ``hide``
            {"hidden"}, ``edit`` the edit just asked for.
        on_step: called some time after the visitor came to rest on a step.
        on_hide: called when the visitor hides what is not written yet, or shows it again.
        on_edit: called when the visitor asks for an edit.
    """
    _component()(
        key=key,
        data=data,
        on_step_change=on_step,
        on_hide_change=on_hide,
        on_edit_change=on_edit,
        height="content",
    )


def small_view(data: dict[str, Any], key: str) -> None:
    """Show a step view that tells nothing and edits nothing.

    Args:
        data: from `s2s.plots.step_data`, of a map alone, or with ``small``: {"rest": 0-based step
            at which playing ends, "below": px of the window that what follows needs, "own": address
            for a sentence of one's own, "label": what that link says instead, "beside": whether it
            stands in a column beside what it is chosen from, whole in the window and without
            headings}.
        key: unlike that of any other component.
    """
    _component()(key=key, data=data, height="content")
