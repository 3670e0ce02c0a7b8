"""Comparisons over seeds: means, deviations and paired intervals."""

import math
from statistics import mean, stdev

import pytest

from s2s.checkpoints import checkpoint
from s2s.cli.reproduce import comparison
from s2s.config import ModelConfig
from s2s.evaluation import seed_table
from s2s.results import SeedScore
from s2s.tasks.about import About


def model(variant, scores, seeds=None, task="fra-eng-small"):
    rows = tuple(
        SeedScore(seed, 0.5 + place, None, score / 100, score, score, 10.0)
        for place, (seed, score) in enumerate(
            zip(seeds or range(1, len(scores) + 1), scores, strict=True)
        )
    )
    about = About(variant=variant, recipe=f"{task}/{variant}", seeds=rows, tutorial="T3",
                  parameters=1234)  # fmt: skip
    config = ModelConfig(source_vocabulary=5, target_vocabulary=5)
    return checkpoint.Entry(f"{task}/{variant}", "", 0, None, task, config, about=about)


def test_a_row_per_model_with_its_gap_to_the_control():
    models = [model("attention", [30.0, 31.0, 35.0]), model("plain", [20.0, 23.0, 24.0])]
    table = comparison(models)
    cells = dict(zip(table.head, table.rows[0], strict=True))
    assert cells["model"] == "attention" and cells["seeds"] == 3
    assert cells["test BLEU"] == f"{mean([30, 31, 35]):.1f} ± {stdev([30, 31, 35]):.1f}"
    assert cells["against its control"].startswith("plain +9.7 (")
    assert table.rows[1][table.head.index("against its control")] is None


def test_the_interval_is_students_over_the_paired_differences():
    mine, theirs = (30.0, 31.0, 35.0), (20.0, 23.0, 24.0)
    gaps = [a - b for a, b in zip(mine, theirs, strict=True)]
    half = 4.302652729911275 * stdev(gaps) / math.sqrt(3)  # t at 97.5 %, 2 degrees of freedom
    low, high = seed_table.interval(mine, theirs)
    assert (low, high) == pytest.approx((mean(gaps) - half, mean(gaps) + half))
    assert seed_table.interval((2, 3, 4), (1, 2, 3)) == (1, 1)


def test_other_seeds_are_not_paired():
    abouts = [model("attention", [30.0, 31.0]), model("plain", [20.0, 21.0], seeds=[4, 5])]
    assert seed_table.against(abouts[0], abouts) is None
    assert seed_table.against(abouts[0], abouts[:1]) is None


def test_models_without_seeds_are_left_out():
    assert comparison([]) is None
    assert comparison([model("x", [], task="dates")]) is None
