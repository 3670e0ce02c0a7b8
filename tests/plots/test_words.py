"""Colours, labels, numbers in print and the sentence above a picture."""

import json

import numpy as np
import pytest
from traces import WEIGHTS, make_trace

from s2s.findings.readout import readout
from s2s.plots import DARK, LIGHT, PALETTES
from s2s.plots.labels import fit, text_width
from s2s.plots.palette import contrast, luminance, on_colour, scale_colour
from s2s.text.numbers import number, ordinal, percent, places

FINE = np.linspace(0, 1, 501)
BOTH = pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])

# Colours


def test_contrast_is_the_one_of_wcag():
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.478, abs=0.001)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")


@BOTH
def test_text_on_a_coloured_cell_is_always_readable(palette):
    for scale in (palette.attention_scale, palette.gradient_scale, palette.signed_scale):
        for value in FINE:
            colour = scale_colour(scale, value)
            assert contrast(on_colour(colour), colour) >= 4.5
            assert on_colour(colour) in ("#000000", "#FFFFFF")


@BOTH
def test_lightness_runs_one_way(palette):
    for scale in (palette.attention_scale, palette.gradient_scale):
        steps = np.diff([luminance(scale_colour(scale, value)) for value in FINE])
        downwards = palette is LIGHT
        # Neighbouring values may round to the same eight bits, never past each other.
        assert np.all(steps <= 1e-3) if downwards else np.all(steps >= -1e-3)
        assert np.all(np.diff([luminance(colour) for colour in scale]) < 0) == downwards


@BOTH
def test_colours_reach_the_contrast_of_their_role(palette):
    page = palette.background
    for name in ("text", "muted", "unwritten", "attention", "plain", "peeky", "gradient", "edit"):
        assert contrast(getattr(palette, name), page) >= 4.5, name
    assert contrast(palette.bar, page) >= 3
    assert contrast(palette.edit, palette.edit_surface) >= 4.5


def test_scales_have_their_colours_where_they_belong():
    scale = LIGHT.attention_scale
    assert [scale_colour(scale, i / 5) for i in range(6)] == list(scale)
    assert scale_colour(("#000000", "#FFFFFF"), 0.5) == "#808080"
    assert (scale_colour(scale, -1), scale_colour(scale, 2)) == (scale[0], scale[-1])
    assert len(LIGHT.signed_scale) == 7 and scale_colour(LIGHT.signed_scale, 0.5) == "#F5F6F8"


def test_palettes_travel_as_json():
    assert PALETTES == {"light": LIGHT, "dark": DARK}
    table = json.loads(json.dumps(DARK.to_dict()))
    assert table["edit"] == "#FF7AA2"
    assert table["attention_scale"] == list(DARK.attention_scale)


# Labels


def test_fit_cuts_only_what_is_too_wide():
    assert fit("tonight", 160, 14) == "tonight"
    cut = fit("w" * 200, 160, 14)
    assert cut.endswith("…") and 100 < text_width(cut, 14) <= 160
    assert fit("안녕하세요" * 20, 50, 14) == "안녕…"


def test_places_number_only_what_is_repeated():
    assert places(["le", "chat", "le"]) == [" (1st)", "", " (3rd)"]
    words = [ordinal(n) for n in (2, 11, 12, 13, 21, 22, 111, 112)]
    assert words == ["2nd", "11th", "12th", "13th", "21st", "22nd", "111th", "112th"]


# Numbers


@pytest.mark.parametrize(
    ("share", "expected"),
    [
        (0.0, "0 %"),
        (-1e-9, "0 %"),
        (1e-9, "< 0.1 %"),
        (0.00049, "< 0.1 %"),
        (0.0005, "0.1 %"),
        (0.003, "0.3 %"),
        (0.012, "1.2 %"),
        (0.02, "2.0 %"),
        (0.0994, "9.9 %"),
        (0.0996, "10 %"),
        (0.12, "12 %"),
        (0.85, "85 %"),
        (0.99, "99 %"),
        (0.994, "99 %"),
        (0.996, "99.6 %"),
        (0.9994, "99.9 %"),
        (0.9996, "> 99.9 %"),
        (1 - 1e-9, "> 99.9 %"),
        (1.0, "100 %"),
        (1.0000001, "100 %"),
    ],
)
def test_percent(share, expected):
    assert percent(share) == expected.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("value", "digits", "expected"),
    [
        (8407, 0, "8\u202f407"),
        (1234567, 0, "1\u202f234\u202f567"),
        (999, 0, "999"),
        (0.583, 2, "0.58"),
        (-0.25, 2, "−0.25"),
        (-0.001, 2, "0.00"),
        (-0.0, 2, "0.00"),
        (-1234.5, 1, "−1\u202f234.5"),
    ],
)
def test_number(value, digits, expected):
    assert number(value, digits) == expected


# The readout


def said(trace, step, **options):
    return readout(trace, step, **options).text().replace("\u00a0", " ")


def at_step_0(row, source, **more):
    """A trace of one step with these weights."""
    weights = np.array([row], dtype=float)
    return make_trace(source, ("x",), weights, (0.5,), **{"stopped": "length", **more})


def test_readout_with_attention():
    assert said(make_trace(), 4) == (
        "Writes tonight (85 %) while 58 % of its attention is on soir, 30 % on ce."
    )
    assert said(make_trace(), 3) == "Writes tired (90 %) while 80 % of its attention is on fatigue."


def test_readout_parts_carry_kinds_and_weights():
    parts = readout(make_trace(), 4).parts
    assert [(part.text, part.kind, part.weight) for part in parts if part.kind != "plain"] == [
        ("tonight", "token", 0.85),
        ("soir", "attended", 0.58),
        ("ce", "attended", 0.30),
    ]
    assert all(part.weight is None for part in parts if part.kind == "plain")
    assert "".join(part.text for part in parts) == readout(make_trace(), 4).text()


def test_readout_without_attention():
    trace = make_trace(weights=None)
    assert said(trace, 3) == (
        "Writes tired (90 %) from one fixed vector: this model cannot look back."
    )
    assert said(trace, 3, peeky=True) == (
        "Writes tired (90 %) from one fixed vector that it sees at every step: "
        "this model cannot look back."
    )


def test_readout_at_the_end():
    assert said(make_trace(), 6) == (
        "Ends the sentence (<eos>, 93 %) while 69 % of its attention is on <eos>, 22 % on «.»."
    )
    assert said(make_trace(weights=None), 6) == (
        "Ends the sentence (<eos>, 93 %) from one fixed vector: this model cannot look back."
    )
    # Stopped by the limit: the last token is a token like any other.
    assert said(make_trace(stopped="length"), 6).startswith("Writes <eos> (93 %) while")


def test_readout_of_a_forced_token():
    trace = make_trace(sure=(0.02,) * 7, forced=tuple(range(7)))
    assert said(trace, 3) == (
        "Was made to write tired (its own probability: 2.0 %) "
        "while 80 % of its attention is on fatigue."
    )
    assert said(trace, 6).startswith(
        "Was made to end the sentence (<eos>, its own probability: 2.0 %) while 69 %"
    )
    assert said(make_trace(forced=(0, 1, 2)), 3).startswith("Writes tired (90 %)")


def test_readout_names_three_tokens_at_most_and_repeated_ones_by_place():
    trace = at_step_0([0.2, 0.25, 0.2, 0.2, 0.15], ("le", "chat", "le", "a", "b"))
    assert said(trace, 0) == (
        "Writes x (50 %) while 25 % of its attention is on chat, "
        "20 % on le (1st), 20 % on le (3rd)."
    )


def test_readout_leaves_out_tokens_below_five_per_cent():
    trace = at_step_0([0.6, *[0.04] * 10], tuple("abcdefghijk"))
    assert said(trace, 0) == "Writes x (50 %) while 60 % of its attention is on a."


def test_readout_of_attention_on_nothing_in_particular():
    trace = at_step_0([0.025] * 40, ("a",) * 40)
    assert said(trace, 0) == (
        "Writes x (50 %) while at most 2.5 % of its attention is on any one source token."
    )


def test_readout_mentions_empty_slots_from_five_per_cent():
    trace = make_trace(weights=WEIGHTS * 0.7, empty_attention=np.full(7, 0.3))
    assert said(trace, 4) == (
        "Writes tonight (85 %) while 41 % of its attention is on soir, 30 % on empty slots."
    )
    trace = make_trace(weights=WEIGHTS * 0.96, empty_attention=np.full(7, 0.04))
    assert "empty" not in said(trace, 4)


def test_readout_of_edited_weights():
    trace = make_trace(attended=(3,))
    assert said(trace, 3).endswith("while 80 % of its attention was put on fatigue.")
    assert "is on" in said(trace, 4)


def test_readout_shows_tokens_as_text():
    parts = readout(at_step_0([1.0], ("<b> x",)), 0).parts
    assert parts[-2].text == "<b>␣x"  # text, not mark-up: whoever shows it escapes it
    parts = readout(at_step_0([1.0], ("w" * 200,)), 0).parts
    assert parts[-2].text == "w" * 29 + "…"


def test_readout_refuses_a_step_that_does_not_exist():
    with pytest.raises(ValueError, match="step 7 of a trace with 7 steps"):
        readout(make_trace(), 7)
