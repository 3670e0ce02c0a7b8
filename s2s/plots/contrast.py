"""Why this token and not that one, over the source tokens, beside where the step looked."""

from __future__ import annotations

from s2s.plots.agreement import NAMES
from s2s.plots.base import Chart
from s2s.plots.palette import LIGHT, Palette
from s2s.plots.strips import Strip, strips
from s2s.results.contrast import Contrast
from s2s.text import label
from s2s.text.language import tr


def contrast_strips(found: Contrast, palette: Palette = LIGHT, width: int = 1000) -> Chart:
    """A row per method, each to its own largest size; the sign says for which token it speaks.

    Args:
        found: the numbers.
        palette: the theme's colours.
        width: px, for a figure outside a page; a page stretches it.
    """
    # Blue is attention's: what speaks for the chosen token is at the other end of the signed scale.
    signed = palette.signed_scale
    rows = [
        Strip(tr(NAMES[name]), getattr(found, name), palette.attention_scale)
        if name == "attention"
        else Strip(tr(NAMES[name]), getattr(found, name), signed, signed=True)
        for name in found.ways
    ]
    title = tr(
        "Rose speaks for {chosen}, blue for {other} (each row to its own largest size)",
        chosen=f"“{label(found.chosen, 24)}”", other=f"“{label(found.other, 24)}”",
    )  # fmt: skip
    return Chart(strips(found.source, rows, title, palette, width))
