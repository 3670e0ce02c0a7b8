"""Korean to English: the verb moves from the end to second place."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from s2s.config import ModelConfig, SequenceConfig, TrainConfig
from s2s.tasks import phrases, sentences
from s2s.tasks.base import DataConfig, Defaults, Task
from s2s.tasks.languages import ENGLISH, KOREAN, looks
from s2s.tasks.sentences import SPLIT_KEY, TATOEBA
from s2s.tasks.split import Pair
from s2s.text import TOKENISERS
from s2s.text.language import N_
from s2s.text.vocab import BOS, EOS, PAD, UNK

REPEATS = 2
"""How often each sentence of the file stands beside those of the grammar."""


def parts(data: DataConfig, sequence: SequenceConfig, path: str | None) -> dict[str, list[Pair]]:
    """The file's parts; where the grammar helps, its training part joins that of the file.

    None of its sentences reads or says what a held-out sentence of the file does.
    """
    found = sentences.parts(data, sequence, path)
    if data.origin != "file and generator":
        return found
    split = TOKENISERS[sequence.source_tokeniser].split
    held_out = [pair for part in ("validation", "test") for pair in found[part]]
    read = {tuple(split(source)) for source, _ in held_out}
    said = {target for _, target in held_out}
    own = phrases.TASK.defaults.data
    made = phrases.parts(replace(own, samples=data.samples, seed=data.seed), sequence, None)[
        "train"
    ]
    found["train"] = found["train"] * REPEATS + [
        (source, target)
        for source, target in made
        if target not in said and tuple(split(source)) not in read
    ]
    return found


TASK = Task(
    name="kor-eng",
    title=N_("Korean → English"),
    source_name=KOREAN,
    target_name=ENGLISH,
    unit="token",
    score="bleu",
    unseen=N_("on sentences it has never seen"),
    examples=(
        "나는 프랑스어를 배우고 싶다.",
        "톰은 프랑스어를 할 수 있다.",
        "나는 커피를 좋아한다.",
        "톰은 나에게 책을 줬다.",
    ),
    prompt=N_("Type a Korean sentence"),
    defaults=Defaults(
        data=DataConfig(
            origin="file",
            columns="target,source",
            max_length=20,
            source_min_frequency=2,
            target_min_frequency=2,
            test_percent=10,
            validation_percent=5,
        ),
        model=ModelConfig(
            hidden=192, bidirectional=True, source_embedding=128, target_embedding=128, dropout=0.4
        ),
        sequence=SequenceConfig(
            source_normaliser="hangul",
            source_tokeniser="morphemes",
            max_source_length=40,
            max_output_length=30,
        ),
        train=TrainConfig(
            epochs=20, batch_size=32, learning_rate=2e-3, rate_schedule="linear", clip=1.0
        ),
    ),
    parts=parts,
    specials=(
        {"pad": PAD, "unk": UNK, "eos": EOS},
        {"pad": PAD, "unk": UNK, "bos": BOS, "eos": EOS},
    ),
    needs_file=True,
    licence=TATOEBA,
    reads=KOREAN,
    split_key=SPLIT_KEY,
    like=partial(looks, language=KOREAN),
)
