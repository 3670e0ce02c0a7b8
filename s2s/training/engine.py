"""Where an update is computed: this processor, another device, or several processes together.

Several processes are PyTorch's own (`torchrun`, DistributedDataParallel): each of them reads the
same data and deals the same batches, takes its rows of each, and the gradients are averaged. A
process's loss is weighted by its share of the batch, so the average is the gradient of the whole
batch, whatever it averages over: the losses of one process, up to the order of adding.
"""

from __future__ import annotations

import copy
import os
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import timedelta

import torch
import torch.distributed as together
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from s2s.config import TrainConfig
from s2s.errors import UserError
from s2s.model.batch import Batch
from s2s.model.seq2seq import Seq2Seq
from s2s.text.language import later
from s2s.training.losses import loss_of, loss_weight

DEVICES = ("cpu", "cuda", "auto")
PRECISIONS = ("float32", "bfloat16")
PATIENCE = timedelta(hours=6)
"""The others wait for so long while the first process measures."""


@dataclass(frozen=True)
class Hardware:
    """What to compute on.

    Attributes:
        device: ``cpu``, ``cuda``, or ``auto``: a graphics card if there is one.
        precision: ``float32``, or ``bfloat16`` for the products inside an update; weights, loss and
            optimiser stay float32.
    """

    device: str = "cpu"
    precision: str = "float32"

    def __post_init__(self) -> None:
        """Refuse what there is not."""
        for name, value, choices in (
            ("device", self.device, DEVICES), ("precision", self.precision, PRECISIONS),
        ):  # fmt: skip
            if value not in choices:
                raise UserError(
                    later("--{name} is {value!r}; it must be one of {choices}.", name=name,
                          value=value, choices=choices)
                )  # fmt: skip
        if self.device == "cuda" and not torch.cuda.is_available():
            raise UserError(later("--device is cuda, and PyTorch finds no graphics card here."))


class _Step(nn.Module):
    """The loss of a batch as a module's forward, which DistributedDataParallel needs."""

    def __init__(self, model: Seq2Seq, config: TrainConfig):
        super().__init__()
        self.model = model
        self.descends, self.reports = config.loss_reduction, config.reported_loss

    def forward(self, batch: Batch, force: Tensor | None) -> tuple[Tensor, Tensor]:
        """Cross entropy of a batch (`loss_of`): what is descended, and what is reported.

        Args:
            batch: the pairs.
            force: as in `Seq2Seq.free_forward`; None for teacher forcing.
        """
        if force is None:
            logits = self.model(batch).logits
        else:
            logits = self.model.free_forward(batch, force)
        if logits.dtype == torch.bfloat16:
            logits = logits.float()
        loss = loss_of(logits, batch, self.descends)
        if self.reports == self.descends:
            return loss, loss.detach()
        return loss, loss_of(logits.detach(), batch, self.reports)


class Engine:
    """Computes losses and gradients of batches for one model.

    Attributes:
        model: whose weights are trained; the system's own on the CPU, else a copy on the device.
        rank: of this process, 0 for the first or only one.
        world: processes.
    """

    def __init__(self, model: Seq2Seq, config: TrainConfig, hardware: Hardware = Hardware()):
        """Join the other processes, if `torchrun` started several.

        Args:
            model: the system's, on the CPU.
            config: says which loss is descended, and which is reported.
            hardware: what to compute on.
        """
        cuda = hardware.device == "cuda" or (
            hardware.device == "auto" and torch.cuda.is_available()
        )
        self.world, self.rank = 1, 0
        if started_together():
            if not together.is_initialized():
                together.init_process_group("nccl" if cuda else "gloo", timeout=PATIENCE)
            self.world, self.rank = together.get_world_size(), together.get_rank()
        self.device = torch.device("cpu")
        if cuda:
            self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", 0)))
            torch.cuda.set_device(self.device)
        self.own = model
        self.model = copy.deepcopy(model).to(self.device) if cuda else model
        self.half = hardware.precision == "bfloat16"
        self.config = config
        step = _Step(self.model, config)
        self._step: nn.Module = DistributedDataParallel(step) if self.world > 1 else step

    @property
    def clock(self) -> Callable[[], float]:
        """Seconds: of the processor where it does the work, else the wall clock's."""
        return time.thread_time if self.device.type == "cpu" else time.monotonic

    def backward(self, batch: Batch, force: Tensor | None) -> float:
        """Gradients of the whole batch's loss in the weights of `model`; the loss itself.

        Args:
            batch: the whole one; of several processes each takes its rows.
            force: [B, T] as in `Seq2Seq.free_forward`; None for teacher forcing.
        """
        if self.world == 1:
            loss, told = self._loss(batch, force)
            loss.backward()
            return float(told)
        rows = torch.arange(self.rank, len(batch.target), self.world)
        # Fewer pairs than processes: the others take part and count nothing.
        counts = 1.0 if len(rows) else 0.0
        rows = rows if len(rows) else torch.tensor([0])
        mine = batch.rows(rows)
        shares = [
            counts * loss_weight(mine, kind) / loss_weight(batch, kind)
            for kind in (self.config.loss_reduction, self.config.reported_loss)
        ]
        loss, told = self._loss(mine, None if force is None else force[rows])
        # The gradients of all processes are averaged, so each is taken `world` times.
        (loss * (shares[0] * self.world)).backward()
        total = told * shares[1]
        together.all_reduce(total)
        return float(total)

    def _loss(self, batch: Batch, force: Tensor | None) -> tuple[Tensor, Tensor]:
        room: AbstractContextManager = nullcontext()
        if self.half:
            room = torch.autocast(self.device.type, torch.bfloat16)
        with room:
            loss, told = self._step(
                batch.to(self.device), None if force is None else force.to(self.device)
            )
        return loss, told

    def whole_gradients(self) -> None:
        """Let lookups give gradients of all rows: averaged ones have one shape everywhere."""
        if self.world > 1:
            for module in self.model.modules():
                if isinstance(module, nn.Embedding):
                    module.sparse = False

    def fetch(self) -> None:
        """Give the system's model the weights as they are now."""
        if self.model is not self.own:
            self.own.load_state_dict(self.model.state_dict())

    def give(self) -> None:
        """Take the weights that the system's model has now; all processes must have the same."""
        if self.model is not self.own:
            self.model.load_state_dict(self.own.state_dict())

    def agree(self, epochs: int) -> None:
        """Check that all processes stand at the same epoch.

        Raises:
            UserError: when they do not: they read different folders of runs.
        """
        if self.world == 1:
            return
        found = [torch.zeros(1, device=self.device) for _ in range(self.world)]
        together.all_gather(found, torch.tensor([float(epochs)], device=self.device))
        if len({int(one) for one in found}) > 1:
            raise UserError(
                later("The processes stand at different epochs: --runs must be one folder that "
                      "all of them see.")
            )  # fmt: skip

    def wait(self) -> None:
        """Until all processes are here."""
        if self.world > 1:
            together.barrier()


def started_together() -> bool:
    """Whether `torchrun` started this process beside others."""
    return int(os.environ.get("WORLD_SIZE", "1")) > 1 and together.is_available()


def rank() -> int:
    """Of this process among those that `torchrun` started; 0 for the first or only one."""
    return int(os.environ.get("RANK", "0")) if started_together() else 0
