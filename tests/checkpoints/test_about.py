"""About: what config.json says, read once; whatever lies there, and back to the same bytes."""

import copy
import json
import random
from dataclasses import replace

import pytest
from tiny import ROOT

from s2s.checkpoints import about_json, checkpoint
from s2s.checkpoints.card import render
from s2s.config import TrainConfig, to_dict
from s2s.results import Evaluation, LengthScore, SeedScore, Table
from s2s.tasks import TASKS
from s2s.tasks.about import About, Imported
from s2s.text.language import later, speaking

FILES = sorted((ROOT / "checkpoints").glob("*/*/config.json"))
WHOLE = json.loads((ROOT / "checkpoints/fra-eng-small/dot/config.json").read_text("utf-8"))
HUGE = 10**400
ODD = (None, True, False, [], {}, "", "x", "\ud800", -1, 0.5, HUGE, -HUGE, 1e300, float("nan"),
       float("inf"), [[1]], [None], {"a": 1}, {"": []}, [{}])  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda path: "/".join(path.parts[-3:-1]))
def test_a_shipped_file_is_written_as_it_was_read(file):
    text = file.read_text("utf-8")
    held = json.loads(text)
    about = about_json.read(held)
    assert not about.faults
    again = {key: held[key] for key in ("format", "task", "model", "sequence")}
    again |= about_json.write(about)
    assert json.loads(json.dumps(again)) == held
    if about.seeds:  # older files hold the same in another order
        assert json.dumps(again, indent=1, ensure_ascii=False) + "\n" == text


def test_everything_survives_a_round_trip():
    scores = Evaluation(9, 0.5, 40.0, 50.0, 0.0, 0.1, (LengthScore(3, 9, 0.5, None),))
    about = About(
        TrainConfig(), TASKS["toy"].defaults.data, "x", "make it", None, None, {"train": 9}, 12,
        1.5, 3, "2.1", "cpu", "toy/x", 0.25, 4, {"test": scores}, "", "Look.", None,
        (SeedScore(1, 0.5), SeedScore(2, bleu=3.0)), (Table("t", ("a", "b"), ((1, None),), "n"),),
    )  # fmt: skip
    held = json.loads(json.dumps(about_json.write(about)))
    assert about_json.read(held) == about
    assert held["about"]["file"] is None and held["about"]["gradient_of"] is None
    brought = About(
        variant="y", parameters=5,
        imported=Imported("tutorial3", (("E.pt", "ab"),), (("w", (2, 3)),), {"source": 4}),
    )  # fmt: skip
    held = json.loads(json.dumps(about_json.write(brought)))
    assert about_json.read(held) == brought
    assert held == {"about": {
        "variant": "y", "parameters": 5,
        "imported": {"preset": "tutorial3", "files": [{"name": "E.pt", "sha256": "ab"}],
                     "tensors": {"w": [2, 3]}, "untypable": {"source": 4}},
    }}  # fmt: skip


def paths(data, before=()):
    """Every place in a JSON value."""
    yield before
    for key, value in (
        data.items()
        if isinstance(data, dict)
        else enumerate(data if isinstance(data, list) else ())
    ):
        yield from paths(value, (*before, key))


def put(data, path, value):
    changed = copy.deepcopy(data)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


@pytest.mark.slow
def test_damage_anywhere_is_nothing_said():
    """One value after another is replaced: it is dropped, and all that stands beside it stays."""
    whole, draw = about_json.read(WHOLE), random.Random(1)
    for path in paths(WHOLE["about"]):
        if not path:
            continue
        for odd in draw.sample(ODD, 6):
            config = put(WHOLE, ("about", *path), odd)
            about = about_json.read(config)
            for name, value in vars(about).items():
                if name != path[0]:
                    assert value == getattr(whole, name), path
            json.dumps(about_json.write(about), allow_nan=False).encode("utf-8")
            render(TASKS["fra-eng-small"], folder(config)).encode("utf-8")


def folder(config):
    shipped = checkpoint.read(ROOT / "checkpoints/fra-eng-small/dot")
    return replace(shipped, about=about_json.read(config))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), HUGE, -1, True, "7", None, [7]])
def test_numbers_that_are_none(value):
    about = {
        "parameters": value,
        "seconds": value,
        "updates": value,
        "near_share": value,
        "read_alike": value,
        "pairs": {"train": value},
        "seeds": [{"seed": 1, "bleu": value}, {"seed": value}],
    }
    found = about_json.read({"about": about})
    assert found == About(seeds=(SeedScore(1),))


@pytest.mark.parametrize(
    ("part", "change", "fault"),
    [
        ("train", {"news": 1}, 'config.json, "train" has news, which this version does not know.'),
        ("train", {"epochs": 0}, 'config.json, "train": TrainConfig.epochs is 0; it must be'),
        ("data", {"origin": "moon"}, "config.json, \"data\": DataConfig.origin is 'moon'"),
    ],
)
def test_settings_that_cannot_be_read_say_why(part, change, fault):
    about = about_json.read({**WHOLE, part: {**WHOLE[part], **change}})
    assert getattr(about, part) is None
    assert str(about.faults[part]).startswith(fault)
    assert about_json.read({"about": {}}).faults == {}
    assert about_json.read({"train": to_dict(TrainConfig())}).train == TrainConfig()


def test_damaged_tables_and_rows_are_left_out():
    table = {"title": "t", "head": ["a", "b"], "rows": [[1, "x"], [None, 2.5]], "note": "n"}
    bad = [3, {"head": ["a"], "rows": [[1, 2]]}, {**table, "rows": [[1, [2]]]},
           {**table, "rows": [[1, "\udc00"]]}, {**table, "rows": [[HUGE, 1]]},
           {**table, "rows": [[True, 1]]}, {**table, "head": []}]  # fmt: skip
    found = about_json.read({"about": {"tables": [*bad, table]}}).tables
    assert found == (Table("t", ("a", "b"), ((1, "x"), (None, 2.5)), "n"),)
    scores = WHOLE["about"]["metrics"]["test"]
    rows = [3, {"length": "y"}, {"length": 4, "pairs": 2, "exact_match": 0.5}]
    metrics = {"test": {**scores, "by_length": rows}, "validation": {**scores, "bleu": "x"}}
    found = about_json.read({"about": {"metrics": metrics}}).metrics
    assert list(found) == ["test"] and found["test"].by_length == (LengthScore(4, 2, 0.5, None),)


KEYS = [*WHOLE["about"], "imported", "test", "head", "rows", "seed", "by_length", "files"]


def any_json(draw, depth=4):
    """A value of any kind, with names that are read somewhere."""
    kind = draw.random()
    if depth and kind < 0.35:
        return [any_json(draw, depth - 1) for _ in range(draw.randrange(4))]
    if depth and kind < 0.8:
        return {key: any_json(draw, depth - 1) for key in draw.sample(KEYS, draw.randrange(12))}
    return draw.choice(ODD)


def test_what_a_run_says_of_its_end_is_read_in_any_language():
    text = "Stopped by hand after epoch {n} of the {of} that were planned."
    about = About(look_for=later(text, n=3, of=9))
    held = json.loads(json.dumps(about_json.write(about)))
    again = about_json.read(held)
    assert again == about
    assert str(again.look_for) == "Stopped by hand after epoch 3 of the 9 that were planned."
    with speaking("ko"):
        assert str(again.look_for) == "계획한 에포크 9개 가운데 3개를 마치고 직접 멈추었습니다."
    said = held["about"]["look_for"]
    said["values"]["more"] = "\ud800"
    assert about_json.read(held) == about
    for values in ({"n": "\ud800", "of": 1}, {"n": 3}, [[[]]], None):
        said["values"] = values
        found = about_json.read(held)
        assert found.look_for in (None, text)
        json.dumps(about_json.write(found), allow_nan=False).encode("utf-8")


def test_any_json_is_read():
    draw = random.Random(2)
    for _ in range(500):
        config = {key: any_json(draw) for key in ("about", "train", "data")}
        found = about_json.read(config)
        assert isinstance(found, About)
        json.dumps(about_json.write(found), allow_nan=False).encode("utf-8")
