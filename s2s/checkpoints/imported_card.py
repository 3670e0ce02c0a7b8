"""The card of an imported model, written from its configuration and nothing else."""

from __future__ import annotations

from typing import Any

from s2s.checkpoints import card
from s2s.tasks.base import Task


def render(task: Task, config: dict[str, Any]) -> str:
    """The card as Markdown.

    Args:
        task: the task it is shown under.
        config: what config.json holds; its "about" has "imported".
    """
    about, model, sequence = config["about"], config["model"], config["sequence"]
    imported = about["imported"]
    ends = ["start"] * sequence["source_bos"] + ["end"] * sequence["source_eos"]
    return "\n".join([
        f"# {config['task']}/{about['variant']}",
        "",
        "Imported: the weights come from a PyTorch model with the modules of "
        f"{imported['preset'].replace('tutorial', 'tutorial ')} (preset `{imported['preset']}`). "
        "It was trained elsewhere. **No figures were measured here.**",
        "",
        f"{task.title}: {card.shape(model)}. {about['parameters']:,} parameters, stored as "
        f"{sequence['weights_dtype']}. Nothing in the files says on which sentences it was "
        "trained, for how long, or with which dropout.",
        "",
        "Made by:",
        "",
        "```",
        about["command"],
        "```",
        "",
        "## Files",
        "",
        *(f"- `{file['name']}`, SHA-256 `{file['sha256']}`" for file in imported["files"]),
        "",
        "## How it reads and writes",
        "",
        f"- Source: {_manners(config, 'source')}, at most {sequence['max_source_length']} at a "
        f"time, {' and '.join(ends) or 'no start or end'} token added."
        + (" Read last token first." if model["reverse_source"] else ""),
        f"- Target: {_manners(config, 'target')}, at most {sequence['max_output_length']} at a "
        "time, the end token counted.",
        *(
            [f"- Attention spreads over {model['attention_slots']} slots; those that the source "
             "leaves empty take weight too."] if model["attention_slots"] else []
        ),
        *(f"- {warning(config, side)}" for side in imported["untypable"]),
        "",
        "## Tensors",
        "",
        "| name | shape |",
        "| --- | --- |",
        *(f"| `{name}` | {' × '.join(map(str, shape))} |"
          for name, shape in imported["tensors"].items()),
    ]) + "\n"  # fmt: skip


def warning(config: dict[str, Any], side: str) -> str:
    """How many of a side's tokens no text can spell."""
    count = config["about"]["imported"]["untypable"][side]
    return (
        f"{count:,} of {config['model'][f'{side}_vocabulary']:,} {side} tokens cannot be typed: "
        f"normaliser {config['sequence'][f'{side}_normaliser']} with tokeniser "
        f"{config['sequence'][f'{side}_tokeniser']} never gives them."
    )


def _manners(config: dict[str, Any], side: str) -> str:
    sequence = config["sequence"]
    return (
        f"{config['model'][f'{side}_vocabulary']:,} tokens, normaliser "
        f"`{sequence[f'{side}_normaliser']}`, tokeniser `{sequence[f'{side}_tokeniser']}`"
    )
