"""One sentence about a comparison, from its numbers."""

from __future__ import annotations

from s2s.results.comparison import Comparison, Estimate, SetComparison
from s2s.tasks import TASKS
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import percent

CHANCE = 0.05
"""A p below this is called a difference."""
NAMES = {"bleu": "BLEU", "chrf": "chrF", "exact_match": N_("Exact match")}


def sentence_finding(result: Comparison) -> str:
    """Where the other models' outputs part from the first one's, and how, as plain text."""
    first, differs = label(result.models[0], 60), result.differs()
    told = []
    for m, model in enumerate(result.models[1:], 1):
        place, name = result.first_difference(m), label(model, 60)
        if place is None:
            told.append(tr("{model} writes the same as {first}", model=name, first=first))
            continue
        how, values = _first_change(result, m, place)
        told.append(tr(
            how, model=name, first=first, place=place + 1, n=int(differs[m].sum()),
            of=len(result.columns), **values,
        ))  # fmt: skip
    return f"{'; '.join(told)}."


ADDS = N_("{model} parts from {first} at token {place}: it adds {theirs}{sure}, and differs in {n} "
          "of {of} places")  # fmt: skip
WRITES = N_("{model} parts from {first} at token {place}: it writes {theirs}{sure} for {ours}, and "
            "differs in {n} of {of} places")  # fmt: skip
LEAVES = N_("{model} parts from {first} at token {place}: it leaves out {ours}, and differs in {n} "
            "of {of} places")  # fmt: skip
GOES_ON = N_("{model} parts from {first} at token {place}: it leaves out {ours} and writes "
             "{theirs}{sure}, and differs in {n} of {of} places")  # fmt: skip


def _first_change(result: Comparison, m: int, place: int) -> tuple[str, dict[str, str]]:
    """What a model did at the first columns where it differs: left out, added or put instead.

    Returns:
        One of the texts above, and those of its values that hold what was written.
    """
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
    values = {"ours": ours, "theirs": theirs, "sure": sure}
    if its[place] is not None:
        return (ADDS if mine[place] is None else WRITES), values
    if step is None:
        return LEAVES, values
    return GOES_ON, values | {"theirs": f"“{label(result.traces[m].output[step], 20)}”"}


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
        if not test.differing:
            sure = tr("no sentence is counted differently")
        elif test.p < CHANCE:
            sure = tr("more than chance explains ({p})", p=p_value(test.p))
        else:
            sure = tr("no more than chance may explain ({p})", p=p_value(test.p))
        told.append(tr(
            _gap(gap, percent), model=label(model, 60), value=shown(values[m], percent),
            size=f"{abs(gap):.1f}", first=first, sure=sure,
        ))  # fmt: skip
    return tr(
        "{score} on {n} sentences: {first} {value}; {others}.",
        score=tr(NAMES[score]), n=f"{result.pairs:,}", first=first,
        value=shown(values[0], percent), others="; ".join(told),
    )  # fmt: skip


def _gap(gap: float, percent: bool) -> str:
    """How a model's score stands to the first one's."""
    if not gap:
        return N_("{model} ({value}) is level with {first}: {sure}")
    if percent:
        return (
            N_("{model} ({value}) is {size} points above {first}: {sure}")
            if gap > 0
            else N_("{model} ({value}) is {size} points below {first}: {sure}")
        )
    return (
        N_("{model} ({value}) is {size} above {first}: {sure}")
        if gap > 0
        else N_("{model} ({value}) is {size} below {first}: {sure}")
    )


def shown(value: Estimate, percent: bool = False) -> str:
    """``44.5, 43.1 to 45.8``: a score and its 95 % interval."""
    factor, unit = (100, " %") if percent else (1, "")
    return tr(
        "{value}, {low} to {high}", value=f"{factor * value.value:.1f}{unit}",
        low=f"{factor * value.low:.1f}", high=f"{factor * value.high:.1f}",
    )  # fmt: skip


def p_value(value: float) -> str:
    """``p = 0.03``, with four digits where it is small."""
    if value < 0.0001:
        return "p < 0.0001"
    return f"p = {value:.4f}" if value < 0.01 else f"p = {value:.2f}"
