"""How good a model is and how it stands beside another, in one or two sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from s2s.findings.readout import Part, parts
from s2s.results import Gap
from s2s.tasks.about import About
from s2s.tasks.base import Task
from s2s.text.language import N_, tr
from s2s.text.numbers import NO_BREAK, number, rounded, signed, spread

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
    if several:
        text = (
            tr("Over {seeds} seeds {score} {unseen} ({pairs} pairs). {kept}: {own}.")
            if gap is None
            else tr("Over {seeds} seeds {score} {unseen} ({pairs} pairs), {gap}. {kept}: {own}.")
        )
    else:
        text = (
            tr("Reaches {score} {unseen} ({pairs} pairs). It is one run: what another seed would "
               "give is not known.")
            if gap is None
            else tr("Reaches {score} {unseen} ({pairs} pairs), {gap}. Each is one run: what "
                    "another seed would give is not known.")
        )  # fmt: skip
    return parts(
        text, seeds=str(len(scores)), score=_score(task, spread(scores if several else [own], 1)),
        unseen=tr(task.unseen), pairs=number(about.metrics["test"].pairs),
        gap=() if gap is None else _gap(task, beside, gap), kept=_kept(about) if several else "",
        own=_score(task, f"{own:.1f}"),
    )  # fmt: skip


def _kept(about: About) -> str:
    """Which seed's model is stored and why."""
    if about.train is None:
        return tr("The model here")
    text = (
        N_("The model here is that of seed {seed}, the first, whatever it scored")
        if about.seeds and about.train.seed == about.seeds[0].seed
        else N_("The model here is that of seed {seed}, the one its recipe names")
    )
    return tr(text, seed=about.train.seed)


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
    head = (
        tr("On {pairs} unseen pairs", pairs=number(*counts))
        if len(counts) == 1
        else tr("On unseen pairs")
    )
    told: tuple[Part, ...] = ()
    for name, about, own in scored:
        over = list(about.by_seed(task.score).values())
        value = Part(spread(over if len(over) > 1 else [own], 1), "strong")
        told += (Part(" · " * bool(told)), value, Part(f" {name}"))
    gaps_told = [
        parts(tr("{model} is {gap}"), model=name, gap=_gap(task, models[0][0], gap))
        for (name, _), gap in zip(models[1:], gaps, strict=True)
        if gap is not None
    ]
    text = tr("{on}: BLEU {scores}") if task.score == "bleu" else (
        tr("{on}: exactly right, %: {scores}"))  # fmt: skip
    found = parts(text, on=Part(head, "strong"), scores=told)
    for one in gaps_told:
        found = (*found, Part("; "), *one)
    return (*found, Part("."))


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
    text = tr("Training loss in the last epoch: {losses}.", losses=told)
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
        return f"{text} " + tr(
            "The loss of {a} is above that of {b}, and yet {a} is {gap} in {score} {unseen}: a "
            "training loss tells how well the training pairs are known, not what becomes of new "
            "ones.",
            a=models[a][0], b=models[b][0], gap=size, unseen=tr(task.unseen),
            score="BLEU" if task.score == "bleu" else tr("exact match"),
        )  # fmt: skip
    if better:
        return f"{text} {tr('Here a lower loss goes with a better score on unseen pairs.')}"
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
    return Part(tr("{share} exactly right", share=f"{told}{NO_BREAK}%"), "strong")


def _gap(task: Task, beside: str, gap: Gap) -> tuple[Part, ...]:
    """How a score stands to another model's: ``2.0 below dot seed by seed (95 % interval …)``."""
    told = _size(task, beside, gap)
    if gap.low is None or gap.high is None:
        return told
    text = (
        tr("{gap} seed by seed (95\u00a0% interval {low} to {high})")
        if gap.telling
        else tr("{gap} seed by seed (95\u00a0% interval {low} to {high}, so chance can explain it)")
    )
    return parts(text, gap=told, low=signed(gap.low), high=signed(gap.high))


def _size(task: Task, beside: str, gap: Gap) -> tuple[Part, ...]:
    other = Part(beside, "token")
    if abs(gap.mean) < SMALLEST:
        return parts(tr("as much as {model}"), model=other)
    size = number(abs(gap.mean), 1)
    if task.score == "bleu":
        told = tr("{size} above", size=size) if gap.mean > 0 else tr("{size} below", size=size)
    else:
        told = (
            tr("{size} points above", size=size)
            if gap.mean > 0
            else tr("{size} points below", size=size)
        )
    return parts(tr("{far} {model}"), far=Part(told, "strong"), model=other)
