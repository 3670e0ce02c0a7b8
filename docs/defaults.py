"""Choose the sentence that each page opens on, by measurement.

    python docs/defaults.py [TASK …]

Candidates are our own sentences: docs/defaults.tsv (task, source, right answers), in the order of
how plainly they read, then the test sets that ship. A page opens on the first of them that makes
its point, measured on the stored models. Writes s2s/tasks/openings.json and docs/defaults.md; with
names, of these alone, after their models were trained again. All take about five minutes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "docs")]

import opening_states  # noqa: E402
from opening_answers import (  # noqa: E402
    Candidate,
    answer,
    candidates,
    good,
    right,
    system,
    told,
    variants,
)

from s2s import probes  # noqa: E402
from s2s.findings.gradient_flow import far_state, ratio  # noqa: E402
from s2s.results import Agreement, Table, Trace  # noqa: E402
from s2s.results.agreement import MOSTLY, NOT  # noqa: E402
from s2s.tasks import TASKS, openings  # noqa: E402
from s2s.tasks.openings import BESIDE, FRONT  # noqa: E402
from s2s.text.numbers import rounded  # noqa: E402
from s2s.text.vocab import EOS  # noqa: E402

TABLE = ROOT / "docs" / "defaults.md"
FAR = 10.0
"""Gradients: so many times apart, at the state that the sentence above the curves is about."""
SHARED = 0.2
"""Attention: a word has at least so much of the weight to share in it."""
LEAST = 6
"""Can it be trusted: source tokens below which chance often agrees (docs/verdicts.md)."""
MOST_ASKED = 12
"""Sentences whose verdicts are computed, which takes seconds each."""
MOST = 3
"""Sentences kept for a pair of models."""
INSTEAD = {
    "fra-eng": {
        "gradients": "Both encoders read from both ends, so no state is far: see instead that the "
        "gradient of attention peaks at the word it looked at, and that of plain is nearly level.",
    },
    "toy": {
        "compare": "Both have learned the one sentence, so they write the same: what attention "
        "changes here is how much of the gradient reaches the first word.",
    },
}


def telling(task: str, first: str, other: str, one: Candidate) -> int | None:
    """How well a sentence shows how two models differ: 0 the best; None where they do not."""
    models = [f"{task}/{variant}" for variant in (first, other)]
    traces = [answer(model, one.text) for model in models]
    if None in traces or told(traces[0].text) == told(traces[1].text):
        return None
    looks = [system(model).config.has_attention for model in models]
    good = [right(model, one) for model in models]
    if good[0] == good[1]:
        return 2
    return 0 if looks[0] == looks[1] or good == looks else 1


def differing(task: str, first: str, other: str) -> tuple[str, ...]:
    """The most telling sentences for a pair: one is right, the one with attention if one has it."""
    ranks = [(telling(task, first, other, one), one.text) for one in candidates(task)]
    found = [(rank, text) for rank, text in ranks if rank is not None]
    best = [text for rank, text in found if rank == min(rank for rank, _ in found)]
    return tuple(best[:MOST])


def word_steps(trace: Trace) -> Iterator[int]:
    """Steps that write a word, the last one first."""
    for t in reversed(range(trace.steps)):
        if trace.output[t] not in (trace.fed[0], EOS) and any(map(str.isalnum, trace.output[t])):
            yield t


def apart(task: str, text: str, step: int) -> float:
    """How many times the gradient at the far state differs between the two models.

    Each against its own last encoder state, the model beside made to write the same answer.
    """
    front, beside = (system(f"{task}/{variant}") for variant in (FRONT, BESIDE))
    trace = front.translate(text)
    if any(token not in beside.target_vocab.ids for token in trace.output):
        return 1.0
    mine = _flow(f"{task}/{FRONT}", text, trace.output)
    its = _flow(f"{task}/{BESIDE}", text, trace.output)
    far = far_state(mine, step, trace.attention)
    found = ratio(mine, step, far) / ratio(its, step, far)
    return max(found, 1 / found)


@cache
def _flow(model: str, text: str, output: tuple[str, ...]):
    ids = system(model).target_vocab.ids
    return probes.gradient_flow(system(model), text, [ids[token] for token in output])


def shared(task: str, text: str, step: int) -> list[tuple[str, float]]:
    """The source words that share the weight of a step, with theirs."""
    trace = answer(f"{task}/{FRONT}", text)
    row = zip(trace.source, trace.attention[step].tolist(), strict=True)
    words = [(token, weight) for token, weight in row if token != EOS and weight >= SHARED]
    return [(token, weight) for token, weight in words if any(map(str.isalnum, token))]


def gradients(task: str) -> tuple[str, int] | None:
    """The first sentence, answered rightly, with a far state that is far apart for its last word.

    Where there is none, for any of its words.
    """
    if BESIDE not in variants(task):
        return None
    steps = {text: list(word_steps(answer(f"{task}/{FRONT}", text))) for text in good(task)}
    asked = [(text, t) for most in (1, None) for text, all_ in steps.items() for t in all_[:most]]
    return next((one for one in asked if apart(task, *one) >= FAR), None)


def attention(task: str) -> tuple[str, int] | None:
    """The first sentence, answered rightly, with a word that two source words share."""
    for text in good(task):
        for step in list(word_steps(answer(f"{task}/{FRONT}", text)))[::-1]:
            if len(shared(task, text, step)) > 1:
                return text, step
    return None


@cache
def agreement(task: str, text: str) -> Agreement:
    """The verdicts on the rows of a sentence."""
    return probes.agreement(system(f"{task}/{FRONT}"), text)


def trust(task: str) -> dict[str, dict[str, object]]:
    """A row of attention that mostly agrees with the attributions, and one that does not.

    The first ones, of sentences that are answered rightly, clear of the verdicts' thresholds.
    """
    found: dict[str, dict[str, object]] = {}
    long = [text for text in good(task) if answer(f"{task}/{FRONT}", text).reading.length >= LEAST]
    for text in long[:MOST_ASKED]:
        for step in list(word_steps(answer(f"{task}/{FRONT}", text)))[::-1]:
            verdict = agreement(task, text).verdict(step)
            if verdict in (MOSTLY, NOT) and agreement(task, text).near(step) is None:
                found.setdefault(verdict, {"text": text, "step": step})
        if len(found) == 2:
            break
    return {verdict: found[verdict] for verdict in (MOSTLY, NOT) if verdict in found}


def opening(task: str, page: str) -> dict[str, object]:
    """What a page opens on, as it is stored."""
    found = {"gradients": gradients, "attention": attention}[page](task)
    if found:
        return {"text": found[0], "step": found[1]}
    more = {"instead": INSTEAD[task][page]} if BESIDE in variants(task) else {}
    return {"text": candidates(task)[0].text, **more}


def states(task: str) -> dict[str, object]:
    """What States opens on, as it is stored."""
    front = f"{task}/{FRONT}"
    text, step, instead = opening_states.opening(
        system(front), task, good(task), lambda text: word_steps(answer(front, text))
    )
    return {"text": text, "step": step} | ({"instead": instead} if instead else {})


def measured(task: str) -> dict[str, dict]:
    """The openings of a task, as they are stored."""
    pages = {page: opening(task, page) for page in ("attention", "gradients")}
    pages["states"] = states(task)
    differ: dict[str, dict[str, tuple[str, ...]]] = {}
    for low, high in combinations(variants(task), 2):
        differ.setdefault(low, {})[high] = differing(task, low, high)
    if BESIDE in differ.get(FRONT, {}) and not differ[FRONT][BESIDE]:
        pages["compare"] = {"text": candidates(task)[0].text, "instead": INSTEAD[task]["compare"]}
    return {"pages": pages, "differ": differ, "trust": trust(task)}


def rows() -> list[tuple[str, str, str, str]]:
    """Task, page, sentence, and the measured point in words."""
    made = []
    for task in TASKS:
        kept = TASKS[task].openings
        for text in (kept.differing(FRONT, BESIDE) or ())[:1]:
            said = [f"{v}: {answer(f'{task}/{v}', text).text}" for v in (FRONT, BESIDE)]
            made.append((task, "Compare", text, "; ".join(said)))
        for page, one in kept.pages.items():
            if one.step is None and not one.instead:
                continue  # nothing beside it to measure against
            trace = answer(f"{task}/{FRONT}", one.text)
            if page == "states":
                front = system(f"{task}/{FRONT}")
                point = opening_states.told(front, task, one.text, trace, one.step)
            elif one.instead:
                point = one.instead
            elif page == "attention":
                parts = [f"{token} {weight:.2f}" for token, weight in
                         shared(task, one.text, one.step)]  # fmt: skip
                point = f"{trace.output[one.step]} looks at {', '.join(parts)}"
            else:
                times = rounded(apart(task, one.text, one.step))
                point = f"{trace.output[one.step]}: {times} times between {FRONT} and {BESIDE}"
            made.append((task, page.capitalize(), one.text, point))
        for verdict, one in kept.trust.items():
            tau = agreement(task, one.text).median(one.step)
            token = answer(f"{task}/{FRONT}", one.text).output[one.step]
            point = f"{token}: {verdict.lower()}, median tau {tau:.2f}"
            made.append((task, "Can it be trusted", one.text, point))
    return made


def page() -> str:
    """docs/defaults.md."""
    head = ("task", "page", "opens on", "measured")
    kept = [texts for task in TASKS.values() for texts in task.openings.differ.values()]
    return "\n".join([
        "# The sentences that pages open on",
        "",
        "Each is the first of our own sentences that makes the page's point on the stored models.",
        "Compare: the outputs differ and attention's is right. Gradients: against the last encoder",
        f"state, the gradient at the far state differs by {FAR:.0f} times or more between the two",
        f"models. Attention: two or more source words have {SHARED} or more of the weight. Can it",
        "be trusted: a row that mostly agrees with the attributions and one that does not, of",
        f"{LEAST} source tokens or more. States: {opening_states.NEAR} or more of the ten nearest",
        "states write the same token and go on with the same one, which follows that token in at",
        f"most {100 * opening_states.CHANCE:.0f} percent of all cases; best where they share what",
        "else is known. Where no sentence makes the point, the one whose states are most alike.",
        "",
        *Table("", head, tuple(rows())).markdown(),
        "",
        f"Up to {MOST} sentences are kept for each of {len(kept)} pairs of models; "
        f"{kept.count(())} of the pairs write the same on all candidates.",
        "",
        "Made by `python docs/defaults.py`.",
        "",
    ])  # fmt: skip


if __name__ == "__main__":
    made = dict(openings.stored())
    for name in sys.argv[1:] or filter(candidates, TASKS):  # somebody's own pairs have none
        made[name] = measured(name)
    kept = {name: made[name] for name in TASKS if name in made}
    openings.FILE.write_text(json.dumps(kept, ensure_ascii=False, indent=1) + "\n", "utf-8")
    openings.stored.cache_clear()
    TABLE.write_text(page(), "utf-8")
