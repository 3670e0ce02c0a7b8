"""The three families of models and how each looks: never by colour alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from s2s.plots.palette import Palette


@dataclass(frozen=True)
class Family:
    """How the models of one family are shown.

    Attributes:
        name: "attention", "peeky" or "plain"; also the name of its colour in a `Palette`.
        mark: the character beside a model's name.
        shape: the same as a Vega symbol.
        dash: of its lines; empty is solid.
        words: what sets it apart.
    """

    name: str
    mark: str
    shape: str
    dash: tuple[int, ...]
    words: str

    def colour(self, palette: Palette) -> str:
        """Its colour in a theme."""
        return str(getattr(palette, self.name))


FAMILIES = {
    family.name: family
    for family in (
        Family("attention", "●", "circle", (), "attention"),
        Family("peeky", "◆", "diamond", (6, 3), "peeky: its one vector at every step"),
        Family("plain", "■", "square", (2, 3), "plain: its one vector once"),
    )
}


def family_of(model: Mapping[str, Any]) -> Family:
    """The family of a model.

    Args:
        model: its configuration, as it stands in config.json.
    """
    if model.get("attention", "none") != "none":
        return FAMILIES["attention"]
    return FAMILIES["peeky" if model.get("peeky", "none") != "none" else "plain"]
