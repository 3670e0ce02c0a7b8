"""Several processes, another device, half precision: the same losses, or why not."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
import torch
from tiny import ROOT, build_system

from s2s.config import TrainConfig
from s2s.errors import UserError
from s2s.model.batch import make_batch
from s2s.training import engine as engines
from s2s.training import losses
from s2s.training.engine import Engine, Hardware

REDUCTIONS = sorted(losses.REDUCTIONS)


def batch_of(system, pairs):
    return make_batch(pairs, system.config, system.sequence, system.source_vocab,
                      system.target_vocab)  # fmt: skip


PAIRS = [([3, 2], [5, 6, 7]), ([3, 4, 2], [8]), ([4, 2], [5, 5]), ([4, 3, 3, 2], [6])]


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("world", [2, 3, 5])
def test_shares_of_a_batch_add_up_to_its_gradient(monkeypatch, reduction, world):
    """Each process's part by itself, with the averaging done by hand; five are more than pairs."""
    system = build_system()
    model = system.model.train(False).requires_grad_(True)
    batch = batch_of(system, PAIRS)
    whole = Engine(model, TrainConfig(loss_reduction=reduction))
    loss = whole.backward(batch, None)
    wanted = [parameter.grad.clone() for parameter in model.parameters()]
    mean = [torch.zeros_like(parameter) for parameter in model.parameters()]
    parts = []
    monkeypatch.setattr(engines.together, "all_reduce", lambda total: parts.append(float(total)))
    for rank in range(world):
        one = Engine(model, TrainConfig(loss_reduction=reduction))
        one.world, one.rank = world, rank
        model.zero_grad(set_to_none=False)
        one.backward(batch, None)
        for sum_, parameter in zip(mean, model.parameters(), strict=True):
            sum_ += parameter.grad / world
    assert sum(parts) == pytest.approx(loss, rel=1e-5)
    for one, other in zip(mean, wanted, strict=True):
        torch.testing.assert_close(one, other, atol=1e-6, rtol=1e-4)


def test_rows_of_a_batch_are_those_of_the_whole():
    system = build_system()
    batch = batch_of(system, PAIRS)
    for index in ([1, 3], [0, 2], [2]):
        with torch.no_grad():
            some = system.model(batch.rows(torch.tensor(index))).logits
            all_ = system.model(batch).logits
        torch.testing.assert_close(some, all_[index], atol=1e-6, rtol=1e-5)
    assert batch.to(torch.device("cpu")) is batch


def test_half_precision_is_near_and_keeps_the_weights_whole():
    system = build_system(dtype=torch.float32)
    model = system.model.requires_grad_(True)
    batch = batch_of(system, PAIRS)
    full = Engine(model, TrainConfig()).backward(batch, None)
    model.zero_grad()
    half = Engine(model, TrainConfig(), Hardware(precision="bfloat16")).backward(batch, None)
    assert half != full and half == pytest.approx(full, rel=0.05)
    assert {p.dtype for p in model.parameters()} == {torch.float32}
    assert {p.grad.dtype for p in model.parameters() if p.grad is not None} == {torch.float32}


def test_what_there_is_not_is_refused():
    with pytest.raises(UserError, match="--device is 'tpu'; it must be one of cpu, cuda, auto"):
        Hardware("tpu")
    with pytest.raises(UserError, match="--precision is 'int8'"):
        Hardware(precision="int8")
    if not torch.cuda.is_available():
        with pytest.raises(UserError, match="finds no graphics card"):
            Hardware("cuda")
        assert Engine(build_system().model, TrainConfig(), Hardware("auto")).device.type == "cpu"


@pytest.mark.slow
def test_two_processes_have_the_losses_of_one(tmp_path):
    """Real processes (gloo), with an odd last batch; the first alone writes and speaks."""
    options = [
        "train", "reverse", "--name", "both", "--data-samples", "301", "--data-longest", "6",
        "--hidden", "16", "--batch-size", "17", "--epochs", "3", "--clip", "1",
    ]  # fmt: skip

    def run(name: str, count: int) -> list[float]:
        environment = os.environ | {"S2S_CHECKPOINTS": str(tmp_path / name), "OMP_NUM_THREADS": "1"}
        start = [sys.executable, "-m"]
        if count > 1:
            start += ["torch.distributed.run", "--standalone", "--nproc-per-node", str(count), "-m"]
        runs = tmp_path / f"{name}-runs"
        done = subprocess.run(
            [*start, "s2s", *options, "--runs", str(runs)], cwd=ROOT, env=environment,
            capture_output=True, text=True, timeout=240,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        assert done.stdout.count("Wrote") == 1
        lines = (runs / "reverse" / "both" / "metrics.jsonl").read_text().splitlines()
        return [json.loads(line)["train_loss"] for line in lines]

    one, two = run("one", 1), run("two", 2)
    assert two == pytest.approx(one, abs=1e-3) and len(one) == 3
    assert one[-1] < one[0]
