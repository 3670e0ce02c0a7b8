"""How much faster batches train than tutorial 3's own way: one pair, one Python call per token.

    python benchmarks/training.py --data FILE [--batch 64] [--rounds 8] [--to-loss]

Both train the same system (equal weights give equal losses, checked first) on the same pairs with
one thread, in turns: a block of single pairs, then an epoch of batches. Seconds are those of the
processor; a busy machine still makes the ratio too high, because the single pairs lose more when
the cache is shared. FILE is the tutorial's English-French file
(two tab-separated columns, English first; may be gzipped). With --to-loss, the recipe on a short
schedule (QUICK) then trains from scratch down to the tutorial's last attention loss.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.per_token import PerTokenTrainer  # noqa: E402
from s2s.errors import UserError  # noqa: E402
from s2s.model.batch import whole_output
from s2s.tasks.recipes import RECIPES
from s2s.training.data import IdPair
from s2s.training.experiment import Plan, Prepared, prepare
from s2s.training.train import loss_of, train

# The attention model's loss after the tutorial's 40 epochs.
TUTORIAL_LOSS = 0.0444
SINGLE_PAIRS = 250
# What is changed in the recipe to reach that loss soon.
QUICK = {"batch_size": 64, "clip": 0.2, "epochs": 17}


def whole_recipe(path: str, changes: dict[str, float]) -> Plan:
    """Tutorial 3's attention system on all its pairs, nothing held out."""
    recipe = RECIPES["fra-eng-small/attention"]
    return Plan(
        recipe.task,
        recipe.variant,
        replace(recipe.data, test_percent=0, validation_percent=0),
        recipe.model,
        recipe.sequence,
        replace(recipe.train, **QUICK | changes),
        path,
        command="",
        runs=ROOT / "runs" / "benchmark",
    )


def as_single(pair: IdPair, prepared: Prepared) -> tuple[torch.Tensor, torch.Tensor]:
    """A pair as the per-token loop wants it: [S, 1] and [T, 1], specials included."""
    system = prepared.run.system
    source, target = pair
    written = whole_output(target, system.sequence, system.target_vocab)
    return torch.tensor(source).view(-1, 1), torch.tensor(written).view(-1, 1)


def single_trainer(prepared: Prepared) -> PerTokenTrainer:
    """The per-token loop with the batched model's weights; refused if it is another system."""
    run = prepared.run
    model, vocab = run.system.model, run.system.target_vocab
    single = PerTokenTrainer(model.config, vocab.bos)
    single.take_weights(model)
    if single.parameter_count() != model.parameter_count():
        raise SystemExit("The two ways do not train the same system.")
    for pair in run.batches.pairs[:20]:
        batch = run.batches.batch([pair])
        with torch.inference_mode():
            ours = float(loss_of(model(batch).logits, batch, "mean_over_steps"))
        source, target = as_single(pair, prepared)
        theirs = float(single.loss(source, target).detach()) / len(target)
        if abs(theirs - ours) > 1e-5:
            raise SystemExit(f"The two ways disagree on a loss: {theirs} and {ours}.")
    return single


def compare(plan: Plan) -> None:
    """Pairs per second of both ways, in turns, and their ratio: a round for every epoch."""
    prepared = prepare(plan, restart=True)
    pairs = list(prepared.run.batches.pairs)
    single = single_trainer(prepared)
    random.Random(1).shuffle(pairs)
    singles = [as_single(pair, prepared) for pair in pairs]
    batched = train(prepared.run)
    rates = []
    for number in range(plan.train.epochs):
        block = [singles[(number * SINGLE_PAIRS + i) % len(singles)] for i in range(SINGLE_PAIRS)]
        began = time.thread_time()
        for pair in block:
            single.update(*pair)
        seconds = time.thread_time() - began
        rates.append((SINGLE_PAIRS / seconds, len(pairs) / next(batched).seconds))
    slow, fast = np.array(rates[1:]).T  # the first round pays for what happens once
    ratio = fast / slow
    print(
        f"{np.median(ratio):.1f} times as many pairs per second "
        f"({ratio.min():.1f} to {ratio.max():.1f} over {len(ratio)} rounds)"
    )
    print(f"  one pair, one call per token  {np.median(slow):7.1f} pairs/s")
    print(f"  batches of {plan.train.batch_size:<18} {np.median(fast):7.1f} pairs/s")


def time_to_loss(plan: Plan) -> None:
    """Train the recipe from scratch until an epoch's loss is the tutorial's or lower."""
    run = prepare(plan, restart=True).run
    for report in train(run):
        if report.train_loss <= TUTORIAL_LOSS:
            print(
                f"loss {report.train_loss:.4f} (tutorial: {TUTORIAL_LOSS} after 40 epochs) "
                f"in {run.seconds:.1f} s, {report.epoch} epochs"
            )
            return
    raise SystemExit(f"{plan.train.epochs} epochs ended at {run.reports[-1].train_loss:.4f}.")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--data", required=True, metavar="FILE", help="English-French pairs")
    parser.add_argument("--batch", type=int, default=64, help="pairs per update")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--to-loss", action="store_true", help="train down to tutorial 3's loss")
    given = parser.parse_args()
    if not Path(given.data).is_file():
        raise SystemExit(f"There is no file {given.data}; name the English-French file.")
    torch.set_num_threads(1)
    turns = {"batch_size": given.batch, "epochs": given.rounds + 1}
    try:
        compare(whole_recipe(given.data, turns))
        if given.to_loss:
            time_to_loss(whole_recipe(given.data, {}))
    except UserError as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
