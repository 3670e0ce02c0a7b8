"""Do the figures of the States page show the result? Specifications are read as data."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest
from tiny import ROOT, build_system

from s2s import probes
from s2s.plots import DARK, FAMILIES, LIGHT, figure_bytes
from s2s.plots.patched import patching_map, unit_curves
from s2s.plots.readout_curves import ReadOut, memory_chart, readout_chart
from s2s.plots.state_scene import MOST_VALUES, OTHERS, Around, scene_figure
from s2s.results.patching import Patching, UnitPatching
from s2s.results.readout import Readout, Remembered
from s2s.results.state_corpus import END, NEXT
from s2s.results.state_space import state_space
from s2s.tasks.labelled import LabelledSet
from s2s.text.language import speaking
from s2s.text.numbers import percent
from ui.views.states.help import remembered

TEXT, HOSTILE = "a c b d", "<b>x</b>"
PLAIN, ATTENTION = FAMILIES["plain"], FAMILIES["attention"]


@pytest.fixture(scope="module")
def made():
    system = build_system(cell="gru")
    corpus = probes.state_corpus(system, LabelledSet.of(["a b", "c d a", "b b", "d"], "Four."))
    return probes.hidden_states(system, TEXT), corpus


def drawn(made, at=("encoder", 1), flat=False, values=None, palette=LIGHT, of="kind"):
    states, corpus = made
    space = state_space(corpus)
    around = None
    if values is not None:
        around = Around(space, of, {
            side: [values[n % len(values)] for n in range(len(cloud.states))]
            for side, cloud in space.clouds.items()
        })  # fmt: skip
    path = space.path(states, corpus.layer)
    return scene_figure("plain", path, PLAIN, at, around, palette, flat), path


def ways(figure):
    return [trace for trace in figure["data"] if "customdata" in trace]


@pytest.mark.parametrize("flat", [False, True])
def test_the_path_goes_through_every_state_in_its_order(made, flat):
    figure, path = drawn(made, flat=flat)
    go.Figure(figure)  # every name is one that Plotly knows
    read, written = ways(figure)
    count, steps = len(path.source), len(path.output)
    assert read["customdata"] == [f"h{n + 1}" for n in range(count)]
    assert written["customdata"] == [f"h{count}", *(f"s{n + 1}" for n in range(steps))]
    np.testing.assert_allclose(read["x"], path.encoder[:, 0], atol=1e-4)
    np.testing.assert_allclose(written["y"][1:], path.decoder[:, 1], atol=1e-4)
    assert ("z" in read) is not flat
    assert read["marker"]["symbol"].endswith("-open") and "open" not in written["marker"]["symbol"]


@pytest.mark.parametrize("flat", [False, True])
def test_the_title_counts_the_directions_that_are_drawn(made, flat):
    figure, path = drawn(made, flat=flat)
    count = 2 if flat else 3
    share = percent(float(path.explained[:count].sum()))
    (title,) = figure["layout"]["annotations"]
    assert not path.exact and f"{count} directions hold {share}" in title["text"]


@pytest.mark.parametrize("flat", [False, True])
def test_the_ring_moves_and_the_axes_stay(made, flat):
    figures = [drawn(made, at, flat, ["x", "y"])[0] for at in (("encoder", 0), ("decoder", 1))]
    rings = [figure["data"][-1] for figure in figures]
    assert rings[0]["x"] != rings[1]["x"]
    assert figures[0]["layout"] == figures[1]["layout"]
    assert figures[0]["data"][:-1] == figures[1]["data"][:-1]
    gone, _ = drawn(made, ("decoder", 99), flat)
    assert len(gone["data"]) == len(drawn(made, flat=flat)[0]["data"]) - 1


def test_few_values_have_a_colour_and_numbers_a_scale(made):
    many = [f"v{n}" for n in range(9)]
    figure, _ = drawn(made, values=[*many, *many[:MOST_VALUES]])
    names = [trace["name"] for trace in figure["data"] if trace.get("showlegend")]
    assert names[0] == OTHERS and len(names) == MOST_VALUES + 1
    marks = {(t["marker"]["color"], t["marker"]["symbol"]) for t in figure["data"][1:6]}
    assert len(marks) == MOST_VALUES
    scaled, _ = drawn(made, values=["1", "20", "3"])
    assert "colorbar" in scaled["data"][0]["marker"] and not scaled["layout"]["showlegend"]
    unknown, _ = drawn(made, values=[""])
    assert unknown["data"][0]["name"] == "kind: not known"


@pytest.mark.parametrize(("code", "told"), [("en", "the end"), ("ko", "끝")])
def test_what_comes_after_the_last_token_is_told_and_no_token_is_translated(made, code, told):
    with speaking(code):
        after, other = (
            {trace.get("name") for trace in drawn(made, values=[END, "drop"], of=of)[0]["data"]}
            for of in (NEXT, "kind")
        )
    assert {told, "drop"} <= after and {"the␣end", "drop"} <= other


@pytest.mark.parametrize("flat", [False, True])
def test_values_and_tokens_are_text(made, flat):
    figure, _ = drawn(made, flat=flat, values=[HOSTILE, "<sos>"])
    said = json.dumps(figure)
    assert HOSTILE not in said and "<sos>" not in said


@pytest.mark.parametrize("flat", [False, True])
def test_the_legend_stands_clear_of_the_axis(made, flat):
    """Below the plot in px there is room for the ticks, the title, and then the legend."""
    figure, _ = drawn(made, flat=flat, values=["x", "y"])
    layout = figure["layout"]
    inside = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
    begins = -layout["legend"]["y"] * inside
    assert begins >= (44 if flat else 2) - 1e-6 and layout["margin"]["b"] - begins >= 38
    assert layout["legend"]["yanchor"] == "top"


PATCHING = Patching(
    "a/b", ("a", "b"), ("x", "b"), ("u", "v"), ("w",), np.array([4.0, 1.0]), np.array([0.0, 1.0]),
    np.array([[3.0, 0.4], [1.0, 1.0]]),
)  # fmt: skip


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_the_map_of_patching_has_its_shares_and_grey_rows(palette):
    chart = patching_map(PATCHING, palette)
    cells = chart["layer"][0]["data"]["values"]
    assert [cell["value"] for cell in cells] == [0.75, 0.1, None, None]
    assert [cell["number"] for cell in cells] == ["0.75", "0.10", *["nothing to restore"] * 2]
    grey = chart["layer"][0]["encoding"]["color"]["condition"]
    assert grey == {"test": "datum.value === null", "value": palette.line}
    words = [row for layer in chart["layer"] for row in layer["data"]["values"] if "ink" in row]
    assert len(words) == 2  # a grey cell has none
    assert figure_bytes(chart, "svg").count(palette.line.lower().encode()) + figure_bytes(
        chart, "svg"
    ).count(palette.line.encode())
    whole = patching_map(Patching(
        "a/b", ("a",), ("x",), ("u",), ("w",), np.array([4.0]), np.array([0.0]), np.array([[3.0]]),
    ), palette)  # fmt: skip
    assert "condition" not in whole["layer"][0]["encoding"]["color"]


def lines(chart):
    """Name of each line to its x and y."""
    rows = [layer["data"]["values"] for layer in chart["layer"] if layer["mark"]["type"] == "point"]
    return {row[0]["name"]: [(one["x"], one["y"]) for one in row] for row in rows}


def test_more_and_more_units_are_two_lines():
    found = UnitPatching(
        "a/b", 0, 1, 2, "v", "b", 10.0, 0.0, (0, 1, 2), np.array([1.0, 5.0]),
        np.array([0.0, 5.0, 8.0]), np.array([[0.0, 0.0], [1.0, 3.0], [8.0, 8.0]]),
    )  # fmt: skip
    chart = unit_curves(found, ATTENTION)
    assert lines(chart) == {
        "strongest first": [(0, 0), (1, 50), (2, 80)], "by chance": [(0, 0), (1, 20), (2, 80)],
    }  # fmt: skip
    assert figure_bytes(chart, "png")


def test_what_was_read_first_is_a_line_a_family_with_its_seeds():
    found = [
        Remembered(name, (4, 5), np.array([[a, 1.0], [0.2, 0.4]]), np.full((2, 2), 0.04))
        for name, a in (("plain", 0.8), ("attention", 0.5))
    ]  # fmt: skip
    chart = memory_chart(found)
    assert lines(chart)["■ plain"] == [(4, 90), (5, 30)]
    assert lines(chart)["shuffled labels"] == [(4, 4), (5, 4)]
    bands = [layer for layer in chart["layer"] if layer["mark"]["type"] == "area"]
    assert len(bands) == 2 and {"x": 4, "low": 50, "high": 100} in bands[1]["data"]["values"]


def test_probes_are_lines_with_their_control():
    found = Readout(
        "a/b", "encoder", 0, "month", (0, 2), "Some.", np.array([[0.5, 0.7], [1.0, 1.0]]),
        np.full((2, 2), 0.1), np.full((2, 2), 0.3), np.array([9.0, 9.0]), np.array([2.0, 2.0]),
    )  # fmt: skip
    told = lines(readout_chart([ReadOut("b", PLAIN, found)]))
    assert told["■ b"] == [(1, 60), (3, 100)] and told["commonest"] == [(1, 30), (3, 30)]


def test_the_measured_curve_is_the_table_of_its_page():
    """Three seeds of both models, at every length from 4 to 20."""
    plain, attention = remembered()
    assert (plain.variant, attention.variant) == ("plain", "attention")
    text = (ROOT / "docs" / "first-letter.md").read_text("utf-8")
    for one in (plain, attention):
        assert one.lengths == tuple(range(4, 21)) and one.accuracy.shape == (17, 3)
    for row, length in enumerate(plain.lengths):
        line = next(line for line in text.splitlines() if line.startswith(f"| {length} |"))
        told = [cell.strip() for cell in line.split("|")[2:6]]
        for cell, values in zip(
            told, (plain.accuracy, attention.accuracy, plain.control, attention.control),
            strict=True,
        ):  # fmt: skip
            mean = float(cell.split(" ")[0])
            assert abs(mean - 100 * values[row].mean()) <= 0.51
