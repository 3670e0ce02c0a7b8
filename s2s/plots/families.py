"""The three families of models and how each looks: never by colour alone."""

from __future__ import annotations

from dataclasses import dataclass

from s2s.config import ModelConfig
from s2s.plots.palette import Palette
from s2s.text.language import N_


@dataclass(frozen=True)
class Family:
    """How the models of one family are shown.

    Attributes:
        name: "attention", "peeky" or "plain"; also the name of its colour in a `Palette`.
        mark: the character beside a model's name.
        shape: the same as a Vega symbol.
        dash: of its lines; empty is solid.
        words: what sets it apart, from the catalogue.
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
        Family("attention", "●", "circle", (), N_("attention")),
        Family("peeky", "◆", "diamond", (6, 3), N_("peeky: its one vector at every step")),
        Family("plain", "■", "square", (2, 3), N_("plain: its one vector once")),
    )
}


def family_of(model: ModelConfig) -> Family:
    """The family of a model, by its configuration."""
    if model.has_attention:
        return FAMILIES["attention"]
    return FAMILIES["peeky" if model.peeky != "none" else "plain"]
