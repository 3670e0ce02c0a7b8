"""Do the cards of a step show its numbers? Specifications are read as data; no browser."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest
from tiny import build_system
from traces import HOSTILE, make_trace

from s2s.checkpoints import checkpoint
from s2s.plots import DARK, LIGHT, figure_bytes
from s2s.plots.attention_margins import coverage_chart, entropy_chart, margins_finding, score_map
from s2s.plots.walk_strips import Bar, Strip, bars_chart, strips_chart
from s2s.plots.walk_words import (
    below,
    candidate_bars,
    combine_strips,
    score_strips,
    sum_words,
    weight_bars,
)
from s2s.probes.walk import walk
from s2s.results.terms import Term, Terms
from s2s.text import label

KINDS = ("dot", "scaled_dot", "general", "additive")


def made(attention="dot", **more):
    return walk(build_system(attention=attention, **more), "a b c b", 0)


def rows(chart, layer=0):
    return chart["layer"][layer]["data"]["values"]


def test_strips_hold_the_numbers_on_one_symmetric_scale():
    strips = [Strip("s", np.array([0.5, -2.0])), Strip("h", np.array([1.0, 0.0]), 1)]
    chart = strips_chart(strips, LIGHT)
    assert [row["values"] for row in rows(chart)] == [[0.5, -2.0], [1.0, 0.0]]
    domain = chart["layer"][0]["encoding"]["color"]["scale"]["domain"]
    assert domain[0] == -2.0 and domain[-1] == 2.0 and domain[len(domain) // 2] == 0
    first, second = rows(chart)
    assert second["top"] > first["bottom"], "another group stands apart"
    assert [row["text"] for row in rows(chart, 2)] == ["0.50", "−2.00", "1.00", "0.00"]


def test_long_strips_have_no_numbers_and_keep_every_unit():
    values = np.linspace(-1, 1, 512)
    chart = strips_chart([Strip("s", values)], LIGHT)
    assert np.allclose(rows(chart)[0]["values"], values, atol=5.1e-4) and len(chart["layer"]) == 2
    small = rows(strips_chart([Strip("s", values / 1e6)], LIGHT))[0]["values"]
    assert np.allclose(small, values / 1e6, atol=5.1e-9, rtol=0)
    many = [Strip(f"h{j}", values, 1, j == 17) for j in range(40)]
    chart = strips_chart(many, LIGHT)
    named = rows(chart, 1)
    assert "h17" in [row["text"] for row in named], "the strong one is always named"
    places = [row["y"] for row in named]
    assert min(np.diff(places)) * chart["height"] / 41 > 10, "names do not overlap"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_compared(kind):
    step = made(kind)
    strips = score_strips(step)
    compared = step.memory if step.keys is None else step.keys
    assert np.array_equal(strips[0].values, step.state)
    assert np.array_equal([s.values for s in strips[-len(step.source) :]], compared)
    assert (len(strips) == len(step.source) + 2) == (kind == "additive")
    assert [s.strong for s in strips].index(True) == len(strips) - len(step.source) + int(
        step.weights.argmax()
    )


def test_what_goes_into_the_layer_stands_in_its_order():
    both = made(attentional_layer=True)
    assert [s.name for s in combine_strips(both)] == ["c₁", "s₁", "s̃₁"]
    side = made(attentional_layer=False)
    assert [s.name for s in combine_strips(side)] == ["c₁", "s₁"]
    assert np.array_equal(np.concatenate([s.values for s in combine_strips(side)]), side.features)
    peeky = made("none", peeky="cell_and_output")
    assert np.array_equal(np.concatenate([s.values for s in combine_strips(peeky)]), peeky.features)


@pytest.mark.parametrize("kind", KINDS)
def test_bars_are_the_weights_and_their_fractions_are_right(kind):
    step = made(kind)
    bars = weight_bars(step)
    assert [bar.share for bar in bars] == step.weights.tolist()
    for bar, weight in zip(bars, step.weights, strict=True):
        shown, above, under = (float(x.replace("−", "-")) for x in
                               bar.text.replace("=", "/").split("/"))  # fmt: skip
        assert shown == pytest.approx(weight, abs=0.006)
        assert above / under == pytest.approx(weight, abs=0.02)
    assert [bar.strong for bar in bars].count(True) >= 1


def test_empty_slots_are_a_bar_of_their_own():
    step = walk(checkpoint.load("fra-eng-small/attention"), "je suis artiste .", 0)
    bars = weight_bars(step)
    assert bars[-1].name == f"{step.vacant} empty slots" and bars[-1].share == float(step.empty)
    assert sum(bar.share for bar in bars) == pytest.approx(1, abs=1e-5)


def test_candidates():
    step = made()
    bars = candidate_bars(step)
    assert [bar.share for bar in bars] == step.probabilities.tolist()
    assert bars[step.chosen].strong and sum(bar.strong for bar in bars) == 1


def test_sums_in_print():
    terms = Terms(1.5, (Term("s", 0, (0.5, -2.0), -1.0), Term("s", 1, (-1.0, -2.5), 2.5)))
    assert sum_words(terms) == ("0.500 × −2.000 − 1.000 × −2.500", "1.500")
    some = Terms(0.75, (Term("s", 11, (0.5, 2.0), 1.0),), rest=-0.25, more=506, divisor=2.0,
                 bias=0.375)  # fmt: skip
    assert sum_words(some) == (
        "(0.500 × 2.000 (s₁₂) − 0.250 from 506 more) / 2.000 + 0.375 (bias)", "0.750"
    )  # fmt: skip
    assert below(11) == "₁₂"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_printed_adds_up(kind):
    """By hand: the printed factors give the printed total, but for their three digits."""
    step = made(kind, hidden=6)
    for j in range(len(step.source)):
        text, total = sum_words(step.score_terms(j))
        value = eval(text.replace("×", "*").replace("−", "-"))  # noqa: S307
        assert value == pytest.approx(float(total.replace("−", "-")), abs=0.02)


def test_bars_run_from_0_to_1():
    chart = bars_chart([Bar("a", 0.34, "34 %"), Bar("b", 0.1, "10 %", True)], "#000000", "#888888",
                       LIGHT)  # fmt: skip
    assert chart["layer"][0]["mark"]["x2"]["expr"].startswith("datum.share *")
    assert [row["share"] for row in rows(chart)] == [0.34, 0.1]


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_hostile_tokens_are_text(palette):
    strips = [Strip(label(token), np.array([0.1, -0.4])) for token in HOSTILE]
    bars = [Bar(label(token), 0.1, "x") for token in HOSTILE]
    for chart in (strips_chart(strips, palette), bars_chart(bars, "#000", "#888", palette)):
        text = figure_bytes(chart, "svg").decode()
        assert "<img" not in text and "<b>" not in text


def test_margins_are_those_of_the_trace():
    trace = make_trace()
    entropy = rows(entropy_chart(trace, LIGHT, 2))
    most = np.log(len(trace.source))
    assert [row["share"] for row in entropy] == pytest.approx((trace.entropy() / most).tolist())
    assert [row["strong"] for row in entropy].index(True) == 2
    coverage = rows(coverage_chart(trace, LIGHT))
    sums = trace.attention.sum(0)
    assert [row["share"] for row in coverage] == pytest.approx((sums / sums.max()).tolist())
    assert "«tonight»" in margins_finding(trace)


def test_coverage_tells_the_empty_slots():
    trace = make_trace(empty_attention=np.full(7, 0.25))
    assert rows(coverage_chart(trace, LIGHT))[-1]["text"] == "1.75"


def test_score_map_holds_the_scores():
    trace = replace(make_trace(), scores=np.arange(56.0).reshape(7, 8) - 20)
    chart = score_map(trace, LIGHT, 1)
    assert [row["value"] for row in rows(chart)] == trace.scores.ravel().tolist()
    places = {row["value"]: row["place"] for row in rows(chart)}
    assert places[0.0] == 0.5 and places[35.0] == 1.0
    assert "free-running" in json.dumps(chart["title"])
    with pytest.raises(ValueError, match="no attention"):
        score_map(make_trace(), LIGHT)
