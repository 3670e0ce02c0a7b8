"""Fairness: what two config.json say, whatever they hold."""

import contextlib
import copy
import json
import random

import pytest
from tiny import ROOT

from s2s.checkpoints import about_json, checkpoint
from s2s.config import ModelConfig, SequenceConfig, TrainConfig, from_dict, to_dict
from s2s.errors import UserError
from s2s.evaluation.fairness import fairness
from s2s.evaluation.seed_table import interval
from s2s.tasks import TASKS


def about(**changes):
    """A config.json; changes by dotted name: ``train__seed=2``."""
    scores = {"pairs": 9, "bleu": 40.04, "chrf": 50.0, "exact_match": 0.2, "unknown_rate": 0.0,
              "unfinished": 0.0}  # fmt: skip
    config = {
        "task": "fra-eng",
        "model": to_dict(ModelConfig(attention="dot")),
        "sequence": to_dict(SequenceConfig()),
        "train": to_dict(TrainConfig()),
        "data": {**to_dict(TASKS["fra-eng"].defaults.data), "sha256": "ab"},
        "about": {"parameters": 1000, "updates": 500, "seconds": 12.4,
                  "metrics": {"test": scores}},
    }  # fmt: skip
    for name, value in changes.items():
        part, key = name.split("__")
        config[part][key] = value
    return config


def entry(name, config):
    """A folder with this config.json; what is of a wrong kind in its build is not known."""
    built = {}
    for key, part, kind in (("config", "model", ModelConfig),
                            ("sequence", "sequence", SequenceConfig)):  # fmt: skip
        with contextlib.suppress(UserError):
            built[key] = from_dict(kind, config.get(part), part)
    return checkpoint.Entry(
        name, "", 0, None, str(config.get("task")), about=about_json.read(config), **built
    )


def judge(*configs):
    return fairness([entry(f"m/{i}", config) for i, config in enumerate(configs)])


def test_one_difference_is_fair():
    found = judge(about(), about(model__attention="none", about__parameters=950))
    assert found.fair and found.facts[:3] == (
        "Same data and split, same seed, same number of updates, same batch size.",
        "Parameters differ by 5 %.",
        "They differ in one thing: attention (dot, none).",
    )
    assert judge(about(), about()).facts[1:3] == (
        "Same number of parameters.", "Built and trained by the same settings.",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "warning"),
    [
        ({"data__sha256": "cd"}, "different data"),
        ({"data__max_length": 7}, "different data"),
        ({"data__sha256": None}, "m/1 does not say which data"),
        ({"data__test_percent": 9}, "split differently"),
        ({"train__seed": 2}, "Seeds differ: m/0 1, m/1 2."),
        ({"about__updates": 900}, "Updates differ: m/0 500, m/1 900."),
        ({"about__updates": "many"}, "m/1 does not say the number of updates."),
        ({"train__batch_size": 32}, "Pairs per update differ: m/0 64, m/1 32."),
        ({"about__parameters": 1200}, "Parameters differ by 20 %."),
        ({"about__parameters": None}, "how many parameters"),
        ({"about__parameters": 4400}, "m/1 has 4.4 times as many parameters as m/0."),
        ({"about__parameters": 127_270}, "m/1 has 127 times as many parameters as m/0."),
        ({"train__clip": 1.0, "model__hidden": 8},
         "in 2 things: hidden (256, 8); clip (None, 1.0)"),
        ({"train__dropout_": 1},
         'm/1: config.json, "train" has dropout_, which this version does not know.'),
    ],
)  # fmt: skip
def test_what_differs_is_a_warning(changes, warning):
    found = judge(about(), about(**changes))
    assert not found.fair and [w for w in found.warnings if warning in w], found.warnings


@pytest.mark.parametrize(
    "changes",
    [
        {"train__epochs": 3},
        {"sequence__weights_dtype": "float32"},
        {"sequence__trained_source_length": 4},
        {"model__source_vocabulary": 7},
        {"data__columns": "target,source"},
        {"data__samples": 3},  # of a file no pairs are drawn
    ],
)
def test_what_is_no_choice_is_no_difference(changes):
    assert judge(about(), about(**changes)).fair


def test_generators_count_what_they_draw():
    drawn = {"data__origin": "generator", "data__sha256": None}
    assert judge(about(**drawn), about(**drawn)).fair
    assert not judge(about(**drawn), about(**drawn, data__samples=3)).fair


def seeds(*values):
    return [{"seed": i, "bleu": value, "exact_match": 0} for i, value in enumerate(values, 1)]


def test_seeds_where_they_exist():
    first, other = (10.0, 12.0, 14.0), (9.0, 11.5, 11.0)
    found = judge(about(about__seeds=seeds(*first)), about(about__seeds=seeds(*other)))
    text, gap = found.facts[-2:]
    low, high = interval(tuple(other), tuple(first))
    assert text.startswith("Over 3 seeds, test BLEU: m/0 12.0 ± 2.0, m/1 10.5 ± 1.3.")
    assert gap.startswith("m/1 is 1.5 below m/0, seed by seed. 95 % interval: ")
    assert gap.endswith(f": −{-low:.1f} to +{high:.1f}.")
    assert "One seed each" in judge(about(), about()).facts[-1]
    assert "Only some" in judge(about(about__seeds=seeds(1.0, 2.0)), about()).facts[-1]
    mixed = judge(about(about__seeds=seeds(*first)), about(about__seeds=seeds(1.0, 2.0)))
    assert mixed.facts[-1] == "Over 3 and 2 seeds, test BLEU: m/0 12.0 ± 2.0, m/1 1.5 ± 0.7."


def test_the_table():
    found = judge(about(), about(about__seconds=None)).table
    assert found.head[-1] == "test BLEU"
    assert found.rows == (("m/0", 1000, 500, 12, 40.0), ("m/1", 1000, 500, None, 40.0))
    dates = {**about(), "task": "dates"}
    table = judge(dates, dates).table
    assert table.head[-1] == "test exact match, %" and table.rows[0][-1] == 20.0


def test_three_models():
    found = judge(about(), about(model__attention="none"), about(model__attention="general"))
    assert "They differ in one thing: attention (dot, none, general)." in found.facts
    assert len(found.table.rows) == 3


def test_anything_may_be_missing_or_of_a_wrong_kind():
    assert not judge({}, {}).fair
    draw, odd = random.Random(3), (None, [], {}, "x", -1, float("nan"), True, [[1]], {"a": 1})
    for _ in range(200):
        config = copy.deepcopy(about(about__seeds=seeds(1.0, 2.0)))
        part = draw.choice([*config])
        if isinstance(config[part], dict) and draw.random() < 0.8:
            config[part][draw.choice([*config[part]])] = draw.choice(odd)
        else:
            config[part] = draw.choice(odd)
        for pair in ((about(), config), (config, about()), (config, config)):
            for text in (*(found := judge(*pair)).facts, *found.warnings):
                assert text.endswith(".")


def test_hostile_names_are_text():
    found = fairness([entry("a\n<b>", about()), entry("b", about(train__seed=2))])
    assert "\n" not in "".join(found.warnings)


@pytest.mark.parametrize("task", ["fra-eng", "fra-eng-small", "dates", "dates-book", "reverse"])
def test_the_shipped_pair_is_told_truly(task):
    """Attention against its plain sibling: the facts stand in both files."""
    folder = ROOT / "checkpoints" / task
    configs = [
        json.loads((folder / name / checkpoint.CONFIG).read_text("utf-8"))
        for name in ("attention", "plain")
    ]
    found = judge(*configs)
    text = " ".join((*found.facts, *found.warnings))
    assert ("same seed" in text.lower()) == (
        configs[0]["train"]["seed"] == configs[1]["train"]["seed"]
    )
    counts = [c["about"]["parameters"] for c in configs]
    assert f"Parameters differ by {100 * (max(counts) / min(counts) - 1):.0f} %" in text
