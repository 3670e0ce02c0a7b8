"""Do the gradient figures show the result? Specifications are read as data; no browser."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from traces import HOSTILE

from s2s.findings.gradient_flow import Line, far_state, flow_finding, ratio
from s2s.plots import DARK, LIGHT, attention_map, figure_bytes
from s2s.plots.agreement import (
    method_strips,
    probability_words,
    tau_chart,
    verdict_words,
    weight_words,
    whole_words,
)
from s2s.plots.flow_curves import flow_curves, rows_of
from s2s.plots.gradient_map import DECADES, gradient_cell, gradient_map, span, ticks
from s2s.results import Agreement, GradientFlow, Reading, Saliency
from s2s.text.numbers import rounded, times

SOURCE = ("le", "chat", "le", "<eos>")
OUTPUT = ("the", "cat", "<eos>")
ENCODER = np.array([[0.4, 0.2, 0.1, 0.2], [2e-9, 3.0, 0.5, 1.5], [0.0, 0.01, 0.02, 0.04]])
DECODER = np.array([[5.0, 0.0, 0.0], [0.3, 4.0, 0.0], [0.02, 0.1, 0.7]])


def flow(source=SOURCE, output=OUTPUT, encoder=ENCODER, decoder=DECODER, **more):
    steps, size = len(output), len(source)
    fields = {
        "model": "hand/made", "reading": Reading("", tuple(source), tuple(range(size)), size - 1),
        "output": tuple(output), "fed": ("<sos>", *output[:-1]), "places": tuple(range(size)),
        "of": "log_odds", "state": "hidden", "layer": 0, "norm": "l1", "mode": "free-running",
        "encoder": encoder, "decoder": decoder, "bottleneck": np.ones(steps),
        "losses": np.full(steps, 0.1), "probabilities": np.full(steps, 0.9),
    }  # fmt: skip
    return GradientFlow(**{**fields, **more})


def line(name="attention", family=None, front=True, **more):
    return Line(name, family or name, flow(**more), front)


def cells(chart):
    return chart["layer"][0]["data"]["values"]


def points(chart, name):
    """All rows of a model's marks."""
    return [
        row
        for layer in chart["layer"]
        if layer["mark"]["type"] == "point" and "shape" in layer["mark"]
        for row in layer["data"]["values"]
        if row.get("name") == name
    ]


def title(chart):
    return json.dumps(chart["title"], ensure_ascii=False)


# The map ----------------------------------------------------------------------------------------


def test_map_holds_every_number_of_the_result():
    chart = gradient_map(flow(), LIGHT, 1)
    assert [(r["row"], r["column"], r["size"]) for r in cells(chart)] == [
        (t, s, ENCODER[t, s]) for t in range(3) for s in range(4)
    ]


def test_repeated_tokens_have_columns_of_their_own():
    chart = gradient_map(flow(), LIGHT)
    assert {row["column"] for row in cells(chart)} == {0, 1, 2, 3}
    names = next(p["value"] for p in chart["params"] if p["name"] == "sources")
    assert names == ["«le» (1st)", "«chat»", "«le» (3rd)", "«<eos>»"]


def test_scale_spans_the_numbers_that_are_not_zero_and_no_more_than_its_decades():
    assert span(np.array([[0.0, 0.02, 3.0]])) == (0.02, 3.0)
    low, high = span(np.array([[1e-30, 2.0]]))
    assert high == 2.0 and low == pytest.approx(2 / 10**DECADES)
    assert span(np.zeros((2, 2))) == (0.1, 1.0)
    low, high = span(np.array([[2.0, 2.0]]))
    assert low < high == 2.0


def test_place_on_the_scale_is_the_logarithm():
    by_size = {row["size"]: row["place"] for row in cells(gradient_map(flow(), LIGHT))}
    low, high = span(ENCODER)
    for size in (0.4, 0.02, 3.0):
        assert by_size[size] == pytest.approx(
            math.log10(size / low) / math.log10(high / low), abs=1e-12
        )
    assert by_size[0.0] == by_size[2e-9] == 0 and by_size[3.0] == 1


def test_ticks_are_powers_of_ten_at_their_places():
    assert ticks(0.01, 1.0) == (("0.01", 0.0), ("0.1", 0.5), ("1", 1.0))
    (low, first), (high, last) = ticks(2.0, 8.0)
    assert (low, first, high, last) == ("2.0", 0.0, "8.0", 1.0)


@pytest.mark.parametrize("of, said", [("log_odds", "log odds"), ("loss", "loss")])
@pytest.mark.parametrize("mode", ["free-running", "teacher-forced"])
def test_titles_say_what_it_is_and_how_it_was_forced(of, said, mode):
    made = flow(of=of, mode=mode)
    assert said in title(gradient_map(made, LIGHT)) and mode in title(gradient_map(made, LIGHT))
    curves = title(flow_curves([Line("a", "plain", made, True)], 0, LIGHT))
    assert said in curves and mode in curves and "log scale" in curves


def test_map_has_the_grid_of_the_attention_map(trace_of_toy):
    trace, made = trace_of_toy
    for empty in (False, True):
        looked = attention_map(
            replace(trace, empty_attention=np.zeros(trace.steps)) if empty else trace, LIGHT, 0
        )
        reached = gradient_map(made, LIGHT, 0, empty=empty)
        for axis in ("x", "y"):
            scales = [c["layer"][0]["encoding"][axis]["scale"] for c in (looked, reached)]
            assert scales[0] == scales[1]
        assert looked["height"] == reached["height"]


@pytest.fixture(scope="module")
def trace_of_toy():
    from s2s import probes
    from s2s.checkpoints import checkpoint

    toy = checkpoint.load("toy/attention")
    return toy.translate("저는 강사 입니다"), probes.gradient_flow(toy, "저는 강사 입니다")


def test_cell_in_words():
    assert gradient_cell(flow(), 1, 2) == "output «cat» ← encoder state at «le» (3rd): 0.500"
    with pytest.raises(ValueError, match="cell 3, 0"):
        gradient_cell(flow(), 3, 0)
    with pytest.raises(ValueError, match="step 3"):
        gradient_map(flow(), LIGHT, 3)


# The curves -------------------------------------------------------------------------------------


def test_curves_hold_the_row_of_the_step_and_nothing_of_later_steps():
    chart = flow_curves([line()], 1, LIGHT)
    rows = points(chart, "attention")
    assert [row["y"] for row in rows] == [*ENCODER[1], *DECODER[1, :2]]
    assert [row["x"] for row in rows] == [0, 1, 2, 3, 5, 6]


def test_zero_leaves_a_gap_on_a_log_axis_only():
    log = points(flow_curves([line()], 2, LIGHT), "attention")
    assert len(log) == 3 + 3 and all(row["y"] > 0 for row in log)
    linear = points(flow_curves([line()], 2, LIGHT, "linear"), "attention")
    assert [row["y"] for row in linear][0] == 0.0 and len(linear) == 7


def test_own_maximum_divides_each_line_by_its_largest():
    chart = flow_curves([line(), line("plain", front=False, encoder=ENCODER * 7,
                                      decoder=DECODER * 7)], 1, LIGHT, "maximum")  # fmt: skip
    for name in ("attention", "plain"):
        assert [row["y"] for row in points(chart, name)] == pytest.approx(
            [*(ENCODER[1] / 4), *(DECODER[1, :2] / 4)]
        )


@pytest.mark.parametrize("places, expected", [
    ((0, 1, 2, 3), {"«chat»": 4, "«<eos>»": 2, "first": 5}),
    ((2, 1, 0, 3), {"«chat»": 4, "«<eos>»": 2, "first": 3}),
])  # fmt: skip
def test_distance_counts_recurrent_steps_in_the_order_of_reading(places, expected):
    chart = flow_curves([line(places=places)], 1, LIGHT, axis="distance")
    away = {row["state"]: row["x"] for row in points(chart, "attention")}
    assert away["encoder state at «chat»"] == expected["«chat»"]
    assert away["encoder state at «<eos>»"] == expected["«<eos>»"]
    assert away["encoder state at «le» (1st)"] == expected["first"]
    assert away["decoder state that wrote «cat»"] == 0
    assert away["decoder state that wrote «the»"] == 1


def test_places_and_the_log_axis_stay_where_they_are_from_step_to_step():
    charts = [flow_curves([line()], t, LIGHT) for t in range(3)]
    for axis in ("x", "y"):
        domains = [
            next(
                layer["encoding"][axis]["scale"]["domain"]
                for layer in chart["layer"]
                if layer["mark"]["type"] == "point"
            )
            for chart in charts
        ]
        assert domains[0] == domains[1] == domains[2]


def test_a_source_that_is_read_backwards_is_said_to_be():
    def told(places):
        chart = flow_curves([line(places=places)], 1, LIGHT)
        return [row["text"] for layer in chart["layer"] for row in layer["data"]["values"]
                if "needs" in row][0]  # fmt: skip

    assert told((0, 1, 2, 3)) == "encoder states, one per token read"
    assert told((2, 1, 0, 3)) == "encoder states, read last token first"


def test_second_model_of_a_family_has_hollow_marks():
    chart = flow_curves([line("one", "attention"), line("two", "attention", front=False)], 1, LIGHT)
    fills = {
        layer["data"]["values"][0]["name"]: layer["mark"]["fill"]
        for layer in chart["layer"]
        if layer["mark"].get("shape") == "circle"
    }
    assert fills == {"one": LIGHT.attention, "two": LIGHT.background}


@pytest.mark.parametrize("bad", [
    {"step": 3}, {"step": -1}, {"scale": "sqrt"}, {"axis": "time"}, {"lines": []},
    {"lines": [line(), line("plain", front=False, output=("a", "cat", "<eos>"))]},
    {"lines": [line(encoder=np.zeros((3, 4)), decoder=np.zeros((3, 3)))]},
])  # fmt: skip
def test_what_cannot_be_drawn_is_refused(bad):
    given = {"lines": [line()], "step": 1, "palette": LIGHT} | bad
    with pytest.raises(ValueError):
        flow_curves(**given)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_tokens_are_text(hostile, palette):
    made = flow(source=(hostile, "b", hostile, "<eos>"), output=(hostile, "b", "<eos>"))
    lines = [Line(hostile, "plain", made, True)]
    for chart in (gradient_map(made, palette, 0), flow_curves(lines, 0, palette)):
        text = figure_bytes(chart, "svg").decode()
        assert "<img" not in text and "<b>" not in text
        assert json.loads(json.dumps(chart)) == chart


def test_table_rows_are_the_numbers():
    rows = list(rows_of(line(), 1))
    assert [row["gradient"] for row in rows] == [*ENCODER[1], *DECODER[1, :2]]
    assert {row["output"] for row in rows} == {"cat"} and {row["step"] for row in rows} == {2}


# The sentence -----------------------------------------------------------------------------------


def sentence(*given):
    return "".join(part.text for part in flow_finding(*given))


def test_finding_compares_the_state_looked_at_most_with_the_last_one():
    attention = np.array([[1.0, 0, 0, 0], [0.1, 0.7, 0.1, 0.1], [0, 0, 0, 1.0]])
    plain = line("plain", front=False, encoder=ENCODER * [[1, 1 / 40, 1, 1]])
    assert sentence([line(), plain], 1, attention) == (
        "For cat: the encoder state of chat lies 4 steps back and has 70\u00a0% of attention’s "
        "weight. Against the last encoder state, the gradient there is 20× smaller in plain and "
        "2.0× larger in attention."
    )


def test_without_attention_it_is_the_state_furthest_back():
    assert far_state(flow(), 1) == 0
    assert far_state(flow(places=(3, 2, 1, 0)), 1) == 2  # the end token is not text
    assert "le (1st) lies 5 steps back" in sentence([line("plain")], 1)


def test_attention_on_the_last_state_or_on_empty_slots_is_not_what_the_sentence_is_about():
    last = np.array([[0, 0, 0, 1.0]] * 3)
    assert far_state(flow(), 1, last) == 0
    assert far_state(flow(), 1, np.full((3, 4), 0.001)) == 0
    assert "weight" not in sentence([line()], 1, np.full((3, 4), 0.001))


def test_ratio_names_what_it_cannot_compare():
    assert ratio(flow(), 1, 1) == 2.0
    zero = flow(encoder=np.zeros((3, 4)))
    assert math.isnan(ratio(zero, 1, 0))
    assert "not to be compared in plain" in sentence([line("plain", encoder=np.zeros((3, 4)))], 1)
    same = flow(encoder=np.ones((3, 4)))
    assert "about the same" in sentence([Line("plain", "plain", same, True)], 1)


@pytest.mark.parametrize("value, text", [
    (0, "0"), (0.5, "0.50"), (3.14159, "3.1"), (12.3, "12"), (123.0, "120"), (0.00123, "0.0012"),
    (0.000123, "1.2·10⁻⁴"),
    (3.06e-5, "3.1·10⁻⁵"), (8400.0, "8\u202f400"), (2.96e7, "3.0·10⁷"), (0.0996, "0.10"),
])  # fmt: skip
def test_sizes_in_print(value, text):
    assert rounded(value) == text


def test_ratios_in_print():
    assert [times(r) for r in (1.44, 35.2, 3021.0, 3e7)] == [
        "1.4×", "35×", "3\u202f000×", "3·10⁷×",
    ]  # fmt: skip


# Agreement --------------------------------------------------------------------------------------


def agreed(tau=(0.8, 0.6, -0.25), own=0.9, even=0.2, shuffled=(0.1, 0.3), signed=None):
    attributions = np.array([[0.5, -2.0, 0.1, np.nan]]) if signed is None else signed
    saliency = Saliency(
        "hand/made", Reading("", SOURCE, (0, 1, 2, 3), 3), ("cat",), ("<sos>",), "log_odds",
        "free-running", "removed", np.nan_to_num(attributions), attributions, attributions, None,
        np.array([[0.1, 0.7, 0.1, 0.1]]), np.array([2.0]), np.array([0.6]), np.array([16]),
        np.zeros(1), np.log([own]),
    )  # fmt: skip
    return Agreement(
        saliency, np.array([[*tau, 1.0, 1.0, 1.0]]), np.array([even]),
        np.array(shuffled)[:, None], 0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("tau", "near"),
    [((0.52,) * 3, "partly agrees"), ((0.46,) * 3, "mostly agrees"), ((0.22,) * 3, "does not"),
     ((0.18,) * 3, "partly agrees"), ((0.35,) * 3, ""), ((0.9,) * 3, "")],
)  # fmt: skip
def test_a_verdict_near_a_threshold_says_so(tau, near):
    found = agreed(tau=tau)
    for words in (verdict_words(found, 0), whole_words(found)):
        assert ("close to the border" in words) == bool(near) and near in words.lower()


def test_strips_hold_each_method_to_its_own_largest():
    chart = method_strips(agreed(), 0, LIGHT)
    strips = [layer["data"]["values"] for layer in chart["layer"][:4]]
    assert [row["value"] for row in strips[0]] == [0.1, 0.7, 0.1, 0.1]
    assert [row["share"] for row in strips[2]] == [0.25, 1.0, 0.05]  # none where it says nothing
    assert strips[2][1]["number"] == "−2.00"
    assert "free-running" in title(chart)
    assert figure_bytes(chart, "svg").startswith(b"<svg")


def test_marks_stand_at_tau_and_an_undefined_one_has_none():
    chart = tau_chart(agreed(tau=(0.8, np.nan, -0.25)), 0, LIGHT)
    rows = chart["layer"][0]["data"]["values"]
    assert [(row["name"], row["number"], row["known"]) for row in rows] == [
        ("gradient × input", "0.80", True),
        ("integrated gradients", "not defined", False),
        ("leave one out", "−0.25", True),
    ]
    assert [row["tau"] for row in rows if row["known"]] == [0.8, -0.25]


@pytest.mark.parametrize("tau, said", [
    ((0.9, 0.6, 0.7), "much as the weights do"), ((0.3, 0.4, 0.2), "only partly"),
    ((-0.5, 0.0, 0.1), "in another order"),
])  # fmt: skip
def test_verdict_in_words(tau, said):
    words = verdict_words(agreed(tau=tau), 0)
    assert said in words and words.endswith("Weights are still not reasons.")


def test_a_token_that_the_source_does_not_move_gets_no_verdict():
    tiny = agreed(signed=np.array([[1e-5, -2e-5, 1e-6, np.nan]]))
    words = verdict_words(tiny, 0)
    assert "hardly depends on the source" in words and "2.0·10⁻⁵ nats" in words
    assert whole_words(tiny) == ""


def test_the_whole_answer_beside_what_the_attributions_reach_themselves():
    words = whole_words(agreed(tau=(0.3, 0.4, 0.2)))
    assert "partly agrees (median τ 0.30)" in words and "among themselves at 1.00" in words
    assert "chance looks like agreement" in words  # three source tokens


@pytest.mark.parametrize("even, shuffled, said", [
    (0.2, (0.1, 0.3), "so this step depends on them."), (0.6, (0.5, 0.5), "in part"),
    (0.89, (0.2, 0.4), "hardly depends"),
])  # fmt: skip
def test_what_other_weights_do_in_words(even, shuffled, said):
    assert said in weight_words(agreed(even=even, shuffled=shuffled), 0)


def test_probabilities_in_words_have_their_number_and_seed():
    assert probability_words(agreed(), 0).replace("\u00a0", " ") == (
        "90 % with these weights · 20 % with even ones · 20 % with shuffled ones "
        "(10 % to 30 %, 2 times, seed 0)"
    )
