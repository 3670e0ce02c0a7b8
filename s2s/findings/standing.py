"""How good a model is and how it stands beside another, in one or two sentences."""

from __future__ import annotations

from s2s.findings.readout import Part
from s2s.results import Gap
from s2s.tasks.about import About
from s2s.tasks.base import Task
from s2s.text.numbers import NO_BREAK, number, spread

SMALLEST = 0.05
"""A difference below this prints as 0.0."""


def standing(
    task: Task, about: About, beside: str = "", gap: Gap | None = None
) -> tuple[Part, ...]:
    """What a model scores on unseen pairs, over its recipe's seeds where there are several.

    Args:
        task: the model's.
        about: the model's.
        beside: name of the model that it is held against; empty for none.
        gap: its score less that model's, seed by seed or of two single runs.

    Returns:
        Such as "Over 3 seeds BLEU 21.6 ± 6.2 on …, 2.0 below dot seed by seed (95 % interval −8.0
        to +4.0, so chance can explain it). The model here is that of seed 1, …"; nothing without
        a score.
    """
    own = about.score(task.score)
    if own is None:
        return ()
    scores = list(about.by_seed(task.score).values())
    several = len(scores) > 1
    pairs = f" ({number(about.metrics['test'].pairs)} pairs)"
    parts = [
        Part(f"Over {len(scores)} seeds " if several else "Reaches "),
        _score(task, spread(scores if several else [own], 1)),
        Part(f" {task.unseen}{pairs}"),
    ]
    if gap is not None:
        parts += [Part(", "), *_gap(task, beside, gap)]
    if several:
        parts += [Part(f". The model here is that of {about.kept()}: "), _score(task, f"{own:.1f}")]
        return (*parts, Part("."))
    runs = "It is one run" if gap is None else "Each is one run"
    return (*parts, Part(f". {runs}: what another seed would give is not known."))


def _score(task: Task, told: str) -> Part:
    if task.score == "bleu":
        return Part(f"BLEU {told}", "strong")
    return Part(f"{told}{NO_BREAK}% exactly right", "strong")


def _gap(task: Task, beside: str, gap: Gap) -> list[Part]:
    points = "" if task.score == "bleu" else " points"
    size, way = number(abs(gap.mean), 1), "above" if gap.mean > 0 else "below"
    parts = [Part("as much as ")] if abs(gap.mean) < SMALLEST else [
        Part(f"{size}{points} {way}", "strong"), Part(" "),
    ]  # fmt: skip
    parts.append(Part(beside, "token"))
    if gap.ends():
        chance = "" if gap.telling else ", so chance can explain it"
        parts.append(Part(f" seed by seed (95{NO_BREAK}% interval {gap.ends()}{chance})"))
    return parts
