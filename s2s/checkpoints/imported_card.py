"""The card of an imported model, written from its configuration and nothing else."""

from __future__ import annotations

from s2s.checkpoints import card
from s2s.checkpoints.importers import families
from s2s.config import ModelConfig, SequenceConfig
from s2s.tasks.about import Described
from s2s.tasks.base import Task


def render(task: Task, model: Described) -> str:
    """The card as Markdown; empty where config.json does not say what a card needs.

    Args:
        task: the task it is shown under.
        model: a folder, or the model itself.
    """
    about, config, sequence = model.about, model.config, model.sequence
    imported = about.imported
    if config is None or sequence is None or imported is None or about.parameters is None:
        return ""
    ends = ["start"] * sequence.source_bos + ["end"] * sequence.source_eos
    whose = families.title(imported.preset)
    return "\n".join([
        f"# {model.task}/{about.variant}",
        "",
        "Imported: the weights come from a model with the modules of "
        f"{whose} (preset `{imported.preset}`). "
        "It was trained elsewhere. **No figures were measured here.**",
        "",
        f"{task.title}: {card.shape(config)}. {about.parameters:,} parameters, stored as "
        f"{sequence.weights_dtype}. Nothing in the files says on which sentences it was "
        "trained, for how long, or with which dropout.",
        "",
        "Made by:",
        "",
        "```",
        about.command or "-",
        "```",
        "",
        f"**{imported.checked or 'Not checked against the original.'}**",
        "",
        *([*(f"- {note}" for note in imported.notes), ""] if imported.notes else []),
        "## Files",
        "",
        *(f"- `{name}`, SHA-256 `{digest}`" for name, digest in imported.files),
        "",
        "## How it reads and writes",
        "",
        f"- Source: {_manners(config, sequence, 'source')}, at most {sequence.max_source_length} "
        f"at a time, {' and '.join(ends) or 'no start or end'} token added."
        + (" Read last token first." if config.reverse_source else "")
        + (f" Filled up with padding to {sequence.padded_source_length} tokens, which is read too."
           if sequence.padded_source_length else ""),
        f"- Target: {_manners(config, sequence, 'target')}, at most {sequence.max_output_length} "
        "at a time, the end token counted.",
        *(
            [f"- Attention spreads over {config.attention_slots} slots; those that the source "
             "leaves empty take weight too."] if config.attention_slots else []
        ),
        *(f"- {warning(config, sequence, side, count)}"
          for side, count in imported.untypable.items()),
        "",
        "## Tensors",
        "",
        "| name | shape |",
        "| --- | --- |",
        *(f"| `{name}` | {' × '.join(map(str, shape))} |" for name, shape in imported.tensors),
    ]) + "\n"  # fmt: skip


def warning(config: ModelConfig, sequence: SequenceConfig, side: str, count: int) -> str:
    """How many of a side's tokens no text can spell."""
    return (
        f"{count:,} of {getattr(config, f'{side}_vocabulary'):,} {side} tokens cannot be typed: "
        f"normaliser {getattr(sequence, f'{side}_normaliser')} with tokeniser "
        f"{getattr(sequence, f'{side}_tokeniser')} never gives them."
    )


def _manners(config: ModelConfig, sequence: SequenceConfig, side: str) -> str:
    return (
        f"{getattr(config, f'{side}_vocabulary'):,} tokens, normaliser "
        f"`{getattr(sequence, f'{side}_normaliser')}`, tokeniser "
        f"`{getattr(sequence, f'{side}_tokeniser')}`"
    )
