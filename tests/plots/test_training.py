"""Do the curves show the history? Specifications are read as data; no browser."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from itertools import pairwise

import pytest

from s2s import plots
from s2s.plots import DARK, FAMILIES, LIGHT, Curve, Frame, Learned, Point
from s2s.plots.curve_frame import LABEL_HEIGHT, spread_apart, wrapped, y_domain
from s2s.plots.state_gradients import span
from s2s.plots.training_curves import points_of, ratio_finding, rows
from s2s.results import EpochReport, History

IMAGE = "<img src=x onerror=alert(1)>"


def report(epoch, train=1.0, validation=2.0, exact=0.5, bleu=30.0):
    return EpochReport(epoch, train, validation, exact, bleu, 0.1, 1.0, epoch * 10, 1.5)


def history(*losses, **rest):
    return History(tuple(report(i, loss, loss + 1) for i, loss in enumerate(losses, 1)), **rest)


def learned(name="one", family="attention", past=None, reduction="non_pad_tokens", **rest):
    return Learned(name, FAMILIES[family], past or history(3.0, 2.0, 1.0), reduction, **rest)


def lines(chart):
    """Name to (mark of the line, rows of its marks), in drawing order."""
    found = {}
    for line, marks in pairwise(chart["layer"]):
        if line["mark"]["type"] == "line" and "y" in line["encoding"]:
            values = marks["data"]["values"]
            assert line["data"]["values"] == [{"x": row["x"], "y": row["y"]} for row in values]
            found[values[0]["name"]] = line["mark"], values
    return found


def marks(chart, name):
    return next(
        layer["mark"]
        for layer in chart["layer"]
        if layer["mark"]["type"] == "point" and layer["data"]["values"][0]["name"] == name
    )


def names(chart):
    return chart["layer"][-1]["data"]["values"]


def test_the_numbers_are_those_of_the_history():
    chart = plots.validation_loss(learned(), [], LIGHT)
    drawn = lines(chart)["one"][1]
    assert [(row["x"], row["y"]) for row in drawn] == [(1, 4.0), (2, 3.0), (3, 2.0)]
    assert drawn[0]["says"] == "one, epoch 1: 4.00"
    chart = plots.score_by_epoch(learned(), [], "exact_match", LIGHT)
    assert [row["y"] for row in lines(chart)["one"][1]] == [50.0, 50.0, 50.0]
    assert "50.0\u00a0%" in lines(chart)["one"][1][0]["says"]


def test_families_differ_by_more_than_colour():
    looks = set()
    for name, family in FAMILIES.items():
        chart = plots.training_loss(learned(family=name), [], LIGHT)
        mark = lines(chart)["one"][0]
        assert mark["color"] == getattr(LIGHT, name)
        looks.add((tuple(mark["strokeDash"]), marks(chart, "one")["shape"]))
        assert looks and family.mark in "●◆■"
    assert len(looks) == 3
    assert FAMILIES["attention"].dash == () and FAMILIES["peeky"].dash == (6, 3)


def test_the_front_is_drawn_last_and_the_others_faded():
    chart = plots.training_loss(learned(), [learned("two", "plain"), learned("three")], LIGHT)
    drawn = lines(chart)
    assert list(drawn)[-1] == "one"
    assert drawn["one"][0]["opacity"] == 1
    assert drawn["two"][0]["opacity"] < 1 and drawn["two"][0]["strokeWidth"] < 2
    assert {row["name"]: row["weight"] for row in names(chart)} == {
        "one": "bold", "two": "normal", "three": "normal",
    }  # fmt: skip
    # A second model of the family has a hollow mark, one of another family has not.
    assert marks(chart, "three")["fill"] == LIGHT.background
    assert marks(chart, "two")["fill"] == LIGHT.plain


def test_training_losses_share_a_figure_only_if_they_are_averaged_alike():
    other = learned("two", reduction="mean_over_steps")
    chart = plots.training_loss(learned(), [other, learned("three")], LIGHT)
    assert set(lines(chart)) == {"one", "three"}
    assert "mean over steps" in json.dumps(plots.training_loss(other, [], LIGHT)["title"])
    # Only where the unit is the same does the training loss join the validation loss.
    assert "in training" in lines(plots.validation_loss(learned(), [], LIGHT))
    assert "in training" not in lines(plots.validation_loss(other, [], LIGHT))


def test_the_ratio_of_teacher_forcing_is_drawn_where_it_is_not_all():
    assert plots.teacher_forcing(learned(), [], LIGHT) is None
    falling = History(
        tuple(replace(report(n), teacher_forcing_ratio=1 - (n - 1) / 2) for n in (1, 2, 3))
    )
    chart = plots.teacher_forcing(learned(past=falling), [learned("two")], LIGHT)
    assert [row["y"] for row in lines(chart)["one"][1]] == [1, 0.5, 0]
    assert [row["y"] for row in lines(chart)["two"][1]] == [1, 1, 1]
    assert "100\u00a0% of the steps in epoch 1 and in 0\u00a0% in epoch 3" in ratio_finding(falling)
    assert ratio_finding(History()) == ""


def test_seeds_are_a_mean_with_a_band():
    seeds = {1: history(3.0, 1.0).reports, 2: history(5.0, 2.0).reports}
    past = History(seeds[1], seeds)
    assert points_of(past, "train_loss") == (Point(1, 4, 3, 5), Point(2, 1.5, 1, 2))
    chart = plots.training_loss(learned(past=past), [], LIGHT)
    band = next(layer for layer in chart["layer"] if layer["mark"]["type"] == "area")
    assert [(row["low"], row["high"]) for row in band["data"]["values"]] == [(3, 5), (1, 2)]
    assert "mean of 2 seeds" in wrapped_title(chart)
    assert "(3.00 to 5.00, 2 seeds)" in lines(chart)["one"][1][0]["says"]


def wrapped_title(chart):
    return chart["title"]["text"]["expr"].replace('", "', " ")


def test_what_is_missing_is_left_out():
    empty = learned(past=History((replace(report(1), validation_loss=None, bleu=None),)))
    assert plots.validation_loss(empty, [learned("two")], LIGHT) is None
    assert plots.score_by_epoch(empty, [], "bleu", LIGHT) is None
    assert plots.training_loss(learned(past=History((report(1, float("nan")),))), [], LIGHT) is None
    gap = History((report(1), report(2, float("inf")), report(3)))
    assert [p.x for p in points_of(gap, "train_loss")] == [1, 3]
    chart = plots.training_loss(learned(), [learned("two", past=gap)], LIGHT)
    json.loads(json.dumps(chart, allow_nan=False))
    with pytest.raises(ValueError, match="no curve"):
        plots.curves_chart([], Frame("nothing"), LIGHT)


def test_by_length_without_lengths_of_few_pairs():
    model = learned(by_length={3: (10.0, 9), 4: (20.0, 10), 5: (30.0, 99)})
    chart = plots.score_by_length(model, [], "bleu", "token", LIGHT)
    assert [(row["x"], row["y"]) for row in lines(chart)["one"][1]] == [(4, 20.0), (5, 30.0)]
    assert chart["layer"][0]["encoding"]["x"]["axis"]["title"] == "tokens"


@pytest.mark.parametrize("palette", [LIGHT, DARK])
def test_names_are_text_and_the_files_are_drawn(palette):
    hostile = learned(f"{IMAGE} **b** ' \" \\")
    chart = plots.training_loss(hostile, [learned("two", "peeky")], palette)
    assert any(row["name"] == hostile.name for row in names(chart))
    svg = plots.figure_bytes(chart, "svg")
    root = ElementTree.fromstring(svg)
    assert not [e for e in root.iter() if e.tag.endswith(("image", "script", "foreignObject"))]
    assert plots.figure_bytes(chart, "png").startswith(b"\x89PNG")
    token = f'"{IMAGE}'
    chart = plots.state_gradients({"h1": [0.1], "h2": [1.0]}, "h", "m'\"", token, palette)
    assert IMAGE[:4] in "".join(
        "".join(e.itertext())
        for e in ElementTree.fromstring(plots.figure_bytes(chart, "svg")).iter()
    )


def test_names_keep_their_room():
    for ends in ([100.0] * 14, [0, 0, 0], [229, 230, 230], [10, 50, 12, 51], []):
        places = spread_apart(ends)
        moved = sorted(places)
        assert all(b - a >= LABEL_HEIGHT - 1e-9 for a, b in zip(moved, moved[1:], strict=False))
        order = sorted(range(len(ends)), key=lambda i: ends[i])
        assert [places[i] for i in order] == moved
    assert spread_apart([20.0, 120.0]) == [20, 120]
    many = [learned(f"m{i}", "plain") for i in range(40)]
    # Forty lines that end in one place have the front's name and no pile of others.
    assert [row["name"] for row in names(plots.training_loss(learned(), many, LIGHT))] == ["one"]
    few = many[:3]
    assert len(names(plots.training_loss(learned(), few, LIGHT))) == 4


def test_the_axis_holds_all_values():
    curve = Curve("a", FAMILIES["plain"], (Point(1, 0.13, 0.13, 0.13), Point(2, 2.7, 2.6, 2.9)))
    low, high = y_domain([curve], Frame("t"))
    assert 0 <= low <= 0.13 and 2.9 <= high <= 3.5
    assert y_domain([curve], Frame("t", bounds=(0, 100))) == (0, 100)
    assert y_domain([curve], Frame("t", log=True)) == (0.1, 10)
    flat = Curve("a", FAMILIES["plain"], (Point(1, 0, 0, 0),))
    low, high = y_domain([flat], Frame("t"))
    assert low < 0 < high


def test_a_title_has_all_its_words_at_every_width():
    text = "one two three four five six seven eight nine ten eleven twelve"
    for part in wrapped(text).replace("[", "\n[").replace("]", "]\n").split("\n"):
        if part.startswith("["):
            assert " ".join(json.loads(part)) == text


def test_gradients_share_a_scale_and_say_the_story():
    ours = {"h1": [0.001, 0.002], "h2": [0.1, 0.2], "s1": [1.0, 2.0]}
    theirs = {"h1": [0.1, 0.1], "h2": [0.1, 0.05], "s1": [3.0, 2.0]}
    domain = span([ours, theirs], "h")
    assert domain == (0.001, 0.2)
    charts = [
        plots.state_gradients(own, "h", "m", "word", LIGHT, {"h1": "je"}, True, domain)
        for own in (ours, theirs)
    ]
    scales = [chart["layer"][0]["encoding"]["y"]["scale"] for chart in charts]
    assert scales[0] == scales[1] and scales[0]["type"] == "log"
    drawn = lines(charts[0])
    assert set(drawn) == {"h1 je", "h2"}
    assert [row["y"] for row in drawn["h1 je"][1]] == [0.001, 0.002]
    assert [drawn[name][0]["color"] for name in ("h1 je", "h2")] == [
        LIGHT.gradient, LIGHT.attention
    ]  # fmt: skip
    alone = [plots.state_gradients(own, "h", "m", "word", log=False) for own in (ours, theirs)]
    ends = [chart["layer"][0]["encoding"]["y"]["scale"]["domain"][1] for chart in alone]
    assert ends[0] >= 0.2 > ends[1] >= 0.1
    assert plots.state_gradients(ours, "x", "m", "word", LIGHT) is None
    assert plots.gradient_finding(ours, "word") == (
        "In epoch 2, 100 times less of the loss of “word” reaches h1, the first encoder state, "
        "than h2, the last."
    )
    assert "2.0 times more" in plots.gradient_finding(theirs, "word")
    assert plots.gradient_finding({"h1": [0.0], "h2": [1.0]}, "word") == ""
    for level in (1.0, 0.98, 1.04):
        assert plots.gradient_finding({"h1": [level], "h2": [1.0]}, "word") == (
            "In epoch 1, as much of the loss of “word” reaches h1, the first encoder state, "
            "as h2, the last."
        )


def test_findings_and_rows():
    past = history(3.0, 1.0, 2.0)
    assert plots.finding(past, "train_loss") == (
        "3.00 after epoch 1, 2.00 after epoch 3; lowest after epoch 2: 1.00."
    )
    assert plots.finding(History(), "train_loss") == ""
    assert [row["train_loss"] for row in rows(past)] == [3.0, 1.0, 2.0]
    both = History(past.reports, {1: past.reports, 2: past.reports})
    assert [row["seed"] for row in rows(both)] == [1, 1, 1, 2, 2, 2]


@pytest.mark.slow
def test_no_torch():
    code = "import sys, s2s.plots; assert 'torch' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
