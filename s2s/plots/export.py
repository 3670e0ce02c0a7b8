"""A figure as a file, drawn here: no browser, no network."""

from __future__ import annotations

from s2s.plots.base import Chart

SCALE = 2
"""PNG pixels per px, so that a slide or a print stays sharp."""


def figure_bytes(chart: Chart, kind: str) -> bytes:
    """A figure as PNG or SVG, on the colour of the page it was made for.

    A PNG is drawn with the fonts of this machine (Hangul needs one that has it); an SVG names its
    fonts and is drawn where it is opened.

    Args:
        chart: any figure of `s2s.plots`.
        kind: ``"png"`` or ``"svg"``.

    Raises:
        ValueError: another kind.
    """
    import vl_convert

    spec = {**chart, "background": chart["usermeta"]["page"]}
    # No addresses are allowed, so that nothing in a figure can make the server fetch one.
    if kind == "png":
        return vl_convert.vegalite_to_png(spec, scale=SCALE, allowed_base_urls=[])
    if kind == "svg":
        return vl_convert.vegalite_to_svg(spec, allowed_base_urls=[]).encode()
    raise ValueError(f'a figure is "png" or "svg", not {kind!r}')
