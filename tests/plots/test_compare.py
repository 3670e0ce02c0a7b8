"""Do the figures of a comparison show it? Specifications are read as data; no browser."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from traces import HOSTILE, make_trace

from s2s.evaluation.compare import align
from s2s.plots import DARK, FAMILIES, LIGHT, figure_bytes
from s2s.plots.answer_lanes import lanes_chart
from s2s.plots.attention_difference import attention_difference, same_grid
from s2s.results.comparison import Comparison

BOTH = [FAMILIES["attention"], FAMILIES["plain"]]


def compared(*traces):
    columns = align([trace.output for trace in traces])
    return Comparison("fra-eng", "x", traces, traces, columns, 0.5)


def answer(*output, sure=None, **more):
    steps = len(output)
    weights = np.full((steps, 2), 0.5)
    return make_trace(("a", "b"), output, weights, sure or (0.95,) * steps, **more)


def rows(chart):
    return chart["layer"][0]["data"]["values"]


def test_lanes_hold_every_token_and_its_probability():
    first, other = answer("i", "m", "tired", "."), answer("i", "am", ".", sure=(0.99, 0.4, 0.8))
    chart = lanes_chart(compared(first, other), ["one", "two"], BOTH, LIGHT)
    lanes = [[r["token"] for r in rows(chart) if r["lane"] == m] for m in (0, 1)]
    assert [t for t in lanes[0] if t] == ["i", "m", "tired", "."]
    assert [t for t in lanes[1] if t] == ["i", "am", "."]
    assert len(lanes[0]) == len(lanes[1]) and lanes[1].count(None) == 1
    sure = [r["probability"] for r in rows(chart) if r["lane"] == 1 and r["token"]]
    assert sure == [0.99, 0.4, 0.8]
    different = {r["column"] for r in rows(chart) if r["differs"]}
    assert different == {c for c, (a, b) in enumerate(zip(*lanes, strict=True)) if a != b}


def test_only_low_probabilities_and_differences_are_written_out():
    chart = lanes_chart(
        compared(answer("a", "b", sure=(0.99, 0.5)), answer("a", "c", sure=(0.91, 0.97))),
        ["one", "two"], BOTH, LIGHT,
    )  # fmt: skip
    low = {(r["lane"], r["column"]): r["low"] for r in rows(chart)}
    assert low[0, 0] == low[1, 0] == ""
    assert low[0, 1].startswith("50") and low[1, 1].startswith("97")


def test_long_answers_make_a_wider_figure_and_no_narrower_columns():
    short = lanes_chart(compared(answer(*"ab"), answer(*"ab")), ["one", "two"], BOTH, LIGHT)
    long = lanes_chart(
        compared(answer(*"abcd" * 15), answer(*"abcd" * 15)), ["one", "two"], BOTH, LIGHT
    )
    assert long["width"] / 60 >= 30 and short["width"] < 960


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_hostile_tokens_are_text(palette):
    made = compared(answer(*HOSTILE), answer(*reversed(HOSTILE)))
    text = figure_bytes(lanes_chart(made, ["<b>x</b>", "two"], BOTH, palette), "svg").decode()
    assert "<img" not in text and "<b>" not in text


def test_difference_is_the_second_less_the_first():
    first = make_trace()
    other = replace(first, attention=np.roll(first.attention, 1, axis=1))
    chart = attention_difference(first, other, "one", "two", LIGHT)
    values = [row["value"] for row in rows(chart)]
    assert values == pytest.approx((other.attention - first.attention).ravel().tolist())
    places = {row["value"]: row["place"] for row in rows(chart)}
    assert all(place == pytest.approx((value + 1) / 2) for value, place in places.items())


def test_different_tokens_have_no_difference():
    first, other = make_trace(), answer("x")
    assert not same_grid(first, other)
    with pytest.raises(ValueError, match="same tokens"):
        attention_difference(first, other, "one", "two", LIGHT)
    with pytest.raises(ValueError, match="same tokens"):
        attention_difference(first, replace(first, attention=None), "one", "two", LIGHT)
