"""One sentence about a comparison, from its numbers."""

from __future__ import annotations

from s2s.results.comparison import Comparison, Estimate, SetComparison
from s2s.tasks import TASKS
from s2s.text import label
from s2s.text.numbers import percent

CHANCE = 0.05
"""A p below this is called a difference."""
NAMES = {"bleu": "BLEU", "chrf": "chrF", "exact_match": "Exact match"}


def sentence_finding(result: Comparison) -> str:
    """Where the other models' outputs part from the first one's, and how, as plain text."""
    first, differs = label(result.models[0], 60), result.differs()
    told = []
    for m, model in enumerate(result.models[1:], 1):
        place, name = result.first_difference(m), label(model, 60)
        if place is None:
            told.append(f"{name} writes the same as {first}")
            continue
        how = _first_change(result, m, place)
        told.append(
            f"{name} parts from {first} at token {place + 1}: it {how}, and differs in "
            f"{int(differs[m].sum())} of {len(result.columns)} places"
        )
    return "; ".join(told) + "."


def _first_change(result: Comparison, m: int, place: int) -> str:
    """What a model did at the first columns where it differs: left out, added or put instead."""
    lanes = result.tokens()
    mine, its, differs = lanes[0], lanes[m], result.differs()[m]

    def kind(c: int) -> tuple[bool, bool] | None:
        return (mine[c] is None, its[c] is None) if differs[c] else None

    end = place
    while end < len(mine) and kind(end) == kind(place):
        end += 1
    blank = "" if all(len(token) == 1 for token in (*mine, *its) if token) else " "
    ours, theirs = (
        f"“{label(blank.join(token for token in lane[place:end] if token), 60)}”"
        for lane in (mine, its)
    )
    step = next((c[m] for c in result.columns[place:] if c[m] is not None), None)
    sure = "" if step is None else f" ({percent(float(result.traces[m].probabilities[step]))})"
    if its[place] is not None:
        return f"adds {theirs}{sure}" if mine[place] is None else (
            f"writes {theirs}{sure} for {ours}"
        )  # fmt: skip
    if step is None:
        return f"leaves out {ours}"
    return f"leaves out {ours} and writes “{label(result.traces[m].output[step], 20)}”{sure}"


def set_finding(result: SetComparison) -> str:
    """How the other models score against the first one, and whether chance explains it."""
    task = TASKS.get(result.task)
    score = task.score if task else "chrf"
    if score == "bleu" and any(s.bleu is None for s in result.scores):
        score = "chrf"  # where no reference has four tokens, BLEU says nothing
    values = [getattr(scores, score) for scores in result.scores]
    percent, first = score == "exact_match", label(result.models[0], 60)
    told = []
    for m, model in enumerate(result.models[1:], 1):
        test = result.test(m, score)
        if test is None:
            continue
        gap = test.difference * (100 if percent else 1)
        size = f"{abs(gap):.1f}{' points' if percent else ''} {'above' if gap > 0 else 'below'}"
        if not gap:
            size = "level with"
        if not test.differing:
            sure = "no sentence is counted differently"
        elif test.p < CHANCE:
            sure = f"more than chance explains ({p_value(test.p)})"
        else:
            sure = f"no more than chance may explain ({p_value(test.p)})"
        told.append(f"{label(model, 60)} ({shown(values[m], percent)}) is {size} {first}: {sure}")
    return (
        f"{NAMES[score]} on {result.pairs:,} sentences: {first} {shown(values[0], percent)}; "
        f"{'; '.join(told)}."
    )


def shown(value: Estimate, percent: bool = False) -> str:
    """``44.5, 43.1 to 45.8``: a score and its 95 % interval."""
    factor, unit = (100, " %") if percent else (1, "")
    return (
        f"{factor * value.value:.1f}{unit}, {factor * value.low:.1f} to {factor * value.high:.1f}"
    )


def p_value(value: float) -> str:
    """``p = 0.03``, with four digits where it is small."""
    if value < 0.0001:
        return "p < 0.0001"
    return f"p = {value:.4f}" if value < 0.01 else f"p = {value:.2f}"
