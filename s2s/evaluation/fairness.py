"""Whether models may be held against each other: what their config.json say, in sentences.

Anything may be missing there, or of a wrong kind: a folder can be foreign or edited. What is
missing is said, never guessed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import mean
from typing import Any

from s2s.evaluation.seed_table import interval, signed, spread
from s2s.results import Table
from s2s.tasks import TASKS
from s2s.text import label

Named = tuple[str, Mapping[str, Any]]
"""A model's name and its config.json."""
LIKE = 0.10
"""Numbers of parameters that differ by less than this share count as alike."""
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
OF_ATTENTION = {"attention_slots", "attentional_layer"}
MISSING = object()


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


def fairness(models: Sequence[Named]) -> Fairness:
    """Hold the training of two or more models of one task against each other.

    Args:
        models: names and config.json; the first is what the others are compared with.
    """
    same: list[str] = []
    facts: list[str] = []
    warnings: list[str] = []
    _data(models, same, warnings)
    _equal(models, ("train", "seed"), "seed", "Seeds", same, warnings)
    _equal(models, ("about", "updates"), "number of updates", "Updates", same, warnings)
    _equal(models, ("train", "batch_size"), "batch size", "Pairs per update", same, warnings)
    if same:
        facts.append(_sentence(", ".join(f"same {what}" for what in same)))
    _parameters(models, facts, warnings)
    _choices(models, facts, warnings)
    _seeds(models, facts)
    return Fairness(tuple(facts), tuple(warnings), table(models))


def table(models: Sequence[Named]) -> Table:
    """Parameters, updates, training time and test score of every model, None where unknown."""
    rows, head = [], "score"
    for name, about in models:
        task = TASKS.get(str(_value(about, "task")))
        key = task.score if task else "bleu"
        head = "test BLEU" if key == "bleu" else "test exact match, %"
        score = _amount(about, "about", "metrics", "test", key)
        if score is not None:
            score = round(score * (1 if key == "bleu" else 100), 1)
        counts = (_whole(about, "about", key) for key in ("parameters", "updates", "seconds"))
        rows.append((label(name, 60), *counts, score))
    return Table(
        "Size, training and score",
        ("model", "parameters", "updates", "seconds of training", head),
        tuple(rows),
        "One thread. Seconds are of one run: processor time where a recipe's seeds were trained, "
        "else by the clock on the wall. The score is of each model's own test part.",
    )


def _data(models: Sequence[Named], same: list[str], warnings: list[str]) -> None:
    """The pairs, and their parts."""
    found = []
    for name, about in models:
        origin = _value(about, "data", "origin")
        keys = PAIRS + (DRAWN if origin == "generator" else ())
        if origin is MISSING or (origin == "file" and not _value(about, "data", "sha256")):
            warnings.append(f"{label(name, 60)} does not say which data it was trained on.")
            return
        found.append([_value(about, "data", key) for key in keys])
    if any(other != found[0] for other in found):
        warnings.append(
            "They were trained on different data, so a test sentence may be new to one and not to "
            "the other."
        )
        return
    parts = [[_value(about, "data", key) for key in SPLIT] for _, about in models]
    if any(other != parts[0] for other in parts):
        same.append("data")
        warnings.append(
            "Their data was split differently: a test sentence of one may be a training sentence "
            "of another."
        )
    else:
        same.append("data and split")


def _equal(
    models: Sequence[Named], keys: tuple[str, ...], what: str, title: str, same: list[str],
    warnings: list[str],
) -> None:  # fmt: skip
    """One number that should be the same for all."""
    values = [_whole(about, *keys) for _, about in models]
    if None in values:
        names = [label(n, 60) for (n, _), v in zip(models, values, strict=True) if v is None]
        warnings.append(f"{_list(names)} {'does' if len(names) == 1 else 'do'} not say the {what}.")
    elif len(set(values)) == 1:
        same.append(what)
    else:
        told = (f"{label(n, 60)} {v:,}" for (n, _), v in zip(models, values, strict=True))
        warnings.append(f"{title} differ: {', '.join(told)}.")


def _parameters(models: Sequence[Named], facts: list[str], warnings: list[str]) -> None:
    values = [_whole(about, "about", "parameters") for _, about in models]
    if any(not value or value < 0 for value in values):
        warnings.append("Not every model says how many parameters it has.")
        return
    share = max(values) / min(values) - 1
    if not share:
        facts.append("Same number of parameters.")
        return
    text = f"Parameters differ by {100 * share:.{0 if share >= 0.01 else 1}f} %."
    (facts if share < LIKE else warnings).append(text)


def _choices(models: Sequence[Named], facts: list[str], warnings: list[str]) -> None:
    """Everything else that was chosen."""
    plain = any(_value(about, "model", "attention") == "none" for _, about in models)
    things = []
    for part, left_out in FOLLOWS.items():
        held = [_mapping(about, part) for _, about in models]
        for key in dict.fromkeys(key for one in held for key in one):
            values = [one.get(key, MISSING) for one in held]
            if key in left_out or (plain and key in OF_ATTENTION):
                continue
            if any(value != values[0] for value in values):
                told = ", ".join("not said" if v is MISSING else _text(v) for v in values)
                things.append(f"{label(str(key), 40).replace('_', ' ')} ({told})")
    if len(things) == 1:
        facts.append(f"They differ in one thing: {things[0]}.")
    elif things:
        warnings.append(
            f"They differ in {len(things)} things: {'; '.join(things)}. A difference between them "
            "cannot be put down to one of these."
        )
    elif all(_mapping(about, part) for _, about in models for part in ("model", "train")):
        facts.append("Built and trained by the same settings.")


def _seeds(models: Sequence[Named], facts: list[str]) -> None:
    """What several seeds reached, where they exist; else that one seed is all there is."""
    values: list[dict[int, float]] = []
    key = next((t.score for _, a in models if (t := TASKS.get(str(_value(a, "task"))))), "bleu")
    for _, about in models:
        rows = _value(about, "about", "seeds")
        known = {}
        for row in rows if isinstance(rows, list) else []:
            seed, score = _whole(row, "seed"), _amount(row, key)
            if seed is not None and score is not None:
                known[seed] = score * (1 if key == "bleu" else 100)
        values.append(known)
    names = [label(name, 60) for name, _ in models]
    if any(len(known) < 2 for known in values):
        facts.append(
            "One seed each: what another seed would give is not known."
            if all(len(known) < 2 for known in values)
            else "Only some of them were trained with several seeds."
        )
        return
    measure = "BLEU" if key == "bleu" else "exact match, %"
    told = (f"{n} {spread(list(v.values()), 1)}" for n, v in zip(names, values, strict=True))
    counts = " and ".join(dict.fromkeys(str(len(known)) for known in values))
    text = f"Over {counts} seeds, test {measure}: {', '.join(told)}"
    if len(models) == 2 and values[0].keys() == values[1].keys():
        first, other = ([known[seed] for seed in sorted(values[0])] for known in values)
        low, high = interval(other, first)
        gap = mean(b - a for a, b in zip(first, other, strict=True))
        text += f"; difference {signed(gap)} ({signed(low)} to {signed(high)}), seed by seed"
    facts.append(f"{text}.")


def _value(data: Any, *keys: str) -> Any:
    """What lies under nested keys, or MISSING."""
    for key in keys:
        if not isinstance(data, Mapping) or key not in data:
            return MISSING
        data = data[key]
    return data


def _mapping(data: Any, key: str) -> Mapping[str, Any]:
    value = _value(data, key)
    return value if isinstance(value, Mapping) else {}


def _amount(data: Any, *keys: str) -> float | None:
    """A finite number, or None."""
    value = _value(data, *keys)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) else None


def _whole(data: Any, *keys: str) -> int | None:
    value = _amount(data, *keys)
    return None if value is None else round(value)


def _text(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else label(str(value), 40)


def _list(names: Sequence[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."
