"""What is kept of every epoch is what the model of that epoch says when it is asked again."""

from __future__ import annotations

import copy
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save_file

from s2s.checkpoints import checkpoint, history, replays
from s2s.cli import main
from s2s.config import TrainConfig
from s2s.decoding import single
from s2s.errors import UserError
from s2s.probes import gradient_flow, hidden_states
from s2s.results.replay import joined, projection
from s2s.tasks import TASKS
from s2s.tasks.recipes import RECIPES
from s2s.training import experiment, moments
from s2s.training.wind_back import wind_back

SENTENCE = ("abcd", "dcba")


@pytest.fixture(scope="module", params=["dot", "none"])
def kept(request, tmp_path_factory):
    """A short run: its models after every epoch, and what was kept."""
    folder = tmp_path_factory.mktemp("run")
    task = TASKS["reverse"]
    defaults = task.defaults
    plan = experiment.Plan(
        task, "kept", replace(defaults.data, samples=300, longest=5),
        replace(defaults.model, hidden=16, attention=request.param), defaults.sequence,
        TrainConfig(epochs=3, learning_rate=0.01), None, "-", folder, folder / "model", (SENTENCE,),
    )  # fmt: skip
    prepared = experiment.prepare(plan)
    models = []

    def keep(report):
        models.append(replace(prepared.run.system, model=copy.deepcopy(prepared.run.system.model)))

    made = experiment.execute(prepared, on_epoch=keep)
    (one,) = replays.read(made / replays.REPLAY)
    return models, one


def test_every_number_is_that_of_its_epoch(kept):
    models, one = kept
    assert one.epochs == (1, 2, 3) and (one.source, one.reference) == SENTENCE
    for system, moment in zip(models, one.moments, strict=True):
        reading = system.read(one.source)
        trace = single.greedy(system, reading)
        flow = gradient_flow(system, one.source)
        states = hidden_states(system, one.source)
        assert moment.output == trace.output and one.tokens == trace.source
        if trace.attention is None:
            assert moment.attention is None
        else:
            np.testing.assert_allclose(moment.attention, trace.attention, atol=5e-4)
        for name in ("encoder", "decoder"):
            wanted = getattr(flow, name)
            np.testing.assert_allclose(getattr(moment, name), wanted, rtol=0.01)
            assert (getattr(moment, name) == 0).sum() == (wanted == 0).sum()
        np.testing.assert_allclose(moment.probabilities, trace.probabilities, atol=5e-4)
        path = np.concatenate([states.encoder[-1].states, states.decoder[-1].states])
        np.testing.assert_allclose(moment.path(), path, atol=1e-3)
        np.testing.assert_allclose(moment.initial_state, trace.initial_state, atol=1e-3)


def test_the_view_is_fixed_and_says_what_it_shows(kept):
    _, one = kept
    view = projection([one])
    states = np.concatenate([moment.path() for moment in one.moments])
    np.testing.assert_allclose(view.axes.T @ view.axes, np.eye(3), atol=1e-9)
    shown = view(states)
    assert not view.exact
    total = states.var(axis=0).sum()
    np.testing.assert_allclose(shown.var(axis=0) / total, view.explained, rtol=1e-6)
    assert view.explained[0] >= view.explained[1] >= view.explained[2]


def test_the_toys_three_units_are_shown_as_they_are():
    toys = [replays.read(checkpoint.find(f"toy/{name}") / replays.REPLAY)[0]
            for name in ("attention", "plain")]  # fmt: skip
    view = projection(toys)
    path = toys[0].moments[-1].path()
    assert view.exact and (view(path) == path).all()
    assert [len(toy.moments) for toy in toys] == [100, 100]


def test_parts_are_joined_and_a_damaged_file_is_refused(tmp_path, kept):
    _, one = kept
    parts = [(replace(one, moments=one.moments[:1]),), (), (replace(one, moments=one.moments[1:]),)]
    assert joined(parts)[0].epochs == one.epochs
    assert replays.read(tmp_path / "none") == () == joined([])
    path = tmp_path / replays.REPLAY
    for write in (
        lambda: path.write_bytes(b"no"),
        lambda: save_file({"0.encoder": np.zeros(3)}, path, metadata={"sentences": "[{}]"}),
        lambda: save_file({"a": np.zeros(3)}, path),
    ):
        write()
        with pytest.raises(UserError, match="is damaged"):
            replays.read(path)


def test_the_epochs_of_another_model_are_told_apart(models, tmp_path, capsys):
    """A stored model whose weights are not those that its settings lead to."""
    assert main(["train", "toy", "--name", "attention", "--recipe", "toy/attention",
                 "--epochs", "3", "--runs", str(tmp_path / "r")]) == 0  # fmt: skip
    folder = checkpoint.find("toy/attention")
    (folder / replays.REPLAY).unlink()
    recipe = RECIPES["toy/attention"]
    recipe = replace(recipe, watch=recipe.watch * 5)  # more than when it was trained
    assert wind_back(recipe, None, tmp_path / "again") == (folder, 0.0)
    assert len(history.read(folder).watched) == 3 * 5
    assert len(replays.read(folder / replays.REPLAY)) == moments.SENTENCES
    assert replays.read(folder / replays.REPLAY)[0].epochs == (1, 2, 3)
    assert history.replayed(folder) == ()
    (folder / replays.REPLAY).unlink()
    system = checkpoint.load("toy/attention")
    next(system.model.parameters()).add_(0.1)
    about = system.about
    checkpoint.save(folder, system, about, checkpoint.History())
    assert wind_back(recipe, None, tmp_path / "third")[1] == pytest.approx(0.1)
    assert [report.epoch for report in history.replayed(folder)] == [1, 2, 3]
    (folder / history.REPLAYED).write_text("epoch\nx\n")
    with pytest.raises(UserError, match="is damaged"):
        history.replayed(folder)
