"""Reproduce: seeds, tables and history come from the runs, and finished runs are kept."""

import csv
import json
from dataclasses import replace

import pytest
import torch
from torch import nn

from s2s.checkpoints import checkpoint, history
from s2s.cli import main
from s2s.decoding.translator import Translator
from s2s.model.seq2seq import build
from s2s.tasks.recipes import RECIPES
from s2s.tasks.toy import PAIR
from s2s.text.vocab import Vocab
from s2s.training.reproduce import reproduce, state_gradients


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "models"))
    return tmp_path


def toy(epochs=4, **changes):
    recipe = RECIPES["toy/plain"]
    return replace(recipe, train=replace(recipe.train, epochs=epochs), **changes)


def test_a_recipe_writes_all_its_seeds_and_keeps_one(place):
    epochs = []
    folder = reproduce(
        toy(), None, place / "runs", 3, "the command",
        on_epoch=lambda name, report: epochs.append((name, report.epoch)),
    )  # fmt: skip
    assert folder == place / "models" / "toy" / "plain"
    assert epochs == [(f"seed-{s}", e) for s in (1, 2, 3) for e in range(1, 5)]
    about = json.loads((folder / "config.json").read_text("utf-8"))
    assert about["train"]["seed"] == 2
    assert [row["seed"] for row in about["about"]["seeds"]] == [1, 2, 3]
    kept = history.read(folder)
    assert list(kept.seeds) == [1, 2, 3] and kept.seeds[2] == kept.reports
    assert kept.seeds[1] != kept.reports
    losses = [row["train_loss"] for row in about["about"]["seeds"]]
    assert losses == [kept.seeds[s][-1].train_loss for s in (1, 2, 3)]
    assert len(set(losses)) == 3
    assert {row.source for row in kept.watched} == {PAIR[0]}
    assert list(kept.state_gradients) == ["h1", "h2", "h3", "s1", "s2", "s3", "s4"]
    card = (folder / "README.md").read_text("utf-8")
    for needed in ("the command", "## 3 seeds", "nothing is held out", toy().look_for):
        assert needed in card
    assert f"| seed 3 | {losses[2]:.4f} |" in card


def test_what_is_finished_is_not_trained_again(place):
    recipe, runs, seen = toy(), place / "runs", []
    reproduce(recipe, None, runs, 2, "-")
    folder = reproduce(recipe, None, runs, 3, "-", on_epoch=lambda name, _: seen.append(name))
    assert seen == ["seed-3"] * 4
    longer = toy(epochs=5)
    reproduce(longer, None, runs, 2, "-", on_epoch=lambda name, _: seen.append(name))
    assert seen[4:] == ["seed-1"] * 5 + ["seed-2"] * 5
    assert len(history.read(folder).reports) == 5


def test_the_stored_model_is_the_run_of_the_kept_seed(place):
    folder = reproduce(toy(), None, place / "runs", 2, "-")
    mine = checkpoint.load(str(folder)).model.state_dict()
    run = place / "runs" / "seed-2" / "toy" / "plain" / "model"
    theirs = checkpoint.load(str(run)).model.state_dict()
    assert all(torch.equal(mine[key], theirs[key]) for key in theirs)


def toy_system(attention="none"):
    recipe = RECIPES["toy/plain" if attention == "none" else "toy/attention"]
    source = Vocab.build([PAIR[0].split()], {})
    target = Vocab.build([PAIR[1].split()], {"bos": "<sos>", "eos": "<eos>"})
    config = replace(recipe.model, source_vocabulary=3, target_vocabulary=6)
    return Translator("toy/x", "toy", build(config, seed=2).eval(), recipe.sequence, source, target)


def gradients_as_tutorial_1_takes_them(system):
    """One LSTM call per step, every hidden state kept, backward from one token's loss."""
    model = system.model
    one_hot_source = torch.eye(3)[list(system.read(PAIR[0]).ids)]
    written = [system.target_vocab.ids[w] for w in [*PAIR[1].split(), "<eos>"]]
    one_hot_fed = torch.eye(6)[[system.start, *written[:-1]]]
    states = []

    def run(rnn: nn.LSTM, inputs, hidden):
        cell = torch.zeros(1, 1, 3)
        for vector in inputs:
            _, (hidden, cell) = rnn(vector[None, None], (hidden, cell))
            hidden.retain_grad()
            states.append(hidden)
        return hidden

    final = run(model.encoder.rnn, one_hot_source, torch.zeros(1, 1, 3))
    run(model.decoder.rnn, one_hot_fed[:4], final)
    logits = model.decoder.output(states[-1][0, 0])
    nn.functional.cross_entropy(logits, torch.tensor(written[3])).backward()
    names = ["h1", "h2", "h3", "s1", "s2", "s3", "s4"]
    return {n: float(h.grad.abs().sum()) for n, h in zip(names, states, strict=True)}


def test_the_gradients_are_those_of_tutorial_1():
    system = toy_system()
    mine = state_gradients(system, PAIR, "instructor")
    assert all(p.grad is None for p in system.model.parameters())
    expected = gradients_as_tutorial_1_takes_them(system)
    assert mine == pytest.approx(expected, rel=1e-4)
    # The first encoder state is not the last decoder state under another name.
    assert len({round(value, 8) for value in expected.values()}) == 7


def test_the_gradients_are_taken_before_the_first_update(place):
    folder = reproduce(toy(), None, place / "runs", 2, "-")
    first = {state: values[0] for state, values in history.read(folder).state_gradients.items()}
    stored = checkpoint.load(str(folder))
    untrained = replace(
        toy_system(), source_vocab=stored.source_vocab, target_vocab=stored.target_vocab
    )
    assert first == pytest.approx(state_gradients(untrained, PAIR, "instructor"), rel=1e-4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Name a recipe; python -m s2s reproduce --list names them all."),
        (["toy/none"], "There is no recipe 'toy/none'; "),
        (["toy/plain", "--seeds", "0"], "--seeds is 0; it must be 1 to 20."),
        (["fra-eng-small/plain"], "fra-eng-small needs its data file; name it with --data."),
        (["dates-book/plain", "--data", "nowhere.txt"], "nowhere.txt cannot be read: "),
        (["--table", "toy"], "There is no model of a recipe for task 'toy' yet."),
    ],
)
def test_a_mistake_is_one_sentence(place, capsys, arguments, message):
    assert main(["reproduce", *arguments, *["--runs", str(place / "runs")]]) == 2
    output = capsys.readouterr()
    assert output.err.startswith(message) and output.err.count("\n") == 1
    assert not (place / "models").exists()


def test_a_finished_model_is_replaced_only_when_asked(place, capsys):
    (place / "models" / "toy" / "plain").mkdir(parents=True)
    assert main(["reproduce", "toy/plain", "--runs", str(place / "runs")]) == 2
    assert "exists; --force replaces it." in capsys.readouterr().err


def test_the_command_prints_epochs_and_card(place, capsys, monkeypatch):
    monkeypatch.setitem(RECIPES, "toy/plain", toy(epochs=2))
    assert main(["reproduce", "toy/plain", "--seeds", "2", "--runs", str(place / "runs")]) == 0
    output = capsys.readouterr().out
    assert "seed-1  epoch   2  train loss" in output and "# toy/plain" in output
    assert "python -m s2s reproduce toy/plain --seeds 2\n" in output
    with (place / "models" / "toy" / "plain" / "seeds.csv").open() as file:
        assert [row["seed"] for row in csv.DictReader(file)] == ["1", "1", "2", "2"]
    assert main(["reproduce", "--table", "toy"]) == 0
    assert "| plain | LSTM 3 | T1 | 2 |" in capsys.readouterr().out
