"""Do the figures show the alignment? Specifications are read as data; no browser."""

import json

import pytest
from tiny import build_like, build_system
from traces import HOSTILE

from s2s.evaluation.alignment import align, aligned_sentence
from s2s.plots import DARK, LIGHT, figure_bytes
from s2s.plots.alignment import aer_by_shift, gold_map
from s2s.plots.attention_map import attention_map
from s2s.plots.palette import contrast, scale_colour
from s2s.results.alignment import COMPARED, SHIFTS, Alignment, GoldPair, ShiftScore

TRANSLATOR = build_like(5)
PAIR = GoldPair(
    ("a", "b", "c", "d"), ("red", "sky", "sun"), frozenset({(0, 0), (3, 1)}),
    frozenset({(1, 1), (2, 2)}),
)  # fmt: skip
FOUND = aligned_sentence(TRANSLATOR, PAIR)


def layer(chart, name):
    return next((part for part in chart["layer"] if part.get("name") == name), None)


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_gold_link_has_its_ring_and_nothing_else(palette):
    chart = gold_map(FOUND, palette)
    # The model reads <sos> before the text, so columns are one further on.
    drawn = {}
    for kind in ("sure", "possible"):
        for ring in layer(chart, f"gold-{kind}")["data"]["values"]:
            drawn[ring["row"], ring["column"]] = kind
            cell = scale_colour(palette.attention_scale,
                                FOUND.trace.attention[ring["row"], ring["column"]])  # fmt: skip
            assert contrast(ring["ink"], cell) > 4.5
            assert ring["left"] == ring["column"] - 0.5 and ring["top"] == ring["row"] - 0.5
    assert drawn == {(0, 1): "sure", (1, 4): "sure", (1, 2): "possible", (2, 3): "possible"}
    for cell in chart["layer"][0]["data"]["values"]:
        assert cell["gold"] == drawn.get((cell["row"], cell["column"]), "none")
        assert cell["weight"] == FOUND.trace.attention[cell["row"], cell["column"]]
    assert "strokeDash" in layer(chart, "gold-possible")["mark"]
    assert "strokeDash" not in layer(chart, "gold-sure")["mark"]
    assert "teacher-forced" in chart["title"]["text"]["expr"]


def test_the_map_itself_stays_as_it_is():
    before = json.dumps(attention_map(FOUND.trace, LIGHT))
    chart = gold_map(FOUND, LIGHT)
    assert json.dumps(attention_map(FOUND.trace, LIGHT)) == before
    plain = json.loads(before)
    assert chart["layer"][3:] == plain["layer"][1:] and chart["height"] == plain["height"]
    assert len(gold_map(FOUND, LIGHT, compact=True)["layer"]) == len(chart["layer"]) - 1


def test_the_words_name_the_rings_that_are_there():
    def subtitle(sure, possible):
        pair = GoldPair(PAIR.source, PAIR.target, frozenset(sure), frozenset(possible))
        return gold_map(aligned_sentence(TRANSLATOR, pair), LIGHT)["title"]["subtitle"]

    both = subtitle({(0, 0)}, {(1, 1)})
    assert "solid: sure" in both and "dashed: possible" in both
    assert "dashed" not in subtitle({(0, 0)}, ()) and "solid" not in subtitle((), {(0, 0)})
    assert subtitle((), ()) == "No gold links"


def test_the_rings_stand_where_the_start_token_is_written_first():
    system = build_like(3)
    pair = GoldPair(("a", "b"), ("red", "sky"), frozenset({(1, 0)}), frozenset())
    chart = gold_map(aligned_sentence(system, pair), LIGHT)
    ring = layer(chart, "gold-sure")["data"]["values"][0]
    assert (ring["row"], ring["column"]) == (1, 1)
    assert layer(chart, "gold-possible") is None


def test_the_bars_are_the_rates():
    found = align(TRANSLATOR, [PAIR])
    rows = layer(aer_by_shift(found, LIGHT), "bars")["data"]["values"]
    assert [row["shift"] for row in rows] == list(SHIFTS)
    for row in rows:
        assert row["aer"] == found.at(row["shift"]).aer and row["known"]
        assert row["number"] == f"{row['aer']:.2f}" and COMPARED[row["shift"]] in row["name"]
        assert row["best"] == (row["shift"] == found.best)
    assert [row["name"][:2] for row in rows] == ["−1", "0 ", "+1"]
    line = layer(aer_by_shift(found, LIGHT), "chance")["data"]["values"][0]
    assert line["chance"] == found.chance and f"{found.chance:.2f}" in line["text"]


def test_a_rate_that_is_not_defined_has_no_bar_and_the_best_is_marked():
    scores = (ShiftScore(-1, 0, None, None, None, None), ShiftScore(0, 1, 0.0, 1.0, 1.0, 0.9),
              ShiftScore(1, 1, 0.5, 0.5, 0.5, 0.1))  # fmt: skip
    rows = layer(aer_by_shift(Alignment("m", 1, False, 0, 0.9, scores), DARK), "bars")
    values = rows["data"]["values"]
    assert [row["known"] for row in values] == [False, True, True]
    assert values[0]["number"] == "not defined" and values[1]["number"] == "0.00"
    assert [row["best"] for row in values] == [False, True, False]
    assert rows["encoding"]["color"]["condition"]["value"] == DARK.attention


def test_pictures_come_out_and_hostile_tokens_are_text():
    image = next(token for token in HOSTILE if token.startswith("<img"))
    pair = GoldPair((image, "b"), ("red",), frozenset({(0, 0)}), frozenset())
    words = ("<pad>", "<unk>", "<eos>", image, "b")
    vocab = type(TRANSLATOR.source_vocab)(words, pad=0, unk=1, eos=2)
    found = aligned_sentence(build_system(source=vocab, attention="dot"), pair)
    svg = figure_bytes(gold_map(found, LIGHT), "svg").decode()
    assert "<img" not in svg and "&lt;img" in svg and "gold" in svg
    assert figure_bytes(aer_by_shift(align(TRANSLATOR, [PAIR]), DARK), "png")[:4] == b"\x89PNG"
