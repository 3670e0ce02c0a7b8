"""Training: losses by hand, schedules, a task that is learned, and a kill that changes nothing."""

import itertools
import json
import math
import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file
from tiny import ROOT, build_like, build_system

from s2s.checkpoints import checkpoint
from s2s.cli import main
from s2s.config import TrainConfig
from s2s.errors import UserError
from s2s.evaluation.evaluate import evaluate
from s2s.model.batch import make_batch
from s2s.tasks import TASKS, DataConfig
from s2s.training import experiment, run_state
from s2s.training import train as training
from s2s.training.data import Batches
from s2s.training.losses import loss_of, loss_weight
from s2s.training.train import (
    force_mask,
    rate_factor,
    teacher_forcing_ratio,
    token_loss,
    train,
)

# Losses.


@pytest.fixture
def batch():
    system = build_system()
    pairs = [([3, 2], [5, 6, 7]), ([3, 4, 2], [8]), ([4, 2], [])]
    return make_batch(pairs, system.config, system.sequence, system.source_vocab,
                      system.target_vocab)  # fmt: skip


def nats(logits, target):
    """-ln softmax of one position, in plain Python."""
    return math.log(sum(math.exp(x) for x in logits)) - logits[target]


@pytest.mark.parametrize("repeats", [False, True])
def test_the_validation_loss_counts_the_end_token_and_never_the_start(repeats):
    """Against a plain sum; a model that writes its start token first gets nothing for it."""
    system = build_like(3, attention="none", attention_slots=None)
    sequence = replace(system.sequence, target_repeats_bos=repeats)
    system = replace(system, sequence=sequence)
    pairs = [([2, 3, 1], [2, 4]), ([4, 1], [5, 3, 2])]
    parts = system.config, sequence, system.source_vocab, system.target_vocab
    batches = Batches(pairs, *parts, size=2, bucketing=False)
    batch = make_batch(pairs, *parts)
    logits = system.model(batch).logits
    losses = [
        nats(logits[b, t].tolist(), int(batch.target[b, t]))
        for b, length in enumerate(batch.target_lengths.tolist())
        for t in range(int(repeats), length)
    ]
    assert len(losses) == 3 + 4  # two and three words, each with its end token
    assert token_loss(system, batches) == pytest.approx(sum(losses) / 7)


def test_each_reduction_against_a_hand_computation(batch):
    torch.manual_seed(0)
    logits = torch.randn(3, 4, 10).double()
    lengths = [4, 2, 1]
    every = [
        [nats(logits[b, t].tolist(), int(batch.target[b, t])) for t in range(4)] for b in range(3)
    ]
    real = [row[:length] for row, length in zip(every, lengths, strict=True)]
    expected = {
        "non_pad_tokens": sum(map(sum, real)) / 7,
        "mean_over_steps": sum(sum(row) / len(row) for row in real) / 3,
        "sum_per_pair": sum(map(sum, real)) / 3,
        "all_positions": sum(map(sum, every)) / 12,
    }
    assert batch.target_lengths.tolist() == lengths
    for reduction, value in expected.items():
        assert float(loss_of(logits, batch, reduction)) == pytest.approx(value), reduction
    assert len({round(value, 6) for value in expected.values()}) == 4


def test_padding_does_not_reach_the_gradient(batch):
    logits = torch.randn(3, 4, 10, requires_grad=True)
    for reduction in ("non_pad_tokens", "mean_over_steps", "sum_per_pair"):
        (gradient,) = torch.autograd.grad(loss_of(logits, batch, reduction), logits)
        assert (gradient[~batch.target_mask] == 0).all()
        assert (gradient[batch.target_mask].abs().sum(-1) > 0).all()


def test_an_epoch_weighs_batches_by_what_they_average(batch):
    assert loss_weight(batch, "non_pad_tokens") == 7
    assert loss_weight(batch, "sum_per_pair") == loss_weight(batch, "mean_over_steps") == 3


# Schedules.


def ratios(**values):
    config = TrainConfig(**values)
    return [teacher_forcing_ratio(config, epoch) for epoch in range(1, config.epochs + 1)]


def test_teacher_forcing_schedules():
    assert ratios(epochs=3, teacher_forcing_ratio=0.5) == [0.5] * 3
    linear = ratios(epochs=5, teacher_forcing_schedule="linear", teacher_forcing_ratio=0.9,
                    teacher_forcing_end=0.1)  # fmt: skip
    assert linear == pytest.approx([0.9, 0.7, 0.5, 0.3, 0.1])
    falling = ratios(epochs=7, teacher_forcing_schedule="inverse_sigmoid",
                     teacher_forcing_ratio=0.8, teacher_forcing_end=0.2)  # fmt: skip
    assert falling[0] == pytest.approx(0.8)
    assert falling[-1] == pytest.approx(0.2, abs=0.01) and falling[-1] > 0.2
    assert falling == sorted(falling, reverse=True)
    # Bengio et al. 2015: k / (k + exp(i / k)), here k = 5 and i = 15 in the middle.
    share = 5 / (5 + math.exp(3)) * (6 / 5)
    assert falling[3] == pytest.approx(0.2 + 0.6 * share)
    for schedule in ("constant", "linear", "inverse_sigmoid"):
        assert ratios(epochs=1, teacher_forcing_schedule=schedule) == [1]


def test_rate_schedules():
    def factors(kind):
        config = TrainConfig(rate_schedule=kind)
        return [rate_factor(config, update, 8) for update in range(8)]

    assert factors("constant") == [1] * 8
    assert factors("linear") == pytest.approx([1 - i / 8 for i in range(8)])
    cosine = factors("cosine")
    assert cosine[0] == 1 and cosine[4] == pytest.approx(0.5)
    assert cosine[1] + cosine[7] == pytest.approx(1)
    assert cosine == sorted(cosine, reverse=True)


@pytest.mark.parametrize("unit", ["sequence", "step", "token"])
def test_what_one_draw_of_teacher_forcing_decides(unit):
    torch.manual_seed(1)
    mask = force_mask((400, 50), 0.3, unit)
    assert mask.shape == (400, 50) and mask.dtype == torch.bool
    same_in_a_row = (mask == mask[:, :1]).all()
    same_in_a_column = (mask == mask[:1]).all()
    assert (bool(same_in_a_row), bool(same_in_a_column)) == {
        "sequence": (True, False), "step": (False, True), "token": (False, False),
    }[unit]  # fmt: skip
    draws = {"sequence": 400, "step": 50, "token": 20_000}[unit]
    assert float(mask.double().mean()) == pytest.approx(0.3, abs=3 * (0.21 / draws) ** 0.5)
    assert force_mask((4, 5), 1.0, unit).all()
    assert not force_mask((4, 5), 0.0, unit).any()


# A tiny task: strings of two or three letters of abcd, backwards.


def tiny_parts(data, sequence, path):
    strings = ["".join(s) for n in (2, 3) for s in itertools.product("abcd", repeat=n)]
    random.Random(0).shuffle(strings)
    pairs = [(s, s[::-1]) for s in strings]
    return {"train": pairs[:60], "validation": pairs[60:], "test": []}


def tiny_plan(folder: Path, variant="tiny", model=None, **train_changes):
    task = replace(TASKS["reverse"], parts=tiny_parts, fresh=None)
    small = {"hidden": 32, "source_embedding": 8, "target_embedding": 8, "attention": "dot",
             **(model or {})}  # fmt: skip
    values = {"epochs": 4, "batch_size": 16, "learning_rate": 0.01, "clip": 1.0, **train_changes}
    return experiment.Plan(
        task=task,
        variant=variant,
        data=task.defaults.data,
        model=replace(task.defaults.model, **small),
        sequence=replace(task.defaults.sequence, max_output_length=6),
        train=TrainConfig(**values),
        path=None,
        command="-",
        runs=folder,
    )


def losses(reports):
    """Everything but the seconds."""
    return [replace(report, seconds=0) for report in reports]


def run_through(plan):
    prepared = experiment.prepare(plan)
    return prepared, losses(train(prepared.run))


def test_a_tiny_task_is_learned(tmp_path):
    _, reports = run_through(tiny_plan(tmp_path, epochs=40))
    assert reports[-1].train_loss < 0.3 * reports[0].train_loss
    assert reports[-1].validation_loss < 0.5 * reports[0].validation_loss
    assert reports[0].exact_match < 0.2 and reports[-1].exact_match > 0.6
    assert [r.epoch for r in reports] == list(range(1, 41))
    assert [r.updates for r in reports] == [4 * n for n in range(1, 41)]


def test_the_loss_starts_at_a_uniform_guess(tmp_path):
    """Weights near 0 know nothing: ln V nats a token, measured before any update."""
    plan = tiny_plan(tmp_path, epochs=1, init="uniform", learning_rate=1e-9)
    _, (report,) = run_through(plan)
    vocabulary = 4 + 3
    assert report.train_loss == pytest.approx(math.log(vocabulary), abs=0.05)
    assert report.validation_loss == pytest.approx(math.log(vocabulary), abs=0.05)


@pytest.mark.parametrize("unit", ["sequence", "step", "token"])
def test_teacher_forcing_units_train_and_are_drawn(tmp_path, monkeypatch, unit):
    drawn = []

    def spy(shape, ratio, kind, generator):
        drawn.append((ratio, kind))
        return force_mask(shape, ratio, kind, generator)

    monkeypatch.setattr(training, "force_mask", spy)
    _, reports = run_through(
        tiny_plan(tmp_path, epochs=3, teacher_forcing_ratio=0.8, teacher_forcing_end=0.4,
                  teacher_forcing_schedule="linear", teacher_forcing_unit=unit)
    )  # fmt: skip
    assert [r.teacher_forcing_ratio for r in reports] == pytest.approx([0.8, 0.6, 0.4])
    assert [kind for _, kind in drawn] == [unit] * 12
    assert [ratio for ratio, _ in drawn] == pytest.approx([0.8] * 4 + [0.6] * 4 + [0.4] * 4)
    assert reports[-1].train_loss < reports[0].train_loss


def test_full_teacher_forcing_is_fused_and_the_same(tmp_path):
    """Ratio 1 takes the fused path; nearly 1 goes step by step and forces every draw below it."""
    _, fused = run_through(tiny_plan(tmp_path, epochs=1))
    _, stepwise = run_through(tiny_plan(tmp_path, epochs=1, teacher_forcing_ratio=1 - 1e-9))
    assert fused[0].train_loss == pytest.approx(stepwise[0].train_loss, abs=1e-4)


@pytest.mark.parametrize("reduction", ["mean_over_steps", "sum_per_pair", "all_positions"])
def test_every_reduction_trains(tmp_path, reduction):
    _, reports = run_through(tiny_plan(tmp_path, epochs=3, loss_reduction=reduction))
    assert reports[-1].train_loss < reports[0].train_loss


def test_the_rate_falls_over_the_whole_run(tmp_path):
    _, reports = run_through(tiny_plan(tmp_path, epochs=4, rate_schedule="linear"))
    # 16 updates; each report shows the rate of its last one.
    assert [r.learning_rate for r in reports] == pytest.approx(
        [0.01 * (1 - update / 16) for update in (3, 7, 11, 15)]
    )


def test_clipping_limits_a_step(tmp_path):
    """Plain SGD at rate 1: the weights move by the clipped norm and no more."""

    def moved(clip):
        plan = tiny_plan(tmp_path, epochs=1, batch_size=60, optimiser="sgd", learning_rate=1.0,
                         clip=clip)  # fmt: skip
        prepared = experiment.prepare(plan)
        model = prepared.run.system.model
        before = torch.cat([p.detach().flatten().clone() for p in model.parameters()])
        list(train(prepared.run))
        after = torch.cat([p.detach().flatten() for p in model.parameters()])
        return float((after - before).norm())

    assert moved(1e-3) == pytest.approx(1e-3, rel=1e-2)
    assert moved(None) > 1e-2


@pytest.mark.parametrize("ratio", [1.0, 0.5], ids=["forced", "half of it free"])
def test_plain_sgd_touches_only_the_rows_that_were_read_and_ends_where_dense_sgd_does(
    tmp_path, ratio
):
    """Against an update written out here, with whole gradients and one pass a step."""
    options = {"epochs": 1, "batch_size": 1, "clip": None, "optimiser": "sgd",
               "learning_rate": 0.1, "teacher_forcing_ratio": ratio,
               "loss_reduction": "sum_per_pair"}  # fmt: skip
    run = experiment.prepare(tiny_plan(tmp_path, **options)).run
    twin = experiment.prepare(tiny_plan(tmp_path, **options)).run
    list(train(run))
    model = twin.system.model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Embedding):
            module.sparse = False
    torch.manual_seed(training._epoch_seed(twin.config.seed, 1))
    for batch in twin.batches.epoch(twin.config.seed, 1):
        force = torch.ones_like(batch.fed, dtype=torch.bool)
        if ratio < 1:
            force = force_mask(tuple(batch.fed.shape), ratio, twin.config.teacher_forcing_unit)
        memory, state = model.encode(batch.source)
        logits, fed = [], batch.fed[:, :1]
        for t in range(batch.fed.shape[1]):
            if t:
                fed = batch.fed[:, t : t + 1] if force[0, t] else logits[-1].argmax(-1)
            step = model.decoder(fed, state, memory)
            state = step.state
            logits.append(step.logits)
        loss_of(torch.cat(logits, 1), batch, "sum_per_pair").backward()
        with torch.no_grad():
            for weights in model.parameters():
                weights -= 0.1 * weights.grad
                weights.grad = None
    for ours, plain in zip(run.system.model.parameters(), model.parameters(), strict=True):
        torch.testing.assert_close(ours, plain, rtol=1e-4, atol=1e-5)


def test_what_descends_the_sum_reports_the_mean_over_steps(tmp_path):
    """At rate 0 nothing moves, so both runs report the same loss."""
    same = {"epochs": 1, "optimiser": "sgd", "learning_rate": 1e-30, "clip": None}
    reports = [run_through(tiny_plan(tmp_path / kind, loss_reduction=kind, **same))[1]
               for kind in ("sum_per_pair", "mean_over_steps", "non_pad_tokens")]  # fmt: skip
    (summed,), (mean,), (tokens,) = ([r.train_loss for r in own] for own in reports)
    assert summed == pytest.approx(mean)
    assert abs(tokens - mean) > 1e-4


def test_the_same_seed_gives_the_same_losses(tmp_path):
    options = {"epochs": 2, "teacher_forcing_ratio": 0.5, "model": {"dropout": 0.3}}
    first, second, other = (
        run_through(tiny_plan(tmp_path, seed=seed, **options))[1] for seed in (1, 1, 2)
    )
    assert first == second
    assert all(a.train_loss != b.train_loss for a, b in zip(first, other, strict=True))


def test_the_callers_random_state_does_not_matter(tmp_path):
    torch.manual_seed(1)
    _, first = run_through(tiny_plan(tmp_path, epochs=1, model={"dropout": 0.3}))
    torch.manual_seed(2)
    random.seed(3)
    _, second = run_through(tiny_plan(tmp_path, epochs=1, model={"dropout": 0.3}))
    assert first == second


def test_a_loss_that_explodes_ends_with_a_sentence(tmp_path):
    plan = tiny_plan(tmp_path, epochs=9, optimiser="sgd", learning_rate=1e38, clip=None)
    with pytest.raises(UserError, match=r"The loss became (nan|inf) in epoch \d, update \d"):
        run_through(plan)


def test_a_task_without_a_validation_part(tmp_path):
    plan = tiny_plan(tmp_path, epochs=1)
    only = replace(plan.task, parts=lambda *a: {**tiny_parts(*a), "validation": []})
    _, (report,) = run_through(replace(plan, task=only))
    assert (report.validation_loss, report.exact_match, report.bleu) == (None, None, None)
    assert report.train_loss > 0


def test_a_task_without_a_training_part_is_refused(tmp_path):
    plan = tiny_plan(tmp_path)
    empty = replace(plan.task, parts=lambda *a: {**tiny_parts(*a), "train": []})
    with pytest.raises(UserError, match="No pair fell into the training part of 20"):
        experiment.prepare(replace(plan, task=empty))


def test_progress_names_every_update(tmp_path):
    seen = []
    prepared = experiment.prepare(tiny_plan(tmp_path, epochs=2))
    reports = list(train(prepared.run, lambda *values: seen.append(values)))
    assert [values[:3] for values in seen] == [(e, n, 4) for e in (1, 2) for n in (1, 2, 3, 4)]
    assert [seen[3][3], seen[7][3]] == [r.train_loss for r in reports]


# Going on where a run was left.

RESUMED = [
    {"teacher_forcing_ratio": 0.5, "rate_schedule": "cosine", "model": {"dropout": 0.3}},
    {"optimiser": "sgd", "learning_rate": 0.5},
    {"model": {"cell": "gru", "attention": "none"}, "bucketing": False},
]


@pytest.mark.parametrize("options", RESUMED, ids=["adam, dropout, free running", "sgd", "plain"])
def test_resuming_gives_the_same_run_to_the_last_digit(tmp_path, options):
    """Bits are compared: the same shapes run through the same kernels of one machine."""
    whole, expected = run_through(tiny_plan(tmp_path / "whole", **options))
    plan = tiny_plan(tmp_path / "parts", **options)
    seen = []
    for start_of in range(4):
        # A fresh start each time, as after a kill, from nothing but the file.
        torch.manual_seed(1000 + start_of)
        random.seed(1000 + start_of)
        prepared = experiment.prepare(plan)
        assert len(prepared.run.reports) == len(seen)
        seen.append(next(train(prepared.run)))
        run_state.save(plan.state_file, prepared.run, prepared.settings())
    assert losses(seen) == expected
    weights = [p.run.system.model.state_dict() for p in (whole, prepared)]
    assert all(torch.equal(weights[0][k], weights[1][k]) for k in weights[0])
    # All epochs are done: nothing is left to train.
    assert list(train(experiment.prepare(plan).run)) == []


def saved(tmp_path, **options):
    plan = tiny_plan(tmp_path, epochs=2, **options)
    prepared = experiment.prepare(plan)
    next(train(prepared.run))
    run_state.save(plan.state_file, prepared.run, prepared.settings())
    return plan, prepared


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda p: replace(p, train=replace(p.train, learning_rate=0.02)),
         "learning_rate 0.01, now 0.02"),
        (lambda p: replace(p, train=replace(p.train, epochs=9)), "epochs 2, now 9"),
        (lambda p: replace(p, model=replace(p.model, cell="gru")), "cell 'lstm', now 'gru'"),
        (lambda p: replace(p, data=replace(p.data, seed=5)), "seed 1984, now 5"),
        (lambda p: replace(p, sequence=replace(p.sequence, max_output_length=7)),
         "max_output_length 6, now 7"),
    ],
)  # fmt: skip
def test_other_settings_are_refused_by_name(tmp_path, change, named):
    plan, _ = saved(tmp_path)
    with pytest.raises(UserError, match=f"holds an unfinished run with {named}. .*--restart"):
        experiment.prepare(change(plan))
    # Nothing was lost by asking, and starting again forgets it.
    assert len(experiment.prepare(plan).run.reports) == 1
    assert len(experiment.prepare(change(plan), restart=True).run.reports) == 0
    assert not plan.state_file.exists()


def foreign_state(path):
    save_file({"x": torch.zeros(3)}, path)


def state_without_weights(path):
    with safe_open(path, "pt") as file:
        header = file.metadata()
    save_file({"x": torch.zeros(3)}, path, metadata=header)


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:-100]),
        lambda path: path.write_bytes(path.read_bytes()[:60]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_text("not a state"),
        foreign_state,
        state_without_weights,
    ],
    ids=["truncated", "cut header", "empty", "text", "foreign", "no weights"],
)
def test_a_damaged_state_is_named(tmp_path, damage):
    plan, _ = saved(tmp_path)
    damage(plan.state_file)
    with pytest.raises(UserError) as caught:
        experiment.prepare(plan)
    assert str(caught.value) == f"{plan.state_file} is damaged; begin again with --restart."
    assert experiment.prepare(plan, restart=True).run.reports == []


def test_a_save_that_fails_leaves_the_old_state(tmp_path, monkeypatch):
    plan, prepared = saved(tmp_path)
    before = plan.state_file.read_bytes()

    def half_written(tensors, path, metadata=None):
        Path(path).write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(run_state, "save_file", half_written)
    with pytest.raises(OSError, match="disk full"):
        run_state.save(plan.state_file, prepared.run, prepared.settings())
    assert plan.state_file.read_bytes() == before
    assert len(experiment.prepare(plan).run.reports) == 1


# From the data to the checkpoint.


def test_an_experiment_writes_a_checkpoint_and_forgets_its_run(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "models"))
    plan = tiny_plan(tmp_path / "runs", variant="whole")
    seen = []
    folder = experiment.execute(experiment.prepare(plan), on_epoch=seen.append)
    assert folder == tmp_path / "models" / "reverse" / "whole"
    left = {path.name for path in (tmp_path / "runs").rglob("*") if path.is_file()}
    assert left == {"metrics.jsonl"}
    loaded = checkpoint.load("reverse/whole")
    about = loaded.about
    assert about.pairs == {"train": 60, "validation": 20, "test": 0}
    # The figures are those of the stored file.
    again = evaluate(loaded, tiny_parts(None, None, None)["validation"])
    assert about.metrics == {"validation": again}
    rows = (folder / "history.csv").read_text().splitlines()
    assert len(rows) == 1 + 4
    assert rows[-1].split(",")[1] == repr(seen[-1].train_loss)
    card = (folder / "README.md").read_text()
    for part in ("60 train", f"{about.parameters:,}", "seed 1", "modulo 100", "exact match"):
        assert part in card


def test_trained_length_is_that_of_the_data(tmp_path):
    plan = tiny_plan(tmp_path)
    free = replace(plan, sequence=replace(plan.sequence, trained_source_length=None))
    assert experiment.prepare(free).plan.sequence.trained_source_length == 3


# A real process, killed.

FILES = {"config.json", "vocab.json", "model.safetensors", "history.csv", "README.md"}


def arguments(folder: Path, name: str) -> list[str]:
    return [
        "train", "dates", "--name", name, "--runs", str(folder / "runs"), "--data-samples", "1200",
        "--hidden", "16", "--attention", "dot", "--dropout", "0.2", "--epochs", "4",
        "--batch-size", "4",
    ]  # fmt: skip


def start(folder: Path, name: str) -> subprocess.Popen:
    environment = {**os.environ, "S2S_CHECKPOINTS": str(folder / "checkpoints")}
    return subprocess.Popen(
        [sys.executable, "-m", "s2s", *arguments(folder, name)], cwd=ROOT, env=environment,
        text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def finished_epochs(state: Path) -> list[dict]:
    """The reports in a state file; it must never be seen half written."""
    if not state.exists():
        return []
    with safe_open(state, "pt") as file:
        return json.loads(file.metadata()["reports"])


def watch(folder: Path, name: str, until) -> None:
    """Poll until `until()`; whatever can be seen of the checkpoint is complete."""
    visible = folder / "checkpoints" / "dates" / name
    deadline = time.monotonic() + 120
    while not until():
        assert time.monotonic() < deadline, "nothing happened for two minutes"
        if visible.exists():
            assert {file.name for file in visible.iterdir()} == FILES
            (entry,) = [e for e in checkpoint.entries() if e.name == f"dates/{name}"]
            assert entry.problem is None
        time.sleep(0.05)


def table(folder: Path, name: str) -> list[list[str]]:
    """history.csv without its seconds."""
    text = (folder / "checkpoints" / "dates" / name / "history.csv").read_text()
    rows = [line.split(",") for line in text.splitlines()]
    assert rows[0][-1] == "seconds"
    return [row[:-1] for row in rows]


def test_a_kill_in_the_middle_of_an_epoch_changes_no_digit(tmp_path, monkeypatch):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "checkpoints"))
    state = tmp_path / "runs" / "dates" / "killed" / "state.safetensors"
    killed = start(tmp_path, "killed")
    try:
        watch(tmp_path, "killed",
              lambda: killed.poll() is not None or finished_epochs(state))  # fmt: skip
        assert killed.poll() is None, killed.communicate()[1]
        # Well into the next epoch: its training takes about as long as this one's.
        (*_, report) = finished_epochs(state)
        time.sleep(0.4 * report["seconds"])
        os.kill(killed.pid, signal.SIGKILL)
    finally:
        killed.kill()
        killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    done = len(finished_epochs(state))
    assert 1 <= done < 4
    assert not (tmp_path / "checkpoints").exists()

    again = start(tmp_path, "killed")
    watch(tmp_path, "killed", lambda: again.poll() is not None)
    output, errors = again.communicate()
    assert again.returncode == 0, errors
    assert f"Going on after epoch {done}." in output
    # The uninterrupted run, in this process: what was drawn here before must not matter either.
    assert main(arguments(tmp_path, "whole")) == 0
    resumed, uninterrupted = (table(tmp_path, name) for name in ("killed", "whole"))
    assert len(resumed) == 1 + 4
    assert resumed == uninterrupted
    weights = [
        (tmp_path / "checkpoints" / "dates" / name / "model.safetensors").read_bytes()
        for name in ("killed", "whole")
    ]
    assert weights[0] == weights[1]
    assert not state.exists()


def test_a_second_training_of_a_name_is_refused_at_once(tmp_path, capsys):
    folder = tmp_path / "runs" / "dates" / "twice"
    with run_state.claimed(folder, "dates/twice"):
        assert main(arguments(tmp_path, "twice")) == 2
        said = capsys.readouterr()
        assert "dates/twice is being trained already" in said.err and not said.out
        with pytest.raises(UserError), run_state.claimed(folder, "dates/twice"):
            pass
        with run_state.claimed(tmp_path / "runs" / "dates" / "other", "dates/other"):
            pass  # another name is free
    with run_state.claimed(folder, "dates/twice"):
        pass  # and so is this one again
    assert not (tmp_path / "checkpoints").exists()


def test_force_takes_no_name_that_is_in_work(tmp_path, capsys):
    folder = tmp_path / "runs" / "dates" / "twice"
    with run_state.claimed(folder, "dates/twice"):
        for more in (["--force"], ["--seed", "9"]):
            assert main([*arguments(tmp_path, "twice"), *more]) == 2
            assert "dates/twice is being trained already" in capsys.readouterr().err
    assert not (tmp_path / "checkpoints").exists()


def test_a_killed_training_leaves_its_name_free(tmp_path):
    """The lock is the system's: it goes with the process that held it."""
    folder = tmp_path / "run"
    program = (
        "import sys, time, pathlib\n"
        "from s2s.training.run_state import claimed\n"
        "with claimed(pathlib.Path(sys.argv[1]), 'a/b'):\n"
        "    print('held', flush=True)\n"
        "    time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as holder:
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(UserError, match="a/b is being trained already"):
            with run_state.claimed(folder, "a/b"):
                pass
        holder.kill()
    with run_state.claimed(folder, "a/b"):
        pass


def test_two_recipes_of_one_name_are_refused_too(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("S2S_CHECKPOINTS", str(tmp_path / "checkpoints"))
    with run_state.claimed(tmp_path / "runs" / "toy" / "plain", "toy/plain"):
        given = ["reproduce", "toy/plain", "--runs", str(tmp_path / "runs"), "--seeds", "1"]
        assert main(given) == 2
    assert "toy/plain is being trained already" in capsys.readouterr().err


def test_data_configuration_of_a_generator_is_part_of_the_settings(tmp_path):
    prepared = experiment.prepare(tiny_plan(tmp_path))
    settings = json.loads(json.dumps(prepared.settings()))
    assert set(settings) == {"data", "model", "sequence", "train"}
    assert settings["data"]["seed"] == DataConfig().seed
    assert settings["model"]["source_vocabulary"] == 6
