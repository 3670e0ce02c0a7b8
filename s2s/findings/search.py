"""What a search found, in sentences made from its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from s2s.findings.readout import Part
from s2s.results import BeamTree, SearchVerdict, Trace
from s2s.text import label
from s2s.text.numbers import number, ordinal, percent, times

LONGEST_ANSWER = 80
OFTEN = {0: "did not come up", 1: "came up once", 2: "came up twice"}


def answer_text(trace: Trace, longest: int | None = None) -> str:
    """What a trace wrote as one line of text; an answer without a word is said to be empty."""
    text = " ".join(label(word) for word in trace.text.split())
    if not text:
        return "(empty)"
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"


def search_finding(verdict: SearchVerdict) -> tuple[Part, ...]:
    """Say whether greedy missed a better answer and, with a reference, where the fault lies.

    Args:
        verdict: greedy, the finished hypotheses of a beam, and maybe a reference.

    Returns:
        Parts of kind ``plain``, ``token`` (an answer) and ``strong`` (the verdict itself).
    """
    greedy, best, first = verdict.greedy, verdict.best, verdict.found[0]
    if verdict.greedy_missed:
        parts = [
            Part("Greedy missed a better answer", "strong"), Part(": "), _answer(best),
            Part(f" (log probability {_log(best)}) is {_ratio(verdict.gain)} as likely as "
                 "greedy’s "),
            _answer(greedy), Part(f" ({_log(greedy)})."),
        ]  # fmt: skip
    elif verdict.search_missed:
        parts = [
            Part("The beam missed greedy’s answer", "strong"), Part(": "), _answer(greedy),
            Part(f" (log probability {_log(greedy)}) is {_ratio(-verdict.gain)} as likely as the "
                 "most probable one it found, "),
            _answer(best), Part(f" ({_log(best)}). What would have become the best was pruned."),
        ]  # fmt: skip
    else:
        parts = [
            Part("No better answer was found", "strong"), Part(" than greedy’s own, "),
            _answer(greedy), Part(f" (log probability {_log(greedy)})."),
        ]  # fmt: skip
    if first.output != best.output:
        parts += [Part(" The length penalty ranks another one first: "), _answer(first),
                  Part(f" ({_log(first)}).")]  # fmt: skip
    return (*parts, *_against_reference(verdict))


def _against_reference(verdict: SearchVerdict) -> tuple[Part, ...]:
    reference = verdict.reference
    if reference is None:
        return ()
    if verdict.fault == "none":
        return (Part(" Your answer is the most probable one that is known."),)
    top = verdict.greedy if verdict.search_missed else verdict.best
    nats = abs(reference.log_probability - top.log_probability)
    logs = f"{_log(top)} against {_log(reference)}"
    if verdict.fault == "search":
        return (
            Part(" Against your answer, this is a "), Part("search error", "strong"),
            Part(f": the model finds yours {_ratio(nats)} as likely as anything that was found "
                 f"({logs})."),
        )  # fmt: skip
    place = verdict.rank(reference.output)
    found = f" Yours is the {ordinal(place)} of those found." if place else ""
    return (
        Part(" Against your answer, this is a "), Part("model error", "strong"),
        Part(f": the model finds its own {_ratio(nats)} as likely as yours ({logs}), so no better "
             f"search would help.{found}"),
    )  # fmt: skip


def finished_note(tree: BeamTree, beam_size: int) -> str:
    """How many hypotheses had ended when the search stopped, and why it stopped."""
    count = len(tree.ranking)
    many = f"{count} hypothes{'i' if count == 1 else 'e'}s had ended"
    if count > beam_size:
        return f"{many}; the best {beam_size} are listed."
    live = tree.survived & ~tree.finished & (tree.step == tree.steps - 1)
    if not live.any():
        return f"{many} when nothing was left to continue."
    fewer = f", fewer than the beam’s {beam_size}," if count < beam_size else ""
    return f"{many}{fewer} when no other could still become the best: there the search stops."


def sampling_finding(greedy: Trace, samples: Sequence[Trace]) -> tuple[Part, ...]:
    """Say how many different answers were drawn, and how often greedy's own.

    Args:
        greedy: what the model writes by itself.
        samples: one drawn answer or more.

    Returns:
        Parts of kind ``plain``, ``token`` and ``strong``.
    """
    different = len({sample.output for sample in samples})
    count = sum(sample.output == greedy.output for sample in samples)
    often = OFTEN.get(count, f"came up {count} times")
    answers = f"{different} different answers" if different > 1 else "one answer"
    draws = f"{len(samples)} draws" if len(samples) > 1 else "One draw"
    return (
        Part(f"{draws} gave "), Part(answers, "strong"), Part(": greedy’s own, "), _answer(greedy),
        Part(f", which the model gives {percent(math.exp(greedy.log_probability))}, {often}."),
    )  # fmt: skip


def _answer(trace: Trace) -> Part:
    return Part(answer_text(trace, LONGEST_ANSWER), "token")


def _log(trace: Trace) -> str:
    return number(trace.log_probability, 2)


def _ratio(nats: float) -> str:
    return times(math.exp(min(nats, 700.0)))
