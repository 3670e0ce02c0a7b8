"""French to English: short sentences from Tatoeba, or any two-column file."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.tasks.base import DataConfig, Defaults, Task
from s2s.tasks.languages import ENGLISH, FRENCH, looks
from s2s.tasks.sentences import SPLIT_KEY, TATOEBA, parts
from s2s.text.language import N_
from s2s.text.vocab import BOS, EOS, PAD, UNK

FILE = (
    "The file is data/eng-fra.txt in https://download.pytorch.org/tutorial/data.zip, which "
    "tutorial 3 fetches; it may be packed with gzip."
)

TASK = Task(
    name="fra-eng",
    title=N_("French → English"),
    source_name=FRENCH,
    target_name=ENGLISH,
    unit="token",
    score="bleu",
    unseen=N_("on sentences it has never seen"),
    examples=(
        "Où as-tu mis mes clés ?",
        "Il fait froid dehors.",
        "Je suis vraiment fatigué ce soir.",
        "Elle ne m'a rien dit.",
    ),
    prompt=N_("Type a French sentence"),
    defaults=Defaults(
        data=DataConfig(
            origin="file",
            max_length=10,
            source_min_frequency=2,
            target_min_frequency=2,
            test_percent=2,
            validation_percent=2,
        ),
        model=ModelConfig(dropout=0.2),
        sequence=SequenceConfig(max_source_length=60, max_output_length=80),
        train=TrainConfig(rate_schedule="linear", clip=1.0),
    ),
    parts=parts,
    specials=(
        {"pad": PAD, "unk": UNK, "eos": EOS},
        {"pad": PAD, "unk": UNK, "bos": BOS, "eos": EOS},
    ),
    needs_file=True,
    licence=f"{TATOEBA} {FILE}",
    reads=FRENCH,
    split_key=SPLIT_KEY,
    like=partial(looks, language=FRENCH),
)

# Tutorial 3: sentences "subject + be" of at most 6 tokens. Its decoder is fed <sos> and writes it
# too; MAX_LENGTH is 8, the end token counted. Its vocabularies have <sos> 0, <eos> 1 and no <unk>;
# here words that stand only in held-out sentences need one.
SMALL = replace(
    TASK,
    name="fra-eng-small",
    title=N_("French → English, small"),
    tutorials=N_("tutorials 2, 3 and 5"),
    examples=(
        "vous etes tres intelligente .",
        "je suis fou de vous .",
        "tu es tres talentueux .",
        "nous sommes satisfaites .",
        "je suis bon en ski .",
        "je fais de mon mieux .",
        "vous etes vraiment embetant .",
        "ils ont tous disparu .",
        "je suis un artiste .",
        "il est constamment insatisfait .",
        "nous sommes bourrees .",
        "vous etes tres contrariees .",
        "vous etes branchees .",
        "c est mon meilleur ami .",
        "tu es tatillon .",
    ),
    prompt=N_("Type a French sentence of at most 6 words"),
    defaults=Defaults(
        data=DataConfig(
            origin="file",
            columns="target,source",
            max_length=6,
            prefix_filter=True,
            test_percent=10,
            validation_percent=5,
        ),
        model=ModelConfig(target_activation="relu"),
        sequence=SequenceConfig(
            target_repeats_bos=True, max_source_length=7, max_output_length=8
        ),
        train=TrainConfig(
            epochs=40, batch_size=32, learning_rate=2e-3, rate_schedule="linear", clip=1.0,
            loss_reduction="mean_over_steps",
        ),
    ),
    specials=({"bos": BOS, "eos": EOS, "unk": UNK}, {"bos": BOS, "eos": EOS, "unk": UNK}),
)  # fmt: skip
