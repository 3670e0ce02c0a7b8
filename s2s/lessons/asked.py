"""What is asked of one model at one sentence: a function each, with places that count from 1."""

from __future__ import annotations

import math

import numpy as np

from s2s.errors import UserError
from s2s.findings.search import answer_text
from s2s.lessons.lesson import Seen
from s2s.lessons.looks import Looks
from s2s.results import Trace
from s2s.results.replay import Moment
from s2s.tasks import TASKS
from s2s.text import TOKENISERS
from s2s.text.language import N_, later
from s2s.text.vocab import EOS

NONE_AFTER = {
    "right": N_("{model} writes no token after a right one"),
    "wrong": N_("{model} writes no token after a wrong one"),
}
"""Where no share can be given, by what came before."""


def step_of(trace: Trace, step: int) -> int:
    """The 0-based step; UserError where there is none."""
    return _within(step, trace.steps)


def _within(step: int, steps: int) -> int:
    if not 1 <= step <= steps:
        raise UserError(later("step {step} of an answer with {n} tokens", step=step, n=steps))
    return step - 1


def place_of(trace: Trace, place: int) -> int:
    """The 0-based place in the source; UserError where there is none."""
    if not 1 <= place <= len(trace.source):
        n = len(trace.source)
        raise UserError(later("token {place} of a source with {n}", place=place, n=n))
    return place - 1


def looked(looks: Looks, seen: Seen, step: int) -> np.ndarray:
    """[S] the weights of a step; UserError without attention."""
    trace = looks.trace(seen)
    if trace.attention is None:
        raise UserError(later("{model} has no attention", model=seen.model))
    row: np.ndarray = trace.attention[step_of(trace, step)]
    return row


def token(looks: Looks, seen: Seen, step: int) -> str:
    """The token written."""
    trace = looks.trace(seen)
    return trace.output[step_of(trace, step)]


def sure(looks: Looks, seen: Seen, step: int) -> float:
    """Its probability."""
    trace = looks.trace(seen)
    return float(trace.probabilities[step_of(trace, step)])


def begin(looks: Looks, seen: Seen, step: int) -> str:
    """What stands before a step."""
    trace = looks.trace(seen)
    tokens = [token for token in trace.output[: step_of(trace, step)] if token != trace.fed[0]]
    return TOKENISERS[looks.system(seen.model).sequence.target_tokeniser].join(tokens)


def chance(looks: Looks, seen: Seen, step: int, token: str) -> float:
    """The probability of a token, whether or not it is the one that was written."""
    made = Seen(seen.model, seen.text, (*seen.force, (step, token)), seen.write)
    return sure(looks, made, step)


def source(looks: Looks, seen: Seen, place: int) -> str:
    """A source token."""
    trace = looks.trace(seen)
    return trace.source[place_of(trace, place)]


def weight(looks: Looks, seen: Seen, step: int, place: int) -> float:
    """The weight of a source token."""
    return float(looked(looks, seen, step)[place_of(looks.trace(seen), place)])


def most(looks: Looks, seen: Seen, step: int) -> int:
    """The place with the most weight."""
    return int(looked(looks, seen, step).argmax()) + 1


def entropy(looks: Looks, seen: Seen, step: int) -> float:
    """Of a row of attention, in nats."""
    row = looked(looks, seen, step)
    row = row[row > 0]
    return float(-(row * np.log(row)).sum())


def score(looks: Looks, seen: Seen) -> float:
    """The model's score on unseen pairs."""
    score = looks.entry(seen.model).about.score(TASKS[seen.model.split("/")[0]].score)
    if score is None:
        raise UserError(later("{model} has no score", model=seen.model))
    return score


def reach(looks: Looks, seen: Seen, step: int, place: int) -> float:
    """The gradient of an output token at a source token."""
    trace = looks.trace(seen)
    return float(looks.flow(seen).encoder[step_of(trace, step), place_of(trace, place)])


def ratio(looks: Looks, seen: Seen, step: int, place: int, other: int) -> float:
    """How many times the gradient at one place is that at another."""
    below = reach(looks, seen, step, other)
    if not below:
        raise UserError(later("the gradient at token {place} is 0", place=other))
    return reach(looks, seen, step, place) / below


def part(looks: Looks, seen: Seen, step: int, place: int, name: str) -> float:
    """One number of the arithmetic that makes a weight."""
    walk = looks.walk(seen, step_of(looks.trace(seen), step))
    if walk.scores is None or walk.weights is None:
        raise UserError(later("{model} has no attention", model=seen.model))
    at = place_of(looks.trace(seen), place)
    powers = walk.powers()
    return {
        "score": lambda: float(walk.scores[at]),
        "power": lambda: float(powers.powers[at]),
        "total": lambda: float(powers.total),
        "weight": lambda: float(walk.weights[at]),
    }[name]()


def vector(looks: Looks, seen: Seen, step: int, unit: int, name: str) -> float:
    """One unit of the state or of the context."""
    walk = looks.walk(seen, step_of(looks.trace(seen), step))
    vector = walk.state if name == "s" else walk.context
    if vector is None:
        raise UserError(later("{model} has no attention", model=seen.model))
    return float(vector[_unit_of(len(vector), unit)])


def _unit_of(size: int, unit: int) -> int:
    if not 1 <= unit <= size:
        raise UserError(later("unit {unit} of {n}", unit=unit, n=size))
    return unit - 1


def memory(looks: Looks, seen: Seen, place: int, unit: int) -> float:
    """One unit of an encoder state."""
    trace = looks.trace(seen)
    states = trace.encoder_states
    at = _unit_of(states.shape[1], unit)
    return float(states[place_of(trace, place), at])


def logit(looks: Looks, seen: Seen, step: int, token: str) -> float:
    """The logit of a word that the step shows."""
    walk = looks.walk(seen, step_of(looks.trace(seen), step))
    if token not in walk.candidates:
        raise UserError(
            later("{token} is not among the words that step {step} shows", token=token, step=step)
        )
    return float(walk.logits[walk.candidates.index(token)])


def best(looks: Looks, seen: Seen, size: int) -> str:
    """The most probable answer of a beam."""
    return answer_text(looks.beam(seen, size)[0].best)


def gain(looks: Looks, seen: Seen, size: int) -> float:
    """How many times as likely the beam's best answer is as greedy's."""
    return math.exp(min(looks.beam(seen, size)[0].gain, 700.0))


def best_token(looks: Looks, seen: Seen, size: int, step: int) -> str:
    """A token of that answer."""
    best = looks.beam(seen, size)[0].best
    return best.output[step_of(best, step)]


def best_sure(looks: Looks, seen: Seen, size: int, step: int) -> float:
    """The probability of that token."""
    best = looks.beam(seen, size)[0].best
    return float(best.probabilities[step_of(best, step)])


def finished(looks: Looks, seen: Seen, size: int) -> float:
    """How many answers a beam finished."""
    return float(len(looks.beam(seen, size)[1].ranking))


def tau(looks: Looks, seen: Seen, step: int) -> float:
    """The median tau of a row with three attributions."""
    found = looks.agreement(seen).median(step_of(looks.trace(seen), step))
    if found is None:
        raise UserError(later("step {step} has too few tokens to be ranked", step=step))
    return found


def verdict(looks: Looks, seen: Seen, step: int) -> str:
    """What is said of that row."""
    return looks.agreement(seen).verdict(step_of(looks.trace(seen), step)) or ""


def even(looks: Looks, seen: Seen, step: int) -> float:
    """The token's probability with even weights at its step."""
    found = looks.agreement(seen).uniform
    if found is None:
        raise UserError(later("{model} has no attention", model=seen.model))
    return float(found[step_of(looks.trace(seen), step)])


def after(looks: Looks, seen: Seen, fed: str, before: str) -> float:
    """The share right after a right or a wrong token."""
    if fed not in ("free", "forced") or before not in ("right", "wrong"):
        raise UserError(later("after needs free or forced, then right or wrong"))
    share = looks.domino(seen).after(fed, before == "right")
    if not share.of:
        raise UserError(later(NONE_AFTER[before], model=seen.model))
    return share.value


def moment(looks: Looks, seen: Seen, epoch: int) -> Moment:
    """The sentence after an epoch; UserError for one that was not kept."""
    replay = looks.replay(seen)
    if epoch not in replay.epochs:
        raise UserError(
            later(
                "{model} kept no epoch {epoch} of “{sentence}”",
                model=seen.model,
                epoch=epoch,
                sentence=seen.text,
            )
        )
    return replay.at(epoch)


def then(looks: Looks, seen: Seen, epoch: int) -> str:
    """What it wrote after an epoch."""
    output = [token for token in moment(looks, seen, epoch).output if token != EOS]
    return TOKENISERS[looks.system(seen.model).sequence.target_tokeniser].join(output)


def then_looked(looks: Looks, seen: Seen, epoch: int, step: int) -> np.ndarray:
    """[S] the weights of a step after an epoch."""
    found = moment(looks, seen, epoch)
    if found.attention is None:
        raise UserError(later("{model} has no attention", model=seen.model))
    row: np.ndarray = found.attention[_within(step, len(found.output))]
    return row


def learned(looks: Looks, seen: Seen) -> float:
    """The first epoch that writes the right answer; UserError where none does."""
    replay = looks.replay(seen)
    joint = TOKENISERS[looks.system(seen.model).sequence.target_tokeniser].join
    for moment in replay.moments:
        if joint([t for t in moment.output if t != EOS]) == replay.reference:
            return float(moment.epoch)
    raise UserError(
        later("{model} never writes “{sentence}”", model=seen.model, sentence=replay.reference)
    )


def largest(looks: Looks, seen: Seen, epoch: int) -> float:
    """The largest weight of a map after an epoch."""
    found = moment(looks, seen, epoch)
    if found.attention is None:
        raise UserError(later("{model} has no attention", model=seen.model))
    return float(found.attention.max())
