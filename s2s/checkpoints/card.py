"""A model's card: its README, written from its configuration and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from s2s.config import ModelConfig
from s2s.results import Evaluation, LengthScore
from s2s.tasks.about import About, Described
from s2s.tasks.base import DataConfig, Task
from s2s.text.language import N_, tr
from s2s.text.numbers import spread

PROSE_SCORES = """\
- **BLEU, chrF**: sacrebleu on normalised text, `tokenize=none`, one reference; 0 to 100. BLEU
  counts the model's own tokens."""
NONE = N_("no attention")
OPTIMISER_NAMES = {"adam": "Adam", "sgd": "SGD"}
DEFINITIONS = """\
- **exact match**: share of greedy outputs equal to the reference token by token.
- **unknown**: share of source tokens outside the vocabulary.
- **loss**: nats per target token, the end token counted, the start token not.
- Figures are those of the stored file, loaded again."""


def headline(task: Task, score: float | str) -> str:
    """The score that stands beside a model's name, 0 to 100, or with what is beside it."""
    told = score if isinstance(score, str) else f"{score:.1f}"
    return f"BLEU {told}" if task.score == "bleu" else tr("{score} % exactly right", score=told)


def shape(model: ModelConfig) -> str:
    """A model's build in a few words: ``dot, GRU 256``."""
    parts = [model.attention.replace("_", " ")] if model.has_attention else []
    if model.peeky != "none":
        parts.append("peeky")
    if model.query == "previous":
        parts.append("Bahdanau’s order")
    if model.input_feeding:
        parts.append("input feeding")
    return ", ".join([*parts, size(model)])


def size(model: ModelConfig) -> str:
    """How large a model is: ``bidirectional GRU 512``."""
    layers = f"{model.layers} × " if model.layers > 1 else ""
    cell = f"{layers}{model.cell.upper()} {model.hidden}"
    return tr("bidirectional {cell}", cell=cell) if model.bidirectional else cell


def features(task: Task, model: ModelConfig, about: About) -> dict[str, str]:
    """What can tell a model from the others of its task, by kind, in words; empty where usual.

    Args:
        task: the model's.
        model: its build.
        about: how it was trained and on what, where that is known.
    """
    train, data, usual = about.train, about.data, task.defaults.model
    attention = tr("{kind} attention", kind=model.attention.replace("_", " "))
    turned = model.reverse_source != usual.reverse_source
    order = tr("source reversed") if model.reverse_source else tr("source in reading order")
    part = model.context_into.replace("_", " ")
    query = tr("asked before the fed token, the context into the {part}", part=part)
    forcing = ""
    if train and train.teacher_forcing_schedule != "constant":
        forcing = tr("teacher forcing {first:g} to {last:g}", first=train.teacher_forcing_ratio,
                     last=train.teacher_forcing_end)  # fmt: skip
    elif train and train.teacher_forcing_ratio != 1:
        forcing = tr("teacher forcing {share:g}", share=train.teacher_forcing_ratio)
    way = ""
    if train and train.optimiser != task.defaults.train.optimiser:
        told = {"optimiser": OPTIMISER_NAMES[train.optimiser], "n": train.batch_size}
        way = tr(N_("{optimiser}, one pair at a time") if train.batch_size == 1
                 else N_("{optimiser}, {n} pairs at a time"), **told)  # fmt: skip
    return {
        "attention": attention if model.has_attention else tr(NONE),
        "vector": "" if model.peeky == "none" else "Peeky",
        "query": query if model.query == "previous" else "",
        "feeding": tr("input feeding") if model.input_feeding else "",
        "order": order if turned else "",
        "forcing": forcing,
        "way": way,
        "data": tr("plus a grammar") if data and data.origin == "file and generator" else "",
        "size": "" if size(model) == size(usual) else size(model),
    }


def apart(variant: str, mine: Mapping[str, str], others: Sequence[Mapping[str, str]]) -> list[str]:
    """The kinds of what tells a model from the others of its task and its name does not say.

    Args:
        variant: its name, ``mixed``.
        mine: its `features`, in the language of the names.
        others: those of the others.

    Returns:
        ``attention``, ``forcing``; nothing where the name says it.
    """
    # Peeky has no attention either, and one kind of attention among several models is no news.
    dull = {"Peeky", "attention", "source"} | set(variant.split("-"))
    looking = {one["attention"] for one in (mine, *others)} - {NONE}
    if mine["vector"] or (len(looking) < 2 and mine["attention"] in looking):
        mine = {**mine, "attention": ""}
    return [kind for kind, text in mine.items()
            if text and not dull.issuperset(text.split())
            and any(other[kind] != text for other in others)]  # fmt: skip


def named(task: Task, model: ModelConfig, about: About) -> str:
    """What it is and how it was trained, then its size: ``dot attention · GRU 256``."""
    told = {**features(task, model, about), "size": ""}
    return f"{', '.join(filter(None, told.values()))} · {size(model)}"


def render(task: Task, model: Described) -> str:
    """The card as Markdown; empty where config.json does not say what a card needs.

    Args:
        task: the model's task.
        model: a folder, or the model itself.
    """
    about, data, train, config = model.about, model.about.data, model.about.train, model.config
    if config is None or data is None or train is None or about.parameters is None:
        return ""
    lines = [
        f"# {model.task}/{about.variant}",
        "",
        *_headline_lines(task, about),
        f"{task.title}: {shape(config)}. {about.parameters:,} parameters, "
        f"trained in {_seconds(about)}, one thread "
        f"({train.epochs} epochs, {about.updates or 0:,} updates, seed {train.seed}, "
        f"PyTorch {about.torch}).",
        "",
        "Made by:",
        "",
        "```",
        about.command or "-",
        "```",
        "",
        _again(task, about),
        "",
        *_recipe_lines(about),
        "## Data",
        "",
        *_data_lines(task, data, about),
        "",
        "## Quality",
        "",
        *_quality_table(task, about.metrics),
        "",
        DEFINITIONS,
        *([PROSE_SCORES] if task.score == "bleu" else []),
    ]
    if about.near_share is not None:
        lines += [
            "",
            f"{100 * about.near_share:.0f} % of the test sources lie within one token of a "
            "training source (one added, removed or replaced), so the score says how well the "
            "model does on sentences like those it knows.",
        ]
    if about.read_alike is not None and "test" in about.pairs:
        lines += [
            "",
            f"{about.read_alike:,} of the {about.pairs['test']:,} test inputs are the same as a "
            "training input once the words that the model does not know are mapped to one token.",
        ]
    for table in about.tables:
        lines += ["", f"## {table.title}", "", *table.markdown(), "", table.note]
    for part, metrics in about.metrics.items():
        table_lines = _length_table(task, metrics.by_length)
        lines += ["", f"## By source length, {part}", "", *table_lines]
    if task.licence:
        lines += ["", "## Credit", "", task.licence]
    return "\n".join(lines) + "\n"


def _headline_lines(task: Task, about: About) -> list[str]:
    """The score, over seeds where there are several, and which of them is stored."""
    own, over = about.score(task.score), list(about.by_seed(task.score).values())
    if own is None:
        return []
    if len(over) < 2:
        return [f"**{headline(task, own)}** {task.unseen}.", ""]
    return [
        f"**{headline(task, spread(over, 1))}** {task.unseen}: mean ± standard deviation over "
        f"{len(over)} seeds. Stored is the model of {about.kept()}: {headline(task, own)}.",
        "",
    ]


def _again(task: Task, about: About) -> str:
    """What repeats exactly, and how far a score moves where it does not."""
    over = list(about.by_seed(task.score).values())
    off = f", here ± {spread(over, 1).split('± ')[1]}" if len(over) > 1 else ""
    return (
        "On the same kind of processor, with one thread and this PyTorch, the command makes these "
        "weights again, bit for bit. Elsewhere sums are rounded in another way: it makes another "
        f"model, and its score may lie as far off as that of another seed{off} (docs/training.md)."
    )


def _seconds(about: About) -> str:
    clock = "of processor time" if about.clock == "cpu" else "by the wall clock"
    seconds = about.seconds or 0
    return f"{seconds:,.{0 if seconds >= 10 else 1}f} seconds {clock}"


def _recipe_lines(about: About) -> list[str]:
    if about.look_for is None:
        return []
    if about.recipe is None:
        return [str(about.look_for), ""]
    source = f" (tutorial {about.tutorial[1:]})" if about.tutorial else ""
    return [f"Recipe: `{about.recipe}`{source}. {about.look_for}", ""]


def _data_lines(task: Task, data: DataConfig, about: About) -> list[str]:
    sizes = ", ".join(f"{count:,} {part}" for part, count in about.pairs.items())
    if data.origin != "generator":
        origin = f"`{about.file}`, SHA-256 of its text `{data.sha256}`"
        if data.origin == "file and generator":
            origin += (
                f"; for training also {data.samples:,} draws of a grammar with seed {data.seed}, "
                "those left out that a held-out sentence of the file reads or says"
            )
    elif not task.split_key:
        origin = "the one of the tutorial, written in the code"
    else:
        origin = f"generated, {data.samples:,} draws with seed {data.seed}, repeats removed"
    lines = [f"- Pairs: {origin}.", f"- Parts: {sizes}."]
    limits = []
    if data.max_length:
        limits.append(f"at most {data.max_length} tokens a side")
    if data.prefix_filter:
        limits.append("English sides that start with subject + be")
    limits += [
        f"{side} tokens seen fewer than {least} times in training are unknown"
        for side, least in (
            ("source", data.source_min_frequency), ("target", data.target_min_frequency)
        )
        if least > 1
    ]  # fmt: skip
    if limits:
        lines.append(f"- Limits: {'; '.join(limits)}.")
    if not task.split_key:
        return [*lines, "- There is one pair, so nothing is held out: the score says only whether "
                "the model has learned it."]  # fmt: skip
    lines.append(
        f"- Split: {task.split_key} is hashed (first 8 hexadecimal digits of SHA-256, modulo 100); "
        f"below {data.test_percent} is test, the next {data.validation_percent} validation, "
        "the rest training. No sentence stands in two parts."
    )
    return lines


def _quality_table(task: Task, metrics: Mapping[str, Evaluation]) -> list[str]:
    heads = ["part", "pairs", "exact match", "BLEU", "chrF", "unknown", "no end in time"]
    rows = [
        [
            part,
            f"{m.pairs:,}",
            _percent(m.exact_match),
            f"{m.bleu:.1f}",
            f"{m.chrf:.1f}",
            _percent(m.unknown_rate),
            _percent(m.unfinished),
        ]
        for part, m in metrics.items()
    ]
    return _table(heads, rows, task)


def _length_table(task: Task, by_length: Sequence[LengthScore]) -> list[str]:
    heads = ["length", "pairs", "exact match", "BLEU"]
    rows = [
        [
            str(m.length),
            f"{m.pairs:,}",
            _percent(m.exact_match),
            "–" if m.bleu is None else f"{m.bleu:.1f}",
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
