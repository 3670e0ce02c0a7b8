"""config.json: refused in one sentence where it cannot be used, else read once, into types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NamedTuple

from s2s.checkpoints import about_json
from s2s.config import ModelConfig, SequenceConfig, from_dict
from s2s.errors import UserError
from s2s.model.seq2seq import check_parts
from s2s.tasks.about import About

FORMAT = 1
CONFIG = "config.json"


class Config(NamedTuple):
    """What config.json says: the task's name, the model, how it reads and writes, the rest."""

    task: str
    config: ModelConfig
    sequence: SequenceConfig
    about: About


def read_config(folder: Path, name: str) -> Config:
    """config.json of a model's folder.

    Args:
        folder: the model's.
        name: of the model, for messages.

    Raises:
        UserError: when it is missing, foreign, of a newer format, or describes no model.
    """
    held = read_json(folder, CONFIG, name)
    if not isinstance(held, dict) or "format" not in held:
        raise UserError(f"{name} could not be loaded: {CONFIG} is not one of ours (no format).")
    if held["format"] != FORMAT:
        raise UserError(
            f"{name} could not be loaded: its format is {held['format']!r}, "
            f"this version reads {FORMAT}."
        )
    missing = [key for key in ("task", "model", "sequence") if key not in held]
    if missing:
        raise UserError(f"{name} could not be loaded: {CONFIG} lacks {', '.join(missing)}.")
    for key, kind, what in (("task", str, "a string"), ("about", dict, "an object"),
                            ("data", dict, "an object"), ("train", dict, "an object")):  # fmt: skip
        if key in held and not isinstance(held[key], kind):
            raise UserError(f'{name} could not be loaded: {CONFIG}, "{key}" must be {what}.')
    sequence = from_dict(SequenceConfig, held["sequence"], f'{name}: {CONFIG}, "sequence"')
    model = from_dict(ModelConfig, held["model"], f'{name}: {CONFIG}, "model"', check_parts)
    return Config(held["task"], model, sequence, about_json.read(held))


def read_json(folder: Path, file: str, name: str) -> Any:
    """A JSON file of a model's folder.

    Raises:
        UserError: when it is missing or no JSON.
    """
    try:
        return json.loads((folder / file).read_text("utf-8"))
    except FileNotFoundError:
        raise UserError(f"{name} could not be loaded: {file} is missing.") from None
    except OSError as error:
        raise UserError(f"{name} could not be loaded: {file}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise UserError(f"{name} could not be loaded: {file} is not UTF-8.") from None
    except (ValueError, RecursionError) as error:  # a bad character, a number or depth too large
        line = getattr(error, "lineno", 1)
        raise UserError(f"{name} could not be loaded: {file} is not JSON (line {line}).") from None
