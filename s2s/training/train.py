"""Training as a generator of epoch reports. It knows no screen and prints nothing.

Everything random in an epoch follows (seed, epoch) alone: order, dropout, teacher forcing. So a run
that was killed and resumed at the last whole epoch has the same losses to the last digit, on the
same processor with the same number of threads: other kernels add in another order.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from s2s.config import TrainConfig, choose
from s2s.decoding import single
from s2s.decoding.system import System
from s2s.errors import UserError
from s2s.evaluation.evaluate import evaluate
from s2s.model.batch import Batch, whole_output
from s2s.model.seq2seq import Seq2Seq
from s2s.results import EpochReport
from s2s.tasks.split import Pair
from s2s.text import TOKENISERS
from s2s.text.language import later
from s2s.training.data import Batches
from s2s.training.engine import Engine
from s2s.training.losses import loss_weight


def _inverse_sigmoid(first: float, last: float, done: float) -> float:
    k = 5.0
    share = (k / (k + math.exp(30 * done / k))) / (k / (k + 1))
    return last + (first - last) * share


# (first ratio, last one, share of the run that is done) to the ratio.
SCHEDULES: dict[str, Callable[[float, float, float], float]] = {
    "constant": lambda first, last, done: first,
    "linear": lambda first, last, done: first + (last - first) * done,
    "inverse_sigmoid": _inverse_sigmoid,
}


def teacher_forcing_ratio(config: TrainConfig, epoch: int) -> float:
    """The ratio of a 1-based epoch (Bengio et al. 2015, 2.4, with its shape over the whole run).

    ``linear`` falls from the first to the last epoch. ``inverse_sigmoid`` falls along
    k / (k + exp(x / k)) with k = 5 and x from 0 to 30 over the run, scaled to start at the
    starting ratio and approach the end.
    """
    name = config.teacher_forcing_schedule
    ratio = choose(SCHEDULES, name, "TrainConfig.teacher_forcing_schedule")
    done = (epoch - 1) / max(1, config.epochs - 1)
    return ratio(config.teacher_forcing_ratio, config.teacher_forcing_end, done)


def force_mask(
    shape: tuple[int, ...], ratio: float, unit: str, generator: torch.Generator | None = None
) -> Tensor:
    """[B, T] True where the right token is fed; drawn from PyTorch's global generator by default.

    One draw per sequence (tutorial 3), one per step for the whole batch (tutorial 5), or one per
    token (Bengio et al. 2015).
    """
    batch, steps = shape
    draws = {"sequence": (batch, 1), "step": (1, steps), "token": (batch, steps)}
    drawn = choose(draws, unit, "TrainConfig.teacher_forcing_unit")
    return (torch.rand(drawn, generator=generator) < ratio).expand(batch, steps)


RATES: dict[str, Callable[[float], float]] = {
    "constant": lambda done: 1.0,
    "linear": lambda done: 1 - done,
    "cosine": lambda done: 0.5 * (1 + math.cos(math.pi * done)),
}


def rate_factor(config: TrainConfig, update: int, updates: int) -> float:
    """The share of the learning rate at a 0-based update."""
    factor = choose(RATES, config.rate_schedule, "TrainConfig.rate_schedule")
    return factor(update / max(1, updates))


def make_optimiser(model: Seq2Seq, config: TrainConfig) -> torch.optim.Optimizer:
    """Adam or SGD over all weights."""
    kinds = {"adam": torch.optim.Adam, "sgd": torch.optim.SGD}
    kind = choose(kinds, config.optimiser, "TrainConfig.optimiser")
    if config.optimiser == "sgd" and config.clip is None:
        # Plain SGD moves only the embeddings of words that were read: gradients for those rows
        # alone. A fused update takes none such, and a norm to clip by neither.
        for module in model.modules():
            if isinstance(module, nn.Embedding):
                module.sparse = True
        return kind(model.parameters(), lr=config.learning_rate)
    # fused: one pass over the weights; measured 1.3 times faster per update on a large vocabulary.
    return kind(model.parameters(), lr=config.learning_rate, fused=True)


@dataclass
class Run:
    """A training run between two epochs: everything that changes while training.

    Attributes:
        system: the model in training, float32.
        config: how it is trained.
        batches: the training part.
        validation: (texts, batches) of the validation part, or None.
        optimiser: with its state.
        reports: one per finished epoch.
        watch: pairs whose answers are written down after every epoch.
        inspect: what to measure on the model before each epoch's updates, by name; or None.
        engine: where the updates are computed; None for this processor alone.
    """

    system: System
    config: TrainConfig
    batches: Batches
    validation: tuple[list[Pair], Batches] | None
    optimiser: torch.optim.Optimizer
    reports: list[EpochReport]
    watch: tuple[Pair, ...] = ()
    inspect: Callable[[System], dict[str, float]] | None = None
    engine: Engine | None = None

    @property
    def seconds(self) -> float:
        """Training time so far."""
        return sum(report.seconds for report in self.reports)


def train(
    run: Run, progress: Callable[[int, int, int, float], None] = lambda *_: None
) -> Iterator[EpochReport]:
    """Train to the configured number of epochs, from wherever the run stands.

    Args:
        run: changed in place; ``run.reports`` grows by each yielded report.
        progress: called with (epoch, batch, batches, loss so far) after every update.

    Yields:
        A report after each epoch. The run can be saved there and resumed later.
    """
    config = run.config
    engine = run.engine or Engine(run.system.model, config)
    model = engine.model
    engine.whole_gradients()
    engine.give()
    engine.agree(len(run.reports))
    per_epoch = len(run.batches)
    for epoch in range(len(run.reports) + 1, config.epochs + 1):
        run.system.model.eval()
        inspected = run.inspect(run.system) if run.inspect and not engine.rank else {}
        # Each of several processes drops out other units; which tokens are forced is the same.
        seed = _epoch_seed(config.seed, epoch)
        torch.manual_seed(seed + engine.rank * RANKS_APART)
        forced = torch.Generator().manual_seed(seed) if engine.world > 1 else None
        model.train()
        ratio = teacher_forcing_ratio(config, epoch)
        total, weight, rate = 0.0, 0, config.learning_rate
        began = engine.clock()
        for number, batch in enumerate(run.batches.epoch(config.seed, epoch)):
            update = (epoch - 1) * per_epoch + number
            rate = config.learning_rate * rate_factor(config, update, config.epochs * per_epoch)
            loss = _update(run, engine, batch, ratio, rate, forced)
            count = loss_weight(batch, config.reported_loss)
            total, weight = total + loss * count, weight + count
            if not math.isfinite(loss):
                raise UserError(
                    later(
                        "The loss became {loss} in epoch {epoch}, update {n}. Lower the learning "
                        "rate or set a clip.",
                        loss=loss,
                        epoch=epoch,
                        n=number + 1,
                    )
                )
            progress(epoch, number + 1, per_epoch, total / weight)
        seconds = engine.clock() - began
        model.eval()
        engine.fetch()
        run.system.model.eval()
        measured = (None, None, None) if engine.rank else _validate(run)
        report = EpochReport(
            epoch, total / weight, *measured, rate, ratio, epoch * per_epoch, seconds,
            *(((), ()) if engine.rank else _watch(run)), inspected,
        )  # fmt: skip
        run.reports.append(report)
        yield report


def _update(
    run: Run, engine: Engine, batch: Batch, ratio: float, rate: float,
    generator: torch.Generator | None,
) -> float:  # fmt: skip
    """One optimiser step; returns the loss before it, as it is reported."""
    config, force = run.config, None
    if ratio < 1:
        force = force_mask(batch.fed.shape, ratio, config.teacher_forcing_unit, generator)
    run.optimiser.zero_grad(set_to_none=True)
    loss = engine.backward(batch, force)
    if config.clip is not None:
        torch.nn.utils.clip_grad_norm_(engine.model.parameters(), config.clip)
    for group in run.optimiser.param_groups:
        group["lr"] = rate
    run.optimiser.step()
    return loss


def _validate(run: Run) -> tuple[float | None, float | None, float | None]:
    """Teacher-forced loss per token, greedy exact match and BLEU on the validation part."""
    if run.validation is None:
        return None, None, None
    pairs, batches = run.validation
    quality = evaluate(run.system, pairs)
    return token_loss(run.system, batches), quality.exact_match, quality.bleu


@torch.inference_mode()
def token_loss(system: System, batches: Batches) -> float:
    """Teacher-forced loss in nats per target token: the end token counts, a start token never.

    A model that is made to write its start token first (tutorial 3) gets it nearly free, so
    counting it would make its loss look lower than another model's.

    Args:
        system: the model, in eval mode.
        batches: its pairs.
    """
    first = int(system.sequence.target_repeats_bos)
    total, count = 0.0, 0
    for batch in batches.in_order():
        logits = system.model(batch).logits  # [B, T, V]
        losses = F.cross_entropy(logits.flatten(0, 1), batch.target.flatten(), reduction="none")
        mask = batch.target_mask[:, first:]
        total += float((losses.view_as(batch.target)[:, first:] * mask).sum())
        count += int(mask.sum())
    return total / count


def _watch(run: Run) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What the watched sentences become: free-running, and with the right token fed."""
    system = run.system
    sequence, vocab = system.sequence, system.target_vocab
    join = TOKENISERS[sequence.target_tokeniser].join
    written, forced = [], []
    for source, target in run.watch:
        reading = system.read(source, suggest=False)
        written.append(join(single.greedy(system, reading).output))
        ids, _ = vocab.encode(system.target_tokens(target))
        right = single.forced(system, reading, whole_output(ids, sequence, vocab))
        forced.append(join([ranked[0] for ranked in right.candidates]))
    return tuple(written), tuple(forced)


RANKS_APART = 15_485_863
"""Between the seeds of two processes: a prime, so that no epoch's seed is hit."""


def _epoch_seed(seed: int, epoch: int) -> int:
    """Distinct for every (seed, epoch); epochs stay below a million."""
    return seed * 1_000_003 + epoch
