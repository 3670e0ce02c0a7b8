"""Training as a generator of epoch reports. It knows no screen and prints nothing.

Everything random in an epoch follows (seed, epoch) alone: order, dropout, teacher forcing. So a run
that was killed and resumed at the last whole epoch has the same losses to the last digit, on the
same processor with the same number of threads: other kernels add in another order.
"""

from __future__ import annotations

import math
import time
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
from s2s.training.data import Batches


def _targets(lengths: Tensor) -> int:
    return int(lengths.sum())


# (losses [B, T] and their mask to the batch's loss, lengths [B] to its weight in an epoch).
REDUCTIONS: dict[str, tuple[Callable[[Tensor, Tensor], Tensor], Callable[[Tensor], int]]] = {
    "non_pad_tokens": (lambda losses, mask: (losses * mask).sum() / mask.sum(), _targets),
    "mean_over_steps": (lambda losses, mask: ((losses * mask).sum(1) / mask.sum(1)).mean(), len),
    "sum_per_pair": (lambda losses, mask: (losses * mask).sum(1).mean(), len),
    "all_positions": (lambda losses, mask: losses.mean(), len),
}


def loss_of(logits: Tensor, batch: Batch, reduction: str) -> Tensor:
    """Cross entropy in nats.

    Args:
        logits: [B, T, V].
        batch: its targets and lengths.
        reduction: ``non_pad_tokens`` mean over real targets; ``mean_over_steps`` mean over a
            pair's steps, then over pairs; ``sum_per_pair`` sum over a pair's steps, then mean over
            pairs; ``all_positions`` mean over every position, padding included.
    """
    reduce, _ = choose(REDUCTIONS, reduction, "TrainConfig.loss_reduction")
    flat = F.cross_entropy(logits.flatten(0, 1), batch.target.flatten(), reduction="none")
    return reduce(flat.view_as(batch.target), batch.target_mask)


def loss_weight(batch: Batch, reduction: str) -> int:
    """What a batch counts for in the mean over an epoch: its targets or its pairs."""
    _, weigh = choose(REDUCTIONS, reduction, "TrainConfig.loss_reduction")
    return weigh(batch.target_lengths)


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


def force_mask(shape: tuple[int, ...], ratio: float, unit: str) -> Tensor:
    """[B, T] True where the right token is fed; drawn from PyTorch's global generator.

    One draw per sequence (tutorial 3), one per step for the whole batch (tutorial 5), or one per
    token (Bengio et al. 2015).
    """
    batch, steps = shape
    draws = {"sequence": (batch, 1), "step": (1, steps), "token": (batch, steps)}
    drawn = choose(draws, unit, "TrainConfig.teacher_forcing_unit")
    return (torch.rand(drawn) < ratio).expand(batch, steps)


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
    """

    system: System
    config: TrainConfig
    batches: Batches
    validation: tuple[list[Pair], Batches] | None
    optimiser: torch.optim.Optimizer
    reports: list[EpochReport]
    watch: tuple[Pair, ...] = ()
    inspect: Callable[[System], dict[str, float]] | None = None

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
    model, config = run.system.model, run.config
    per_epoch = len(run.batches)
    for epoch in range(len(run.reports) + 1, config.epochs + 1):
        model.eval()
        inspected = run.inspect(run.system) if run.inspect else {}
        torch.manual_seed(_epoch_seed(config.seed, epoch))
        model.train()
        ratio = teacher_forcing_ratio(config, epoch)
        total, weight, rate = 0.0, 0, config.learning_rate
        began = time.thread_time()
        for number, batch in enumerate(run.batches.epoch(config.seed, epoch)):
            update = (epoch - 1) * per_epoch + number
            rate = config.learning_rate * rate_factor(config, update, config.epochs * per_epoch)
            loss = _update(run, batch, ratio, rate)
            count = loss_weight(batch, config.reported_loss)
            total, weight = total + loss * count, weight + count
            if not math.isfinite(loss):
                raise UserError(
                    f"The loss became {loss} in epoch {epoch}, update {number + 1}. "
                    "Lower the learning rate or set a clip."
                )
            progress(epoch, number + 1, per_epoch, total / weight)
        seconds = time.thread_time() - began
        model.eval()
        report = EpochReport(
            epoch, total / weight, *_validate(run), rate, ratio, epoch * per_epoch, seconds,
            *_watch(run), inspected,
        )  # fmt: skip
        run.reports.append(report)
        yield report


def _update(run: Run, batch: Batch, ratio: float, rate: float) -> float:
    """One optimiser step; returns the loss before it, as it is reported."""
    model, config = run.system.model, run.config
    if ratio >= 1:
        logits = model(batch).logits
    else:
        force = force_mask(batch.fed.shape, ratio, config.teacher_forcing_unit)
        logits = model.free_forward(batch, force)
    loss = loss_of(logits, batch, config.loss_reduction)
    run.optimiser.zero_grad(set_to_none=True)
    loss.backward()
    if config.clip is not None:
        torch.nn.utils.clip_grad_norm_(model.parameters(), config.clip)
    for group in run.optimiser.param_groups:
        group["lr"] = rate
    run.optimiser.step()
    if config.reported_loss != config.loss_reduction:
        loss = loss_of(logits.detach(), batch, config.reported_loss)
    return float(loss.detach())


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


def _epoch_seed(seed: int, epoch: int) -> int:
    """Distinct for every (seed, epoch); epochs stay below a million."""
    return seed * 1_000_003 + epoch
