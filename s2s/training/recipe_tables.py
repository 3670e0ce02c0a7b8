"""TABLES: what a recipe's card shows beyond the scores, computed from the trained models."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from statistics import mean

import numpy as np

from s2s.checkpoints.card import OPTIMISER_NAMES
from s2s.decoding import beam_search, single
from s2s.decoding.translator import Translator
from s2s.evaluation.evaluate import corpus_bleu
from s2s.model.batch import whole_output
from s2s.results import EpochReport, Table, Trace
from s2s.results.table import Cell
from s2s.tasks.split import Pair
from s2s.text.numbers import spread
from s2s.training import generator_tables
from s2s.training.seed_runs import Findings, greedy_outputs

# Printed by tutorial 3 after every fifth epoch, in its own metric.
TUTORIAL_3_LOSS = {
    "plain": (0.6783, 0.2288, 0.0727, 0.0375, 0.0330, 0.0317, 0.0307, 0.0265),
    "mixed": (0.7926, 0.2586, 0.0792, 0.0390, 0.0359, 0.0372, 0.0343, 0.0347),
    "attention": (0.6167, 0.1541, 0.0708, 0.0541, 0.0458, 0.0436, 0.0426, 0.0444),
}


def exact_by_epoch(findings: Findings) -> Table:
    """Exact match on the validation part after every epoch, a column per seed."""
    runs = findings.runs
    rows: list[tuple[Cell, ...]] = []
    for place, report in enumerate(runs[0].history.reports):
        values = [100 * _exact_match(run.history.reports[place]) for run in runs]
        rows.append((report.epoch, *(f"{v:.1f} %" for v in values), f"{mean(values):.1f} %"))
    head = ("epoch", *(f"seed {run.seed}" for run in runs), "mean")
    return Table(
        "Exact match by epoch", head, tuple(rows), "Greedy, on the days of the validation part."
    )


def _exact_match(report: EpochReport) -> float:
    assert report.exact_match is not None  # the recipes of this table hold pairs out
    return report.exact_match


def toy_epochs(findings: Findings) -> Table:
    """Loss and strings of the stored run at some epochs."""
    history = findings.stored.history
    states = ("h1", "h3", "s4")
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (report.epoch, f"{report.train_loss:.4f}", watched.forced, watched.written,
         *(f"{history.state_gradients[state][place]:.4f}" for state in states))
        for place, (report, watched) in enumerate(
            zip(history.reports, history.watched, strict=True)
        )
        if report.epoch in (1, 2, 5) or report.epoch % 10 == 0
    )  # fmt: skip
    source, target = findings.recipe.watch[0]
    right = sum(run.system.translate(source).text == target for run in findings.runs)
    return Table(
        "What it writes, epoch by epoch",
        ("epoch", "loss", "with the right words fed", "free-running", *states),
        rows,
        "Loss before the epoch's update, strings after it. h1, h3, s4: sum of the absolute "
        'gradient of the loss of "instructor" alone at the first and last encoder state and the '
        "decoder state that writes it, before the update. Right after the last epoch: "
        f"{right} of {len(findings.runs)} seeds.",
    )


def first_tokens(findings: Findings) -> Table:
    """How far outputs are right: tutorial 3 saw that "subject + be" nearly always is."""
    rows = []
    for run in findings.runs:
        pairs = list(zip(*greedy_outputs(run.system, run.parts["test"]), strict=True))
        subject = mean(_spelled_out(o[:2]) == _spelled_out(r[:2]) for o, r in pairs)
        shares = [mean(o[:count] == r[:count] for o, r in pairs) for count in (1, 2, 3)]
        whole = mean(o == r for o, r in pairs)
        rows.append((f"seed {run.seed}", *(f"{100 * s:.1f} %" for s in (subject, *shares, whole))))
    return Table(
        "Subject and be are nearly always right, the rest is not",
        ("run", "subject + be", "first word", "first two", "first three", "whole sentence"),
        tuple(rows),
        "Share of test sentences whose output begins as the reference does, greedy. Every English "
        'sentence here begins with a subject and a form of be; in the column "subject + be" m, s '
        "and re count as am, is and are.",
    )


def _spelled_out(words: Sequence[str]) -> list[str]:
    return [{"m": "am", "s": "is", "re": "are"}.get(word, word) for word in words]


def tutorial_loss(findings: Findings) -> Table:
    """The same system trained on all of the tutorial's pairs, in the tutorial's own loss."""
    reports, pairs = findings.all_data()
    train = findings.recipe.train
    return _beside_the_tutorial(
        findings, pairs, [reports], " on all of its pairs",
        f"{len(pairs):,} pairs (the tutorial's 5,318 less five repeats), nothing held out, in "
        f"batches of {train.batch_size} with {OPTIMISER_NAMES[train.optimiser]} where the tutorial "
        "takes one pair at a time with SGD.",
    )  # fmt: skip


def tutorial_loss_by_seed(findings: Findings) -> Table:
    """Every seed beside the tutorial: trained as it was, on the training part of its pairs."""
    train, pairs = findings.recipe.train, findings.runs[0].parts["train"]
    return _beside_the_tutorial(
        findings, pairs, [run.history.reports for run in findings.runs], "",
        f"Mean and standard deviation of {len(findings.runs)} seeds. {len(pairs):,} pairs where "
        "the tutorial takes all 5,318, one at a time as there: "
        f"{OPTIMISER_NAMES[train.optimiser]}, rate {train.learning_rate:g}, nothing clipped; "
        "shuffled every epoch.",
    )  # fmt: skip


def _beside_the_tutorial(
    findings: Findings,
    pairs: Sequence[Pair],
    runs: Sequence[Sequence[EpochReport]],
    on: str,
    how: str,
) -> Table:
    printed = TUTORIAL_3_LOSS[findings.recipe.variant.removeprefix("tutorial-")]
    rows = tuple(
        (epoch, f"{loss:.4f}", spread([reports[epoch - 1].train_loss for reports in runs], 4))
        for epoch, loss in zip(range(5, 45, 5), printed, strict=True)
        if epoch <= len(runs[0])
    )
    return Table(
        f"Beside the tutorial: training loss{on}",
        ("epoch", "tutorial", "here"),
        rows,
        "Mean over pairs of summed loss / target length, start and end token counted, accumulated "
        f"while training. {how} No model can come below "
        f"{ambiguity_floor(pairs, findings.stored.system):.4f} in this loss: some French "
        "sentences have several English ones.",
    )


def beams(findings: Findings) -> Table:
    """Greedy against beam search, over all seeds: BLEU, log-probability, search errors, watched."""
    watch, pairs = findings.recipe.watch, findings.runs[0].parts["test"]
    columns: dict[int, list[tuple[float, float, int, int]]] = {1: [], 3: [], 5: []}
    for run in findings.runs:
        references = [" ".join(run.system.target_tokens(target)) for _, target in pairs]
        greedy = [_searched(run.system, source, 1) for source, _ in pairs]
        for size, column in columns.items():
            best = [_searched(run.system, s, size) for s, _ in pairs] if size > 1 else greedy
            both = zip(best, greedy, strict=True)
            column.append((
                corpus_bleu([trace.text for trace in best], references),
                mean(trace.log_probability for trace in best),
                sum(b.log_probability > g.log_probability + 1e-4 for b, g in both),
                sum(_searched(run.system, source, size).text == target for source, target in watch),
            ))  # fmt: skip
    rows: list[tuple[Cell, ...]] = []
    for size, column in columns.items():
        bleus, likely, errors, right = zip(*column, strict=True)
        rows.append((
            f"beam {size}" if size > 1 else "greedy", spread(bleus, 1), spread(likely, 3),
            spread(errors, 0) if size > 1 else None, ", ".join(map(str, right)),
        ))  # fmt: skip
    return Table(
        "Greedy against beam search",
        ("search", "BLEU", "mean log-probability", "search errors of greedy",
         f"watched right of {len(watch)}"),
        tuple(rows),
        f"{len(pairs)} test sentences, {len(findings.runs)} seeds (mean ± standard deviation), no "
        "length penalty. A search error: the beam found an output that the model itself gives a "
        "higher probability. Watched right: by seed, word by word as the reference.",
    )  # fmt: skip


def _searched(system: Translator, source: str, size: int) -> Trace:
    """What a beam of this size finds; greedy for 1, or where no hypothesis ends."""
    reading = system.read(source, suggest=False)
    hypotheses = beam_search.beam(system, reading, size)[0] if size > 1 else ()
    return hypotheses[0] if hypotheses else single.greedy(system, reading)


def month_map(findings: Findings) -> Table:
    """Where the two digits of the month look: the letters of the month's name, or elsewhere."""
    run = findings.stored
    shares: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for source, target in run.parts["test"]:
        letters = [i for i, character in enumerate(source) if character.isalpha()]
        name = "".join(source[i] for i in letters)
        # The pattern "MMMM d, y": a month's name comes first and there is no weekday.
        if not source[:1].isalpha() or "," in source[: source.find(" ")] or len(name) < 3:
            continue
        trace = single.forced(run.system, run.system.read(source, suggest=False),
                              _ids(run.system, target))  # fmt: skip
        share = float(trace.weights()[5:7][:, letters].sum(axis=1).mean())
        shares[target[5:7]].append((share, len(letters) / len(trace.source)))
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (month, len(values), *(f"{mean(column):.2f}" for column in zip(*values, strict=True)))
        for month, values in sorted(shares.items())
    )
    return Table(
        "AUGUST lights up 08",
        ("month written", "dates", "attention on the month's letters", "an even spread"),
        rows,
        "Mean weight on the letters of the month's name while the two digits of the month are "
        "written; test dates that spell the month and no weekday, the right date fed, "
        f"seed {run.seed}. Beside it what the same letters would have if all 29 characters had "
        "the same weight.",
    )


SUBJECTS = frozenset("i you he she it we they tom mary".split())


def word_order(findings: Findings) -> Table:
    """How far right in the Korean sentence each English word looks: SOV read, SVO written."""
    run = findings.stored
    places: dict[str, list[float]] = defaultdict(list)
    for source, target in run.parts["test"]:
        words = run.system.target_tokens(target)
        reading = run.system.read(source, suggest=False)
        end = reading.length - 1  # the closing mark
        if not (words[0] in SUBJECTS and words[-1] == "." and len(words) >= 5 and end >= 3):
            continue
        trace = single.forced(run.system, reading, _ids(run.system, target))
        weights = trace.weights()[: len(words) - 1, reading.first : reading.first + end]
        peaks = (weights.argmax(axis=1) / (end - 1)).tolist()
        for name, step in (("first", 0), ("second", 1), ("third", 2), ("last", -1)):
            places[name].append(peaks[step])
    pairs = list(zip(places["second"], places["last"], strict=True))
    later = mean(second > last for second, last in pairs)
    return Table(
        "The verb comes from the end",
        ("English word", "sentences", "looks at"),
        tuple((name, len(values), f"{mean(values):.2f}") for name, values in places.items()),
        "Mean place of the largest weight: 0 is the first Korean morpheme, 1 the last before the "
        "closing mark. Test sentences whose reference begins with a subject (a pronoun, Tom or "
        f"Mary) and ends with a full stop, the right words fed, seed {run.seed}. In "
        f"{100 * later:.0f} % of them the second English word, mostly the verb, looks further "
        "right than the last one.",
    )


TABLES: dict[str, Callable[[Findings], Table]] = {
    "exact_by_epoch": exact_by_epoch,
    "toy_epochs": toy_epochs,
    "first_tokens": first_tokens,
    "tutorial_loss": tutorial_loss,
    "tutorial_loss_by_seed": tutorial_loss_by_seed,
    "beams": beams,
    "month_map": month_map,
    "word_order": word_order,
    "by_shape": generator_tables.by_shape,
    "gold_links": generator_tables.gold_links,
    "everyday": generator_tables.everyday,
    "before_and_after": generator_tables.before_and_after,
}


def ambiguity_floor(pairs: Sequence[Pair], system: Translator) -> float:
    """The least loss any model can have on these pairs, in tutorial 3's metric, in nats.

    At each step the best possible model gives every next token its share among the pairs with this
    source and these tokens before it; the mean over pairs of summed loss / target length remains.
    """
    sequence = system.sequence
    start, end = [sequence.start_token] * sequence.target_repeats_bos, ["<end>"]
    written = [
        (source, tuple([*start, *system.target_tokens(target), *end])) for source, target in pairs
    ]
    seen = Counter((s, tokens[: n + 1]) for s, tokens in written for n in range(len(tokens)))
    before = Counter((s, tokens[:n]) for s, tokens in written for n in range(len(tokens)))
    losses = [
        sum(
            math.log(before[s, tokens[:n]] / seen[s, tokens[: n + 1]]) for n in range(len(tokens))
        ) / len(tokens)
        for s, tokens in written
    ]  # fmt: skip
    return float(np.mean(losses))


def _ids(system: Translator, target: str) -> list[int]:
    ids, _ = system.target_vocab.encode(system.target_tokens(target))
    return whole_output(ids, system.sequence, system.target_vocab)
