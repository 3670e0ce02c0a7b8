"""The step view: decoding that is stepped through in the browser, without asking the server.

One Streamlit component. Its script is the .js files beside this one in the order of their names,
its style the .css files; nothing is built and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st

FOLDER = Path(__file__).resolve().parent
# The last file only binds the view to Streamlit; a page on disk does without it.
BINDING = "99_streamlit.js"


def script(binding: bool) -> str:
    """The step view's JavaScript, with or without the binding to Streamlit."""
    files = sorted(FOLDER.glob("*.js"))
    return "\n".join(f.read_text("utf-8") for f in files if binding or f.name != BINDING)


def style() -> str:
    """The step view's CSS."""
    return "\n".join(file.read_text("utf-8") for file in sorted(FOLDER.glob("*.css")))


_component = st.components.v2.component(
    "s2s_step_view", html="<div class='step-view'></div>", css=style(), js=script(binding=True)
)


def step_view(
    data: dict[str, Any],
    key: str,
    on_step: Callable[[], None],
    on_edit: Callable[[], None],
) -> None:
    """Show the step view.

    Args:
        data: from `s2s.plots.step_data`.
        key: its state is ``st.session_state[key]``: ``step`` is {"id", "step"}, ``edit`` the edit
            just asked for.
        on_step: called some time after the visitor came to rest on a step.
        on_edit: called when the visitor asks for an edit.
    """
    _component(
        key=key,
        data=data,
        on_step_change=on_step,
        on_edit_change=on_edit,
        height="content",
    )


def standalone(data: dict[str, Any], title: str) -> str:
    """One HTML file that holds the step view and its data, and works without a network."""
    # "</" would end the script element; JSON may write it with an escaped slash.
    payload = json.dumps(data, ensure_ascii=False).replace("</", "<\\/").replace("<!--", "<\\!--")
    template = (FOLDER / "standalone.html").read_text("utf-8")
    for mark, text in (
        ("{{title}}", title.replace("&", "&amp;").replace("<", "&lt;")),
        ("{{style}}", style()),
        ("{{script}}", script(binding=False)),
        ("{{data}}", payload),
    ):
        template = template.replace(mark, text, 1)
    return template
