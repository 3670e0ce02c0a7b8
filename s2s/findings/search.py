"""What a search found, in sentences made from its numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from s2s.findings.readout import Part, parts
from s2s.results import BeamTree, SearchVerdict, Trace
from s2s.text import label
from s2s.text.language import N_, tr
from s2s.text.numbers import number, ordinal, percent, times

LONGEST_ANSWER = 80


def answer_text(trace: Trace, longest: int | None = None) -> str:
    """What a trace wrote as one line of text; an answer without a word is said to be empty."""
    text = " ".join(label(word) for word in trace.text.split())
    if not text:
        return tr("(empty)")
    return text if longest is None or len(text) <= longest else text[: longest - 1] + "…"


def search_finding(verdict: SearchVerdict) -> tuple[Part, ...]:
    """Say whether greedy missed a better answer and, with a reference, where the fault lies.

    Args:
        verdict: greedy, the finished hypotheses of a beam, and maybe a reference.

    Returns:
        Parts of kind ``plain``, ``token`` (an answer) and ``strong`` (the verdict itself).
    """
    greedy, best, first = verdict.greedy, verdict.best, verdict.found[0]
    answers = {"greedy": _answer(greedy), "best": _answer(best)}
    logs = {"own": _log(greedy), "found": _log(best)}
    if verdict.greedy_missed:
        told = parts(
            tr("{verdict}: {best} (log probability {found}) is {ratio} as likely as greedy’s "
               "{greedy} ({own})."),
            verdict=Part(tr("Greedy missed a better answer"), "strong"),
            ratio=_ratio(verdict.gain), **answers, **logs,
        )  # fmt: skip
    elif verdict.search_missed:
        told = parts(
            tr("{verdict}: {greedy} (log probability {own}) is {ratio} as likely as the most "
               "probable one it found, {best} ({found}). What would have become the best was "
               "pruned."),
            verdict=Part(tr("The beam missed greedy’s answer"), "strong"),
            ratio=_ratio(-verdict.gain), **answers, **logs,
        )  # fmt: skip
    else:
        told = parts(
            tr("{verdict} than greedy’s own, {greedy} (log probability {own})."),
            verdict=Part(tr("No better answer was found"), "strong"), **answers, **logs,
        )  # fmt: skip
    if first.output != best.output:
        told = (*told, Part(" "), *parts(
            tr("The length penalty ranks another one first: {first} ({score})."),
            first=_answer(first), score=_log(first),
        ))  # fmt: skip
    against = _against_reference(verdict)
    return (*told, Part(" "), *against) if against else told


def _against_reference(verdict: SearchVerdict) -> tuple[Part, ...]:
    reference = verdict.reference
    if reference is None:
        return ()
    if verdict.fault == "none":
        return (Part(tr("Your answer is the most probable one that is known.")),)
    top = verdict.greedy if verdict.search_missed else verdict.best
    ratio = _ratio(abs(reference.log_probability - top.log_probability))
    logs = {"top": _log(top), "yours": _log(reference)}
    if verdict.fault == "search":
        return parts(
            tr("Against your answer, this is a {fault}: the model finds yours {ratio} as likely as "
               "anything that was found ({top} against {yours})."),
            fault=Part(tr("search error"), "strong"), ratio=ratio, **logs,
        )  # fmt: skip
    place = verdict.rank(reference.output)
    found = (
        (Part(" " + tr("Yours is the {place} of those found.", place=ordinal(place))),)
        if place
        else ()
    )
    return (*parts(
        tr("Against your answer, this is a {fault}: the model finds its own {ratio} as likely as "
           "yours ({top} against {yours}), so no better search would help."),
        fault=Part(tr("model error"), "strong"), ratio=ratio, **logs,
    ), *found)  # fmt: skip


def finished_note(tree: BeamTree, beam_size: int) -> str:
    """How many hypotheses had ended when the search stopped, and why it stopped."""
    count = len(tree.ranking)
    one = count == 1
    if count > beam_size:
        return tr("{n} hypotheses had ended; the best {size} are listed.", n=count, size=beam_size)
    live = tree.survived & ~tree.finished & (tree.step == tree.steps - 1)
    if not live.any():
        text = (
            N_("{n} hypothesis had ended when nothing was left to continue.")
            if one
            else N_("{n} hypotheses had ended when nothing was left to continue.")
        )
    elif count < beam_size:
        text = (
            N_("{n} hypothesis had ended, fewer than the beam’s {size}, when no other could still "
               "become the best: there the search stops.")
            if one
            else N_("{n} hypotheses had ended, fewer than the beam’s {size}, when no other could "
                    "still become the best: there the search stops.")
        )  # fmt: skip
    else:
        text = (
            N_("{n} hypothesis had ended when no other could still become the best: there the "
               "search stops.")
            if one
            else N_("{n} hypotheses had ended when no other could still become the best: there "
                    "the search stops.")
        )  # fmt: skip
    return tr(text, n=count, size=beam_size)


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
    texts = {
        0: tr("{draws} gave {answers}: greedy’s own, {own}, which the model gives {sure}, did not "
              "come up."),
        1: tr("{draws} gave {answers}: greedy’s own, {own}, which the model gives {sure}, came up "
              "once."),
        2: tr("{draws} gave {answers}: greedy’s own, {own}, which the model gives {sure}, came up "
              "twice."),
    }  # fmt: skip
    many = tr("{draws} gave {answers}: greedy’s own, {own}, which the model gives {sure}, came up "
              "{n} times.")  # fmt: skip
    drawn = len(samples)
    return parts(
        texts.get(count, many),
        draws=tr("{n} draws", n=drawn) if drawn > 1 else tr("One draw"),
        answers=Part(tr("{n} different answers", n=different) if different > 1
                     else tr("one answer"), "strong"),
        own=_answer(greedy), sure=percent(math.exp(greedy.log_probability)), n=str(count),
    )  # fmt: skip


def _answer(trace: Trace) -> Part:
    return Part(answer_text(trace, LONGEST_ANSWER), "token")


def _log(trace: Trace) -> str:
    return number(trace.log_probability, 2)


def _ratio(nats: float) -> str:
    return times(math.exp(min(nats, 700.0)))
