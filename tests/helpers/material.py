"""Text in the code that is no prose of a page: what tasks are made of, and what stands in files."""

from __future__ import annotations

from dataclasses import fields

from s2s.tasks import TASKS, columns, dates, fra_eng, languages, sentences
from s2s.tasks.base import ORIGINS, DataConfig
from s2s.tasks.date_shapes import BOOK_SHAPES, SHAPES
from s2s.tasks.recipes import RECIPES

LEFT_OUT = {
    "s2s/tasks/phrases/english.py": "words of a grammar, and the names of their places in it",
    "s2s/tasks/phrases/grammar.py": "the same",
    "s2s/training/generator_tables.py": "tables of a model's card, which is English",
    "s2s/training/recipe_tables.py": "the same",
    "s2s/training/reproduce.py": "the same",
}
"""Modules without a word to a visitor, and what their text is."""


def to_learn_from() -> set[str]:
    """Sentences, words and patterns: what models read and write, and what knows a language."""
    pairs = {text for recipe in RECIPES.values() for pair in recipe.watch for text in pair}
    examples = {text for task in TASKS.values() for text in task.examples}
    shapes = {shape.pattern for shape in (*SHAPES, *BOOK_SHAPES)}
    words = {columns.NAMES, *languages.COMMON.values(), *sentences.PREFIXES}
    return {text.strip() for text in pairs | examples | shapes | words}


def in_files() -> set[str]:
    """What stands in a model's card and config.json, or in the help of the command line."""
    split = {task.split_key for task in TASKS.values()}
    credit = {sentences.TATOEBA, fra_eng.FILE, dates.BOOK.licence}
    kept = {"first, whatever it scored", "one its recipe names"}
    return (
        split | credit | kept | set(ORIGINS) | {one.metadata["help"] for one in fields(DataConfig)}
    )


def advice() -> set[str]:
    """What recipes and openings say to a visitor: data, said where it is shown."""
    told = {one.instead for task in TASKS.values() for one in task.openings.pages.values()}
    return {recipe.look_for for recipe in RECIPES.values()} | told - {""}
