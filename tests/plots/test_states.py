"""Do the figures of states and influence show the result? Specifications are read as data."""

import json
import re
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from tiny import SOURCE_WORDS, build_like, build_system

from s2s.plots import DARK, FAMILIES, LIGHT, figure_bytes
from s2s.plots.heat_map import LEFT
from s2s.plots.hidden_states import (
    MEANINGS,
    MOST_UNITS,
    SIDES,
    SIGNED,
    backward_from,
    kinds,
    layer_of,
    liveliest,
    state_curves,
    state_finding,
    unit_finding,
    unit_map,
)
from s2s.plots.influence import (
    CAVEAT,
    Influenced,
    influence_map,
    map_finding,
    reading_order,
    share_curve,
    share_finding,
)
from s2s.probes import hidden_states, input_influence
from s2s.results import HiddenStates, InputInfluence, LayerStates, Reading
from s2s.results.hidden_states import GATES
from ui.views.gradients import influence as gradients_influence
from ui.views.gradients import states as gradients_states

HOSTILE = ("<sos>", "<b>x</b>", "the", "**b**", "the", "<img src=x onerror=alert(1)>", '"\\')


def reading_of(tokens):
    return Reading(" ".join(tokens), tokens, tuple(range(len(tokens))), len(tokens))


def layer_states(rng, count, size, cell="lstm", ways=1):
    """Random numbers in the ranges of a cell; each way starts from zero."""
    draw = lambda: rng.uniform(-0.9, 0.9, (count, size))  # noqa: E731
    states = draw()
    before = np.vstack([np.zeros(size), states[:-1]])
    if ways == 2:
        half = size // 2
        before[:, half:] = np.vstack([states[1:, half:], np.zeros(half)])
    signed = [name for name in GATES[cell] if name in SIGNED]
    gates = {g: draw() if g in signed else rng.uniform(0, 1, (count, size)) for g in GATES[cell]}
    return LayerStates(states, before, 4 * draw() if cell == "lstm" else None, gates, states[-1])


def make_states(
    source=HOSTILE, output=("i", "am", "i", "<eos>"), size=6, layers=1, places=None, ways=1,
    cell="lstm", mode="free-running",
):  # fmt: skip
    rng = np.random.default_rng(len(source) + size + layers)
    count = len(source)
    return HiddenStates(
        "hand/made", reading_of(source), output, ("<sos>", *output[:-1]), mode,
        places or tuple(range(count)),
        tuple(layer_states(rng, count, size, cell, ways) for _ in range(layers)),
        tuple(layer_states(rng, len(output), size, cell) for _ in range(layers)),
    )  # fmt: skip


def make_influence(final, source=None, influence=None, context=None, output=()):
    source = tuple(source or "abcdefgh"[: len(final)])
    grid = np.tril(np.ones((len(final),) * 2)) if influence is None else np.asarray(influence)
    return InputInfluence("hand/made", reading_of(source), output, grid, np.asarray(final), context)


def cells(chart):
    return chart["layer"][0]["data"]["values"]


def grid_of(chart, name="value"):
    rows = cells(chart)
    found = np.empty((rows[-1]["row"] + 1, rows[-1]["column"] + 1))
    for row in rows:
        found[row["row"], row["column"]] = row[name]
    return found


def texts_at(chart, side):
    """The labels of the columns ("column") or of the rows ("row")."""
    for layer in chart["layer"]:
        rows = layer["data"]["values"]
        if layer["mark"]["type"] == "text" and side in rows[0] and "value" not in rows[0]:
            return [row["text"] for row in rows]
    raise AssertionError(f"no labels at the {side}s")


def wrapped_title(chart):
    """The title without its line breaks; the expression holds it broken in several ways."""
    lines = re.findall(r'\[".*?"\]', chart["title"]["text"]["expr"])
    return " ".join(json.loads(lines[-1]))


def param(chart, name):
    return next(entry["value"] for entry in chart["params"] if entry["name"] == name)


def points(chart):
    """(name, whether it is drawn thinner, y by x) of every line."""
    found = []
    for line, marks in pairwise(chart["layer"]):
        if line["mark"]["type"] == "line" and "y" in line["encoding"]:
            rows, look = marks["data"]["values"], line["mark"]
            found.append((rows[0]["name"], look["strokeWidth"] < 2, {r["x"]: r["y"] for r in rows}))
    return found


# Units by tokens --------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", GATES)
@pytest.mark.parametrize("side", SIDES)
def test_each_row_is_a_unit_with_the_numbers_of_the_result(cell, side):
    states = make_states(layers=2, cell=cell, mode="teacher-forced")
    own = layer_of(states, side, 1)
    found = {"state": own.states, "cell": own.cells, **own.gates}
    assert kinds(own) == tuple(name for name in found if found[name] is not None)
    for what in kinds(own):
        chart = unit_map(states, side, 1, what, (5, 0, 2), LIGHT)
        np.testing.assert_array_equal(grid_of(chart), found[what][:, [5, 0, 2]].T)
        assert texts_at(chart, "row") == ["5", "0", "2"]
        title = wrapped_title(chart)
        assert "teacher-forced" in title and "layer 2 of 2" in title and "3 of 6 units" in title
        assert what in title and side.capitalize() in title and what in MEANINGS
        json.loads(json.dumps(chart, allow_nan=False))


def test_repeated_and_hostile_tokens_are_columns_of_their_own_and_text():
    chart = unit_map(make_states(), "encoder", 0, "state", (1,), LIGHT)
    labels = texts_at(chart, "column")
    assert labels[:2] == ["<sos>", "<b>x</b>"] and labels.count("the") == 2 and len(labels) == 7
    names = param(chart, "sources")
    assert names[2] == "«the» (3rd)" and names[4] == "«the» (5th)" and len(set(names)) == 7
    chart = unit_map(make_states(), "decoder", 0, "state", (1,), LIGHT)
    assert texts_at(chart, "column") == ["i", "am", "i", "<eos>"]


def test_signed_scales_are_symmetric_and_gates_are_ink_from_0_to_1():
    states = make_states(size=8)
    own = states.encoder[0]
    for what, low, high in (("state", -1, 1), ("candidate", -1, 1), ("forget", 0, 1)):
        chart = unit_map(states, "encoder", 0, what, (0, 3), LIGHT)
        want = (grid_of(chart) - low) / (high - low)
        np.testing.assert_allclose(grid_of(chart, "place"), want)
        assert f"{'−1' if low else '0'} to 1 (free-running)" in wrapped_title(chart)
        colours = chart["layer"][0]["encoding"]["color"]["scale"]["range"]
        ink = [LIGHT.surface, LIGHT.text]
        assert colours == (ink if low == 0 else list(LIGHT.signed_scale))
    chart = unit_map(states, "encoder", 0, "cell", (0, 3), DARK)
    most = np.abs(own.cells[:, [0, 3]]).max()
    np.testing.assert_allclose(grid_of(chart, "place"), (grid_of(chart) / most + 1) / 2)
    assert f"−{most:.2f} to {most:.2f}" in wrapped_title(chart)
    # A GRU's decoder may start outside -1 to 1: nothing is cut off.
    wide = replace(states, decoder=(replace(states.decoder[0], states=np.full((4, 8), 1.5)),))
    assert "−1.50 to 1.50" in wrapped_title(unit_map(wide, "decoder", 0, "state", (0,), LIGHT))
    still = replace(states, encoder=(replace(own, cells=np.zeros((7, 8))),))
    assert set(grid_of(unit_map(still, "encoder", 0, "cell", (0,), LIGHT), "place")[0]) == {0.5}


def test_the_way_of_reading_is_told():
    both = make_states(ways=2)
    chart = unit_map(both, "encoder", 0, "state", (2, 3), LIGHT)
    assert texts_at(chart, "row") == ["→2", "←3"] and backward_from(both, "encoder", 0) == 3
    assert "← backwards" in wrapped_title(chart)
    assert texts_at(unit_map(both, "decoder", 0, "state", (3,), LIGHT), "row") == ["3"]
    turned = build_system(cell="gru", reverse_source=True)
    chart = unit_map(hidden_states(turned, "a b c"), "encoder", 0, "update", (0,), LIGHT)
    assert "reads backwards" in wrapped_title(chart)
    both = hidden_states(build_system(cell="lstm", layers=2, bidirectional=True), "a b c d")
    assert [backward_from(both, "encoder", layer) for layer in (0, 1)] == [3, 3]


def test_the_picked_step_is_outlined_and_what_is_not_there_is_refused():
    states = make_states(size=100)
    chart = unit_map(states, "decoder", 0, "state", range(MOST_UNITS), LIGHT, step=2)
    outline = next(x for x in chart["layer"] if x["mark"].get("filled") is False)
    edges = outline["data"]["values"][0]
    assert (edges["left"], edges["right"], edges["bottom"]) == (1.5, 2.5, MOST_UNITS - 0.5)
    for bad in (
        {"units": range(MOST_UNITS + 1)}, {"units": ()}, {"units": (100,)}, {"units": (-1,)},
        {"layer": 1}, {"side": "middle"}, {"what": "reset"}, {"step": 4}, {"step": -1},
    ):  # fmt: skip
        good = {"side": "decoder", "layer": 0, "what": "state", "units": (0,), "palette": LIGHT}
        with pytest.raises(ValueError):
            unit_map(states, **{**good, **bad})


def test_numbers_stand_in_cells_that_are_high_enough():
    def numbers(units):
        chart = unit_map(make_states(size=64), "encoder", 0, "state", range(units), LIGHT)
        return sum("ink" in row for x in chart["layer"] for row in x["data"]["values"])

    assert numbers(8) == 8 * 7 and numbers(64) == 0


def test_the_liveliest_units_vary_most():
    values = np.array([[0.0, 0.9, 0.1, -0.5, 0.0], [0.0, 0.9, 0.3, 0.5, 0.1]])
    own = LayerStates(values, values, None, {}, values[-1])
    assert liveliest(own, 3) == (2, 3, 4) and liveliest(own, 1) == (3,)
    assert liveliest(own, 99) == (0, 1, 2, 3, 4)
    alone = LayerStates(values[:1], values[:1], None, {}, values[0])
    assert liveliest(alone, 2) == (1, 3)  # nothing varies: the largest


# Curves and sentences ---------------------------------------------------------------------------


@pytest.mark.parametrize("side", SIDES)
def test_the_curves_have_the_numbers_and_the_columns_of_the_map(side):
    states = make_states()
    own, tokens = layer_of(states, side, 0), states.source if side == "encoder" else states.output
    charts = state_curves(states, side, 0, LIGHT)
    for chart, values in zip(charts, (own.norms(), own.updates(), own.to_final()), strict=True):
        ((_, _, drawn),) = points(chart)
        np.testing.assert_allclose(list(drawn.values()), values, rtol=1e-6)
        assert list(drawn) == list(range(1, len(tokens) + 1))
        assert "(free-running)" in wrapped_title(chart) and "|h" in wrapped_title(charts[0])
        assert len(param(chart, "tokens")) == len(tokens)
        says = [row["says"] for row in chart["layer"][-2]["data"]["values"]]
        assert says[2].startswith(param(chart, "sources")[2])
        y = chart["layer"][0]["encoding"]["y"]["axis"]
        assert y["minExtent"] == y["maxExtent"] == LEFT
        map_of = unit_map(states, side, 0, "state", (0,), LIGHT)
        assert chart["layer"][-1] == map_of["layer"][-1]  # the same room on both sides
        json.loads(json.dumps(chart, allow_nan=False))


def test_a_state_of_zero_has_no_cosine_and_no_mark():
    states = make_states()
    own = states.encoder[0]
    still = replace(own, states=np.vstack([np.zeros(6), own.states[1:]]))
    cosine = state_curves(replace(states, encoder=(still,)), "encoder", 0, LIGHT)[2]
    assert list(points(cosine)[0][2]) == [2, 3, 4, 5, 6, 7]
    none = replace(own, states=np.zeros((7, 6)), final=np.zeros(6))
    for chart in state_curves(replace(states, encoder=(none,)), "encoder", 0, LIGHT):
        json.loads(json.dumps(chart, allow_nan=False))


def by_hand(states, places=None):
    """Encoder states [3, 2] in reading order, of a GRU whose gates are 0.1, 0.2, 0.3."""
    states = np.asarray(states, dtype=float)
    places = places or (0, 1, 2)
    before = np.zeros((3, 2))
    for earlier, later in zip(places, places[1:], strict=False):
        before[later] = states[earlier]
    gate = np.array([[0.1, 0.2], [0.2, 0.1], [0.9, 0.7]])
    own = LayerStates(states, before, None, dict.fromkeys(GATES["gru"], gate), states[places[-1]])
    made = make_states(source=("je", "suis", "la"), size=2, cell="gru", places=places)
    return replace(made, encoder=(own,))


def test_the_findings_name_the_right_tokens():
    states = by_hand([[1, 0], [0.1, 0.9], [0, 1]])
    assert state_finding(states, "encoder", 0) == (
        "The state moves most at reading «suis», by 1.27; from «suis» on it is within a cosine of "
        "0.9 of the final state."
    )
    assert unit_finding(states, "encoder", 0, "state", (0, 1)) == (
        "Of these units, number 0 moves most: from 0.00 at «la» to 1.00 at «je»."
    )
    assert unit_finding(states, "encoder", 0, "update", (0,)) == (
        "Over all 2 units the update gate is on average highest at «la» (0.80) and lowest at «je» "
        "(0.15)."
    )
    late = by_hand([[1, 0], [0.9, 0.1], [0, 1]])
    assert "only the last step brings it" in state_finding(late, "encoder", 0)
    # Read from the end, the same states settle at once: the final one is the first word's.
    turned = by_hand([[1, 0], [0.9, 0.1], [0, 1]], places=(2, 1, 0))
    assert "from «suis» on" in state_finding(turned, "encoder", 0)
    # One excursion, and everything before it does not count.
    back = by_hand([[0, 1], [1, 0], [0, 1]])
    assert "only the last step" in state_finding(back, "encoder", 0)
    assert "opposite ends" in state_finding(make_states(ways=2), "encoder", 0)
    assert "at writing" in state_finding(make_states(), "decoder", 0)


# Influence --------------------------------------------------------------------------------------


def one(final, family="plain", name=None, step=None, **more):
    return Influenced(name or family, FAMILIES[family], make_influence(final, **more), step)


def test_shares_of_several_models_and_of_one_context_are_lines_of_one_figure():
    context = np.array([[1.0, 1.0, 2.0], [3.0, 1.0, 0.0]])
    looks = one([1.0, 1.0, 2.0], "attention", step=1, context=context, output=("<b>x</b>", "."))
    chart = share_curve([looks, one([0.0, 1.0, 9.0]), one([1, 1, 1], "peeky")], LIGHT)
    drawn = {name: (thin, list(y.values())) for name, thin, y in points(chart)}
    assert drawn["attention"] == (False, [25.0, 25.0, 50.0])
    assert drawn["context"] == (True, [75.0, 25.0, 0.0])
    assert drawn["plain"] == (False, [0.0, 10.0, 90.0])
    np.testing.assert_allclose(drawn["peeky"][1], [100 / 3] * 3, rtol=1e-6)
    title = wrapped_title(chart)
    assert "“.”" in title and "% of the sum (free-running)" in title and "∂ input" in title
    dashes = {
        tuple(x["mark"]["strokeDash"]) for x in chart["layer"]
        if x["mark"]["type"] == "line" and "y" in x["encoding"]
    }  # fmt: skip
    assert dashes == {(), (6, 3), (2, 3)}
    assert "(teacher-forced)" in wrapped_title(share_curve([looks], LIGHT, "teacher-forced"))
    second = replace(looks, name="other", step=0)
    names = [name for name, _, _ in points(share_curve([looks, second], LIGHT))]
    assert sorted(names) == ["attention", "context, attention", "context, other", "other"]
    both = share_curve([looks, second], LIGHT)
    assert "“<b>x</b>” (other)" in wrapped_title(both)
    fills = {
        x["data"]["values"][0]["name"]: x["mark"]["fill"]
        for x in both["layer"] if x["mark"]["type"] == "point"
    }  # fmt: skip
    assert fills["attention"] == LIGHT.attention and fills["other"] == LIGHT.background


def test_repeated_inputs_stay_apart_and_the_wrong_models_are_refused():
    chart = share_curve([one([1, 2, 3], source=("the", "<sos>", "the"))], LIGHT)
    assert param(chart, "tokens") == ["the", "<sos>", "the"]
    assert list(points(chart)[0][2]) == [1, 2, 3]
    marks = next(x for x in chart["layer"] if x["mark"]["type"] == "point")["data"]["values"]
    assert [row["token"] for row in marks] == ["«the» (1st)", "«<sos>»", "«the» (3rd)"]
    assert marks[2]["says"] == "plain «the» (3rd): 50.00\u00a0%"
    plain = one([1, 2, 3])
    for models, mode in (
        ([], "free-running"), ([plain] * 4, "free-running"), ([plain], "by itself"),
        ([plain, one([1, 2])], "free-running"), ([one([0.0, 0.0])], "free-running"),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            share_curve(models, LIGHT, mode)


def test_the_map_is_logarithmic_with_its_range_and_zeros_apart():
    grid = [[1.0, 0.0, 0.0], [0.1, 2.0, 0.0], [0.01, 1e-9, 1.0]]
    chart = influence_map(make_influence([1, 1, 1], influence=grid), LIGHT)
    np.testing.assert_array_equal(grid_of(chart), grid)
    places = grid_of(chart, "place")
    assert places[1, 1] == 1 and places[2, 1] == 0  # cut off at six powers of ten
    np.testing.assert_allclose(places[1, 0] - places[2, 0], 1 / 6)
    title = wrapped_title(chart)
    assert "log scale 2.0·10⁻⁶ to 2.0" in title and "like the smallest" in title
    assert "exactly 0" in title and "|∂h / ∂x|" in title and "no output is fed" in title
    dots = [row for x in chart["layer"] for row in x["data"]["values"] if row.get("number") == "·"]
    assert [(row["row"], row["column"]) for row in dots] == [(0, 1), (0, 2), (1, 2)]
    colour = chart["layer"][0]["encoding"]["color"]
    assert colour["condition"]["value"] == "transparent"
    assert colour["scale"]["range"] == list(LIGHT.gradient_scale)
    full = influence_map(make_influence([1, 1], influence=[[1, 0.5], [0.5, 1]]), LIGHT)
    assert "exactly 0" not in wrapped_title(full) and "smallest" not in wrapped_title(full)
    with pytest.raises(ValueError, match="no scale"):
        influence_map(make_influence([1.0], influence=[[0.0]]), LIGHT)


@pytest.mark.parametrize(
    ("final", "influence", "says"),
    [
        ([0.01, 0.02, 0.97], None, "«c», read last, has 97\u00a0% of the final state; from 1 token "
         "back on every share is under a tenth of the largest."),
        ([0.01, 0.3, 0.69], None, "from 2 tokens back on"),
        ([0.3, 0.3, 0.4], None, "no share is under a tenth"),
        ([0.4, 0.01, 0.59], None, "first under a tenth of the largest 1 token back, but the first "
         "token read, «a», has 40\u00a0%"),
        ([0.97, 0.02, 0.01], np.triu(np.ones((3, 3))), "«a», read last, has 97\u00a0%"),
        ([0.88, 0.01, 0.11], np.ones((3, 3)), "«a» has the largest share of the final state, "
         "88\u00a0%, the last token «c» 11\u00a0%; 1 token of 3 has under a tenth"),
        ([0.3, 0.3, 0.4], np.ones((3, 3)), "40\u00a0%; no token of 3 has under a tenth"),
        ([0.0, 0.0, 0.0], None, "No input moves the final state"),
    ],
)  # fmt: skip
def test_the_share_finding(final, influence, says):
    told = share_finding(make_influence(final, influence=influence))
    assert says in told and told.endswith(CAVEAT)


def test_the_map_finding_counts_and_compares_in_the_order_of_reading():
    grid = np.array([[1, 0, 0, 0], [0.5, 1, 0, 0], [0.1, 2, 1, 0], [0.1, 0.4, 1, 2]])
    told = map_finding(make_influence([1.0] * 4, influence=grid))
    assert told == (
        "3 of the 4 states depend most on the token just read; the state 2 tokens later depends "
        "on that token 5.0× less (geometric mean)."
    )
    turned = make_influence([1.0] * 4, influence=grid[::-1, ::-1])
    assert map_finding(turned) == told and reading_order(turned) == (3, 2, 1, 0)
    assert map_finding(make_influence([1.0])).endswith("just read.")
    assert reading_order(make_influence([1, 1], influence=np.ones((2, 2)))) is None


@pytest.mark.parametrize("switches", [{"cell": "gru"}, {"cell": "lstm", "layers": 2}])
def test_the_order_of_reading_is_the_models(switches):
    for reverse in (False, True):
        model = build_system(reverse_source=reverse, attention="dot", **switches)
        order = reading_order(input_influence(model, "a b c d"))
        assert order == hidden_states(model, "a b c d").places
    both = build_system(bidirectional=True, **switches)
    assert reading_order(input_influence(both, "a b c d")) is None


@pytest.mark.slow
@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_every_figure_can_be_drawn(palette):
    states = make_states(layers=2)
    result = make_influence([1.0] * 7, source=HOSTILE)
    charts = [
        unit_map(states, "encoder", 1, "cell", range(6), palette, 3),
        *state_curves(states, "decoder", 0, palette),
        influence_map(result, palette),
        share_curve([Influenced("<b>plain</b>", FAMILIES["plain"], result)], palette),
    ]
    for chart in charts:
        words = list(ElementTree.fromstring(figure_bytes(chart, "svg")).itertext())
        assert any("i" == word or "<sos>" == word for word in words)


# The panels -------------------------------------------------------------------------------------


def test_the_tables_have_the_numbers_of_the_figures():
    states = make_states()
    own = states.encoder[0]
    table = gradients_states.rows(states, "encoder", 0, "forget", (4, 1))
    assert [row["token"] for row in table] == list(HOSTILE) and table[3]["place"] == 4
    np.testing.assert_array_equal([row["forget_4"] for row in table], own.gates["forget"][:, 4])
    np.testing.assert_array_equal([row["update_size"] for row in table], own.updates())
    context = np.array([[1.0, 1.0], [3.0, 1.0]])
    looks = one([1.0, 3.0], "attention", step=1, context=context, output=("x", "y"))
    table = gradients_influence.share_rows([looks, one([1.0, 1.0])], "free-running")
    assert [row["share_of_final_state"] for row in table] == [0.25, 0.75, 0.5, 0.5]
    assert [row.get("share_of_context") for row in table] == [0.75, 0.25, None, None]
    assert table[0]["context_of"] == "y" and table[0]["context_step"] == 2
    table = gradients_influence.map_rows(looks)
    assert [row["influence"] for row in table] == [1, 0, 1, 1]
    assert (table[1]["state_after"], table[1]["input"]) == ("a", "b")


PAGE = """
import streamlit as st
from s2s.plots import LIGHT
from s2s.tasks import TASKS
from ui import cached
from ui.views.gradients import influence, states
from ui.frame.model import Model
from ui.parts.export import TakeAway
models = [Model(TASKS["fra-eng"], e) for e in cached.entries() if e.name in st.session_state.names]
take = TakeAway()
states.show(models[0], st.session_state.text, st.session_state.target, 1, LIGHT, take)
influence.show(models, st.session_state.text, st.session_state.target, 1, LIGHT, take)
"""


def panels(*names, text="a b c", target=None):
    page = AppTest.from_string(PAGE, default_timeout=30)
    page.session_state.names, page.session_state.text = names, text
    page.session_state.target = target
    return page.run()


def titles(page):
    return [wrapped_title(json.loads(c.proto.spec)) for c in page.get("vega_lite_chart")]


def test_the_panels_show_what_is_asked_for(models):
    models("fra-eng/gru", build_system(cell="gru", attention="dot", hidden=20))
    models("fra-eng/lstm", build_like(5, hidden=8))
    page = panels("fra-eng/gru")
    assert not page.exception and not page.warning
    assert len(page.multiselect[0].value) == 16 and "Layer" not in str(page.button_group)
    assert "16 of 20 units" in titles(page)[0] and "(free-running)" in titles(page)[0]
    page.multiselect[0].set_value([3, 1]).run()
    assert "2 of 20 units" in titles(page)[0]
    page.button_group(key="gradients_what").set_value("update").run()
    assert "update gate of 2 of 20" in titles(page)[0]  # the visitor's units stay
    # Another sentence keeps them too; another model, without this gate, starts anew.
    page.session_state.text = "c c b"
    assert "update gate of 2 of 20" in titles(page.run())[0]
    page.session_state.names = ("fra-eng/lstm",)
    page.run()
    assert not page.exception and "hidden state h of all 8 units" in titles(page)[0]
    page.button_group(key="gradients_layer").set_value(2).run()
    page.button_group(key="gradients_side").set_value("decoder").run()
    assert "Decoder layer 2 of 2" in titles(page)[0]
    page.multiselect[0].set_value([]).run()
    assert "all 8 units" in titles(page)[0]


def test_the_panels_warn_of_what_a_model_cannot_read_or_write(models):
    models("fra-eng/one", build_system(attention="dot"))
    models("fra-eng/two", build_system(name="test/two"))
    page = panels("fra-eng/one", "fra-eng/two", text=" ".join(SOURCE_WORDS * 3))
    assert len(page.warning) == 3 and not titles(page) and not page.exception
    page = panels("fra-eng/one", "fra-eng/two", target=("red", "sky", "<eos>"))
    assert not page.exception and not page.warning
    assert any("Each source token" in t and "“sky”" in t and "teacher" in t for t in titles(page))
    one, two = (m.value for m in page.markdown if m.value[:3] in ("● *", "■ *"))
    assert one.startswith("● *one*") and two.startswith("■ *two*")
    assert "sensitivity" in two and "sensitivity" not in one  # said once
    page.button_group(key="gradients_influence_model").set_value("two").run()
    assert not page.exception
    page = panels("fra-eng/one", target=("red", "**no**"))
    assert len(page.warning) == 2 and "\\*\\*no\\*\\*" in page.warning[0].value
