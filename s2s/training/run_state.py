"""The state of an unfinished training run, in one file that is replaced as a whole.

float32 weights, the optimiser's moments and the reports so far. The generators need no place: all
randomness of an epoch follows (seed, epoch). The file is safetensors with JSON in its header.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from s2s.checkpoints import files
from s2s.errors import UserError
from s2s.text.language import later
from s2s.training.run_folder import report_of
from s2s.training.train import Run

LOCK = ".lock"


def save(path: Path, run: Run, settings: dict[str, Any]) -> None:
    """Write the state beside `path`, then move it there: it is never seen half written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    tensors = {f"model.{k}": v for k, v in run.system.model.state_dict().items()}
    optimiser = run.optimiser.state_dict()
    for index, slots in optimiser["state"].items():
        tensors |= {f"optimiser.{index}.{k}": torch.as_tensor(v) for k, v in slots.items()
                    if v is not None}  # fmt: skip
    header = {
        "settings": json.dumps(settings),
        "reports": json.dumps([asdict(report) for report in run.reports]),
    }
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    with files.written(draft):
        save_file({k: v.contiguous() for k, v in tensors.items()}, draft, metadata=header)
        with draft.open("rb") as file:
            os.fsync(file.fileno())
        os.replace(draft, path)


def load(path: Path, run: Run, settings: dict[str, Any]) -> None:
    """Bring a fresh run to the saved state.

    Raises:
        UserError: when the file is damaged or belongs to other settings, naming the first that
            differs.
    """
    try:
        with safe_open(path, "pt") as file:
            header = file.metadata()
            tensors = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
        saved = json.loads(header["settings"])
        reports = [report_of(report) for report in json.loads(header["reports"])]
    except (SafetensorError, OSError, KeyError, TypeError, ValueError):
        raise _damaged(path) from None
    for part in settings:
        for key, value in settings[part].items():
            before = saved.get(part, {}).get(key)
            if before != value:
                raise UserError(
                    later(
                        "{folder} holds an unfinished run with {key} {before}, now {now}. Use the "
                        "same settings to go on, or --restart to begin again.",
                        folder=str(path.parent),
                        key=key,
                        before=repr(before),
                        now=repr(value),
                    )
                )
    model = {k[6:]: v for k, v in tensors.items() if k.startswith("model.")}
    try:
        run.system.model.load_state_dict(model)
    except RuntimeError:
        raise _damaged(path) from None
    state: dict[int, dict[str, torch.Tensor]] = {}
    for key, tensor in tensors.items():
        if key.startswith("optimiser."):
            _, index, name = key.split(".")
            state.setdefault(int(index), {})[name] = tensor
    groups = run.optimiser.state_dict()["param_groups"]
    run.optimiser.load_state_dict({"state": state, "param_groups": groups})
    run.reports[:] = reports


@contextmanager
def claimed(folder: Path, name: str) -> Iterator[None]:
    """Hold a run's folder, so that nobody else trains it at the same time.

    The lock is the system's and ends with the process, however that ends.

    Args:
        folder: of the run.
        name: ``task/variant``, for the message.

    Raises:
        UserError: when another process or thread holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=0):
            yield
    except Timeout:
        raise UserError(
            later("{name} is being trained already; wait, or choose another --name or --runs.",
                  name=name)
        ) from None  # fmt: skip


def _damaged(path: Path) -> UserError:
    return UserError(later("{path} is damaged; begin again with --restart.", path=str(path)))
