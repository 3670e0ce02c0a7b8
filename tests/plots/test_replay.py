"""A replay's figure shows each epoch's own numbers, and moves without anybody being asked."""

from __future__ import annotations

import base64
import io

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image

from s2s.checkpoints import checkpoint, history, replays
from s2s.plots.families import FAMILIES
from s2s.plots.palette import LIGHT, scale_colour
from s2s.plots.replay import HIGHEST, ROW, replay_figure
from s2s.plots.replay_column import MAP
from s2s.plots.replay_frame import Told, shown
from s2s.plots.state_path import path_figure, together


def toy(name: str) -> Told:
    folder = checkpoint.find(f"toy/{name}")
    (one,) = replays.read(folder / replays.REPLAY)
    return Told(name, FAMILIES[name], history.read(folder).reports, one)


@pytest.fixture(scope="module")
def toys() -> list[Told]:
    return [toy("attention"), toy("plain")]


@pytest.mark.slow
def test_every_frame_holds_its_epochs_numbers(toys):
    figure = replay_figure(toys, step=2)
    assert go.Figure(**figure).frames  # every name is one that Plotly knows
    assert [frame["name"] for frame in figure["frames"]] == [str(n) for n in range(1, 101)]
    labels = [step["label"] for step in figure["layout"]["sliders"][0]["steps"]]
    # Every second one is a place of the slider, and the last; Play shows all of them.
    assert labels == [str(n) for n in (*range(1, 101, 2), 100)]
    for frame in figure["frames"][::33]:
        epoch = int(frame["name"])
        maps = [trace for trace in frame["data"] if trace["type"] == "heatmap"]
        bars = [trace for trace in frame["data"] if trace["type"] == "bar"]
        marks = [trace for trace in frame["data"] if trace.get("mode") == "markers"]
        for n, (one, picture) in enumerate(zip(toys, maps, strict=True)):
            moment = one.replay.at(epoch)
            wanted = moment.attention if one.name == "attention" else np.log10(moment.encoder)
            np.testing.assert_allclose(picture["z"], wanted, rtol=1e-3, atol=1e-3)
            step = min(2, len(moment.output) - 1)
            read, wrote = (trace["y"] for trace in bars[2 * n : 2 * n + 2])
            drawn = [value for value in (*read, *wrote) if value is not None]
            np.testing.assert_allclose(drawn, moment.reached(step), rtol=1e-3)
        assert {tuple(mark["x"]) for mark in marks} <= {(epoch,), ()}
        assert marks[0]["y"] == [toys[0].reports[epoch - 1].train_loss]
        # Traces that the frame replaces are those that move, in their order.
        kinds = [figure["data"][place]["type"] for place in frame["traces"]]
        assert kinds == [trace["type"] for trace in frame["data"]]


def test_the_rows_of_a_map_have_room_for_their_tokens(toys):
    for some in (toys, toys[1:]):
        layout = replay_figure(some)["layout"]
        inside = layout["height"] - layout["margin"]["t"] - layout["margin"]["b"]
        rows = max(len(moment.output) for one in some for moment in one.replay.moments)
        assert (MAP[1] - MAP[0]) * inside / rows >= ROW - 1 and layout["height"] <= HIGHEST


def test_a_picture_s_colours_are_those_of_its_numbers(toys):
    figure = replay_figure(toys)
    for frame in figure["frames"][::20]:
        maps = [trace for trace in frame["data"] if trace["type"] == "heatmap"]
        for one, numbers, picture in zip(toys, maps, frame["layout"]["images"], strict=True):
            assert picture["xref"] == numbers["xaxis"] and picture["yref"] == numbers["yaxis"]
            data = base64.b64decode(picture["source"].removeprefix("data:image/png;base64,"))
            pixels = np.array(Image.open(io.BytesIO(data)))
            longest = max(len(moment.output) for moment in one.replay.moments)
            columns = len(one.replay.tokens)
            assert pixels.shape == (longest, columns, 4)
            assert (picture["sizex"], picture["sizey"]) == (columns, longest)
            rows = len(one.replay.at(int(frame["name"])).output)
            assert (pixels[:rows, :, 3] == 255).all() and (pixels[rows:, :, 3] == 0).all()
            attends = one.name == "attention"
            scale = LIGHT.attention_scale if attends else LIGHT.gradient_scale
            low, high = numbers["zmin"], numbers["zmax"]
            for row, values in zip(pixels, numbers["z"], strict=False):
                for pixel, value in zip(row, values, strict=True):
                    wanted = scale_colour(scale, (value - low) / (high - low))
                    rgb = [int(wanted[n : n + 2], 16) for n in (1, 3, 5)]
                    assert np.abs(pixel[:3].astype(int) - rgb).max() <= 1  # of four digits


def test_no_frame_asks_for_the_whole_figure(toys):
    """What a frame changes is of the kinds that Plotly moves alone; else it would not be seen."""
    figure = replay_figure(toys)
    menu, slider = figure["layout"]["updatemenus"][0], figure["layout"]["sliders"][0]
    for button in (*menu["buttons"], *slider["steps"]):
        assert button["args"][1]["frame"]["redraw"] is False
    counts = set()
    for frame in figure["frames"]:
        assert {*frame["layout"]} == {"annotations", "images"}
        counts.add(len(frame["layout"]["annotations"]))
        for place, (told, first) in enumerate(zip(
            frame["layout"]["annotations"], figure["layout"]["annotations"], strict=True
        )):  # fmt: skip
            assert told["xref"] != "paper" or told == first, place
        assert all(picture["xref"] != "paper" for picture in frame["layout"]["images"])
        for trace in frame["data"]:  # a heat map is not drawn anew: it only says its numbers
            assert trace["type"] in ("scatter", "bar") or trace["opacity"] == 0
    assert len(counts) == 1


def test_the_scales_do_not_move(toys):
    figure = replay_figure(toys)
    scales = {(trace["zmin"], trace["zmax"]) for frame in figure["frames"]
              for trace in frame["data"] if trace["type"] == "heatmap"}  # fmt: skip
    assert len(scales) == 2 and (0.0, 1.0) in scales
    for frame in figure["frames"]:
        assert "range" not in str(frame["layout"])


def test_the_path_goes_through_every_state(toys):
    figure = path_figure(toys)
    go.Figure(**figure)
    frame = figure["frames"][-1]
    reads, writes = frame["data"][:2]
    moment = toys[0].replay.moments[-1]
    wanted = moment.path()
    found = np.array([[*reads[axis], *writes[axis][1:]] for axis in "xyz"]).T
    np.testing.assert_allclose(found, wanted, atol=1e-3)
    assert "nothing left out" in figure["layout"]["annotations"][0]["text"]


def test_user_text_is_text(toys):
    assert shown("<b>&</b>") == "&lt;b&gt;&amp;&lt;/b&gt;"
    evil = Told("<img src=x>", FAMILIES["plain"], toys[1].reports, toys[1].replay)
    for figure in (replay_figure([evil]), path_figure([evil])):
        assert "<img" not in str(figure)


def test_nothing_to_replay_is_refused(toys):
    with pytest.raises(ValueError, match="nothing to replay"):
        replay_figure([Told("x", FAMILIES["plain"], toys[0].reports)])
    assert together([Told("x", FAMILIES["plain"], ())]) == []
