"""Does each figure show the result? Specifications are read as data, files as files; no browser."""

import json
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from traces import ENGLISH, FRENCH, HOSTILE, WEIGHTS, make_trace, square_trace, with_empty_slots

from s2s.plots import DARK, LIGHT, attention_map, cell_sentence, figure_bytes
from s2s.plots.labels import text_width
from s2s.plots.palette import on_colour, scale_colour


def is_or_begins(text, whole):
    """The whole text, or if that is long its beginning and an ellipsis."""
    return text == whole or (len(text) > 9 and text[-1] == "…" and whole.startswith(text[:-1]))


def layers(chart, kind=None):
    """The layers of a figure, as (data rows, mark, encoding); all, or those of one mark."""
    return [
        (layer["data"]["values"], layer["mark"], layer.get("encoding", {}))
        for layer in chart.to_dict()["layer"]
        if kind is None or layer["mark"]["type"] == kind
    ]


def cells(chart):
    return layers(chart)[0][0]


def grid(chart, name, columns):
    """One field of the cells as [T, columns]."""
    return np.array([row[name] for row in cells(chart)]).reshape(-1, columns)


def numbers(chart):
    """The data rows of the numbers in the cells."""
    return [row for rows, _, _ in layers(chart, "text") for row in rows if "ink" in row]


def column_labels(chart):
    return next(rows for rows, _, _ in layers(chart, "text") if "column" in rows[0])


def row_labels(chart):
    return next(
        rows for rows, mark, _ in layers(chart, "text") if "row" in rows[0] and "fontWeight" in mark
    )


def outlines(chart):
    return [(rows, mark) for rows, mark, _ in layers(chart, "rect") if mark.get("filled") is False]


def signs(chart):
    """(row, sign) of every ▸ and ✎."""
    return [
        (row["row"], row["text"])
        for rows, _, _ in layers(chart)
        for row in rows
        if row.get("text") in ("▸", "✎")
    ]


def drawn(chart):
    """The figure as SVG: its elements."""
    return list(ET.fromstring(figure_bytes(chart, "svg")).iter())


def texts(elements):
    """(text, attributes) of everything written in an SVG that is not blank."""
    return [("".join(e.itertext()), e.attrib) for e in elements if e.tag.endswith("}text")]


def heading(elements):
    """The title of a drawn figure, its lines joined."""
    group = next(e for e in elements if "role-title-text" in e.get("class", ""))
    return " ".join("".join(text.itertext()) for text in _lines(group))


def _lines(group):
    text = next(e for e in group.iter() if e.tag.endswith("}text"))
    return [e for e in text if e.tag.endswith("}tspan")] or [text]


# The attention map


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_map_is_the_attention_on_a_fixed_scale(palette):
    trace = make_trace(weights=WEIGHTS.astype(np.float32) * 0.5)
    chart = attention_map(trace, palette)
    assert np.array_equal(grid(chart, "weight", 8), trace.attention)
    assert np.array_equal(grid(chart, "row", 8), np.indices((7, 8))[0])
    assert np.array_equal(grid(chart, "column", 8), np.indices((7, 8))[1])
    scale = layers(chart)[0][2]["color"]["scale"]
    assert scale["domain"] == pytest.approx([0, 0.2, 0.4, 0.6, 0.8, 1])
    assert (scale["domain"][0], scale["domain"][-1], scale["clamp"]) == (0, 1, True)
    assert tuple(scale["range"]) == palette.attention_scale


def test_cells_are_drawn_in_the_colours_of_the_scale():
    fills = [e.get("fill") for e in drawn(attention_map(make_trace(), LIGHT)) if _is_cell(e)]
    for fill, weight in zip(fills, WEIGHTS.ravel(), strict=True):
        drawn_colour = [int(part) for part in re.findall(r"\d+", fill)]
        expected = scale_colour(LIGHT.attention_scale, weight)
        assert drawn_colour == pytest.approx(
            [int(expected[i : i + 2], 16) for i in (1, 3, 5)], abs=1
        )


def _is_cell(element):
    return element.get("aria-label", "").startswith("output ")


def test_the_colour_bar_has_the_scale_and_its_ends():
    chart = attention_map(make_trace(), DARK)
    bar = next(rows for rows, _, _ in layers(chart, "rect") if "colour" in rows[0])
    places = np.linspace(1, 0, len(bar))  # the largest on top
    assert [row["colour"] for row in bar] == [
        scale_colour(DARK.attention_scale, place) for place in places
    ]
    assert bar[0]["y"] == 0 and bar[-1]["y2"] == chart["height"]
    assert all(above["y2"] >= below["y"] for above, below in pairwise(bar)), "no gap"
    ticks = next(rows for rows, _, _ in layers(chart, "text") if "baseline" in rows[0])
    assert [tick["text"] for tick in ticks] == ["1", "0.5", "0"]


def test_map_has_output_from_top_to_bottom_and_source_on_top():
    elements = drawn(attention_map(make_trace(), LIGHT))
    places = {text: _place(attributes) for text, attributes in texts(elements)}
    assert places["je"][0] < places["suis"][0] < places["soir"][0]
    assert places["i"][1] < places["m"][1] < places["tonight"][1]
    assert places["je"][1] < places["i"][1] and places["i"][0] < places["je"][0]


def _place(attributes):
    x, y = re.match(r"translate\(([-\d.]+),([-\d.]+)\)", attributes["transform"]).groups()
    return float(x), float(y)


def test_equal_tokens_keep_their_own_columns_and_rows():
    chart = attention_map(square_trace(("le",) * 5), LIGHT)
    assert [row["x"] for row in column_labels(chart)] == [0, 1, 2, 3, 4]
    assert [row["row"] for row in row_labels(chart)] == [0, 1, 2, 3, 4]
    elements = drawn(chart)
    found = [_place(attributes) for text, attributes in texts(elements) if text == "le"]
    assert len(set(found)) == 10
    assert sum(map(_is_cell, elements)) == 25


def test_map_shows_hostile_tokens_literally():
    chart = attention_map(square_trace(HOSTILE), LIGHT, step=1, width=3000)
    expected = [token.replace(" ", "␣") for token in HOSTILE]
    for labels in (column_labels(chart), row_labels(chart)):
        for row, whole in zip(labels, expected, strict=True):
            assert is_or_begins(row["text"], whole)
    elements = drawn(chart)
    assert not {e.tag.split("}")[1] for e in elements} & {"img", "image", "b", "script", "a"}
    written = [text for text, _ in texts(elements)]
    for row in column_labels(chart):
        assert written.count(row["text"]) == 2  # a column and a row
    # No token is part of an expression, so none can be obeyed.
    assert all(
        token not in found
        for found in re.findall(r'"(?:expr|calculate|test)": "(.*?)"[,}]', json.dumps(chart))
        for token in ("onerror", "**b**", "$x$", "</s>")
    )


def test_svg_escapes_tokens():
    svg = figure_bytes(attention_map(square_trace(HOSTILE), LIGHT, width=3000), "svg").decode()
    assert "&lt;sos&gt;" in svg and "<sos>" not in svg
    assert "&lt;/s&gt;" in svg and "<img" not in svg and "<b>" not in svg


@pytest.mark.parametrize("empty", [False, True])
def test_every_cell_says_its_tokens_and_number(empty):
    trace = with_empty_slots() if empty else make_trace()
    said = [e.get("aria-label") for e in drawn(attention_map(trace, LIGHT)) if _is_cell(e)]
    assert said == [cell_sentence(trace, t, s) for t in range(7) for s in range(8 + empty)]


def test_tooltip_shows_tokens_and_number_as_text():
    chart = attention_map(square_trace(HOSTILE), LIGHT)
    tooltip = layers(chart)[0][2]["tooltip"]
    assert [(row["field"], row["type"]) for row in tooltip] == [
        ("output", "nominal"), ("source", "nominal"), ("number", "nominal"),
    ]  # fmt: skip
    named = {param["name"]: param.get("value") for param in chart["params"]}
    assert named["sources"] == [f"«{token.replace(' ', '␣')}»" for token in HOSTILE]


def test_a_click_names_row_and_column():
    (param,) = attention_map(make_trace(), LIGHT)["layer"][0]["params"]
    assert param["name"] == "cell"
    assert param["select"] == {"type": "point", "fields": ["row", "column"], "toggle": False}


def test_map_cuts_a_long_word_and_says_it_whole():
    word = "w" * 200
    trace = square_trace((word, "a"))
    chart = attention_map(trace, LIGHT)
    text = column_labels(chart)[0]["text"]
    assert text.endswith("…") and text_width(text, 14) <= 160
    assert cell_sentence(trace, 0, 0) == f"output «{word}» ← source «{word}»: 1.00"


def test_map_marks_the_current_row():
    chart = attention_map(make_trace(), LIGHT, step=4)
    (((box,), mark),) = outlines(chart)
    assert (box["top"], box["bottom"]) == (3.5, 4.5)
    assert (box["left"], box["right"]) == (-0.5, 7.5)
    assert (mark["strokeWidth"], mark["stroke"]) == (2, LIGHT.text)
    assert signs(chart) == [(4, "▸")]
    bold = {text for text, attributes in texts(drawn(chart)) if "bold" in attributes.values()}
    assert bold == {"tonight"}


def test_map_without_a_step_marks_nothing():
    chart = attention_map(make_trace(), LIGHT)
    assert outlines(chart) == [] and signs(chart) == []
    assert [row["text"] for row in row_labels(chart)] == list(ENGLISH)


def test_map_marks_edited_rows():
    chart = attention_map(make_trace(attended=(2, 4)), LIGHT, step=4)
    ((box,), edited), (_, current) = outlines(chart)
    assert (box["top"], edited["stroke"], edited["strokeDash"]) == (1.5, LIGHT.edit, [4, 3])
    assert "strokeDash" not in current
    assert signs(chart) == [(2, "✎"), (4, "✎"), (4, "▸")]
    assert "edited rows dashed" in heading(drawn(chart))


@pytest.mark.parametrize(
    ("forced", "words"),
    [
        ((), "(free-running)"),
        ((0,), "(1 token forced)"),
        ((0, 1, 4), "(3 tokens forced)"),
        (tuple(range(7)), "(teacher-forced)"),
    ],
)
@pytest.mark.parametrize("width", [1000, 350])
def test_map_title_says_how_it_was_decoded(forced, words, width):
    elements = drawn(attention_map(make_trace(forced=forced), LIGHT, width=width))
    assert heading(elements) == f"Where it looked: attention, 0 to 1 {words}"


def test_map_numbers_are_the_weights_from_five_per_cent():
    found = {(row["row"], row["x"]): row for row in numbers(attention_map(make_trace(), LIGHT))}
    assert set(found) == {tuple(map(int, cell)) for cell in np.argwhere(WEIGHTS >= 0.05)}
    for cell, row in found.items():
        assert row["text"] == f"{WEIGHTS[cell]:.2f}"
        assert row["ink"] == on_colour(scale_colour(LIGHT.attention_scale, WEIGHTS[cell]))
    assert {row["ink"] for row in found.values()} == {"#000000", "#FFFFFF"}


def test_map_has_no_numbers_where_cells_are_small():
    assert numbers(attention_map(make_trace(), LIGHT, compact=True)) == []
    seen = {
        width: [a for text, a in texts(drawn(attention_map(make_trace(), LIGHT, width=width)))
                if text == "0.88" and float(a.get("opacity", 1)) > 0]
        for width in (1000, 300)
    }  # fmt: skip
    assert len(seen[1000]) == 1 and seen[300] == []


def test_empty_slots_complete_each_row_in_a_column_apart():
    trace = with_empty_slots()
    chart = attention_map(trace, LIGHT, step=0)
    weights = grid(chart, "weight", 9)
    assert np.array_equal(weights[:, :8], trace.attention)
    assert np.array_equal(weights[:, 8], trace.empty_attention)
    assert np.allclose(weights.sum(axis=1), 1)
    last = column_labels(chart)[-1]
    assert (last["text"], last["column"]) == ("empty slots", 8)
    assert last["x"] > 8  # further from its neighbour than the others from theirs
    (((box,), _),) = outlines(chart)
    assert box["right"] == last["x"] + 0.5
    assert cell_sentence(trace, 4, 8) == "output «tonight» ← empty slots: 0.30"


def slants(chart):
    """Whether the column labels of a drawn figure are turned."""
    names = {row["text"] for row in column_labels(chart)}
    found = [a["transform"] for text, a in texts(drawn(chart)) if text in names]
    return any("rotate(-45)" in transform for transform in found)


def test_compact_map_slants_words_but_not_characters():
    assert slants(attention_map(make_trace(), LIGHT, width=350, compact=True))
    assert not slants(attention_map(make_trace(), LIGHT))
    date = square_trace(tuple("Mar 25, 2003"))
    assert not slants(attention_map(date, LIGHT, width=350, compact=True))


def test_labels_follow_the_width_that_the_map_really_has():
    assert slants(attention_map(square_trace(FRENCH), LIGHT, width=400))


def test_crowded_map_labels_some_columns_says_so_and_keeps_the_main_source():
    words = tuple(f"w{place}x" for place in range(40))
    elements = drawn(attention_map(square_trace(words), LIGHT, step=21, width=350, compact=True))
    slanted = [text for text, a in texts(elements) if "rotate(-45)" in a["transform"]]
    labelled = {int(text[1:-1]) for text in slanted if text}
    assert 21 in labelled and not {20, 22} & labelled
    gap = int(re.search(r"every (\d)\w\w column labelled", heading(elements))[1])
    assert {0, gap} < labelled and not set(range(1, gap)) & labelled


def test_map_grows_with_the_output_within_bounds():
    def row(count):
        return attention_map(square_trace(("a",) * count), LIGHT)["height"] / count

    assert row(5) == 34
    assert row(60) == 20
    assert 20 < row(24) < 34


def test_a_large_map_is_drawn_on_a_canvas():
    def renderer(count):
        meta = attention_map(square_trace(("a",) * count), LIGHT)["usermeta"]
        return meta.get("embedOptions", {}).get("renderer")

    assert renderer(20) is None and renderer(60) == "canvas"


def test_map_refuses_a_model_without_attention():
    with pytest.raises(ValueError, match="hand-made has no attention"):
        attention_map(make_trace(weights=None), LIGHT)
    with pytest.raises(ValueError, match="hand-made has no attention"):
        cell_sentence(make_trace(weights=None), 0, 0)


@pytest.mark.parametrize("step", [-1, 7])
def test_map_refuses_a_step_that_does_not_exist(step):
    with pytest.raises(ValueError, match=f"step {step} of a trace with 7 steps"):
        attention_map(make_trace(), LIGHT, step)


# What a cell says


def test_cell_sentence():
    assert cell_sentence(make_trace(), 4, 5) == "output «tonight» ← source «soir»: 0.58"


def test_cell_sentence_tells_repeated_tokens_apart():
    trace = square_trace(("le", "chat", "le"))
    assert cell_sentence(trace, 0, 2) == "output «le» (1st) ← source «le» (3rd): 0.00"
    assert cell_sentence(trace, 1, 1) == "output «chat» ← source «chat»: 1.00"


def test_cell_sentence_is_plain_text():
    said = cell_sentence(square_trace(HOSTILE), 2, 3)
    assert said == "output «<img␣src=x␣onerror=alert(1)>» ← source «**b**»: 0.00"


@pytest.mark.parametrize(("t", "s"), [(-1, 0), (7, 0), (0, -1), (0, 8)])
def test_cell_sentence_refuses_a_cell_that_does_not_exist(t, s):
    with pytest.raises(ValueError, match="step|column"):
        cell_sentence(make_trace(), t, s)


# All of them


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_figures_are_transparent_frameless_and_stretch(palette):
    spec = attention_map(make_trace(), palette, 4).to_dict()
    assert spec["background"] == "transparent"
    assert spec["config"]["view"] == {"stroke": None}
    assert spec["config"]["title"]["color"] == palette.text
    assert spec["autosize"]["type"] == "fit-x"
    json.dumps(spec, allow_nan=False)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_files_are_on_the_colour_of_the_page(palette):
    chart = attention_map(make_trace(), palette, 4)
    png = figure_bytes(chart, "png")
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    assert int.from_bytes(png[16:20]) == 2000  # twice the width
    root = ET.fromstring(figure_bytes(chart, "svg"))
    assert any(e.get("fill") == palette.background for e in root.iter())
    assert chart["background"] == "transparent"


def test_files_show_hangul():
    svg = figure_bytes(attention_map(square_trace(("안녕", "하세요")), LIGHT), "svg").decode()
    assert "안녕" in svg and "Noto Sans KR" in svg


def test_figure_bytes_refuses_another_kind():
    with pytest.raises(ValueError, match="not 'gif'"):
        figure_bytes(attention_map(make_trace(), LIGHT), "gif")


def test_altair_accepts_the_specification():
    alt = pytest.importorskip("altair")
    chart = attention_map(make_trace(attended=(2,)), LIGHT, 4)
    assert isinstance(alt.Chart.from_dict(chart.to_dict()), alt.LayerChart)  # validates


def test_drawing_leaves_the_trace_as_it_was():
    trace = make_trace()
    before = trace.attention.copy()
    attention_map(trace, LIGHT, 4)
    assert np.array_equal(trace.attention, before)


@pytest.mark.slow
def test_plots_import_nothing_heavy():
    heavy = ("torch", "streamlit", "altair", "plotly", "pandas", "vl_convert")
    code = (
        "import sys, s2s.plots; "
        f"print([m for m in {heavy} if m in sys.modules], 's2s.plots' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[] True"
