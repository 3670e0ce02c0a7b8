"""A model's card: its README, written from its configuration and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from s2s.results import Table
from s2s.tasks.base import Task

PROSE_SCORES = """\
- **BLEU, chrF**: sacrebleu on normalised text, `tokenize=none`, one reference; 0 to 100. BLEU
  counts the model's own tokens."""
DEFINITIONS = """\
- **exact match**: share of greedy outputs equal to the reference token by token.
- **unknown**: share of source tokens outside the vocabulary.
- **loss**: nats per target token, the end token counted, the start token not.
- Figures are those of the stored file, loaded again."""


def headline(task: Task, metrics: dict[str, Any]) -> str:
    """The one score that stands beside a model's name."""
    if task.score == "bleu":
        return f"BLEU {metrics['bleu']:.1f}"
    return f"{100 * metrics['exact_match']:.1f} % exactly right"


def shape(model: dict[str, Any]) -> str:
    """A model's build in a few words: ``dot, GRU 256``."""
    parts = [] if model["attention"] == "none" else [model["attention"].replace("_", " ")]
    if model["peeky"] != "none":
        parts.append("peeky")
    layers = f"{model['layers']} × " if model["layers"] > 1 else ""
    ways = "bidirectional " if model["bidirectional"] else ""
    parts.append(f"{ways}{layers}{model['cell'].upper()} {model['hidden']}")
    return ", ".join(parts)


def render(task: Task, config: dict[str, Any]) -> str:
    """The card as Markdown.

    Args:
        task: the model's task.
        config: what config.json holds.
    """
    about, data, train = config["about"], config["data"], config["train"]
    name = f"{config['task']}/{about['variant']}"
    lines = [
        f"# {name}",
        "",
        *(
            [f"**{headline(task, about['metrics']['test'])}** {task.unseen}.", ""]
            if "test" in about["metrics"]
            else []
        ),
        f"{task.title}: {shape(config['model'])}. {about['parameters']:,} parameters, "
        f"trained in {_seconds(about)}, one thread "
        f"({train['epochs']} epochs, {about['updates']:,} updates, seed {train['seed']}, "
        f"PyTorch {about['torch']}).",
        "",
        "Made by:",
        "",
        "```",
        about["command"],
        "```",
        "",
        *_recipe_lines(about),
        "## Data",
        "",
        *_data_lines(task, data, about),
        "",
        "## Quality",
        "",
        *_quality_table(task, about["metrics"]),
        "",
        DEFINITIONS,
        *([PROSE_SCORES] if task.score == "bleu" else []),
    ]
    if "near_share" in about:
        lines += [
            "",
            f"{100 * about['near_share']:.0f} % of the test sources lie within one token of a "
            "training source (one added, removed or replaced), so the score says how well the "
            "model does on sentences like those it knows.",
        ]
    for table in about.get("tables", []):
        made = Table(
            table["title"], tuple(table["head"]), tuple(map(tuple, table["rows"])), table["note"]
        )
        lines += ["", f"## {made.title}", "", *made.markdown(), "", made.note]
    for part, metrics in about["metrics"].items():
        table = _length_table(task, metrics["by_length"])
        lines += ["", f"## By source length, {part}", "", *table]
    if task.licence:
        lines += ["", "## Credit", "", task.licence]
    return "\n".join(lines) + "\n"


def _seconds(about: dict[str, Any]) -> str:
    clock = "of processor time" if about.get("clock") == "cpu" else "by the wall clock"
    return f"{about['seconds']:,.{0 if about['seconds'] >= 10 else 1}f} seconds {clock}"


def _recipe_lines(about: dict[str, Any]) -> list[str]:
    if "look_for" not in about:
        return []
    source = f" (tutorial {about['tutorial'][1:]})" if about["tutorial"] else ""
    return [f"Recipe: `{about['recipe']}`{source}. {about['look_for']}", ""]


def _data_lines(task: Task, data: dict[str, Any], about: dict[str, Any]) -> list[str]:
    sizes = ", ".join(f"{count:,} {part}" for part, count in about["pairs"].items())
    if data["origin"] == "file":
        origin = f"`{about['file']}`, SHA-256 `{data['sha256']}`"
    elif not task.split_key:
        origin = "the one of the tutorial, written in the code"
    else:
        origin = f"generated, {data['samples']:,} draws with seed {data['seed']}, repeats removed"
    lines = [f"- Pairs: {origin}.", f"- Parts: {sizes}."]
    limits = []
    if data["max_length"]:
        limits.append(f"at most {data['max_length']} tokens a side")
    if data["prefix_filter"]:
        limits.append("English sides that start with subject + be")
    for side in ("source", "target"):
        if data[f"{side}_min_frequency"] > 1:
            limits.append(
                f"{side} tokens seen fewer than {data[f'{side}_min_frequency']} times in "
                "training are unknown"
            )
    if limits:
        lines.append(f"- Limits: {'; '.join(limits)}.")
    if not task.split_key:
        return [*lines, "- There is one pair, so nothing is held out: the score says only whether "
                "the model has learned it."]  # fmt: skip
    lines.append(
        f"- Split: {task.split_key} is hashed (first 8 hexadecimal digits of SHA-256, modulo 100); "
        f"below {data['test_percent']} is test, the next {data['validation_percent']} validation, "
        "the rest training. No sentence stands in two parts."
    )
    return lines


def _quality_table(task: Task, metrics: dict[str, dict[str, Any]]) -> list[str]:
    heads = ["part", "pairs", "exact match", "BLEU", "chrF", "unknown", "no end in time"]
    rows = [
        [
            part,
            f"{m['pairs']:,}",
            _percent(m["exact_match"]),
            f"{m['bleu']:.1f}",
            f"{m['chrf']:.1f}",
            _percent(m["unknown_rate"]),
            _percent(m["unfinished"]),
        ]
        for part, m in metrics.items()
    ]
    return _table(heads, rows, task)


def _length_table(task: Task, by_length: Sequence[dict[str, Any]]) -> list[str]:
    heads = ["length", "pairs", "exact match", "BLEU"]
    rows = [
        [
            str(m["length"]),
            f"{m['pairs']:,}",
            _percent(m["exact_match"]),
            "–" if m["bleu"] is None else f"{m['bleu']:.1f}",
        ]
        for m in by_length
    ]
    return _table(heads, rows, task)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _table(heads: list[str], rows: list[list[str]], task: Task) -> list[str]:
    """A Markdown table; of a task judged by exact match, without the scores of prose."""
    kept = [
        i for i, head in enumerate(heads) if task.score == "bleu" or head not in ("BLEU", "chrF")
    ]
    marks = ["---" if i == 0 else "---:" for i in kept]
    lines = [[heads[i] for i in kept], marks, *([row[i] for i in kept] for row in rows)]
    return ["| " + " | ".join(cells) + " |" for cells in lines]
