"""Recipes: data that builds, comparisons that differ in one thing, shipped models that follow."""

from dataclasses import asdict, replace

import pytest

from s2s.checkpoints import checkpoint
from s2s.cli import main
from s2s.model.seq2seq import build
from s2s.tasks import TASKS
from s2s.tasks.recipes import RECIPES
from s2s.text import NORMALISERS, TOKENISERS
from s2s.training.recipe_tables import TABLES

ASKED = """
    toy/plain toy/attention
    fra-eng-small/general fra-eng-small/additive fra-eng-small/scaled-dot fra-eng-small/reversed
    fra-eng-small/scheduled fra-eng-small/dot fra-eng-small/plain-128
    fra-eng-small/plain fra-eng-small/mixed fra-eng-small/attention
    fra-eng-small/tutorial-plain fra-eng-small/tutorial-mixed fra-eng-small/tutorial-attention
    dates-book/plain dates-book/peeky dates-book/attention
    fra-eng-small/deep fra-eng-small/deep-reversed
    kor-eng/plain kor-eng/attention
""".split()
BAHDANAU = {"query", "context_into", "embedding_into_output", "attentional_layer"}
TUTORIALS = {"T1", "T2", "T3", "T4", "T5"}
SHIPPED = [entry for entry in checkpoint.entries() if entry.about.recipe]


def differing(one, other):
    """Names of the fields in which two configurations differ."""
    return {key for key, value in asdict(one).items() if asdict(other)[key] != value}


def test_every_system_of_the_tutorials_has_a_recipe():
    assert set(ASKED) <= RECIPES.keys()
    assert {recipe.tutorial for recipe in RECIPES.values()} >= TUTORIALS


@pytest.mark.parametrize("recipe", RECIPES.values(), ids=list(RECIPES))
def test_a_recipe_can_be_carried_out(recipe):
    assert recipe.task is TASKS[recipe.name.split("/")[0]]
    assert recipe.look_for.endswith(".") and set(recipe.tables) <= TABLES.keys()
    first = recipe.train.seed
    assert recipe.keep in range(first, first + recipe.seeds)
    model = build(replace(recipe.model, source_vocabulary=11, target_vocabulary=12))
    assert model.parameter_count() > 0
    split = TOKENISERS[recipe.sequence.source_tokeniser].split
    for source, target in recipe.watch:
        read = NORMALISERS[recipe.sequence.source_normaliser](source)
        assert read.text and not read.dropped
        assert len(split(read.text)) <= recipe.sequence.max_source_length
        assert NORMALISERS[recipe.sequence.target_normaliser](target).text == target
    if recipe.gradient_of:
        assert recipe.gradient_of in recipe.watch[0][1].split()


@pytest.mark.parametrize(
    "recipe", [r for r in RECIPES.values() if r.control], ids=lambda recipe: recipe.name
)
def test_a_recipe_differs_from_its_control_in_one_thing(recipe):
    control = RECIPES[f"{recipe.task.name}/{recipe.control}"]
    assert recipe.data == control.data and recipe.sequence == control.sequence
    assert recipe.seeds == control.seeds
    one_thing = (
        {"attention"}, {"attention", "attention_slots"}, {"reverse_source"}, {"layers"}, {"peeky"},
        {"input_feeding"}, BAHDANAU,
        {"teacher_forcing_ratio"}, {"teacher_forcing_schedule", "teacher_forcing_unit"},
    )  # fmt: skip
    assert differing(recipe.model, control.model) | differing(recipe.train, control.train) in (
        one_thing
    )


@pytest.mark.parametrize("entry", SHIPPED, ids=lambda entry: entry.name)
def test_a_shipped_model_follows_its_recipe(entry):
    recipe, about = RECIPES[entry.about.recipe], entry.about
    said = {"data": about.data, "model": entry.config, "sequence": entry.sequence,
            "train": about.train}  # fmt: skip
    assert recipe.name == entry.name
    found = {"source_vocabulary", "target_vocabulary", "trained_source_length", "origin", "sha256"}
    for part in ("data", "model", "sequence", "train"):
        asked = asdict(getattr(recipe, part))
        for key in asked.keys() - found - ({"seed"} if part == "train" else set()):
            assert getattr(said[part], key) == asked[key], f"{part}.{key}"
    assert about.train.seed == recipe.keep


def test_every_recipe_is_shipped_and_every_shipped_model_names_its_recipe():
    assert {e.name: e.about.recipe for e in checkpoint.entries()} == {
        name: name for name in RECIPES
    }
    assert {e.about.tutorial for e in SHIPPED} >= TUTORIALS


def test_the_list_names_every_recipe(capsys):
    assert main(["reproduce", "--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(RECIPES)
    for recipe, line in zip(RECIPES.values(), lines, strict=True):
        assert recipe.look_for in line
