"""The sentence that States opens on, by measurement; a part of docs/defaults.py.

The page makes its point where most of the ten nearest states of other sentences write the same
token and go on with the same one, which that token alone does not tell; better still where they
share what else is known of the sentence, such as its tense.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache

from s2s import probes
from s2s.decoding.translator import Translator
from s2s.probes.neighbours import neighbours_of
from s2s.results import Trace
from s2s.results.state_corpus import LENGTH, NEXT, POSITION, TOKEN, Neighbours, StateCorpus
from s2s.tasks.labelled import GENERATORS, labels_of, of_task

SENTENCES = 1000
"""With so many the page begins."""
MOST_ASKED = 40
"""Sentences whose states are computed."""
NEAR = 8
"""So many of the ten nearest share it."""
CHANCE = 0.5
"""At most so often a token is followed by the next one in all of the sentences."""
INSTEAD = (
    "No state here has near ones that agree on more than the token itself tells. Korean phrases "
    "and dates have such states."
)
Found = tuple[str, int, Neighbours]


@cache
def corpus(system: Translator, task: str) -> StateCorpus:
    """The sentences that the page compares with."""
    return probes.state_corpus(system, of_task(task, SENTENCES))


def near(system: Translator, task: str, text: str, steps: Iterable[int]) -> Iterator[Found]:
    """What is near each of these decoder states."""
    states, there, known = (
        probes.hidden_states(system, text),
        corpus(system, task),
        labels_of(task, text),
    )
    for step in steps:
        yield text, step, neighbours_of(states, there, "decoder", step, known=known)


def chance(system: Translator, task: str, found: Neighbours) -> float:
    """How often the token is followed by the next one, anywhere in the corpus."""
    pairs = _pairs(system, task)
    token, after = found.known[TOKEN], found.known[NEXT]
    same = sum(count for (one, _), count in pairs.items() if one == token)
    return pairs[token, after] / same if same else 0.0


@cache
def _pairs(system: Translator, task: str) -> Counter[tuple[str, str]]:
    there = corpus(system, task)
    values = (there.values("decoder", name) for name in (TOKEN, NEXT))
    return Counter(zip(*values, strict=True))


def alike(found: Neighbours) -> int:
    """How many share the token and the next one, at least."""
    shared = found.shared()
    return min(shared[TOKEN], shared[NEXT])


def known(found: Neighbours) -> int:
    """How many share what is known of the sentence beside its tokens: that which most share."""
    general = (TOKEN, NEXT, POSITION, LENGTH)
    return max((n for name, n in found.shared().items() if name not in general), default=0)


def telling(system: Translator, task: str, found: Neighbours) -> bool:
    """Whether it makes the point, as far as tokens go."""
    return alike(found) >= NEAR and chance(system, task, found) <= CHANCE


def opening(
    system: Translator, task: str, texts: Sequence[str], steps: Callable[[str], Iterable[int]]
) -> tuple[str, int, str]:
    """The sentence and step that make the point best; else the most alike ones, and `INSTEAD`.

    Args:
        system: the model in front.
        task: its name.
        texts: answered rightly, in the order of how plainly they read.
        steps: those of a sentence that write a word.
    """
    found = [one for text in texts[:MOST_ASKED] for one in near(system, task, text, steps(text))]
    good = [one for one in found if telling(system, task, one[2])]
    if good:  # of equals the first
        return *max(good, key=lambda one: alike(one[2]) + known(one[2]))[:2], ""
    text, step, _ = max(found, key=lambda one: sum(one[2].shared()[n] for n in (TOKEN, NEXT)))
    return text, step, INSTEAD


def told(system: Translator, task: str, text: str, trace: Trace, step: int) -> str:
    """The measured point in words."""
    _, _, found = next(near(system, task, text, [step]))
    shared, count = found.shared(), len(found.found)
    said = (
        f"{trace.output[step]}: of the {count} nearest {shared[TOKEN]} write it, {shared[NEXT]} go "
        f"on with {found.known[NEXT]} (of all {chance(system, task, found):.2f})"
    )
    names = [name for name, n in shared.items() if name in found.known and n == known(found)]
    own = [name for name in names if name not in (TOKEN, NEXT, POSITION, LENGTH)]
    return f"{said}, {known(found)} share its {own[0]}" if task in GENERATORS and own else said
