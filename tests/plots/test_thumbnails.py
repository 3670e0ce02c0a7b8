"""Small pictures of results: well-formed, true to the numbers, tokens as text."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from traces import HOSTILE, WEIGHTS, make_trace, square_trace

from s2s.plots import FAMILIES, thumbnails
from s2s.plots.palette import DARK, LIGHT, PALETTES, scale_colour

SVG = "{http://www.w3.org/2000/svg}"


def parts(picture: str, kind: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(picture).iter(f"{SVG}{kind}"))


@pytest.mark.parametrize("palette", PALETTES.values(), ids=PALETTES)
def test_a_step_shows_the_tokens_that_it_looked_at(palette):
    picture = thumbnails.step_picture(make_trace(), 3, palette)
    texts = [element.text for element in parts(picture, "text")]
    assert {"tired", "fatigue"} <= set(texts)
    fills = {rect.get("fill") for rect in parts(picture, "rect")}
    assert scale_colour(palette.attention_scale, WEIGHTS[3, 3]) in fills
    # Ink around the written token, dashes around the next one.
    edges = [rect.get("stroke") for rect in parts(picture, "rect")]
    assert edges.count(palette.text) == 1
    assert any(rect.get("stroke-dasharray") for rect in parts(picture, "rect"))


def test_tokens_are_text():
    for step in range(len(HOSTILE)):
        picture = thumbnails.step_picture(square_trace(HOSTILE), step)
        assert not parts(picture, "img") and not parts(picture, "b")
    picture = thumbnails.two_rows_picture(HOSTILE, np.eye(len(HOSTILE))[2], np.ones(len(HOSTILE)))
    assert len(parts(picture, "text")) == len(HOSTILE)


def test_without_attention_there_is_no_step_but_a_vector():
    vector = np.linspace(-1, 1, 40)
    trace = make_trace(
        weights=None, initial_state=vector, encoder_states=np.zeros((8, 40)),
        decoder_states=np.zeros((7, 40)),
    )  # fmt: skip
    with pytest.raises(ValueError, match="no weights"):
        thumbnails.step_picture(trace, 0)
    fills = [rect.get("fill") for rect in parts(thumbnails.bottleneck_picture(trace), "rect")]
    assert scale_colour(LIGHT.signed_scale, 0.0) in fills, "the lowest of the units that are drawn"


def test_two_rows_are_drawn_on_their_own_scales():
    looked, mattered = np.array([0.1, 0.9, 0.0]), np.array([2.0, 1.0, 4.0])
    picture = thumbnails.two_rows_picture(("a", "b", "c"), looked, mattered, DARK)
    fills = [rect.get("fill") for rect in parts(picture, "rect")]
    assert fills[::2] == [scale_colour(DARK.attention_scale, value) for value in looked]
    assert fills[1::2] == [scale_colour(DARK.gradient_scale, value / 4) for value in mattered]
    thick = [text.text for text in parts(picture, "text") if text.get("font-weight") == "700"]
    assert thick == ["b"], "the one that was looked at most"


def test_a_better_score_stands_higher():
    picture = thumbnails.learning_picture(
        {FAMILIES["attention"]: [10.0, 90.0], FAMILIES["plain"]: [10.0, 20.0]}
    )
    heights = {text.text: float(text.get("y")) for text in parts(picture, "text")}
    assert heights["●"] < heights["■"]


def test_files_stand_with_what_they_hold():
    picture = thumbnails.files_picture({"a<b.pt": 3_140_000, "words.json": 7148})
    told = [text.text for text in parts(picture, "text")]
    assert told == ["a<b.pt", "3.1 M", "words.json", "7\u202f148"]
