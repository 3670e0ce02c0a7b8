"""The only reader of ``.pt`` files: tensors and plain containers, never code."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import torch

from s2s.errors import UserError
from s2s.text import file_label, label
from s2s.text.language import later
from s2s.text.system_words import reason


def load(path: str) -> dict[Any, Any]:
    """What a ``.pt`` file holds, tensors and containers only; UserError for anything else."""
    try:
        Path(path).open("rb").close()
    except (OSError, ValueError) as error:
        raise UserError(
            later("{path} cannot be read: {reason}.", path=label(path, 200), reason=reason(error))
        ) from None
    name = file_label(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            content = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a type of its own for every kind of damage
        named = re.search(r"GLOBAL ([\w.]+)", str(error))
        if named or "TorchScript" in str(error):
            what = named[1] if named else "TorchScript"
            raise UserError(
                later(
                    "{name} holds program code ({what}), which is never run here; save the "
                    "tensors alone, with torch.save(module.state_dict(), file).",
                    name=name,
                    what=label(what, 60),
                )
            ) from None
        raise UserError(
            later(
                "{name} is not a file that torch.save wrote, or it is damaged or ends early.",
                name=name,
            )
        ) from None
    if not isinstance(content, dict):
        kind = label(type(content).__name__)
        raise UserError(later("{name} holds no state dict, but {kind}.", name=name, kind=kind))
    return content
