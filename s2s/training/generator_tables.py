"""Tables of the tasks whose pairs are made by rule: by shape, against their own links, as typed."""

from __future__ import annotations

from collections import defaultdict
from statistics import mean

from s2s.checkpoints import checkpoint
from s2s.evaluation.alignment import align
from s2s.evaluation.evaluate import evaluate
from s2s.results import Table
from s2s.tasks.date_shapes import SHAPES, readings
from s2s.tasks.gold import generated
from s2s.training.seed_runs import Findings, greedy_outputs

EVERYDAY = (
    "안녕하세요.", "저는 학생입니다.", "제 이름은 지민입니다.", "만나서 반갑습니다.",
    "어디에 살아요?", "저는 서울에 살아요.", "지금 뭐 하고 있어요?", "저는 책을 읽고 있어요.",
    "커피 한 잔 주세요.", "이것은 얼마예요?", "화장실이 어디에 있어요?", "도와주세요.",
    "오늘은 날씨가 좋아요.", "어제 친구를 만났어요.", "내일 같이 영화를 볼까요?",
    "저는 한국어를 배우고 싶어요.", "그녀는 고기를 먹지 않아요.", "우리 가족은 부산에 있어요.",
    "시간이 없어요.", "너무 피곤해서 집에 가고 싶어요.",
)  # fmt: skip
"""Twenty sentences that someone may type, written before any answer was seen."""


def by_shape(findings: Findings) -> Table:
    """Exact match on the test part, one row a shape of a written date."""
    run = findings.stored
    outputs, references = greedy_outputs(run.system, run.parts["test"])
    right: dict[str, list[bool]] = defaultdict(list)
    for (source, _), output, reference in zip(run.parts["test"], outputs, references, strict=True):
        # A text can have two shapes, 5 May 2003 for one: it counts in both.
        for written in readings(source, SHAPES):
            if written.day:
                right[written.shape.name].append(output == reference)
    rows = tuple(
        (shape.example, shape.name, len(found), f"{100 * mean(found):.1f} %")
        for shape in SHAPES
        if (found := right.get(shape.name))
    )
    return Table(
        "Exact match by shape",
        ("March 25, 2003", "shape", "dates", "exact match"),
        rows,
        "Greedy, on the days of the test part, of which none was trained on in any shape; names "
        "are CLDR patterns (do: the day as an ordinal). Left out of training and test: numbers "
        "that can be read with the day first or the month first, such as 3/4/2003; a two-digit "
        "year is one of 1969 to 2068. Least exact: "
        f"{min(100 * mean(values) for values in right.values()):.1f} %.",
    )


def gold_links(findings: Findings) -> Table:
    """Attention of the stored model against the links that the generator knows."""
    run = findings.stored
    pairs = generated(run.system.task, run.parts["test"])
    found = align(run.system, pairs, linked_only=True)
    rows = tuple(
        (f"{score.shift:+}" if score.shift else "0",
         *("–" if v is None else f"{v:.3f}"
           for v in (score.aer, score.precision, score.recall, score.mass)))
        for score in found.shifts
    )  # fmt: skip
    return Table(
        "Attention against the grammar's own links",
        ("shift", "AER", "precision", "recall", "weight on gold"),
        rows,
        f"The {len(pairs):,} pairs of the test part, the right words fed, seed {run.seed}; words "
        "without a link are left out. Each word is linked to the morpheme with the largest weight "
        "(Och & Ney 2003); at shift -1 a row is compared with the word just read, at +1 with the "
        f"one after. One guess per word has AER {found.chance:.3f}. {found.says()}",
    )


def everyday(findings: Findings) -> Table:
    """What the stored model answers to sentences that someone may type, all of them."""
    system = findings.stored.system
    return Table(
        "Twenty everyday sentences",
        ("typed", "answer"),
        tuple((text, system.translate(text).text) for text in EVERYDAY),
        "Our own sentences, chosen before the model was trained; every answer is shown, right or "
        "wrong.",
    )


def before_and_after(findings: Findings) -> Table:
    """The model that learned from the file alone beside this one, on the same test part."""
    run = findings.stored
    names = (f"{run.system.task}/attention", findings.recipe.name)
    systems = (checkpoint.load(names[0]), run.system)
    rows = []
    for name, system in zip(names, systems, strict=True):
        scores = evaluate(system, run.parts["test"])
        exact, unknown = 100 * scores.exact_match, 100 * scores.unknown_rate
        shown = f"{scores.bleu:.1f}", f"{scores.chrf:.1f}", f"{exact:.1f} %", f"{unknown:.1f} %"
        rows.append((name, *shown))
    return Table(
        "Before and after",
        ("model", "BLEU", "chrF", "exact match", "unknown"),
        tuple(rows),
        "The test part, which is the same for both: the file's alone. The first was trained on the "
        "file without the grammar.",
    )
