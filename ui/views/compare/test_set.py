"""A whole test set through several models: scores with intervals, by length, every sentence."""

from __future__ import annotations

from functools import partial
from itertools import permutations

import pandas as pd
import streamlit as st

from s2s.errors import UserError
from s2s.evaluation import jobs
from s2s.evaluation.fairness import Fairness
from s2s.evaluation.seed_table import gap
from s2s.export.as_json import json_bytes
from s2s.export.comparison_json import set_json
from s2s.export.tables import csv_bytes
from s2s.findings.comparison import NAMES, p_value, set_finding, shown
from s2s.findings.standing import last_losses
from s2s.plots import Chart, family_of
from s2s.plots.compared import comparison_by_length
from s2s.plots.palette import Palette
from s2s.results.comparison import SetComparison
from s2s.tasks.pairs_file import PairSet
from s2s.text.language import ORIGINAL, speaking, tr
from ui.cached import compare as cached_compare
from ui.frame.model import Model
from ui.markdown import plain
from ui.parts import on_demand, pair_sets, tables
from ui.parts.export import TakeAway
from ui.views.compare import domino, sentences


def show(choices: list[Model], palette: Palette, take: TakeAway) -> None:
    """The test set, a button, and what it found.

    Args:
        choices: the models, the first one first.
        palette: the theme's colours.
        take: the page's menu of files.
    """
    _fairness(choices)
    pairs, key = pair_sets.chosen_pairs(choices[0])
    if pairs is None:
        return
    _scored(choices, pairs, key, palette, take)
    domino.show(choices, pairs, key, palette, take)


def _scored(
    choices: list[Model], pairs: PairSet, key: tuple[str, ...], palette: Palette, take: TakeAway
) -> None:  # fmt: skip
    """Every sentence through every model, once it is asked for."""
    keys = tuple(one.key for one in choices)
    names = ", ".join(plain(one.variant) for one in choices)
    label = tr("Run {n:,} sentences through {models}", n=len(pairs.pairs), models=names)
    if not on_demand.wanted("set", (keys, key), label, ":material/fact_check:"):
        return
    try:
        job = partial(jobs.set_compared, tuple(one.job for one in keys), pairs)
        found = on_demand.computed("set", (keys, key), job)
    except UserError as error:
        st.warning(plain(str(error)))
        return
    if found is not None:
        _result(choices, found, palette, take)


def _losses(choices: list[Model]) -> str:
    """The losses at the end of training and what they say, where all of them mean the same."""
    ends = [
        [run[-1].train_loss for run in one.history.seeds.values() or [one.history.reports] if run]
        for one in choices
    ]
    if not all(ends) or len({one.reduction for one in choices}) > 1:
        return ""
    metric = choices[0].task.score
    return last_losses(
        choices[0].task,
        [(one.variant, one.about, losses) for one, losses in zip(choices, ends, strict=True)],
        {
            (a, b): gap(choices[a].about, choices[b].about, metric)
            for a, b in permutations(range(len(choices)), 2)
        },
    )


def _fair(choices: list[Model]) -> Fairness:
    return cached_compare.fair(tuple(one.key for one in choices))


def _fairness(choices: list[Model]) -> None:
    """What the models share, and a warning where they do not."""
    fair = _fair(choices)
    for warning in fair.warnings:
        st.warning(plain(warning), icon=":material/balance:")
    if fair.facts:
        st.info(plain(" ".join(fair.facts)), icon=":material/balance:")
    st.markdown(plain(_losses(choices)))
    with st.container(key="whole-fairness"):
        tables.table(fair.table)


def _result(
    choices: list[Model], found: SetComparison, palette: Palette, take: TakeAway
) -> None:  # fmt: skip
    """Finding, scores, curve, sentences, refused lines."""
    task = choices[0].task
    finding = set_finding(found).replace(f"{task.name}/", "")
    st.markdown(plain(finding))
    for note in found.notes:
        st.caption(plain(str(note)))
    names = [one.variant for one in choices]
    with st.container(key="whole-scores"):
        st.table(_scores(found, names), border="horizontal", alt=finding)
    st.caption(
        tr(
            "In brackets the 95 % interval over resampled sentences (bootstrap). p: how often "
            "chance alone gives at least this difference to the first model; paired "
            "randomization, exact where up to 12 sentences differ, for exact match McNemar’s "
            "test."
        )
    )
    chart = comparison_by_length(
        found, names, [family_of(one.config) for one in choices], task, palette
    )
    charts: dict[str, Chart] = {}
    if chart is not None:
        charts["score-by-length"] = chart
        st.vega_lite_chart(chart, theme=None, width="stretch", key="set-by-length", alt=finding)
    _refused(found)
    sentences.show(choices, found, palette)
    with speaking(ORIGINAL):  # a file is in the language of its keys
        fair = _fair(choices)
    _offer(take, found, fair, charts)


def _scores(found: SetComparison, names: list[str]) -> pd.DataFrame:
    rows = []
    for m, (name, scores) in enumerate(zip(names, found.scores, strict=True)):
        row = {tr("model"): plain(name)}
        for score, title in NAMES.items():
            estimate = getattr(scores, score)
            percent = score == "exact_match"
            told = "–" if estimate is None else _interval(shown(estimate, percent))
            test = found.test(m, score)
            if test is not None:
                told += f", {p_value(test.p)}"
            row[tr(title)] = plain(told)
        rows.append(row)
    return pd.DataFrame(rows).set_index(tr("model"))


def _interval(told: str) -> str:
    """``44.5, 43.1 to 45.8`` as ``44.5 (43.1 to 45.8)``."""
    value, _, rest = told.partition(", ")
    return f"{value} ({rest})"


def _refused(found: SetComparison) -> None:
    """Lines that no model was judged on, with their reasons."""
    if not found.refused:
        return
    count = len(found.refused)
    told = tr("{n:,} line left out", n=count) if count == 1 else tr("{n:,} lines left out", n=count)
    with st.expander(told):
        st.markdown("  \n".join(
            tr("Line {line}: {reason}", line=line.line, reason=plain(str(line.reason)))
            for line in found.refused[:100]
        ))  # fmt: skip
        if count > 100:
            st.caption(tr("… and {n:,} more; the JSON has them all.", n=count - 100))


def _offer(
    take: TakeAway, found: SetComparison, fair: Fairness, charts: dict[str, Chart]
) -> None:  # fmt: skip
    """Add the figures and every sentence to the page's menu."""
    name, what = f"{found.task}-set", tr("The test set")
    take.pictures(charts, name)
    take.file(
        "numbers", what, f"{name}.csv", lambda: csv_bytes(found.rows()), tr("Every sentence."),
    )  # fmt: skip
    take.file(
        "numbers", what, f"{name}.json",
        lambda: json_bytes(set_json(found, fair)),
        tr("What `python -m s2s compare --json` prints."),
    )  # fmt: skip
