"""The step view as text: its script, its sheet, and one HTML file that works without a network.

In ``view/`` lie plain ES modules and style sheets; ``streamlit.js`` binds the view to Streamlit and
``style.css`` tells the order of the sheets. Nothing is built by hand or loaded from elsewhere.
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

from s2s.export.step_view.bundle import join_modules, join_styles

FOLDER = Path(__file__).resolve().parent
VIEW = FOLDER / "view"
FRAME = (
    '<iframe srcdoc="{page}" style="width: 100%; height: {height}px; border: 0" '
    'sandbox="allow-scripts" title="{title}"></iframe>'
)


def script() -> str:
    """The step view's JavaScript as a plain script that declares ``mountStepper``."""
    return '"use strict";\n\n' + join_modules(VIEW / "stepper.js")


def style() -> str:
    """The step view's CSS."""
    return join_styles(VIEW / "style.css")


def standalone(data: dict[str, Any], title: str) -> str:
    """One HTML file that holds the step view and its data, and works without a network."""
    # "</" would end the script element; JSON may write it with an escaped slash.
    payload = json.dumps(data, ensure_ascii=False).replace("</", "<\\/").replace("<!--", "<\\!--")
    template = (FOLDER / "standalone.html").read_text("utf-8")
    for mark, text in (
        ("{{language}}", data["language"]),
        ("{{title}}", title.replace("&", "&amp;").replace("<", "&lt;")),
        ("{{style}}", style()),
        ("{{script}}", script()),
        ("{{data}}", payload),
    ):
        template = template.replace(mark, text, 1)
    return template


def framed(data: dict[str, Any], title: str, height: int = 640) -> str:
    """The same for a notebook: in a frame of its own, which can neither ask nor change the page."""
    page = html.escape(standalone(data, title), quote=True)
    return FRAME.format(page=page, height=height, title=html.escape(title, quote=True))
