"""Whether models may be held against each other: what their config.json say, in sentences.

Anything may be missing there, or of a wrong kind: a folder can be foreign or edited. What is
missing is said, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from s2s.evaluation.seed_table import paired
from s2s.results import Table
from s2s.tasks import TASKS, Task
from s2s.tasks.about import Described
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import number, spread

LIKE, MANY = 0.10, 1.0
"""Numbers of parameters that differ by less than the first share count as alike; from the second on
a ratio says more than a share."""
PAIRS = ("origin", "sha256", "max_length", "prefix_filter")
DRAWN = ("samples", "seed", "shortest", "longest")  # of a generator; a file knows none of them
SPLIT = ("test_percent", "validation_percent")
# Not choices of their own: sizes follow from the data, epochs and batches are the budget.
FOLLOWS = {
    "model": {"source_vocabulary", "target_vocabulary"},
    "train": {"epochs", "batch_size", "seed"},
    "sequence": {"trained_source_length", "weights_dtype"},
    "data": {*PAIRS, *DRAWN, *SPLIT, "columns"},
}
OF_ATTENTION = {
    "attention_slots", "attentional_layer", "query", "context_into", "attention_bias",
    "embedding_into_query", "input_layer", "input_feeding",
}  # fmt: skip
MISSING = object()
ABOVE = N_("{other} is {size} above {model}, seed by seed.")
BELOW = N_("{other} is {size} below {model}, seed by seed.")
LEVEL = N_("{other} is level with {model}, seed by seed.")


@dataclass(frozen=True)
class Fairness:
    """What is the same and what is not.

    Attributes:
        facts: sentences that speak for a fair comparison, or only describe it.
        warnings: sentences that speak against one.
        table: parameters, training and score, one row per model.
    """

    facts: tuple[str, ...]
    warnings: tuple[str, ...]
    table: Table

    @property
    def fair(self) -> bool:
        """Whether nothing speaks against it."""
        return not self.warnings


def fairness(models: Sequence[Described]) -> Fairness:
    """Hold the training of two or more models of one task against each other.

    Args:
        models: the first is what the others are compared with.
    """
    same: list[str] = []
    facts: list[str] = []
    warnings: list[str] = []
    warnings += [
        f"{label(model.name, 60)}: {fault}"
        for model in models
        for fault in model.about.faults.values()
    ]
    _data(models, same, warnings)
    for what, title, of in EQUAL:
        _equal(models, what, title, of, same, warnings)
    if same:
        facts.append(_sentence(", ".join(tr("same {what}", what=tr(what)) for what in same)))
    _parameters(models, facts, warnings)
    _choices(models, facts, warnings)
    _seeds(models, facts)
    return Fairness(tuple(facts), tuple(warnings), table(models))


def table(models: Sequence[Described]) -> Table:
    """Parameters, updates, training time and test score of every model, None where unknown."""
    task, rows = _task(models), []
    for model in models:
        about = model.about
        score = about.score(task.score)
        rows.append((
            label(model.name, 60), about.parameters, about.updates,
            None if about.seconds is None else round(about.seconds),
            None if score is None else round(score, 1),
        ))  # fmt: skip
    return Table(
        tr("Size, training and score"),
        (tr("model"), tr("parameters"), tr("updates"), tr("seconds of training"),
         tr("test {measure}", measure=task.measure)),
        tuple(rows),
        tr("One thread. Seconds are of one run: processor time where a recipe's seeds were "
           "trained, else by the clock on the wall. The score is of each model's own test part."),
    )  # fmt: skip


def _task(models: Sequence[Described]) -> Task:
    """What they are judged by; as prose where no model's task is ours."""
    return next((TASKS[m.task] for m in models if m.task in TASKS), TASKS["fra-eng"])


def _data(models: Sequence[Described], same: list[str], warnings: list[str]) -> None:
    """The pairs, and their parts."""
    told = [model.about.data for model in models]
    for model, data in zip(models, told, strict=True):
        if data is None or (data.origin != "generator" and not data.sha256):
            warnings.append(tr("{model} does not say which data it was trained on.",
                               model=label(model.name, 60)))  # fmt: skip
            return
    origins = [
        [getattr(d, key) for key in PAIRS + (DRAWN if d and d.origin != "file" else ())]
        for d in told
    ]
    if any(other != origins[0] for other in origins):
        warnings.append(
            tr(
                "They were trained on different data, so a test sentence may be new to one and not "
                "to the other."
            )
        )
        return
    parts = [[getattr(data, key) for key in SPLIT] for data in told]
    if any(other != parts[0] for other in parts):
        same.append(N_("data"))
        warnings.append(
            tr(
                "Their data was split differently: a test sentence of one may be a training "
                "sentence of another."
            )
        )
    else:
        same.append(N_("data and split"))


EQUAL: tuple[tuple[str, str, Callable[[Described], int | None]], ...] = (
    (N_("seed"), N_("Seeds differ: {each}."),
     lambda model: train.seed if (train := model.about.train) else None),
    (N_("number of updates"), N_("Updates differ: {each}."), lambda model: model.about.updates),
    (N_("batch size"), N_("Pairs per update differ: {each}."),
     lambda model: train.batch_size if (train := model.about.train) else None),
)  # fmt: skip
"""Numbers that should be the same for all: what, how they differ, and where it stands."""


def _equal(
    models: Sequence[Described], what: str, differ: str, of: Callable[[Described], int | None],
    same: list[str], warnings: list[str],
) -> None:  # fmt: skip
    """One number that should be the same for all."""
    names, values = [label(model.name, 60) for model in models], [of(model) for model in models]
    if None in values:
        silent = [name for name, value in zip(names, values, strict=True) if value is None]
        told = (
            tr("{models} does not say the {what}.", models=silent[0], what=tr(what))
            if len(silent) == 1
            else tr("{models} do not say the {what}.", models=_list(silent), what=tr(what))
        )
        warnings.append(told)
    elif len(set(values)) == 1:
        same.append(what)
    else:
        each = ", ".join(f"{name} {value:,}" for name, value in zip(names, values, strict=True))
        warnings.append(tr(differ, each=each))


def _parameters(models: Sequence[Described], facts: list[str], warnings: list[str]) -> None:
    counts = [(model.about.parameters or 0, label(model.name, 60)) for model in models]
    (fewest, small), (most, large) = min(counts), max(counts)
    if not fewest:
        warnings.append(tr("Not every model says how many parameters it has."))
        return
    ratio = most / fewest
    if ratio == 1:
        facts.append(tr("Same number of parameters."))
    elif ratio >= 1 + MANY:
        times = number(ratio, 0 if ratio >= 10 else 1)
        warnings.append(tr("{large} has {times} times as many parameters as {small}.",
                           large=large, times=times, small=small))  # fmt: skip
    else:
        share = f"{100 * (ratio - 1):.{0 if ratio >= 1.01 else 1}f}"
        text = tr("Parameters differ by {share} %.", share=share)
        (facts if ratio - 1 < LIKE else warnings).append(text)


def _choices(models: Sequence[Described], facts: list[str], warnings: list[str]) -> None:
    """Everything else that was chosen."""
    plain = any(model.config and not model.config.has_attention for model in models)
    things = []
    held = [_settings(model) for model in models]
    for part, left_out in FOLLOWS.items():
        for key in dict.fromkeys(key for one in held for key in one[part]):
            values = [one[part].get(key, MISSING) for one in held]
            if key in left_out or (plain and key in OF_ATTENTION):
                continue
            if any(value != values[0] for value in values):
                told = ", ".join(tr("not said") if v is MISSING else _text(v) for v in values)
                things.append(f"{key.replace('_', ' ')} ({told})")
    if len(things) == 1:
        facts.append(tr("They differ in one thing: {thing}.", thing=things[0]))
    elif things:
        warnings.append(
            tr(
                "They differ in {n} things: {things}. A difference between them cannot be put down "
                "to one of these.",
                n=len(things),
                things="; ".join(things),
            )
        )
    elif all(one["model"] and one["train"] for one in held):
        facts.append(tr("Built and trained by the same settings."))


def _settings(model: Described) -> dict[str, dict[str, Any]]:
    """Every part of a model's configuration; a part that is not known is empty."""
    about = model.about
    parts = {"model": model.config, "train": about.train, "sequence": model.sequence,
             "data": about.data}  # fmt: skip
    return {name: asdict(part) if part else {} for name, part in parts.items()}


def _seeds(models: Sequence[Described], facts: list[str]) -> None:
    """What several seeds reached, where they exist; else that one seed is all there is."""
    task = _task(models)
    values = [model.about.by_seed(task.score) for model in models]
    if any(len(known) < 2 for known in values):
        facts.append(
            tr("One seed each: what another seed would give is not known.")
            if all(len(known) < 2 for known in values)
            else tr("Only some of them were trained with several seeds.")
        )
        return
    names = [label(model.name, 60) for model in models]
    told = (f"{n} {spread(list(v.values()), 1)}" for n, v in zip(names, values, strict=True))
    counts = _list(list(dict.fromkeys(str(len(known)) for known in values)))
    facts.append(
        tr("Over {n} seeds, test {measure}: {each}.", n=counts, measure=task.measure,
           each=", ".join(told))
    )  # fmt: skip
    gap = paired(values[1], values[0]) if len(models) == 2 else None
    if gap:
        way = (ABOVE if gap.mean > 0 else BELOW) if gap.mean else LEVEL
        size = number(abs(gap.mean), 1)
        text = tr(way, other=names[1], model=names[0], **({"size": size} if gap.mean else {}))
        if gap.ends():
            text += " " + tr("95 % interval: {ends}.", ends=gap.ends())
        facts.append(text)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return label(str(value), 40)


def _list(names: Sequence[str]) -> str:
    if len(names) == 1:
        return names[0]
    return tr("{a} and {b}", a=", ".join(names[:-1]), b=names[-1])


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
