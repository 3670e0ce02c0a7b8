"""RECIPES: the tutorials' systems, and ours, as data.

T1 to T5 are the five tutorials: T1 three Korean words; T2 attention scores, reversal, teacher
forcing phased out; T3 5,318 French sentences; T4 dates; T5 deep LSTMs with beam search.
"""

from __future__ import annotations

from typing import Any

from s2s.tasks.recipe import Recipe
from s2s.tasks.recipe import recipe as _recipe
from s2s.tasks.split import Pair

TOY_WATCH: tuple[Pair, ...] = (("저는 강사 입니다", "I am an instructor"),)
SMALL_WATCH: tuple[Pair, ...] = (
    ("je suis fou de vous .", "i m crazy about you ."),
    ("vous etes tres intelligente .", "you re very intelligent ."),
    ("nous sommes satisfaites .", "we re satisfied ."),
    ("je suis bon en ski .", "i m good at skiing ."),
    ("ils ont tous disparu .", "they re all gone ."),
    ("c est mon meilleur ami .", "he is my best friend ."),
)
DATE_WATCH: tuple[Pair, ...] = (
    ("AUGUST 8, 1994", "1994-08-08"),
    ("Tuesday, March 25, 2003", "2003-03-25"),
    ("oct 7, 1983", "1983-10-07"),
    ("11/30/99", "1999-11-30"),
    # These six days are held out.
    ("Apr 12, 1992", "1992-04-12"),
    ("11/11/95", "1995-11-11"),
    ("friday, december 31, 1999", "1999-12-31"),
    ("SEPTEMBER 21, 2010", "2010-09-21"),
    ("Wednesday, February 9, 1983", "1983-02-09"),
    ("june 30, 2008", "2008-06-30"),
)

# Three units sometimes do not get there in 100 epochs, so ten seeds tell how often, and a seed that
# does in both is kept.
TOY: dict[str, Any] = {
    "seeds": 10, "keep": 2, "watch": TOY_WATCH, "gradient_of": "instructor",
    "tables": ("toy_epochs",),
}  # fmt: skip
SMALL: dict[str, Any] = {"seeds": 3, "watch": SMALL_WATCH}
TUTORIAL_3: dict[str, Any] = SMALL | {"tables": ("first_tokens", "tutorial_loss")}
# As tutorial 3 trains: one pair at a time, the loss summed over its steps, nothing clipped.
ONE_BY_ONE: dict[str, Any] = {
    "optimiser": "sgd", "learning_rate": 0.01, "rate_schedule": "constant", "batch_size": 1,
    "clip": None, "loss_reduction": "sum_per_pair",
}  # fmt: skip
AS_IT_WAS: dict[str, Any] = SMALL | {"tables": ("first_tokens", "tutorial_loss_by_seed")}
# Tutorial 2 and the controls: small enough to train many of them, the same budget for all.
H128: dict[str, dict[str, Any]] = {
    "model": {"hidden": 128, "source_embedding": 128, "target_embedding": 128},
    "sequence": {"target_repeats_bos": False, "max_source_length": 40, "max_output_length": 20},
    "train": {
        "epochs": 30,
        "loss_reduction": "non_pad_tokens",
        "learning_rate": 3e-3,
    },
}
# Tutorial 5's systems, trained so that they learn in the same budget. With its dropout of 0.5, its
# uniform start and half of the steps on their own words they stayed underfit (BLEU 5 to 10).
DEEP: dict[str, dict[str, Any]] = {
    "model": {
        "cell": "lstm", "hidden": 128, "source_embedding": 64, "target_embedding": 64,
        "bridge": "hidden_and_cell", "target_activation": "none",
    },
    "sequence": H128["sequence"] | {"source_bos": True},
    "train": H128["train"] | {"epochs": 48, "teacher_forcing_unit": "step"},
}  # fmt: skip
BOOK: dict[str, Any] = {"seeds": 3, "watch": DATE_WATCH, "tables": ("exact_by_epoch",)}


def _h128(
    variant: str, look_for: str, model: dict, control: str = "", train: dict | None = None,
    **rest: Any,
) -> Recipe:  # fmt: skip
    return _recipe(
        f"fra-eng-small/{variant}", "T2", look_for,
        model=H128["model"] | {"target_activation": "none"} | model,
        sequence=H128["sequence"],
        train=H128["train"] | (train or {}),
        control=control,
        **SMALL | rest,
    )  # fmt: skip


def _deep(variant: str, look_for: str, model: dict, control: str = "") -> Recipe:
    return _recipe(
        f"fra-eng-small/{variant}", "T5", look_for,
        model=DEEP["model"] | model, sequence=DEEP["sequence"], train=DEEP["train"],
        control=control, **SMALL | {"tables": ("beams",)},
    )  # fmt: skip


FRENCH: dict[str, Any] = {
    "data": {"columns": "target,source", "target_min_frequency": 3},
    "train": {"epochs": 9, "learning_rate": 1.5e-3},
}
FRENCH_MODEL: dict[str, Any] = {
    "hidden": 512, "bidirectional": True, "source_embedding": 192, "target_embedding": 192,
    "dropout": 0.3,
}  # fmt: skip
DOT: dict[str, Any] = {"attention": "dot"}
# The decoder of Bahdanau et al. 2015, without its maxout layer.
BAHDANAU: dict[str, Any] = {
    "attention": "additive", "query": "previous", "context_into": "cell_and_output",
    "embedding_into_output": True, "attentional_layer": False,
}  # fmt: skip
SLOTS: dict[str, Any] = DOT | {"attention_slots": 8}

# The first was trained on, the others are held out.
KOREAN_WATCH: tuple[Pair, ...] = (
    ("톰은 말을 샀어 .", "tom bought a horse ."),
    ("톰은 메리를 기다렸다 .", "tom waited for mary ."),
    ("그녀는 학교에 갔다 .", "she goes to school ."),
    ("나는 행복해지고 싶어 .", "i want to be happy ."),
    ("나는 작은 아파트에서 살아 .", "i live in a small apartment ."),
)
KOREAN: dict[str, Any] = {"seeds": 3, "watch": KOREAN_WATCH}

MIXED: dict[str, Any] = {
    "data": {"origin": "file and generator", "samples": 12_000},
    "train": {"epochs": 8, "batch_size": 64},
    "watch": KOREAN_WATCH,
}
PHRASES_WATCH: tuple[Pair, ...] = (
    ("저는 학생입니다 .", "i m a student ."),
    ("나는 어제 도서관에서 책을 읽었다 .", "i read a book at the library yesterday ."),
    ("화장실이 어디에 있어요 ?", "where is the bathroom ?"),
    ("그녀는 커피를 마시고 싶어해요 .", "she wants to drink coffee ."),
)

_ALL = (
    _recipe(
        "fra-eng/attention", "",
        "The step view on real sentences: what each written word looked at.",
        model=FRENCH_MODEL | DOT, **FRENCH,
    ),
    _recipe(
        "fra-eng/plain", "",
        "The same encoder and budget without attention: everything passes one vector.",
        model=FRENCH_MODEL, **FRENCH,
    ),
    _recipe(
        "kor-eng/attention", "",
        "The Korean verb stands last and is written second: the map turns back after it. Few new "
        "sentences come out right, for 4,796 pairs are few.",
        model={"attention": "additive"}, control="plain", **KOREAN | {"tables": ("word_order",)},
    ),
    _recipe(
        "kor-eng/plain", "",
        "The same encoder and budget without attention: what one vector carries of a sentence.",
        **KOREAN,
    ),
    _recipe(
        "kor-eng/mixed-attention", "",
        "The same test sentences after training on a grammar's sentences too: of the simple ones "
        "that someone types more than half come out right, few of the corpus do.",
        model={"attention": "additive"}, tables=("before_and_after", "everyday"), **MIXED,
    ),
    _recipe(
        "phrases/attention", "",
        "The verb comes from the end, sentence after sentence, and new combinations come out "
        "right: the links are known, so the map can be checked.",
        model={"attention": "additive"}, watch=PHRASES_WATCH, control="plain",
        tables=("gold_links",),
    ),
    _recipe(
        "phrases/plain", "",
        "The same grammar through one vector: which combinations it holds.", watch=PHRASES_WATCH,
    ),
    _recipe(
        "dates/attention", "T4", "Which characters each digit looks at.", model=DOT,
        tables=("by_shape",),
    ),
    _recipe(
        "dates/plain", "T4", "What one vector holds of a date, shape by shape.",
        tables=("by_shape",),
    ),
    _recipe("reverse/attention", "T2", "A map that is the other diagonal.", model=DOT),
    _recipe("reverse/plain", "T2", "Right up to a length, then wrong: a bottleneck has a size."),
    _recipe(
        "toy/plain", "T1",
        "How little of the loss of \"instructor\" reaches the first Korean word's state, "
        "epoch by epoch: the further, the more is forgotten.",
        **TOY,
    ),
    _recipe(
        "toy/attention", "T1",
        "The same three units with a look at every encoder state: the gradient has a shortcut.",
        model=DOT, **TOY,
    ),
    _recipe(
        "fra-eng-small/plain", "T3",
        "A training loss as low as that of attention, and far worse English on new sentences.",
        **TUTORIAL_3,
    ),
    _recipe(
        "fra-eng-small/mixed", "T3",
        "Half of the sentences are trained on the model's own words: what that costs in training "
        "loss, and whether it helps on new sentences.",
        train={"teacher_forcing_ratio": 0.5}, control="plain", **TUTORIAL_3,
    ),
    _recipe(
        "fra-eng-small/attention", "T3",
        "Its training loss cannot fall below a floor, because some French sentences have several "
        "translations; new sentences show what attention is worth.",
        model=SLOTS, control="plain", **TUTORIAL_3,
    ),
    _recipe(
        "fra-eng-small/tutorial-plain", "T3",
        "Tutorial 3 as it was, without attention: one pair at a time.",
        train=ONE_BY_ONE, **AS_IT_WAS,
    ),
    _recipe(
        "fra-eng-small/tutorial-mixed", "T3",
        "Tutorial 3 as it was, teacher forcing 0.5: one pair at a time.",
        train=ONE_BY_ONE | {"teacher_forcing_ratio": 0.5}, control="tutorial-plain", **AS_IT_WAS,
    ),
    _recipe(
        "fra-eng-small/tutorial-attention", "T3",
        "Tutorial 3 as it was, with attention: one pair at a time.",
        model=SLOTS, train=ONE_BY_ONE, control="tutorial-plain", **AS_IT_WAS,
    ),
    _h128("plain-128", "The control without attention.", {}),
    _h128("dot", "The control with attention: the score is a plain product.", DOT, "plain-128"),
    _h128("scaled-dot", "Divided by the root of the size: softer weights at the start.",
          {"attention": "scaled_dot"}, "dot"),
    _h128("general", "A matrix between the two states.", {"attention": "general"}, "dot"),
    _h128("additive", "A small network as the score.", {"attention": "additive"}, "dot"),
    _h128("bahdanau", "Attention asks before the fed token is read, and what it found enters the "
          "cell: the map shows what each word was made from.", BAHDANAU, "additive"),
    _h128("input-feeding", "What attention made of one step is read at the next: it knows where "
          "it has looked.", DOT | {"input_feeding": True}, "dot"),
    _h128("reversed", "The source read last word first: the first words are near.",
          {"reverse_source": True}, "plain-128"),
    _h128("scheduled", "Teacher forcing falls from 1 to 0 over the epochs, with dot attention.",
          DOT, "dot", {"teacher_forcing_schedule": "linear", "teacher_forcing_unit": "token"}),
    _deep("deep", "Two layers: greedy against beam search.", {"layers": 2}),
    _deep("deep-reversed", "Two layers, the source read last word first.",
          {"layers": 2, "reverse_source": True}, "deep"),
    _deep("deep-4", "Four layers, as in Sutskever et al. 2014: on a small corpus they learn "
          "more slowly.", {"layers": 4}, "deep"),
    _recipe(
        "dates-book/plain", "T4", "Near 0 % all along: ten characters through one vector.", **BOOK
    ),
    _recipe(
        "dates-book/peeky", "T4",
        "The same vector at every step is enough, after some epochs.",
        model={"peeky": "cell_and_output"}, control="plain", **BOOK,
    ),
    _recipe(
        "dates-book/attention", "T4",
        "Right after two or three epochs, and AUGUST lights up while 08 is written.",
        model=DOT, control="plain", **BOOK | {"tables": ("exact_by_epoch", "month_map")},
    ),
)  # fmt: skip

RECIPES: dict[str, Recipe] = {recipe.name: recipe for recipe in _ALL}
