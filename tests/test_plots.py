"""Does each figure show the result? Figures are read as data; no browser."""

import html
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from s2s.plots import DARK, LIGHT, attention_map, candidate_bars, lanes
from s2s.plots.labels import text_width
from s2s.plots.palette import on_colour, plotly_scale, scale_colour
from s2s.plots.tiles import EDGE
from s2s.results import Reading, Trace, Unknown

FRENCH = ("je", "suis", "vraiment", "fatigue", "ce", "soir", ".", "<eos>")
ENGLISH = ("i", "m", "really", "tired", "tonight", ".", "<eos>")
WEIGHTS = np.array(
    [
        [0.88, 0.07, 0.01, 0.01, 0.01, 0.01, 0.005, 0.005],
        [0.31, 0.61, 0.02, 0.02, 0.01, 0.01, 0.01, 0.01],
        [0.01, 0.10, 0.79, 0.08, 0.01, 0.01, 0.0, 0.0],
        [0.02, 0.03, 0.11, 0.80, 0.01, 0.01, 0.01, 0.01],
        [0.01, 0.01, 0.03, 0.05, 0.30, 0.58, 0.01, 0.01],
        [0.0, 0.0, 0.02, 0.02, 0.03, 0.07, 0.71, 0.15],
        [0.01, 0.01, 0.01, 0.02, 0.02, 0.02, 0.22, 0.69],
    ]
)
SURE = (0.95, 0.98, 0.85, 0.90, 0.85, 0.97, 0.93)
IMAGE = "<img src=x onerror=alert(1)>"
HOSTILE = ("<sos>", "</s>", IMAGE, "**b**", "<b>x</b>", "&amp;", "%{z}")


def make_trace(source=FRENCH, output=ENGLISH, weights=WEIGHTS, sure=SURE, **more):
    """A trace by hand. Five candidates a step: the written token, then four that never change."""
    steps, width = len(output), len(source)
    sure = np.asarray(sure, dtype=float)
    others = [0.8, 0.08, 0.053, 0.02]
    fields = {
        "model": "hand-made",
        "reading": Reading(" ".join(source), tuple(source), tuple(range(width)), width),
        "output": tuple(output),
        "fed": ("<sos>", *output[:-1]),
        "stopped": "eos",
        "text": " ".join(output[:-1]),
        "forced": (),
        "candidates": tuple((token, "this", "today", "a", "evening") for token in output),
        "candidate_probabilities": np.column_stack(
            [sure, *[(1 - sure) * share for share in others]]
        ),
        "probabilities": sure,
        "log_probabilities": np.log(sure),
        "encoder_states": np.zeros((width, 3)),
        "initial_state": np.zeros(3),
        "decoder_states": np.zeros((steps, 3)),
        "attention": weights,
    }
    return Trace(**{**fields, **more})


def square_trace(tokens):
    """A trace that writes what it reads, each token attending to itself."""
    count = len(tokens)
    return make_trace(tokens, tokens, np.eye(count), np.full(count, 0.9))


def with_empty_slots():
    return make_trace(weights=WEIGHTS * 0.7, empty_attention=np.full(7, 0.3))


def trace_named(figure, name):
    return next(trace for trace in figure.data if trace.name == name)


def shown(text):
    """Plotly mark-up as a person reads it: bold off, entities resolved."""
    return html.unescape(re.sub(r"</?b>", "", text))


def is_or_begins(text, whole):
    """The whole text, or if that is long its beginning and an ellipsis."""
    return text == whole or (len(text) > 9 and text[-1] == "…" and whole.startswith(text[:-1]))


def spaced(text):
    """With ordinary spaces before per cent signs."""
    return text.replace("\u00a0", " ")


# The attention map


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_map_is_the_attention_on_a_fixed_scale(palette):
    trace = make_trace(weights=WEIGHTS.astype(np.float32) * 0.5)
    heat = attention_map(trace, palette).data[0]
    assert heat.type == "heatmap"
    assert np.array_equal(heat.z, trace.attention)
    assert (heat.zmin, heat.zmax) == (0, 1)
    assert [list(stop) for stop in heat.colorscale] == plotly_scale(palette.attention_scale)
    assert list(heat.colorbar.tickvals) == [0, 0.5, 1]


def test_map_has_output_from_top_to_bottom_and_source_on_top():
    layout = attention_map(make_trace(), LIGHT).layout
    first, last = layout.yaxis.range
    assert first > last
    assert layout.xaxis.side == "top"
    assert layout.xaxis.range[0] < layout.xaxis.range[1]


def test_equal_tokens_keep_their_own_columns_and_rows():
    figure = attention_map(square_trace(("le",) * 5), LIGHT)
    assert list(figure.data[0].x) == [0, 1, 2, 3, 4]
    assert list(figure.data[0].y) == [0, 1, 2, 3, 4]
    assert list(figure.layout.xaxis.tickvals) == [0, 1, 2, 3, 4]
    assert list(figure.layout.xaxis.ticktext) == ["le"] * 5


def test_map_shows_hostile_tokens_literally():
    figure = attention_map(square_trace(HOSTILE), LIGHT, step=1, width_hint=2000)
    expected = [token.replace(" ", "␣") for token in HOSTILE]
    axes = figure.layout.xaxis.ticktext, figure.layout.yaxis.ticktext
    for labels in axes:
        bare = [re.sub("^▸ <b>(.*)</b>$", r"\1", text) for text in labels]
        assert not any("<" in text or ">" in text for text in bare)
        for text, whole in zip(bare, expected, strict=True):
            assert is_or_begins(html.unescape(text), whole)
    cells = figure.data[0].customdata.reshape(-1)
    assert not any("<" in text for text in cells)
    assert {html.unescape(text) for text in cells} == set(expected)


def test_map_cuts_a_long_word_and_shows_it_whole_on_hover():
    word = "w" * 200
    figure = attention_map(square_trace((word, "a")), LIGHT, width_hint=1000)
    label = figure.layout.xaxis.ticktext[0]
    assert label.endswith("…") and text_width(label, 14) <= 160
    assert figure.data[0].customdata[0, 0, 1].replace("<br>", "") == word


def test_map_marks_the_current_row():
    figure = attention_map(make_trace(), LIGHT, step=4)
    (outline,) = figure.layout.shapes
    assert (outline.y0, outline.y1) == (3.5, 4.5)
    assert (outline.x0, outline.x1) == (-0.5, 7.5)
    assert (outline.line.width, outline.line.color) == (2, LIGHT.text)
    labels = figure.layout.yaxis.ticktext
    assert labels[4] == "▸ <b>tonight</b>"
    assert [label for label in labels if "▸" in label] == [labels[4]]


def test_map_without_a_step_marks_nothing():
    figure = attention_map(make_trace(), LIGHT)
    assert figure.layout.shapes == ()
    assert list(figure.layout.yaxis.ticktext) == [html.escape(token) for token in ENGLISH]


def test_map_marks_edited_rows():
    figure = attention_map(make_trace(attended=(2,)), LIGHT, step=4)
    edited, current = figure.layout.shapes
    assert (edited.y0, edited.line.color, edited.line.dash) == (1.5, LIGHT.edit, "4px,3px")
    assert current.line.dash is None
    assert figure.layout.yaxis.ticktext[2] == "✎ really"
    assert "edited rows dashed" in figure.layout.title.text


@pytest.mark.parametrize(
    ("forced", "words"),
    [
        ((), "(free-running)"),
        ((0,), "(1 token forced)"),
        ((0, 1, 4), "(3 tokens forced)"),
        (tuple(range(7)), "(teacher-forced)"),
    ],
)
def test_map_title_says_how_it_was_decoded(forced, words):
    figure = attention_map(make_trace(forced=forced), LIGHT)
    assert figure.layout.title.text == f"Where it looked: attention, 0 to 1 {words}"


def test_map_numbers_are_the_weights_from_five_per_cent():
    figure = attention_map(make_trace(), LIGHT, width_hint=1000)
    numbers = figure.data[1]
    cells = {
        (int(base + 0.5), int(x)): (text, colour)
        for base, x, text, colour in zip(
            numbers.base, numbers.x, numbers.text, numbers.textfont.color, strict=True
        )
    }
    expected = {tuple(map(int, cell)) for cell in np.argwhere(WEIGHTS >= 0.05)}
    assert set(cells) == expected
    for cell, (text, colour) in cells.items():
        assert text == f"{WEIGHTS[cell]:.2f}"
        assert colour == on_colour(scale_colour(LIGHT.attention_scale, WEIGHTS[cell]))
    assert {colour for _, colour in cells.values()} == {"#000000", "#FFFFFF"}


@pytest.mark.parametrize("options", [{"compact": True}, {"width_hint": 300}])
def test_map_has_no_numbers_where_cells_are_small(options):
    assert [trace.type for trace in attention_map(make_trace(), LIGHT, **options).data] == [
        "heatmap"
    ]


def test_empty_slots_complete_each_row_in_a_column_apart():
    trace = with_empty_slots()
    figure = attention_map(trace, LIGHT, step=0, width_hint=1000)
    heat, empty = figure.data[0], figure.data[1]
    assert np.array_equal(heat.z, trace.attention)
    assert np.allclose(heat.z.sum(axis=1) + empty.z[:, 0], 1)
    left, right = empty.x
    assert left > 7.5  # the last source column ends there
    assert (empty.zmin, empty.zmax) == (0, 1)
    assert empty.colorscale == heat.colorscale
    assert figure.layout.xaxis.ticktext[-1] == "empty slots"
    assert figure.layout.xaxis.tickvals[-1] == (left + right) / 2
    assert figure.layout.shapes[0].x1 == right


def test_compact_map_slants_words_but_not_characters():
    assert attention_map(make_trace(), LIGHT, compact=True).layout.xaxis.tickangle == -45
    date = square_trace(tuple("Mar 25, 2003"))
    assert attention_map(date, LIGHT, compact=True).layout.xaxis.tickangle == 0


def test_crowded_map_labels_some_columns_says_so_and_keeps_the_main_source():
    figure = attention_map(square_trace(("parti",) * 40), LIGHT, step=20, compact=True)
    labels = figure.layout.xaxis.ticktext
    assert labels[20] == "parti" and labels[19] == labels[21] == ""
    gap = int(re.search(r"every (\d)\w\w column labelled", figure.layout.title.text)[1])
    assert labels[0] == labels[gap] == "parti" and not any(labels[1:gap])


def test_map_grows_with_the_output_within_bounds():
    def rows(count):
        layout = attention_map(square_trace(("a",) * count), LIGHT).layout
        return (layout.height - layout.margin.t - layout.margin.b) / count

    assert rows(5) == pytest.approx(34, abs=0.2)
    assert rows(60) == pytest.approx(20, abs=0.2)
    assert 20 < rows(24) < 34


def test_map_refuses_a_model_without_attention():
    with pytest.raises(ValueError, match="hand-made has no attention"):
        attention_map(make_trace(weights=None), LIGHT)


@pytest.mark.parametrize("step", [-1, 7])
@pytest.mark.parametrize(
    "draw",
    [
        lambda trace, step: attention_map(trace, LIGHT, step),
        lambda trace, step: candidate_bars(trace, step, LIGHT, 100),
        lambda trace, step: lanes(trace, step, LIGHT),
    ],
)
def test_figures_refuse_a_step_that_does_not_exist(draw, step):
    with pytest.raises(ValueError, match=f"step {step} of a trace with 7 steps"):
        draw(make_trace(), step)


# The candidates


def rows_of(figure):
    """The texts of each line, left to right."""
    lines = {}
    for note in figure.layout.annotations:
        lines.setdefault(note.y, []).append(spaced(shown(note.text)))
    return [lines[y] for y in sorted(lines)]


def test_candidates_show_tokens_probabilities_and_the_rest():
    trace = make_trace()
    figure = candidate_bars(trace, 4, LIGHT, 8412)
    assert rows_of(figure) == [
        ["✓", "tonight", "85 %"],
        ["this", "12 %"],
        ["today", "1.2 %"],
        ["a", "0.8 %"],
        ["evening", "0.3 %"],
        ["8\u202f407 others", "0.7 %"],
    ]
    bars = figure.data[1]
    assert np.array_equal(bars.x, trace.candidate_probabilities[4])
    assert list(figure.layout.xaxis.range) == [0, 1]
    first, last = figure.layout.yaxis.range
    assert first > last  # best on top
    assert list(bars.marker.color) == [LIGHT.text] + [LIGHT.bar] * 4


def test_a_written_token_outside_the_candidates_gets_its_own_row():
    candidates = (("x", "this", "today", "a", "evening"),) * 7
    trace = make_trace(candidates=candidates, forced=tuple(range(7)))
    figure = candidate_bars(trace, 4, LIGHT, 8412)
    rows = rows_of(figure)
    assert rows[5] == ["✓", "tonight", "85 %"]
    assert rows[6][0] == "8\u202f406 others"
    assert figure.data[1].x[5] == SURE[4]
    assert figure.data[1].marker.color[5] == LIGHT.text
    assert sum("✓" in row for row in rows) == 1


def test_a_vocabulary_that_is_shown_whole_has_no_others():
    assert len(rows_of(candidate_bars(make_trace(), 4, LIGHT, 5))) == 5
    assert rows_of(candidate_bars(make_trace(), 4, LIGHT, 6))[-1][0] == "1 other"


def test_candidates_show_hostile_tokens_literally():
    trace = square_trace(HOSTILE)
    for step, token in enumerate(HOSTILE):
        figure = candidate_bars(trace, step, LIGHT, 100)
        text = next(n.text for n in figure.layout.annotations if n.y == 0 and n.text != "✓")
        bare = text.removeprefix("<b>").removesuffix("</b>")
        assert "<" not in bare
        whole = token.replace(" ", "␣")
        assert is_or_begins(html.unescape(bare), whole)
        assert html.escape(whole, quote=False) in figure.data[1].hovertext[0]


# The lanes


def test_source_tiles_are_filled_by_their_weights():
    trace = make_trace()
    tiles = trace_named(lanes(trace, 4, DARK), "source")
    assert [shown(text) for text in tiles.text] == list(FRENCH)
    assert list(tiles.marker.color) == [
        scale_colour(DARK.attention_scale, value) for value in WEIGHTS[4]
    ]
    assert [text.startswith("<b>") for text in tiles.text] == list(WEIGHTS[4] >= 0.05)
    assert tiles.hovertext[5] == "«soir»: weight 0.58"


def test_numbers_stand_beneath_their_tiles():
    figure = lanes(make_trace(), 4, LIGHT)
    tiles = trace_named(figure, "source")
    beneath = {note.x: shown(note.text) for note in figure.layout.annotations}
    assert [beneath.get(x) for x in tiles.x] == [
        None, None, None, "0.05", "0.30", "0.58", None, None
    ]  # fmt: skip


def test_source_tiles_without_attention_are_all_alike():
    figure = lanes(make_trace(weights=None), 4, LIGHT)
    tiles = trace_named(figure, "source")
    assert set(tiles.marker.color) == {LIGHT.surface}
    assert not any("<b>" in text or "weight" in text for text in (*tiles.text, *tiles.hovertext))
    assert len(figure.layout.annotations) == 3  # the headings only


def test_empty_slots_are_the_last_source_tile():
    figure = lanes(with_empty_slots(), 4, LIGHT)
    tiles = trace_named(figure, "source")
    assert shown(tiles.text[-1]) == "empty slots"
    assert tiles.marker.color[-1] == scale_colour(LIGHT.attention_scale, 0.3)
    assert tiles.hovertext[-1] == "empty slots: weight 0.30"


def test_output_tiles_are_written_current_and_unwritten():
    figure = lanes(make_trace(), 4, LIGHT)
    tiles, arrow = trace_named(figure, "output"), trace_named(figure, "step")
    assert [shown(text) for text in tiles.text] == list(ENGLISH)
    assert list(tiles.marker.line.width) == [0, 0, 0, 0, 2.5, 0, 0]
    assert tiles.text[4] == "<b>tonight</b>"
    assert list(tiles.textfont.color) == [LIGHT.text] * 5 + [LIGHT.unwritten] * 2
    assert ["not written yet" in text for text in tiles.hovertext] == [False] * 5 + [True] * 2
    (dashes,) = figure.layout.shapes
    assert dashes.path.count("M") == 2 and dashes.line.dash
    before, current = (x - w / 2 for x, w in zip(tiles.x[3:5], tiles.width[3:5], strict=True))
    assert before + tiles.width[3] < arrow.x[0] < current


def test_forced_tokens_are_dashed_in_rose():
    figure = lanes(make_trace(forced=(0, 1)), 4, LIGHT)
    rose = [shape for shape in figure.layout.shapes if shape.line.color == LIGHT.edit]
    assert len(rose) == 1 and rose[0].path.count("M") == 2
    assert ["forced" in text for text in trace_named(figure, "output").hovertext] == (
        [True] * 2 + [False] * 5
    )


def test_ink_bars_are_the_probabilities_of_what_is_written():
    figure = lanes(make_trace(), 4, LIGHT)
    track, sure = trace_named(figure, "track"), trace_named(figure, "sure")
    assert np.allclose(np.array(sure.x) / np.array(track.x), SURE[:5])
    assert list(sure.base) == list(track.base)


def test_nothing_moves_from_step_to_step():
    first, last = lanes(make_trace(), 0, LIGHT), lanes(make_trace(), 6, LIGHT)
    assert first.layout.height == last.layout.height
    for name in ("source", "output"):
        a, b = trace_named(first, name), trace_named(last, name)
        assert (list(a.x), list(a.base), list(a.width)) == (list(b.x), list(b.base), list(b.width))


@pytest.mark.parametrize("width", [320, 390, 700])
@pytest.mark.parametrize(
    "tokens",
    [FRENCH, ("parti", "anticonstitutionnellement") * 30, tuple("Tuesday, March 25, 2003      ")],
    ids=["words", "sixty", "characters"],
)
def test_tiles_stay_inside_apart_and_wide_enough(tokens, width):
    figure = lanes(square_trace(tokens), 1, LIGHT, width=width)
    for name in ("source", "output"):
        tiles = trace_named(figure, name)
        assert len(tiles.x) == len(tokens)
        rows = {}
        for x, w, top, text in zip(tiles.x, tiles.width, tiles.base, tiles.text, strict=True):
            assert text_width(shown(text), tiles.textfont.size, bold=True) < w <= 160.01
            rows.setdefault(top, []).append((x - w / 2, x + w / 2))
        for row in rows.values():
            assert row[0][0] == pytest.approx(EDGE) and row[-1][1] <= width
            assert all(a[1] + 3 < b[0] for a, b in zip(row, row[1:], strict=False))
        tops = sorted(rows)
        assert all(b - a > 36 for a, b in zip(tops, tops[1:], strict=False))
    assert figure.layout.height >= max(trace_named(figure, "output").base) + 36


def test_twenty_nine_characters_fit_one_row():
    figure = lanes(square_trace(tuple("Tuesday, March 25, 2003      ")), 0, LIGHT, width=700)
    assert len(set(trace_named(figure, "source").base)) == 1


def test_lanes_show_hostile_and_unknown_tokens_literally():
    long = "w" * 200
    tokens = (*HOSTILE, long, "<unk>")
    trace = square_trace(tokens)
    reading = Reading("", tokens, trace.reading.ids, 9, unknown=(Unknown("<i>zib", 8),))
    figure = lanes(square_trace_with(trace, reading), 0, LIGHT)
    tiles = trace_named(figure, "source")
    bare = [text.removeprefix("<b>").removesuffix("</b>") for text in tiles.text]
    assert not any("<" in text for text in bare)
    assert html.unescape(bare[0]) == "<sos>" and html.unescape(bare[4]) == "<b>x</b>"
    assert bare[7].endswith("…")
    assert long in tiles.hovertext[7].replace("<br>", "")
    assert tiles.hovertext[8].startswith("«&lt;unk&gt;», typed «&lt;i&gt;zib»")


def square_trace_with(trace, reading):
    """The same trace with another reading."""
    return make_trace(
        reading.tokens, trace.output, trace.attention, trace.probabilities, reading=reading
    )


# All of them


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_figures_are_transparent_and_stretch(palette):
    trace = make_trace()
    for figure in (
        attention_map(trace, palette, 4),
        candidate_bars(trace, 4, palette, 100),
        lanes(trace, 4, palette),
    ):
        layout = figure.layout
        assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0,0,0,0)"
        assert layout.width is None and layout.height > 0
        assert layout.font.color == palette.text
        assert layout.template.layout.to_plotly_json() == {}


def test_drawing_leaves_the_trace_as_it_was():
    trace = make_trace()
    before = trace.attention.copy()
    attention_map(trace, LIGHT, 4)
    lanes(trace, 4, LIGHT)
    assert np.array_equal(trace.attention, before)


def test_plots_import_neither_torch_nor_streamlit():
    code = (
        "import sys, s2s.plots; "
        "print([m for m in ('torch', 'streamlit') if m in sys.modules], 's2s.plots' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=Path(__file__).resolve().parent.parent,
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == "[] True"
