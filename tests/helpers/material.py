"""Text in the code that is no prose of a page: what tasks are made of, formulas, files."""

from __future__ import annotations

from dataclasses import fields

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.config.limits import Limits
from s2s.model.attention import ATTENTIONS
from s2s.results.formulas import BAHDANAU, CELLS, LUONG
from s2s.tasks import TASKS, columns, dates, fra_eng, languages, sentences
from s2s.tasks.base import ORIGINS, DataConfig
from s2s.tasks.date_shapes import BOOK_SHAPES, SHAPES
from s2s.tasks.recipes import RECIPES

LEFT_OUT = {
    "s2s/checkpoints/card.py": "a model's card, which is English",
    "s2s/checkpoints/imported_card.py": "the same",
    "s2s/export/numpy_program.py": "a program",
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
    options = (ModelConfig, SequenceConfig, TrainConfig, Limits, DataConfig)
    told = {one.metadata["help"] for kind in options for one in fields(kind)}
    return split | credit | kept | set(ORIGINS) | told


def formulas() -> set[str]:
    """Formulas, whole and in parts, and the papers that they are from."""
    kinds = [
        one for kind in ATTENTIONS.values()
        for one in (kind.formula, getattr(kind, "biased", kind.formula))
    ]  # fmt: skip
    whole = {text for one in kinds for text in (one.text, one.latex, one.source)}
    parts = {
        "α_tj = exp e_tj / (Σ_k exp e_tk", r"\alpha_{tj} = \exp e_{tj} \,/\, (\sum_k \exp e_{tk}",
        r"\tilde s_t = \tanh(W_c\,[c_t; s_t] + b_c)",
    }  # fmt: skip
    return whole | parts | {BAHDANAU, LUONG} | {paper for _, paper in CELLS.values()}


def advice() -> set[str]:
    """What recipes and openings say to a visitor: data, said where it is shown."""
    told = {one.instead for task in TASKS.values() for one in task.openings.pages.values()}
    return {recipe.look_for for recipe in RECIPES.values()} | told - {""}
