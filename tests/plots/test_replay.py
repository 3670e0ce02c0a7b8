"""A replay's figure shows each epoch's own numbers, and moves without anybody being asked."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go
import pytest

from s2s.checkpoints import checkpoint, history, replays
from s2s.plots.families import FAMILIES
from s2s.plots.replay import replay_figure
from s2s.plots.replay_frame import Told, shown
from s2s.plots.state_path import path_figure, together


def toy(name: str) -> Told:
    folder = checkpoint.find(f"toy/{name}")
    (one,) = replays.read(folder / replays.REPLAY)
    return Told(name, FAMILIES[name], history.read(folder).reports, one)


@pytest.fixture(scope="module")
def toys() -> list[Told]:
    return [toy("attention"), toy("plain")]


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
        marks = [trace for trace in frame["data"] if trace["type"] == "scatter"]
        for one, picture, bar in zip(toys, maps, bars, strict=True):
            moment = one.replay.at(epoch)
            wanted = moment.attention if one.name == "attention" else np.log10(moment.encoder)
            np.testing.assert_allclose(picture["z"], wanted, rtol=1e-3, atol=1e-3)
            step = min(2, len(moment.output) - 1)
            np.testing.assert_allclose(bar["y"], moment.reached(step), rtol=1e-3)
        assert {tuple(mark["x"]) for mark in marks} <= {(epoch,), ()}
        assert marks[0]["y"] == [toys[0].reports[epoch - 1].train_loss]
        # Traces that the frame replaces are those that move, in their order.
        kinds = [figure["data"][place]["type"] for place in frame["traces"]]
        assert kinds == [trace["type"] for trace in frame["data"]]


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
