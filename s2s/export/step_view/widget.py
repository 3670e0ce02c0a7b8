"""The step view in a notebook: a live widget where anywidget is installed, else a frame."""

from __future__ import annotations

from functools import cache
from typing import Any

from s2s.export.step_view import VIEW, framed, style
from s2s.export.step_view.bundle import join_modules


class Frame:
    """The step view in a frame of its own, which needs no widgets."""

    def __init__(self, page: str):
        self.page = page

    def _repr_html_(self) -> str:
        """The frame."""
        return self.page


@cache
def _kind() -> Any:
    """The class of the widget; None where anywidget is not installed."""
    try:
        import anywidget
        import traitlets
    except ImportError:
        return None

    class StepView(anywidget.AnyWidget):
        """The step view. `step` is the 0-based step that is shown; setting it shows another."""

        _esm = join_modules(VIEW / "widget.js")
        _css = style()
        data = traitlets.Dict().tag(sync=True)
        step = traitlets.Int(0).tag(sync=True)

    return StepView


def step_view(data: dict[str, Any], title: str) -> Any:
    """The step view as something that a notebook shows.

    Args:
        data: from `s2s.plots.step_data`.
        title: the frame's name for who does not see it.

    Returns:
        An anywidget with `data` and `step`, where ``pip install -e .[notebook]`` was done; else a
        frame that shows the same and tells nothing.
    """
    kind = _kind()
    if kind is None:
        return Frame(framed(data, title))
    return kind(data=data, step=data["step"])
