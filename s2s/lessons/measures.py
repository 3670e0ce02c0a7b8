"""What a lesson can ask of the models: ``name.measure.arguments``.

Steps, places and epochs count from 1, as on the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from s2s.lessons import asked as a
from s2s.text.language import N_

Value = float | str | tuple[str, ...]


class Measure(NamedTuple):
    """One thing that can be asked.

    Attributes:
        says: what it is, for who writes a lesson.
        kind: how it is written: ``share``, ``number``, ``count``, ``size``, ``token``, ``text`` or
            ``tokens``.
        given: what its arguments are, in order.
        of: the function.
    """

    says: str
    kind: str
    given: tuple[str, ...]
    of: Callable[..., Value]


STEP, PLACE, UNIT = N_("step"), N_("place"), N_("unit")
TOKEN, SIZE, EPOCH = N_("token"), N_("size"), N_("epoch")
NUMBERS = (STEP, PLACE, UNIT, SIZE, EPOCH)
"""Arguments that are numbers from 1 on."""
MEASURES: dict[str, Measure] = {
    "answer": Measure("the answer as text", "text", (), lambda k, s: k.trace(s).text),
    "own": Measure("what it would have written by itself", "text", (), lambda k, s: (
        k.what_if(s).original or k.trace(s)).text),
    "begin": Measure("the answer before a step", "text", (STEP,), a.begin),
    "token": Measure("the token written at a step", "token", (STEP,), a.token),
    "sure": Measure("its probability", "share", (STEP,), a.sure),
    "chance": Measure("the probability of any token at a step", "share", (STEP, TOKEN), a.chance),
    "tokens": Measure("the source tokens", "tokens", (), lambda k, s: k.trace(s).source),
    "written": Measure("the tokens of the answer", "tokens", (), lambda k, s: k.trace(s).output),
    "wrote": Measure("how often a token stands in the answer", "count", (TOKEN,),
                     lambda k, s, token: k.trace(s).output.count(token)),
    "source": Measure("a source token", "token", (PLACE,), a.source),
    "length": Measure("how many source tokens", "count", (), lambda k, s: len(k.trace(s).source)),
    "steps": Measure("how many tokens the answer has", "count", (), lambda k, s: k.trace(s).steps),
    "vector": Measure("numbers of the decoder's first state", "count", (), lambda k, s: len(
        k.trace(s).initial_state)),
    "numbers": Measure("numbers of all encoder states together", "count", (), lambda k, s: (
        k.trace(s).encoder_states.size)),
    "score": Measure("the model's score on unseen pairs", "number", (), a.score),
    "weight": Measure("the attention weight of a source token", "share", (STEP, PLACE), a.weight),
    "most": Measure("the place it looked at most", "count", (STEP,), a.most),
    "looked": Measure("the token it looked at most", "token", (STEP,), lambda k, s, t: a.source(
        k, s, a.most(k, s, t))),
    "largest": Measure("the largest weight of a step", "share", (STEP,), lambda k, s, t: float(
        a.looked(k, s, t).max())),
    "entropy": Measure("the entropy of a row of attention, in nats", "number", (STEP,), a.entropy),
    "reach": Measure("the gradient of a written token at a source token", "size",
                     (STEP, PLACE), a.reach),
    "ratio": Measure("that gradient as a multiple of the one at another place", "size",
                     (STEP, PLACE, PLACE), a.ratio),
    "points": Measure("the score of a source token before the softmax", "number",
                      (STEP, PLACE), lambda k, s, t, p: a.part(k, s, t, p, "score")),
    "power": Measure("e to that score", "number", (STEP, PLACE), lambda k, s, t, p: a.part(
        k, s, t, p, "power")),
    "total": Measure("the sum of these over all source tokens", "number", (STEP,), lambda k, s, t: (
        a.part(k, s, t, 1, "total"))),
    "state": Measure("a unit of the decoder's state", "number", (STEP, UNIT), lambda k, s, t, u: (
        a.vector(k, s, t, u, "s"))),
    "context": Measure("a unit of the context", "number", (STEP, UNIT), lambda k, s, t, u: a.vector(
        k, s, t, u, "c")),
    "memory": Measure("a unit of an encoder state", "number", (PLACE, UNIT), a.memory),
    "logit": Measure("the logit of a word", "number", (STEP, TOKEN), a.logit),
    "best": Measure("a beam's most probable answer", "text", (SIZE,), a.best),
    "gain": Measure("how many times as likely it is as greedy's", "size", (SIZE,), a.gain),
    "besttoken": Measure("the token it has at a step", "token", (SIZE, STEP), a.best_token),
    "bestsure": Measure("the probability of that token", "share", (SIZE, STEP), a.best_sure),
    "finished": Measure("how many answers the beam finished", "count", (SIZE,), a.finished),
    "tau": Measure("the median tau between a row of attention and three attributions", "number",
                   (STEP,), a.tau),
    "verdict": Measure("what is said of that row", "text", (STEP,), a.verdict),
    "even": Measure("the token's probability with even weights at its step", "share", (STEP,),
                    a.even),
    "after": Measure("the share of right tokens after a right or wrong one, over test pairs",
                     "share", (N_("free or forced"), N_("right or wrong")), a.after),
    "then": Measure("what it wrote after an epoch of its training", "text", (EPOCH,), a.then),
    "thenlargest": Measure("the largest weight of that answer's map", "share", (EPOCH,), a.largest),
    "thenmost": Measure("the place that a step of it looked at most", "count", (EPOCH, STEP),
                        lambda k, s, e, t: int(a.then_looked(k, s, e, t).argmax()) + 1),
    "thenweight": Measure("the weight of a source token there", "share", (EPOCH, STEP, PLACE),
                          lambda k, s, e, t, p: float(a.then_looked(k, s, e, t)[
                              a.place_of(k.trace(s), p)])),
    "learned": Measure("the first epoch that wrote the right answer", "count", (), a.learned),
    "epochs": Measure("the last epoch of its training", "count", (), lambda k, s: float(
        k.replay(s).epochs[-1])),
}  # fmt: skip
"""By the names that a lesson uses."""
