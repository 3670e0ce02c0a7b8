"""How good a model is and how it stands beside another, in one or two sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from s2s.findings.readout import Part
from s2s.results import Gap
from s2s.tasks.about import About
from s2s.tasks.base import Task
from s2s.text.numbers import NO_BREAK, number, rounded, spread

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


def side_by_side(
    task: Task, models: Sequence[tuple[str, About]], gaps: Sequence[Gap | None]
) -> tuple[Part, ...]:
    """What several models score on unseen pairs, in one line.

    Args:
        task: the models'.
        models: names and cards, the first one first.
        gaps: of every model but the first, its score less the first one's; None where they were
            not measured alike.

    Returns:
        Such as "On 2 279 unseen pairs: BLEU 44.5 attention · 35.9 plain; plain is 8.6 below
        attention"; nothing unless two of them have a score.
    """
    scored = [(name, about, own) for name, about in models
              if (own := about.score(task.score)) is not None]  # fmt: skip
    if len(scored) < 2:
        return ()
    counts = {about.metrics["test"].pairs for _, about, _ in scored}
    pairs = f"{number(*counts)} unseen pairs" if len(counts) == 1 else "unseen pairs"
    unit = "BLEU " if task.score == "bleu" else "exactly right, %: "
    parts = [Part(f"On {pairs}", "strong"), Part(f": {unit}")]
    for place, (name, about, own) in enumerate(scored):
        over = list(about.by_seed(task.score).values())
        told = spread(over if len(over) > 1 else [own], 1)
        parts += [Part(" · " * bool(place)), Part(told, "strong"), Part(f" {name}")]
    for (name, _), gap in zip(models[1:], gaps, strict=True):
        if gap is not None:
            parts += [Part(f"; {name} is "), *_gap(task, models[0][0], gap)]
    return (*parts, Part("."))


def last_losses(
    task: Task,
    models: Sequence[tuple[str, About, Sequence[float]]],
    gaps: Mapping[tuple[int, int], Gap | None],
) -> str:
    """The training losses of the last epoch, and whether a lower one went with a better score.

    Args:
        task: the models'.
        models: names, cards, and every seed's loss in the last epoch, all averaged alike.
        gaps: of each ordered pair of places, the first one's score less the second one's; None
            where they were not measured alike.

    Returns:
        Such as "Training loss in the last epoch: attention 0.044, plain 0.027. The loss of
        attention is above that of plain, and yet …".
    """
    told = " · ".join(f"{name} {_loss(losses)}" for name, _, losses in models)
    text = f"Training loss in the last epoch: {told}."
    means = [fmean(losses) for _, _, losses in models]
    better = [
        (gap.mean, a, b)
        for (a, b), gap in gaps.items()
        if gap is not None and gap.mean >= SMALLEST and (gap.low is None or gap.telling)
        and all("test" in models[place][1].metrics for place in (a, b))
    ]  # fmt: skip
    against = [pair for pair in better if means[pair[1]] > means[pair[2]]]
    if against:
        _, a, b = max(against)
        found = gaps[a, b]
        assert found is not None  # a pair without a gap is in no list
        size = "".join(part.text for part in _gap(task, models[b][0], found))
        score = "BLEU" if task.score == "bleu" else "exact match"
        return (
            f"{text} The loss of {models[a][0]} is above that of {models[b][0]}, and yet "
            f"{models[a][0]} is {size} in {score} {task.unseen}: a training loss tells how well "
            "the training pairs are known, not what becomes of new ones."
        )
    if better:
        text += " Here a lower loss goes with a better score on unseen pairs."
    return text


def _loss(values: Sequence[float]) -> str:
    """``0.0244 ± 0.0006``, with as many digits as the size of it asks for."""
    text = rounded(fmean(values), 3)
    if len(values) < 2 or "·" in text:
        return text
    return spread(values, len(text.partition(".")[2]))


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
