"""config.json: refused in one sentence where it cannot be used, else read once, into types."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from s2s.checkpoints import about_json
from s2s.checkpoints.files import read_json, unloadable
from s2s.config import ModelConfig, SequenceConfig, from_dict
from s2s.config.limits import limits
from s2s.model.seq2seq import check_parts
from s2s.tasks.about import About
from s2s.text.label import writable
from s2s.text.language import later

FORMAT = 1
CONFIG = "config.json"
LENGTHS = (
    "max_source_length", "max_output_length", "trained_source_length", "fixed_source_length",
    "padded_source_length",
)  # fmt: skip


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
    held = read_json(folder / CONFIG, limits().config_bytes, name)
    if not isinstance(held, dict) or "format" not in held:
        raise unloadable(name, later("{file} is not one of ours (no format).", file=CONFIG))
    if held["format"] != FORMAT:
        raise unloadable(
            name,
            later("its format is {found!r}, this version reads {known}.", found=held["format"],
                  known=FORMAT),
        )  # fmt: skip
    missing = [key for key in ("task", "model", "sequence") if key not in held]
    if missing:
        raise unloadable(name, later("{shown} lacks {keys}.", shown=CONFIG, keys=tuple(missing)))
    if not isinstance(held["task"], str):
        raise unloadable(name, later("{where} must be a string.", where=f'{CONFIG}, "task"'))
    for key in ("about", "data", "train"):
        if not isinstance(held.get(key, {}), dict):
            where = f'{CONFIG}, "{key}"'
            raise unloadable(name, later("{where} must be an object.", where=where))
    sequence = from_dict(SequenceConfig, held["sequence"], f'{name}: {CONFIG}, "sequence"')
    model = from_dict(ModelConfig, held["model"], f'{name}: {CONFIG}, "model"', check_parts)
    if not writable(held["task"]) or not writable(sequence.start_token):
        raise unloadable(name, later("{file} holds half a character.", file=CONFIG))
    for given, fields, most in (
        (model, ("source_vocabulary", "target_vocabulary"), limits().vocabulary_tokens),
        (model, ("layers",), limits().layers),
        (model, ("attention_slots",), limits().tokens),
        (sequence, LENGTHS, limits().tokens),
    ):
        for field in fields:
            if (getattr(given, field) or 0) > most:
                raise unloadable(
                    name,
                    later("{file} asks for more than {most:,} as {field}.", file=CONFIG,
                          most=most, field=field),
                )  # fmt: skip
    return Config(held["task"], model, sequence, about_json.read(held))
